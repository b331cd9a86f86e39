"""Providers' posts: genuine ones are kept once, for the mailbox they are for; others not at all."""

from typing import Any

import pytest
from django.test import Client

from tests import factories
from tests.ingest.letters import CRACKED, letter
from tests.web import posts
from tests.web.posts import Post, Sent
from tests.web.provider_desk import SECRET, api, mailbox, post, say, secrets, sender
from triage.ingest.models import Delivery, Mailbox
from triage.ingest.process import process_pending, replay
from triage.mail import parse
from triage.tickets.models import Message
from triage.web.providers import PROVIDERS

pytestmark = pytest.mark.django_db

__all__ = ["api", "mailbox", "post", "secrets", "sender"]  # fixtures
EVERY = pytest.mark.parametrize("case", posts.ALL)


def test_every_provider_has_a_contract_here() -> None:
    assert {case.partition(" ")[0] for case in posts.ALL} == set(PROVIDERS)


@EVERY
def test_a_genuine_post_is_kept_for_its_mailbox(post: Any, mailbox: Mailbox, case: str) -> None:
    answer = post(case)
    assert (answer.status_code, answer.json()) == (200, {"stored": 1})
    kept = Delivery.objects.get()
    assert (kept.source, kept.state) == ("webhook", "pending")
    process_pending()
    assert (Message.objects.get().mailbox, Message.objects.get().delivery) == (mailbox, kept)
    email = parse(bytes(kept.raw))
    assert (email.subject, email.text.strip()) == (posts.SUBJECT, CRACKED)
    assert email.sender is not None
    assert email.sender.address == "jo.renner@glaswerk.example.org"
    assert not email.defects


@pytest.mark.parametrize("case", [*posts.MIME, "mailtrap"])
def test_mime_is_kept_byte_for_byte(post: Any, mailbox: Mailbox, case: str) -> None:
    sent = Sent(raw=letter("Gr\u00fc\u00dfe\r\n.\r\n\r\n ", fields=["X-Long: " + "a b " * 60]))
    post(case, sent)
    assert bytes(Delivery.objects.get().raw) == sent.raw


@EVERY
@pytest.mark.parametrize("secret", ["", "brass-and-lamp-oil"])
def test_a_wrong_secret_is_refused_and_nothing_is_kept(
    post: Any, mailbox: Mailbox, case: str, secret: str
) -> None:
    answer = post(case, secret=secret)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Basic")
    assert not Delivery.objects.exists()


@EVERY
def test_a_post_that_proves_nothing_is_refused(sender: Client, mailbox: Mailbox, case: str) -> None:
    made = posts.ALL[case](Sent(), SECRET)
    kept = {name: value for name, value in made.headers.items() if name.startswith("X-Amz")}
    body = made.body.replace(b'name="signature"', b'name="no-signature"')
    answer = say(sender, case, Post(body, made.kind, kept, made.path))
    assert answer.status_code == 401
    assert not Delivery.objects.exists()


@EVERY
def test_without_a_secret_the_address_is_closed(
    post: Any, settings: Any, mailbox: Mailbox, case: str
) -> None:
    settings.INBOUND_SECRETS = dict.fromkeys(PROVIDERS, "")
    for secret in ("", SECRET):
        assert post(case, secret=secret or "any").status_code == 404
    assert not Delivery.objects.exists()


@EVERY
def test_a_retry_makes_no_second_message(post: Any, mailbox: Mailbox, case: str) -> None:
    assert [post(case).json() for _ in range(2)] == [{"stored": 1}, {"stored": 0}]
    process_pending()
    assert post(case).status_code == 200
    process_pending()
    assert Message.objects.count() == 1
    assert not Delivery.objects.failed().exists()


@EVERY
def test_mail_for_nobody_is_kept_in_sight_and_replayed_when_the_mailbox_is_there(
    post: Any, mailbox: Mailbox, case: str
) -> None:
    assert post(case, Sent(to=["orders@alder-lamps.example.com"])).status_code == 200
    process_pending()
    kept = Delivery.objects.get()
    assert (kept.mailbox, kept.state) == (None, "failed")
    assert "No mailbox has the address orders@alder-lamps.example.com." in kept.reason
    orders = factories.mailbox("orders@alder-lamps.example.com")
    assert replay(Delivery.objects.failed(), by=None) == 1
    process_pending()
    kept.refresh_from_db()
    assert (kept.mailbox, kept.state) == (orders, "processed")
    assert Message.objects.get().mailbox == orders


@EVERY
def test_plus_and_capitals_find_the_mailbox(post: Any, mailbox: Mailbox, case: str) -> None:
    post(case, Sent(to=["Desk+Returns@Alder-Lamps.Example.com"]))
    process_pending()
    assert Message.objects.get().mailbox == mailbox


@pytest.mark.parametrize(
    "case", [name for name in posts.ALL if name not in {"brevo", "mailtrap", "resend"}]
)
def test_the_envelope_counts_before_the_headers(post: Any, mailbox: Mailbox, case: str) -> None:
    orders = factories.mailbox("orders@alder-lamps.example.com")
    blind = Sent(to=[orders.address], raw=letter(to=mailbox.address))
    post(case, blind)
    process_pending()
    assert Message.objects.get().mailbox == orders


@pytest.mark.parametrize(
    "case",
    ["amazon-ses", "mailersend", "mailgun mime", "mandrill", "sendgrid mime", "sendgrid parts",
     "sparkpost"],
)  # fmt: skip
def test_a_mail_to_two_mailboxes_is_kept_for_both(post: Any, mailbox: Mailbox, case: str) -> None:
    orders = factories.mailbox("orders@alder-lamps.example.com")
    assert post(case, Sent(to=[mailbox.address, orders.address])).json() == {"stored": 2}
    assert {each.mailbox for each in Delivery.objects.all()} == {mailbox, orders}


@pytest.mark.parametrize("case", [name for name in posts.PARTS if name != "brevo"])
def test_files_among_the_parts_keep_every_byte(post: Any, mailbox: Mailbox, case: str) -> None:
    post(case)
    (attachment,) = parse(bytes(Delivery.objects.get().raw)).attachments
    assert (attachment.filename, attachment.content) == ("crate-12.png", posts.PNG)


@EVERY
def test_the_answer_to_head_tells_nothing(sender: Client, settings: Any, case: str) -> None:
    path = f"/inbound/{case.partition(' ')[0]}/"
    assert sender.head(path).status_code == 200
    settings.INBOUND_SECRETS = dict.fromkeys(PROVIDERS, "")
    assert sender.head(path).status_code == 200
    assert sender.get(path).status_code == 405


def test_a_provider_nobody_knows_is_not_found(sender: Client) -> None:
    assert sender.post("/inbound/pigeon/", b"coo", content_type="text/plain").status_code == 404
