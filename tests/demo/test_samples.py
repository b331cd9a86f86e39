"""Sample mail is made recent without another byte changing, and finds its mailbox."""

from datetime import UTC, datetime, timedelta

import pytest

from triage.demo import samples
from triage.ingest.models import Mailbox

HELLO, BILLING, SALES = (
    Mailbox(address=f"{name}@alderlamps.example.com") for name in ("hello", "billing", "sales")
)
QUESTION = (
    b"Received: from mx.example.org (mx.example.org [192.0.2.7])\r\n"
    b"\tby mail.alderlamps.example.com;\r\n"
    b"\tFri, 13 Nov 2026 08:47:34 +0000\r\n"
    b"From: Owen Castellane <owen@example.org>\r\n"
    b"To: =?utf-8?q?Alder_Lamps?= <Hello@alderlamps.example.com>\r\n"
    b"Subject: Date: when does my Alba arrive?\r\n"
    b"Date: Fri, 13 Nov 2026 09:47:03 +0100\r\n"
    b"\r\n"
    b"Hello,\r\nDate: Fri, 13 Nov 2026 09:47:03 +0100 is what your receipt says.\r\n"
)


def test_date_and_received_move_and_nothing_else_does() -> None:
    moved = samples.redated(QUESTION, timedelta(days=18))
    assert moved == QUESTION.replace(
        b"Fri, 13 Nov 2026 08:47:34 +0000", b"Tue, 01 Dec 2026 08:47:34 +0000"
    ).replace(
        b"\nDate: Fri, 13 Nov 2026 09:47:03 +0100", b"\nDate: Tue, 01 Dec 2026 09:47:03 +0100", 1
    )


@pytest.mark.parametrize("date", [b"yesterday", b"", b"Fri, 99 Nov 2026 09:47:03 +0100"])
def test_a_date_nobody_can_read_stays_as_it_is(date: bytes) -> None:
    mail = b"From: petra@example.org\nDate: " + date + b"\nSubject: Cable\n\nToo short.\n"
    assert samples.redated(mail, timedelta(days=3)) == mail


def test_a_mail_that_is_all_headers_is_redated_too() -> None:
    moved = samples.redated(b"Date: Fri, 13 Nov 2026 09:47:03 +0000", timedelta(days=1))
    assert moved == b"Date: Sat, 14 Nov 2026 09:47:03 +0000"


def test_the_newest_sample_lies_within_a_day_before_the_first_start() -> None:
    first_start = datetime(2027, 2, 3, 8, 0, tzinfo=UTC)
    shift = samples.days_to(first_start, [QUESTION])
    newest = datetime(2026, 11, 13, 8, 47, 3, tzinfo=UTC) + shift
    assert timedelta(0) <= first_start - newest < timedelta(days=1)


def test_a_clock_before_the_samples_moves_them_back() -> None:
    first_start = datetime(2026, 11, 10, 8, 0, tzinfo=UTC)
    assert samples.days_to(first_start, [QUESTION]) == timedelta(days=-4)


def test_the_last_mail_with_a_readable_date_counts() -> None:
    first_start = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    undated = b"From: petra@example.org\n\nNo date at all.\n"
    assert samples.days_to(first_start, [QUESTION, undated]) == timedelta(days=7)


@pytest.mark.parametrize(
    ("field", "mailbox"),
    [
        (b"To: billing@alderlamps.example.com", BILLING),
        (b"To: jo@example.org\nCc: Sales <SALES@alderlamps.example.com>", SALES),
        (b"Delivered-To: billing@alderlamps.example.com", BILLING),
        (b"To: undisclosed-recipients:;", HELLO),
    ],
)
def test_a_mail_goes_to_the_mailbox_it_names(field: bytes, mailbox: Mailbox) -> None:
    raw = b"From: jo@example.org\n" + field + b"\n\nHello.\n"
    assert samples.recipient(raw, [HELLO, BILLING, SALES]) is mailbox


def test_every_sample_can_be_redated() -> None:
    mails = [path.read_bytes() for path in samples.files()]
    assert len(mails) >= 120
    moved = [samples.redated(mail, timedelta(days=365)) for mail in mails]
    unchanged = sum(before == after for before, after in zip(mails, moved, strict=True))
    assert unchanged <= 2, "only a mail without a readable date stays as it is"
