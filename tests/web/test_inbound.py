"""Where mail is posted: what the sender is told, and that nothing is kept of what is refused."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import factories
from tests.ingest.letters import letter
from triage.ingest.models import Delivery, Mailbox

pytestmark = pytest.mark.django_db

UMLAUTS = letter("Gr\u00fc\u00dfe").decode().encode("latin-1")


@pytest.fixture
def mailbox() -> Mailbox:
    return factories.mailbox()


@pytest.fixture
def sender() -> Client:
    """A program on the other side: no session, no CSRF token."""
    return Client(enforce_csrf_checks=True)


def address(mailbox: Mailbox) -> str:
    return f"/inbound/raw/{mailbox.inbound_token}/"


def post(sender: Client, mailbox: Mailbox, raw: bytes, kind: str = "message/rfc822") -> Any:
    # Not `post`: the client would encode a body of text in the charset it is called.
    return sender.generic("POST", address(mailbox), raw, content_type=kind)


def test_a_new_mail_is_created_and_kept_byte_for_byte(sender: Client, mailbox: Mailbox) -> None:
    raw = letter() + b"\x00\xff\r\n"
    answer = post(sender, mailbox, raw)
    assert answer.status_code == 201
    assert answer.json() == {"stored": 1, "duplicates": 0}
    delivery = Delivery.objects.get()
    assert (delivery.mailbox, delivery.source, bytes(delivery.raw)) == (mailbox, "webhook", raw)


def test_the_same_mail_again_is_thanked_for_and_not_doubled(
    sender: Client, mailbox: Mailbox
) -> None:
    post(sender, mailbox, letter())
    answer = post(sender, mailbox, letter())
    assert (answer.status_code, answer.json()) == (200, {"stored": 0, "duplicates": 1})
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize(
    "kind",
    ["message/rfc822", "text/plain; charset=latin-1", "application/octet-stream",
     "application/x-www-form-urlencoded", "nonsense"],
)  # fmt: skip
def test_the_body_is_the_mail_whatever_it_is_called(
    sender: Client, mailbox: Mailbox, kind: str
) -> None:
    assert post(sender, mailbox, UMLAUTS, kind).status_code == 201
    assert bytes(Delivery.objects.get().raw) == UMLAUTS


@pytest.mark.parametrize("field", ["email", "message", "body-mime", "mime", "raw", "file"])
def test_a_form_may_carry_it_as_a_file(sender: Client, mailbox: Mailbox, field: str) -> None:
    upload = SimpleUploadedFile("mail.eml", UMLAUTS, content_type="message/rfc822")
    answer = sender.post(address(mailbox), {"envelope": "{}", field: upload})
    assert answer.status_code == 201
    assert bytes(Delivery.objects.get().raw) == UMLAUTS


@pytest.mark.parametrize("field", ["email", "body-mime"])
def test_a_form_may_carry_it_as_a_field_in_any_charset(
    sender: Client, mailbox: Mailbox, field: str
) -> None:
    body = (
        f'--edge\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n'.encode()
        + UMLAUTS
        + b"\r\n--edge--\r\n"
    )
    assert post(sender, mailbox, body, "multipart/form-data; boundary=edge").status_code == 201
    assert bytes(Delivery.objects.get().raw) == UMLAUTS


@pytest.mark.parametrize("raw", [b"", b" \r\n\t"])
def test_an_empty_body_is_refused_with_the_remedy(
    sender: Client, mailbox: Mailbox, raw: bytes
) -> None:
    answer = post(sender, mailbox, raw)
    assert answer.status_code == 400
    assert "Post its MIME" in answer.content.decode()
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("form", [{}, {"text": "no mail"}, {"email": ""}])
def test_a_form_without_a_mail_is_refused(
    sender: Client, mailbox: Mailbox, form: dict[str, str]
) -> None:
    assert sender.post(address(mailbox), form).status_code == 400
    assert not Delivery.objects.exists()


def test_a_broken_form_is_refused(sender: Client, mailbox: Mailbox) -> None:
    answer = post(sender, mailbox, b"--edge\r\nhello", "multipart/form-data")
    assert answer.status_code == 400
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch", "head"])
def test_only_post_brings_mail(sender: Client, mailbox: Mailbox, method: str) -> None:
    assert getattr(sender, method)(address(mailbox)).status_code == 405
    assert not Delivery.objects.exists()


TOKENS: dict[str, Callable[[str], str]] = {
    "cut": lambda token: token[:-1],
    "longer": lambda token: token + "0",
    "in capitals": lambda token: token.upper(),
    "of another number": lambda token: f"9{token}",
    "without a number": lambda token: token.partition("-")[2],
    "a number alone": lambda token: token.partition("-")[0],
    "a dash alone": lambda _: "-",
    "Arabic digits": lambda _: "\u0661-\u0662",
    "superscript digits": lambda _: "\u00b2-abc",
    "unicode": lambda token: f"{token[:-1]}\u00e9",
    "lone surrogate bytes": lambda token: f"{token[:-1]}%ed%a0%80",
    "broken utf-8": lambda token: f"{token[:-1]}%ff",
    "a NUL": lambda token: f"{token[:-1]}%00",
    "a number beyond all": lambda _: "9" * 40 + "-abc",
    "the largest number": lambda _: f"{2**63 - 1}-abc",
    "a long one": lambda _: "1-" + "a" * 5_000,
    "negative": lambda token: f"-{token}",
    "a signed number": lambda token: f"+{token}",
    "a spaced number": lambda token: f"%20{token}",
}


@pytest.mark.parametrize("name", TOKENS)
def test_an_address_that_is_nobody_s_is_not_found(
    sender: Client, mailbox: Mailbox, name: str
) -> None:
    token = quote(TOKENS[name](mailbox.inbound_token), safe="%+")
    answer = sender.post(f"/inbound/raw/{token}/", letter(), content_type="message/rfc822")
    assert answer.status_code == 404
    assert "No mailbox has this inbound address" in answer.content.decode()
    assert not Delivery.objects.exists()


def test_one_mailbox_s_address_opens_no_other(sender: Client, mailbox: Mailbox) -> None:
    other = factories.mailbox("orders@alder-lamps.example.com")
    secret = mailbox.inbound_token.partition("-")[2]
    answer = sender.post(f"/inbound/raw/{other.pk}-{secret}/", letter(), content_type="text/plain")
    assert answer.status_code == 404


def test_a_renewed_address_makes_the_old_one_worthless(sender: Client, mailbox: Mailbox) -> None:
    old = address(mailbox)
    mailbox.token_version += 1
    mailbox.save()
    assert sender.post(old, letter(), content_type="message/rfc822").status_code == 404
    assert post(sender, mailbox, letter()).status_code == 201
