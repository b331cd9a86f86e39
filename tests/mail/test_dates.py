"""Date fields, orderly and otherwise."""

from datetime import UTC, datetime

import pytest

from triage.mail.dates import read_date

MORNING = datetime(2026, 11, 2, 9, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Mon, 2 Nov 2026 09:15:30 +0000",
        "Mon, 02 Nov 2026 10:15:30 +0100",
        "2 Nov 26 04:15:30 EST",
        "Mon, 2 Nov 2026 09:15:30 GMT",
        "Mon, 2 Nov 2026 09:15:30 -0000 (UTC)",
        "Mon,2 Nov 2026 09:15:30",
        "Monday, 2-Nov-2026 09:15:30 Z",
        "Mon, 2 Nov 2026 10:15:30 +01:00",
        "Mon, 2 Nov 2026 10.15.30 +0100",
        "Mon Nov  2 09:15:30 2026",
        "Mon Nov  2 10:15:30 CET 2026",
        "2026-11-02 09:15:30",
        "2026-11-02T10:15:30+01:00",
        "Mon, 2 Nov 2026 (winter) 09:15:30 +0000",
        "Mon, 2 Nov 2026 9:15:30 AM +0000",
        "Nov 2, 2026 09:15:30 AM",
    ],
)
def test_the_same_moment_is_read_from_every_form(text: str) -> None:
    assert read_date(text) == MORNING


def test_years_of_two_and_three_digits_count_as_rfc_5322_says() -> None:
    assert read_date("2 Nov 94 09:15:30 +0000") == MORNING.replace(year=1994)
    assert read_date("2 Nov 126 09:15:30 +0000") == MORNING


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "Mon, 32 Nov 2026 09:15:30 +0000", "2 Foo 2026 09:15", "9" * 5000, "2026"],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert read_date(text) is None


def test_a_zone_that_is_none_counts_as_utc() -> None:
    assert read_date("Mon, 2 Nov 2026 09:15:30 -9999") == MORNING


def test_a_leap_second_is_a_moment() -> None:
    assert read_date("31 Dec 2016 23:59:60 +0000") == datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)


def test_a_date_before_the_first_year_is_none() -> None:
    assert read_date("1 Jan 0001 00:00:00 +2300") is None
