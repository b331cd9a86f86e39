"""A desk with every provider set up, and a provider to post with."""

from collections.abc import Iterator
from typing import Any, Protocol

import pytest
from django.test import Client

from tests import factories
from tests.web import posts
from tests.web.posts import Post, Sent
from tests.web.provider_api import KEY, Api, provider_api
from triage.ingest.models import Mailbox
from triage.web.providers import PROVIDERS

SECRET = "lamp-oil-and-brass"


class Poster(Protocol):
    """Posts a mail in the way of a case of `posts.ALL`; the answer."""

    def __call__(self, case: str, sent: Sent | None = None, *, secret: str = SECRET) -> Any: ...


@pytest.fixture
def mailbox() -> Mailbox:
    return factories.mailbox()


@pytest.fixture
def sender() -> Client:
    """A provider: no session, no CSRF token; exceptions are what its server would see, 500."""
    return Client(enforce_csrf_checks=True, raise_request_exception=False)


@pytest.fixture
def api(settings: Any) -> Iterator[Api]:
    with provider_api() as api:
        settings.ANYMAIL = {
            f"{name}_API_URL": api.address for name in ("BREVO", "MAILTRAP", "RESEND")
        }
        yield api


@pytest.fixture(autouse=True)
def secrets(settings: Any, api: Api) -> None:
    """Every provider is set up."""
    settings.INBOUND_SECRETS = dict.fromkeys(PROVIDERS, SECRET) | {
        "postal": posts.postal_secret(SECRET)
    }
    settings.INBOUND_API_KEYS = dict.fromkeys(("brevo", "mailtrap", "resend"), KEY)


@pytest.fixture
def post(sender: Client, api: Api) -> Poster:
    def post(case: str, sent: Sent | None = None, *, secret: str = SECRET) -> Any:
        sent = sent or Sent()
        api.has(sent.mime)
        return say(sender, case, posts.ALL[case](sent, secret))

    return post


def say(sender: Client, case: str, made: Post) -> Any:
    path = made.path or f"/inbound/{case.partition(' ')[0]}/"
    return sender.generic("POST", path, made.body, content_type=made.kind, headers=made.headers)
