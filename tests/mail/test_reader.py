"""A whole mail, from its bytes."""

from dataclasses import FrozenInstanceError
from datetime import UTC, datetime

import pytest

from tests.mail.letters import HEAD, read
from triage.mail import Address, parse
from triage.mail.content import Content, read_content
from triage.mail.defects import Defects
from triage.mail.mime import Part
from triage.mail.reader import UNREADABLE


def test_an_ordinary_mail_is_read() -> None:
    mail = read(
        b"Hello,\r\n\r\nthe lamp I bought from you flickers.\r\n\r\nFarah\r\n",
        b"Cc: obi@example.com",
        b"Reply-To: Farah at home <farah@home.test>",
        b"In-Reply-To: <answer-1@alder-lamps.example.com>",
        b"References: <order-1@example.org>\r\n <answer-1@alder-lamps.example.com>",
        b"Delivered-To: support@alder-lamps.example.com",
        b"X-Original-To: lamps@alder-lamps.example.com",
        b"Content-Type: text/plain",
    )
    assert mail.message_id == "lamp-1@example.org"
    assert mail.in_reply_to == ("answer-1@alder-lamps.example.com",)
    assert mail.references == ("order-1@example.org", "answer-1@alder-lamps.example.com")
    assert mail.date == datetime(2026, 11, 2, 8, 15, tzinfo=UTC)
    assert mail.subject == "The reading lamp flickers"
    assert mail.sender == Address("Farah Nadir", "farah@example.org")
    assert mail.reply_to == (Address("Farah at home", "farah@home.test"),)
    assert mail.to == (Address("", "support@alder-lamps.example.com"),)
    assert mail.cc == (Address("", "obi@example.com"),)
    assert mail.envelope_to == (
        "support@alder-lamps.example.com",
        "lamps@alder-lamps.example.com",
    )
    assert mail.text == "Hello,\n\nthe lamp I bought from you flickers.\n\nFarah"
    assert (mail.html, mail.attachments, mail.auto) == ("", (), "")
    assert mail.language == "en"
    assert mail.headers[0] == ("From", "Farah Nadir <farah@example.org>")
    assert mail.defects == ()


def test_a_mail_is_a_value_that_nobody_changes() -> None:
    mail = read(b"The lamp.")
    assert mail == read(b"The lamp.")
    with pytest.raises(FrozenInstanceError):
        mail.subject = "another"  # type: ignore[misc]


@pytest.mark.parametrize("raw", [b"", b"\r\n\r\n", b" ", b"\0", b"\xff\xfe", b"\xef\xbb\xbf"])
def test_a_mail_of_nothing_at_all_is_read_and_said(raw: bytes) -> None:
    mail = parse(raw)
    assert (mail.text.strip("\0"), mail.subject, mail.sender) == ("", "", None)
    assert "The mail does not say who sent it." in mail.defects


def test_what_is_missing_is_said_and_not_invented() -> None:
    mail = parse(b"Subject: no name, no date\r\n\r\nThe lamp.")
    assert (mail.message_id, mail.date, mail.sender, mail.to) == ("", None, None, ())
    assert mail.defects == ("The mail does not say who sent it.", "The mail has no date.")


def test_an_unreadable_date_is_none_and_said() -> None:
    mail = parse(HEAD.replace(b"Mon, 2 Nov 2026 09:15:00 +0100", b"some day") + b"\r\nThe lamp.")
    assert (mail.date, mail.defects) == (None, ("The mail's date is unreadable.",))


def test_of_two_different_subjects_the_first_counts_and_it_is_said() -> None:
    mail = read(b"The lamp.", b"Subject: Another subject")
    assert mail.subject == "The reading lamp flickers"
    assert mail.defects == ("The mail has several Subject headers; the first one counts.",)
    assert read(b"The lamp.", b"Subject: The reading lamp flickers").defects == ()


def test_two_to_fields_are_one_list() -> None:
    mail = read(b"The lamp.", b"To: obi@example.com")
    assert [one.address for one in mail.to] == [
        "support@alder-lamps.example.com",
        "obi@example.com",
    ]


def test_the_sender_field_stands_in_for_a_missing_from() -> None:
    mail = parse(b"From: \r\nSender: Obi <obi@example.com>\r\n\r\nThe lamp.")
    assert mail.sender == Address("Obi", "obi@example.com")


def test_without_delivered_to_the_top_relay_says_for_whom_it_took_the_mail() -> None:
    mail = read(
        b"The lamp.",
        b"Received: from mx.test by in.test for <lamps+eu@Alder-Lamps.example.com>; Mon, 2 Nov",
        b"Received: from home.test by mx.test for <somebody@else.test>; Mon, 2 Nov",
    )
    assert mail.envelope_to == ("lamps+eu@alder-lamps.example.com",)


@pytest.mark.parametrize(
    ("field", "ids"),
    [
        (b"<a@x.test> <b@x.test>", ("a@x.test", "b@x.test")),
        (b"<a@x.test><b@x.test>", ("a@x.test", "b@x.test")),
        (b"<a@x.test>\r\n\t<b@x.test>", ("a@x.test", "b@x.test")),
        (b"<a@\r\n x.test>", ("a@x.test",)),
        (b"a@x.test, b@x.test", ("a@x.test", "b@x.test")),
        (b"Your mail of Monday <a@x.test>", ("a@x.test",)),
        (b"Your mail of Monday", ()),
        (b"<a@x.test> <a@x.test>", ("a@x.test",)),
    ],
)
def test_references_are_read_however_they_are_written(field: bytes, ids: tuple[str, ...]) -> None:
    assert read(b"The lamp.", b"References: " + field).references == ids


def test_a_message_id_without_brackets_is_an_id() -> None:
    head = HEAD.replace(b"<lamp-1@example.org>", b"lamp-1")
    assert parse(head + b"\r\nThe lamp.").message_id == "lamp-1"


def test_raw_8_bit_headers_are_read_in_the_charset_of_the_body() -> None:
    head = HEAD.replace(b"The reading lamp flickers", "Лампа мигает".encode("koi8-r"))
    mail = parse(head + b"Content-Type: text/plain; charset=koi8-r\r\n\r\nlamp")
    assert mail.subject == "Лампа мигает"


def test_no_text_of_a_mail_holds_what_a_database_refuses() -> None:
    raw = HEAD.replace(b"flickers", b"fl\0ckers") + b"X-Lamp: a\0b\r\n\r\nThe \0lamp."
    mail = parse(raw)
    everything = [mail.subject, mail.text, *(text for field in mail.headers for text in field)]
    assert not any("\0" in text for text in everything)


def test_should_the_parser_ever_break_the_headers_and_the_raw_words_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(root: Part, defects: Defects) -> Content:
        if root.start < root.end:
            raise RecursionError("a mistake of ours")
        return read_content(root, defects)

    monkeypatch.setattr("triage.mail.reader.read_content", broken)
    mail = read(b"The lamp.")
    assert (mail.message_id, mail.subject) == ("lamp-1@example.org", "The reading lamp flickers")
    assert "The lamp." in mail.text
    assert mail.defects == (UNREADABLE,)
