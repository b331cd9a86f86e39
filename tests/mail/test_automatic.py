"""Mail that no person wrote, told from mail that one did."""

import pytest

from tests.mail.letters import HEAD, letter, parcel, part, read
from triage.mail import parse

TEXT = b"Content-Type: text/plain"


def kind(*fields: bytes, subject: str = "Re: your order") -> str:
    head = HEAD.replace(b"The reading lamp flickers", subject.encode())
    return parse(letter(b"I am away.", *fields, head=head)).auto


@pytest.mark.parametrize(
    ("fields", "auto"),
    [
        ([], ""),
        ([b"Auto-Submitted: no"], ""),
        ([b"Auto-Submitted: No (a person)"], ""),
        ([b"Auto-Submitted: auto-replied"], "auto-reply"),
        ([b"Auto-Submitted: auto-replied; owner-email=farah@example.org"], "auto-reply"),
        ([b"Auto-Submitted: auto-generated"], "generated"),
        ([b"X-Autoreply: yes"], "auto-reply"),
        ([b"X-Autorespond: no"], ""),
        ([b"Precedence: auto_reply"], "auto-reply"),
        ([b"Precedence: bulk"], "bulk"),
        ([b"Precedence: list"], "list"),
        ([b"List-Id: <lamps.lists.test>"], "list"),
        ([b"List-Unsubscribe: <https://shop.test/u>"], "bulk"),
        ([b"Feedback-ID: 1:lamps"], ""),
        ([b"List-Id: <lamps.lists.test>", b"Auto-Submitted: auto-replied"], "auto-reply"),
        ([b"X-Failed-Recipients: obi@example.com"], "bounce"),
    ],
)
def test_headers_tell_automatic_mail(fields: list[bytes], auto: str) -> None:
    assert kind(*fields) == auto


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: your order",
        "Out of Office: your order",
        "Re: Out of the office until Monday",
        "Auto-Reply: your order",
        "Abwesenheitsnotiz: Ihre Bestellung",
        "Automatische Antwort: Ihre Bestellung",
        "Réponse automatique : votre commande",
        "Respuesta automática: su pedido",
        "Risposta automatica: il suo ordine",
        "Automatisch antwoord: uw bestelling",
        "Resposta automática: seu pedido",
    ],
)
def test_subjects_tell_an_absence_in_seven_languages(subject: str) -> None:
    assert kind(subject=subject) == "auto-reply"
    # RFC 3834, 5: the sender's word that a person wrote it weighs more.
    assert kind(b"Auto-Submitted: no", subject=subject) == ""


@pytest.mark.parametrize(
    "subject",
    ["The automatic reply does not work", "Reply to your office offer", "Automation of lamps"],
)
def test_a_person_may_write_about_automatic_replies(subject: str) -> None:
    assert kind(subject=subject) == ""


@pytest.mark.parametrize(
    ("kind_of_report", "auto"),
    [
        (b"delivery-status", "bounce"),
        (b"disposition-notification", "receipt"),
        (b"feedback-report", "report"),
        (b"lamp-report", "report"),
    ],
)
def test_reports_are_told_by_their_type(kind_of_report: bytes, auto: str) -> None:
    mail = parcel([part(b"Read.", TEXT)], b"report; report-type=" + kind_of_report + b"")
    assert mail.auto == auto


@pytest.mark.parametrize(
    "subject",
    ["Undelivered Mail Returned to Sender", "failure notice", "Unzustellbar: Ihre Bestellung"],
)
def test_a_bounce_of_an_old_system_is_told_by_sender_and_subject_together(subject: str) -> None:
    assert kind(b"Return-Path: <>", subject=subject) == "bounce"
    assert kind(subject=subject) == ""


def test_a_mail_daemon_is_no_person() -> None:
    head = HEAD.replace(b"farah@example.org>", b"MAILER-DAEMON@mx.test>", 1)
    head = head.replace(b"The reading lamp flickers", b"Mail delivery failed")
    assert read(b"Sorry.", head=head).auto == "bounce"
