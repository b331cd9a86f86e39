"""Secrets from the environment open a provider's address, on a real server."""

from base64 import b64encode
from collections.abc import Iterator

import pytest

from tests import factories
from tests.web import posts
from tests.web.posts import Post, Sent
from tests.web.served import say, served, status_of
from triage.ingest.models import Delivery, Mailbox

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "lamp oil: 20% brass & \u00fcber"


@pytest.fixture
def mailbox(transactional_db: None) -> Mailbox:
    return factories.mailbox()


@pytest.fixture(scope="module")
def port(django_db_setup: None, django_db_blocker: object) -> Iterator[int]:
    with served(TRIAGE_POSTMARK_SECRET=SECRET, ALLOWED_HOSTS="desk.test") as number:
        yield number


def answer(port: int, made: Post, slug: str = "postmark") -> int:
    head = [
        f"POST /inbound/{slug}/ HTTP/1.1",
        "Host: desk.test",
        "Connection: close",
        f"Content-Type: {made.kind}",
        f"Content-Length: {len(made.body)}",
        *(f"{name}: {value}" for name, value in made.headers.items()),
    ]
    return status_of(say(port, "\r\n".join(head).encode() + b"\r\n\r\n", made.body))


def test_the_secret_of_the_environment_is_the_one_that_counts(port: int, mailbox: Mailbox) -> None:
    assert answer(port, posts.postmark_mime(Sent(), "another")) == 401
    assert not Delivery.objects.exists()
    assert answer(port, posts.postmark_mime(Sent(), SECRET)) == 200
    assert Delivery.objects.get().mailbox == mailbox


def test_a_secret_opens_no_other_provider(port: int, mailbox: Mailbox) -> None:
    made = posts.sparkpost(Sent(), SECRET)
    assert answer(port, made, "sparkpost") == 404
    assert not Delivery.objects.exists()


def test_the_user_s_name_is_part_of_it(port: int, mailbox: Mailbox) -> None:
    made = posts.postmark_mime(Sent(), SECRET)
    other = b64encode(f"desk:{SECRET}".encode()).decode()
    named = Post(made.body, headers={"Authorization": f"Basic {other}"})
    assert answer(port, named) == 401
