"""Bounces: who did not get which mail, and why."""

from tests.mail.letters import HEAD, letter, multipart, part, read
from triage.mail import Recipient, parse, read_delivery_status

REPORT = (
    b"Reporting-MTA: dns; mx.test\r\n\r\n"
    b"Original-Recipient: rfc822;obi@example.com\r\n"
    b"Final-Recipient: rfc822; obi@example.com\r\n"
    b"Action: failed\r\n"
    b"Status: 5.1.1 (no such mailbox)\r\n"
    b"Diagnostic-Code: smtp; 550 5.1.1 <obi@example.com>:\r\n no such lamp buyer\r\n"
    b"\r\n"
    b"Final-Recipient: rfc822;farah@example.org\r\n"
    b"Action: delayed\r\n"
    b"Status: 4.2.2\r\n"
)
ANSWER = b"Message-ID: <answer-7@alder-lamps.example.com>\r\nSubject: Your lamp\r\n\r\nHello."


def bounce(returned: bytes, content_type: bytes) -> bytes:
    parts = [
        part(b"I could not deliver your mail.", b"Content-Type: text/plain"),
        part(REPORT, b"Content-Type: message/delivery-status"),
        part(returned, b"Content-Type: " + content_type),
    ]
    return HEAD + multipart(parts, b"report; report-type=delivery-status")


def test_a_bounce_says_who_did_not_get_which_mail_and_why() -> None:
    status = read_delivery_status(parse(bounce(ANSWER, b"message/rfc822")))
    assert status is not None
    assert status.original_message_id == "answer-7@alder-lamps.example.com"
    assert status.recipients == (
        Recipient(
            "obi@example.com", "failed", "5.1.1", "550 5.1.1 <obi@example.com>: no such lamp buyer"
        ),
        Recipient("farah@example.org", "delayed", "4.2.2", ""),
    )


def test_a_bounce_that_returns_only_the_headers_names_the_mail_too() -> None:
    status = read_delivery_status(parse(bounce(ANSWER, b"text/rfc822-headers")))
    assert status is not None
    assert status.original_message_id == "answer-7@alder-lamps.example.com"


def test_the_files_of_the_returned_mail_are_not_those_of_the_bounce() -> None:
    inner = b"Message-ID: <answer-7@alder-lamps.example.com>\r\n" + multipart(
        [part(b"%PDF", b"Content-Type: application/pdf; name=bill.pdf")], boundary=b"shade"
    )
    mail = parse(bounce(inner, b"message/rfc822"))
    assert [file.content_type for file in mail.attachments] == [
        "message/delivery-status",
        "message/rfc822",
    ]
    assert mail.text == "I could not deliver your mail."


def test_a_bounce_of_an_old_system_yields_what_its_text_says() -> None:
    body = b"This mail failed:\r\n\r\n> Message-ID: <answer-7@alder-lamps.example.com>\r\n"
    status = read_delivery_status(
        parse(letter(body, b"X-Failed-Recipients: obi@example.com, farah@example.org"))
    )
    assert status is not None
    assert [one.address for one in status.recipients] == ["obi@example.com", "farah@example.org"]
    assert status.original_message_id == "answer-7@alder-lamps.example.com"


def test_a_bounce_of_qmail_names_the_address_in_its_text() -> None:
    body = b"Hi. This is qmail.\r\n<obi@example.com>:\r\nNo such mailbox. (#5.1.1)\r\n"
    head = HEAD.replace(b"The reading lamp flickers", b"failure notice")
    status = read_delivery_status(parse(letter(body, b"Return-Path: <>", head=head)))
    assert status is not None
    assert [one.address for one in status.recipients] == ["obi@example.com"]


def test_a_mail_that_is_no_bounce_has_no_delivery_status() -> None:
    assert read_delivery_status(read(b"The lamp.")) is None
