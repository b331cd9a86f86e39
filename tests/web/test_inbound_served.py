"""Limits on posted mail, over a real socket: refused as soon as is known, and nothing is kept."""

import socket
import time
from collections.abc import Iterator

import pytest

from tests import factories
from tests.ingest.letters import letter
from tests.web.served import say, served, status_of
from triage.ingest.models import Delivery, Mailbox
from triage.web.body_limit import FRAMING_BYTES

pytestmark = pytest.mark.django_db(transaction=True)

LIMIT = 100_000


@pytest.fixture
def mailbox(transactional_db: None) -> Mailbox:
    return factories.mailbox()


@pytest.fixture(scope="module")
def port(django_db_setup: None, django_db_blocker: object) -> Iterator[int]:
    with served(TRIAGE_MAX_MAIL_BYTES=str(LIMIT), ALLOWED_HOSTS="desk.test") as number:
        yield number


def head(mailbox: Mailbox, *fields: str) -> bytes:
    lines = [
        f"POST /inbound/raw/{mailbox.inbound_token}/ HTTP/1.1",
        "Host: desk.test",
        "Content-Type: message/rfc822",
        "Connection: close",
        *fields,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def test_a_mail_with_its_length_is_kept(port: int, mailbox: Mailbox) -> None:
    raw = letter()
    answer = say(port, head(mailbox, f"Content-Length: {len(raw)}"), raw)
    assert status_of(answer) == 201
    assert bytes(Delivery.objects.get().raw) == raw


def test_a_mail_in_chunks_is_kept_whole(port: int, mailbox: Mailbox) -> None:
    raw = letter("x" * 30_000)
    chunks = [chunk(raw[start : start + 7_000]) for start in range(0, len(raw), 7_000)]
    answer = say(port, head(mailbox, "Transfer-Encoding: chunked"), *chunks, chunk(b""))
    assert status_of(answer) == 201
    assert bytes(Delivery.objects.get().raw) == raw


def test_an_announced_length_over_the_limit_is_refused_before_it_is_sent(
    port: int, mailbox: Mailbox
) -> None:
    began = time.monotonic()
    answer = say(port, head(mailbox, f"Content-Length: {LIMIT + FRAMING_BYTES + 1}"))
    assert status_of(answer) == 413
    assert b"Too large" in answer
    assert time.monotonic() - began < 5
    assert not Delivery.objects.exists()


def test_chunks_over_the_limit_are_refused_in_the_middle(port: int, mailbox: Mailbox) -> None:
    piece = chunk(b"x" * 20_000)
    answer = say(port, head(mailbox, "Transfer-Encoding: chunked"), *[piece] * 12)
    assert status_of(answer) == 413
    assert not Delivery.objects.exists()


def test_a_body_of_exactly_the_limit_is_kept_and_judged_by_the_pipeline(
    port: int, mailbox: Mailbox
) -> None:
    raw = letter().ljust(LIMIT + FRAMING_BYTES, b"x")
    answer = say(port, head(mailbox, f"Content-Length: {len(raw)}"), raw)
    assert status_of(answer) == 201
    assert Delivery.objects.get().size == len(raw)


def test_a_connection_that_breaks_off_leaves_nothing(port: int, mailbox: Mailbox) -> None:
    raw = letter("x" * 5_000)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(head(mailbox, f"Content-Length: {len(raw)}") + raw[:2_000])
    # The next request is answered after the broken one was seen.
    assert status_of(say(port, head(mailbox, "Content-Length: 0"))) == 400
    assert not Delivery.objects.exists()


def test_other_pages_take_no_mail_at_all(port: int) -> None:
    request = b"POST /login/ HTTP/1.1\r\nHost: desk.test\r\nContent-Length: 20000000\r\n\r\n"
    assert status_of(say(port, request)) == 413


def test_a_stranger_s_large_body_is_refused_too(port: int) -> None:
    request = (
        b"POST /inbound/raw/1-nobody/ HTTP/1.1\r\nHost: desk.test\r\n"
        b"Content-Length: 20000000\r\n\r\n"
    )
    assert status_of(say(port, request)) == 413
