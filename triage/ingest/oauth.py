"""Access tokens for XOAUTH2 (Google, Microsoft) out of a refresh token (RFC 6749, section 6)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import requests
from authlib.integrations.base_client import OAuthError  # type: ignore[import-untyped]
from authlib.integrations.requests_client import OAuth2Session  # type: ignore[import-untyped]
from django.utils import timezone

from triage.ingest import sealing
from triage.ingest.imap_errors import LoginRefused, Unreachable
from triage.ingest.models import Authentication, Mailbox
from triage.lib.env import env_str

TOKEN_SECONDS = 20  # a provider that takes longer is not there
# A token is renewed when it has less than this to live: it must last for the log-in.
LEAST_LIFE = timedelta(seconds=60)
DEFAULT_LIFE = 300  # seconds, where the provider does not say


@dataclass(frozen=True, slots=True)
class Provider:
    """Where tokens come from. The address of each can be set: tenants and tests have their own."""

    variable: str
    default_url: str
    scope: str = ""

    @property
    def token_url(self) -> str:
        return env_str(self.variable, self.default_url)


PROVIDERS = {
    Authentication.GOOGLE: Provider(
        "TRIAGE_GOOGLE_TOKEN_URL", "https://oauth2.googleapis.com/token"
    ),
    Authentication.MICROSOFT: Provider(
        "TRIAGE_MICROSOFT_TOKEN_URL",
        "https://login.microsoftonline.com/common/oauth2/v2.0/token",
        "https://outlook.office.com/IMAP.AccessAsUser.All offline_access",
    ),
}


def access_token(mailbox: Mailbox, *, is_refused: bool = False) -> str:
    """The mailbox's token; a new one when it runs out, or when the server refused it."""
    expires_at = mailbox.access_token_expires_at
    is_good = (
        mailbox.sealed_access_token and expires_at and expires_at > timezone.now() + LEAST_LIFE
    )
    if is_good and not is_refused:
        return sealing.unseal(mailbox.sealed_access_token)
    return _renew(mailbox)


def _renew(mailbox: Mailbox) -> str:
    asked_with = mailbox.sealed_secret
    try:
        said = _ask(mailbox)
    except LoginRefused:
        # Another process may have renewed it just now: some providers change the refresh token.
        mailbox.refresh_from_db()
        if mailbox.sealed_secret == asked_with:
            raise
        said = _ask(mailbox)
    _keep(mailbox, said)
    return str(said["access_token"])


def _ask(mailbox: Mailbox) -> dict[str, Any]:
    provider = PROVIDERS[Authentication(mailbox.authentication)]
    client_secret = mailbox.client_secret
    session = OAuth2Session(
        mailbox.client_id,
        client_secret or None,
        scope=provider.scope or None,
        token_endpoint_auth_method="client_secret_post" if client_secret else "none",
        default_timeout=TOKEN_SECONDS,
    )
    url = provider.token_url
    try:
        with session:
            said = dict(session.refresh_token(url, refresh_token=mailbox.secret))
        if "access_token" not in said:  # a refusal can be JSON without being OAuth's
            raise ValueError("no access token")
    except OAuthError as error:
        raise LoginRefused(
            f"{url} gives no access token for {mailbox.address}: {error}. Sign in at the provider"
            " again, and enter the new refresh token (and the client) in the mailbox's settings."
        ) from error
    except (requests.RequestException, ValueError, KeyError) as error:
        # Not the error's own text: requests repeats what was sent.
        raise Unreachable(
            f"{url} gives no access token: {type(error).__name__}. It is tried again."
        ) from error
    return said


def _keep(mailbox: Mailbox, said: dict[str, Any]) -> None:
    life = timedelta(seconds=int(said.get("expires_in") or DEFAULT_LIFE))
    renewed = said.get("refresh_token")
    if renewed and renewed != mailbox.secret:
        mailbox.secret = renewed
    mailbox.sealed_access_token = sealing.seal(said["access_token"])
    mailbox.access_token_expires_at = timezone.now() + life
    Mailbox.objects.filter(pk=mailbox.pk).update(
        sealed_secret=mailbox.sealed_secret,
        sealed_access_token=mailbox.sealed_access_token,
        access_token_expires_at=mailbox.access_token_expires_at,
    )
