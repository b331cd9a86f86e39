"""Who wrote a mail that could not be read, guessed from its first bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.web.pages.headers import HEAD_BYTES, guess


@pytest.mark.parametrize(
    ("raw", "sender", "subject"),
    [
        (b"From: Jo Renner <jo@example.org>\r\nSubject: Shades\r\n\r\n", "Jo Renner", "Shades"),
        (b"From: jo@example.org\nSubject: Shades\n\n", "jo@example.org", "Shades"),
        (b"From: <jo@example.org>\n\n", "jo@example.org", ""),
        (b'From: "Renner, Jo" <jo@example.org>\n\n', "Renner, Jo", ""),
        (b"subject: =?iso-8859-1?q?L=E4mpchen?=\n\n", "", "Lämpchen"),
        ("Subject: Lämpchen\n\n".encode(), "", "Lämpchen"),
        ("Subject: Lämpchen\n\n".encode("latin-1"), "", "Lämpchen"),
        (b"Subject: two\r\n lines\r\n\r\n", "", "two lines"),
        (b"Subject: =?no-such-charset?q?abc?=\n\n", "", "abc"),
        (b"Subject: first\nSubject: second\n\n", "", "first"),
        (b"", "", ""),
        (b"\x00\x01\x02", "", ""),
    ],
)
def test_sender_and_subject_are_read_where_they_can_be(
    raw: bytes, sender: str, subject: str
) -> None:
    found = guess(raw)
    assert (found.sender, found.subject) == (sender, subject)


def test_a_field_without_end_is_cut() -> None:
    assert len(guess(b"Subject: " + b"lamp " * HEAD_BYTES).subject) <= 150


def test_text_that_runs_backwards_is_set_straight() -> None:
    assert "\u202e" not in guess("Subject: \u202efdp.exe\n\n".encode()).subject


@given(st.binary(max_size=400))
def test_any_bytes_make_a_line_of_text(raw: bytes) -> None:
    for start in (b"", b"From: ", b"Subject: =?utf-8?b?", b"From: =?utf-16?q?"):
        found = guess(start + raw)
        for text in (found.sender, found.subject):
            text.encode("utf-8")
            assert len(text.splitlines()) <= 1
            assert "\x00" not in text
