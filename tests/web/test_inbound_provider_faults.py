"""When a provider's post meets trouble: it is told to come again, and finds nothing half kept."""

import json
import logging
from base64 import b64encode
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tests.ingest.connections import elsewhere
from tests.ingest.letters import CRACKED, DESK, letter
from tests.web import posts
from tests.web.posts import PNG, Post, Sent, as_json, form, password
from tests.web.provider_api import KEY, Api
from tests.web.provider_desk import SECRET, Poster, api, mailbox, post, say, secrets, sender
from triage.ingest.models import Delivery, Mailbox
from triage.ingest.process import process_pending
from triage.mail import parse
from triage.web.providers import PROVIDERS

pytestmark = pytest.mark.django_db
__all__ = ["api", "mailbox", "post", "secrets", "sender"]  # fixtures

LATIN = letter("Gr\u00fc\u00dfe \u00e4\u00f6").decode().encode("latin-1")


def kept() -> Any:
    return parse(bytes(Delivery.objects.get().raw))


@pytest.mark.django_db(transaction=True)
def test_it_is_committed_before_the_answer(post: Poster, mailbox: Mailbox) -> None:
    assert post("postal").status_code == 200
    assert elsewhere(Delivery.objects.count) == 1


@pytest.mark.django_db(transaction=True)
def test_a_database_that_refuses_makes_the_provider_come_again(
    post: Poster, mailbox: Mailbox
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ingest_delivery ADD CONSTRAINT closed CHECK (size < 0)")
    try:
        assert post("sparkpost").status_code == 500
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE ingest_delivery DROP CONSTRAINT closed")
    assert not Delivery.objects.exists()
    assert post("sparkpost").status_code == 200


@pytest.mark.parametrize("case", ["mailgun mime", "sendgrid mime"])
def test_a_form_keeps_bytes_that_are_no_utf8(post: Poster, mailbox: Mailbox, case: str) -> None:
    assert post(case, Sent(raw=LATIN)).status_code == 200
    assert bytes(Delivery.objects.get().raw) == LATIN


@pytest.mark.parametrize("case", ["amazon-ses", "postal", "sparkpost", "mailtrap", "resend"])
def test_so_do_base64_and_fetched_mail(post: Poster, mailbox: Mailbox, case: str) -> None:
    assert post(case, Sent(raw=LATIN)).status_code == 200
    assert bytes(Delivery.objects.get().raw) == LATIN


def test_mailgun_may_post_a_form_without_parts(sender: Client, mailbox: Mailbox) -> None:
    stamp, token, signature = (value for _, value in posts.mailgun_signed(SECRET))
    fields = {
        "recipient": DESK, "timestamp": stamp, "token": token, "signature": signature,
        "body-mime": letter().decode(),
    }  # fmt: skip
    assert sender.post("/inbound/mailgun/mime/", fields).status_code == 200
    assert bytes(Delivery.objects.get().raw) == letter()


def test_sendgrid_s_text_is_in_the_charset_it_names(sender: Client, mailbox: Mailbox) -> None:
    made = form(
        ("envelope", json.dumps({"to": [DESK]})),
        ("headers", "Subject: Lampen\n\u00fcber Land\nReceived: by a.test;\n  today\n"),
        ("charsets", '{"text":"iso-8859-1"}'),
        ("text", "Gr\u00fc\u00dfe".encode("latin-1")),
    )
    say(sender, "sendgrid", Post(made.body, made.kind, password(SECRET)))
    assert (kept().subject, kept().text.strip()) == ("Lampen", "Gr\u00fc\u00dfe")
    assert ("Received", "by a.test; today") in kept().headers


@pytest.mark.parametrize(
    ("provider", "path"),
    [("mailtrap", "/inbound/inboxes/12/messages/shades"), ("mailtrap", "/stored/shades"),
     ("resend", "/emails/receiving/shades"), ("resend", "/stored/shades")],
)  # fmt: skip
def test_what_cannot_be_fetched_now_is_asked_for_again(
    sender: Client, api: Api, mailbox: Mailbox, provider: str, path: str
) -> None:
    api.has(letter())
    answer = api.answers.pop(path)
    made = posts.NOTICES[provider](Sent(), SECRET)
    assert say(sender, provider, made).status_code == 500
    assert not Delivery.objects.exists()
    api.answers[path] = answer
    assert say(sender, provider, made).status_code == 200
    assert bytes(Delivery.objects.get().raw) == letter()


def test_the_key_goes_to_the_interface_and_not_to_the_store(
    post: Poster, api: Api, mailbox: Mailbox
) -> None:
    post("resend")
    post("mailtrap")
    sent = {path: headers.get("Authorization") for path, headers in api.asked}
    assert sent == {
        "/emails/receiving/shades": f"Bearer {KEY}",
        "/inbound/inboxes/12/messages/shades": f"Bearer {KEY}",
        "/stored/shades": None,
    }


def test_brevo_s_files_are_fetched_by_their_token(
    sender: Client, api: Api, mailbox: Mailbox
) -> None:
    made = posts.brevo(Sent(), SECRET)
    event = json.loads(made.body)
    event["items"][0]["Attachments"] = [
        {"Name": "crate-12.png", "ContentType": "image/png", "DownloadToken": "to/ken"}
    ]
    made = as_json(event, **made.headers)
    assert say(sender, "brevo", made).status_code == 500
    assert not Delivery.objects.exists()
    api.answers["/inbound/attachments/to%2Fken"] = PNG
    assert say(sender, "brevo", made).status_code == 200
    assert [each.content for each in kept().attachments] == [PNG]
    assert {name.lower(): value for name, value in api.asked[-1][1].items()}["api-key"] == KEY


def test_resend_without_mime_is_put_together(sender: Client, api: Api, mailbox: Mailbox) -> None:
    api.answers = {
        "/emails/receiving/shades": json.dumps(
            {
                "from": "Jo Renner <jo.renner@glaswerk.example.org>",
                "to": [DESK],
                "subject": posts.SUBJECT,
                "headers": {"x-crate": "12"},
                "text": CRACKED,
                "attachments": [
                    {"filename": "crate.png", "download_url": f"{api.address}/stored/crate"}
                ],
            }
        ).encode(),
        "/stored/crate": PNG,
    }
    assert say(sender, "resend", posts.resend(Sent(), SECRET)).status_code == 200
    assert (kept().subject, kept().text.strip()) == (posts.SUBJECT, CRACKED)
    assert kept().attachments[0].content == PNG


@pytest.mark.parametrize("provider", ["brevo", "mailtrap", "resend"])
def test_a_provider_whose_mail_cannot_be_fetched_is_closed(
    post: Poster, settings: Any, mailbox: Mailbox, provider: str
) -> None:
    settings.INBOUND_API_KEYS = dict.fromkeys(settings.INBOUND_API_KEYS, "")
    assert post(provider).status_code == 404


def test_mandrill_signs_the_public_address(sender: Client, settings: Any, mailbox: Mailbox) -> None:
    settings.PUBLIC_URL = "https://desk.alder-lamps.example.com"
    made = posts.mandrill(Sent(), SECRET)
    assert say(sender, "mandrill", made).status_code == 401
    made = posts.mandrill(Sent(), SECRET, at=settings.PUBLIC_URL)
    assert say(sender, "mandrill", made).status_code == 200


def test_events_about_sent_mail_are_no_mail(sender: Client, mailbox: Mailbox) -> None:
    ping = as_json([{"msys": {}}], **password(SECRET))
    opened = as_json({"type": "email.opened", "data": {}}, **password(SECRET))
    assert say(sender, "sparkpost", ping).json() == {"stored": 0}
    assert say(sender, "resend", opened).json() == {"stored": 0}


def test_amazon_asks_a_person_to_confirm(sender: Client, caplog: pytest.LogCaptureFixture) -> None:
    link = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription"
    made = posts.amazon_sns("SubscriptionConfirmation", SECRET, SubscribeURL=link, Token="t")
    with caplog.at_level(logging.WARNING):
        assert say(sender, "amazon-ses", made).status_code == 200
    assert link in caplog.text


def test_amazon_s_mail_in_s3_needs_boto3_and_is_not_lost_without(
    sender: Client, mailbox: Mailbox
) -> None:
    receipt = {
        "notificationType": "Received",
        "receipt": {"action": {"type": "S3", "bucketName": "mail", "objectKey": "shades"}},
    }
    made = posts.amazon_sns("Notification", SECRET, Message=json.dumps(receipt))
    assert say(sender, "amazon-ses", made).status_code == 500
    assert not Delivery.objects.exists()


STRANGE = [
    b"", b"null", b"[]", b"{}", b"7", b'"x"', b"\xff\xfe", b"{", b"[" * 5000,
    b'{"signature": null}', b'{"signature": {"token": 1, "timestamp": [], "signature": {}}}',
    b'{"Type": [], "MessageId": 1}', b"signature=x&timestamp=%FF&token=%C3%A9",
]  # fmt: skip


@pytest.mark.parametrize("slug", PROVIDERS)
def test_whatever_a_stranger_posts_is_refused_without_ado(sender: Client, slug: str) -> None:
    kinds = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data", "")
    strange = {"X-Postal-Signature": "?", "Signature": "\u00e9", "X-Mandrill-Signature": "x"}
    basic = b64encode(b"\xff:\xff").decode()
    for headers in ({}, {**strange, "Authorization": f"Basic {basic}"}, {"Authorization": "x"}):
        for kind in kinds:
            for body in STRANGE:
                answer = say(sender, slug, Post(body, kind, headers))
                assert answer.status_code in {400, 401}, (kind, body, headers)
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("case", ["postmark parts", "mailjet", "brevo"])
def test_mail_that_breaks_python_s_email_package_is_kept(
    sender: Client, mailbox: Mailbox, case: str
) -> None:
    made = posts.ALL[case](Sent(), SECRET)
    event = json.loads(made.body)
    hostile = {"Message-ID": "<[broken@@>", "X-Cc": "(" * 3000, "X-Folded": "a\r\n b"}
    fields = event["items"][0] if case == "brevo" else event
    if isinstance(fields["Headers"], dict):
        fields["Headers"] |= {**hostile, "Subject": ["The two cracked shades", "Lamps"]}
    else:
        fields["Headers"] += [{"Name": name, "Value": value} for name, value in hostile.items()]
    answer = say(sender, case, as_json(event, **made.headers))
    assert answer.status_code == 200
    assert (kept().subject, kept().text.strip()) == ("The two cracked shades", CRACKED)


def test_mail_for_nobody_stands_under_problems_with_its_recipient(
    post: Poster, looking: Client, mailbox: Mailbox
) -> None:
    post("postal", Sent(to=["orders@alder-lamps.example.com"], raw=letter(to="x@example.org")))
    process_pending()
    page = looking.get("/problems/").content.decode()
    assert "to orders@alder-lamps.example.com" in page
    assert "No mailbox has the address orders@alder-lamps.example.com." in page
