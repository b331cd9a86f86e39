"""XOAUTH2 with a real Dovecot that asks a real token server, as at Google and at Microsoft."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from tests.imap.dovecot import USER, Dovecot, dovecot
from tests.imap.test_fetch import letters
from tests.imap.token_server import REFRESH_TOKEN, TokenServer, token_server
from triage.ingest.fetch import fetch
from triage.ingest.models import Authentication, Mailbox, Source

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tokens() -> Iterator[TokenServer]:
    with token_server() as running:
        yield running


@pytest.fixture
def office(
    tokens: TokenServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Dovecot]:
    """A mail server that knows no password, only tokens."""
    with dovecot(
        """
        auth_mechanisms = xoauth2
        passdb {
          driver = oauth2
          mechanisms = xoauth2
          args = %FOLDER%/oauth2.conf
        }
        """,
        files={
            "oauth2.conf": f"tokeninfo_url = {tokens.url}/whose?access_token=\n"
            "username_attribute = email\n"
        },
    ) as server:
        monkeypatch.setenv("TRIAGE_IMAP_CA_FILE", str(server.certificate))
        for name in ("GOOGLE", "MICROSOFT"):
            monkeypatch.setenv(f"TRIAGE_{name}_TOKEN_URL", f"{tokens.url}/token")
        yield server


@pytest.fixture
def mailbox(office: Dovecot) -> Mailbox:
    made = Mailbox(
        address="hello@alderlamps.example.com",
        source=Source.IMAP,
        host=office.host,
        port=office.imaps_port,
        username=USER,
        authentication=Authentication.GOOGLE,
        client_id="alder-desk",
    )
    made.secret, made.client_secret = REFRESH_TOKEN, "client light"
    made.save()
    return made


def test_the_refresh_token_becomes_an_access_token_and_that_opens_the_mailbox(
    office: Dovecot, mailbox: Mailbox, tokens: TokenServer
) -> None:
    office.deliver(*letters(1, 2))
    assert fetch(mailbox).stored == 2
    assert tokens.asked == [
        {
            "grant_type": "refresh_token",
            "refresh_token": REFRESH_TOKEN,
            "client_id": "alder-desk",
            "client_secret": "client light",
        }
    ]


def test_microsoft_is_asked_for_its_scope_and_public_clients_have_no_secret(
    mailbox: Mailbox, tokens: TokenServer
) -> None:
    mailbox.authentication, mailbox.client_secret = Authentication.MICROSOFT, ""
    assert fetch(mailbox).errors == []
    [asked] = tokens.asked
    assert "IMAP.AccessAsUser.All" in asked["scope"]
    assert asked["client_id"] == "alder-desk"
    assert "client_secret" not in asked


def test_a_token_serves_until_it_runs_out(mailbox: Mailbox, tokens: TokenServer) -> None:
    fetch(mailbox)
    fetch(Mailbox.objects.get())
    assert len(tokens.asked) == 1
    Mailbox.objects.update(access_token_expires_at=timezone.now() + timedelta(seconds=30))
    assert fetch(Mailbox.objects.get()).errors == []
    assert len(tokens.asked) == 2


def test_a_token_that_was_revoked_early_is_renewed_at_once(
    mailbox: Mailbox, tokens: TokenServer
) -> None:
    fetch(mailbox)
    tokens.valid.clear()
    assert fetch(Mailbox.objects.get()).errors == []
    assert len(tokens.asked) == 2


def test_a_refresh_token_that_changes_with_each_use_is_kept(
    mailbox: Mailbox, tokens: TokenServer
) -> None:
    tokens.rotates, tokens.life = True, 30
    for _ in range(3):
        assert fetch(Mailbox.objects.get()).errors == []
    assert Mailbox.objects.get().secret == "refresh-4"


def test_another_process_that_renewed_it_meanwhile_is_noticed(
    mailbox: Mailbox, tokens: TokenServer
) -> None:
    tokens.rotates, tokens.life = True, 30
    fetch(Mailbox.objects.get())
    assert fetch(mailbox).errors == [], "this one still held the refresh token of before"


def test_a_revoked_refresh_token_says_to_sign_in_again(
    mailbox: Mailbox, tokens: TokenServer
) -> None:
    tokens.refresh_token = "another"
    [error] = fetch(mailbox).errors
    assert "invalid_grant" in error
    assert "Sign in at the provider again" in error
    assert REFRESH_TOKEN not in error


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_token_server_in_trouble_is_no_reason_to_ask_for_a_new_sign_in(
    mailbox: Mailbox, tokens: TokenServer, status: int
) -> None:
    tokens.status = status
    done = fetch(mailbox)
    assert "gives no access token" in done.error
    assert done.cause is not None
    assert not getattr(done.cause, "is_permanent", True)


def test_what_is_stored_is_sealed(mailbox: Mailbox) -> None:
    fetch(mailbox)
    row = Mailbox.objects.values().get()
    for secret in (REFRESH_TOKEN, "client light", "access-1"):
        assert secret not in str(row)
