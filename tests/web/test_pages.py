"""Small words and figures that pages are made of."""

from datetime import UTC, datetime, timedelta

import pytest

from triage.web.pages import times
from triage.web.pages.letters import paragraphs
from triage.web.pages.people import initials
from triage.web.pages.queue import Cursor
from triage.web.pages.sureness import sureness

NOW = datetime(2026, 11, 20, 10, 14, tzinfo=UTC)  # a Friday


@pytest.mark.parametrize(
    ("ago", "words"),
    [(timedelta(seconds=20), "now"), (timedelta(minutes=58), "58 min"),
     (timedelta(hours=1), "1 h"), (timedelta(hours=47, minutes=59), "47 h"),
     (timedelta(hours=48), "2 d"), (timedelta(days=400), "400 d"), (timedelta(hours=-1), "now")],
)  # fmt: skip
def test_an_age_is_one_unit(ago: timedelta, words: str) -> None:
    assert times.age(NOW - ago, now=NOW) == words


@pytest.mark.parametrize(
    ("at", "day", "moment", "in_sentence"),
    [
        (NOW, "Today", "Today 10:14", "at 10:14"),
        (NOW - timedelta(days=1), "Yesterday", "Yesterday 10:14", "yesterday at 10:14"),
        (NOW - timedelta(days=3), "Tuesday", "Tue 10:14", "on Tuesday at 10:14"),
        (NOW - timedelta(days=14), "6 Nov", "6 Nov 10:14", "on 6 Nov"),
        (NOW - timedelta(days=379), "6 Nov 2025", "6 Nov 2025 10:14", "on 6 Nov 2025"),
        (NOW + timedelta(days=1), "21 Nov", "21 Nov 10:14", "on 21 Nov"),
    ],
)
def test_a_day_is_named_as_one_would(at: datetime, day: str, moment: str, in_sentence: str) -> None:
    assert times.day(at, now=NOW) == day
    assert times.moment(at, now=NOW) == moment
    assert times.in_sentence(at, now=NOW) == in_sentence


@pytest.mark.parametrize(
    ("figure", "step", "word"),
    [(0, 1, "a guess"), (49, 1, "a guess"), (50, 2, "unsure"), (74, 2, "unsure"),
     (75, 3, "likely"), (91, 3, "likely"), (92, 4, "sure"), (100, 4, "sure"), (140, 4, "sure")],
)  # fmt: skip
def test_sureness_has_four_strokes(figure: int, step: int, word: str) -> None:
    drawn = sureness(figure)

    assert drawn
    assert (drawn.step, drawn.word) == (step, word)


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Maren Okafor", "MO"), ("jo", "J"), ("jo@example.org", "JO"), ("Anaïs Le Goff", "AG"),
     ("", "?"), ("«»", "?"), ("Žofie Černá", "ŽČ")],
)  # fmt: skip
def test_initials_are_the_first_and_last_word_s(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_a_cursor_survives_its_way_through_an_address() -> None:
    cursor = Cursor(NOW.replace(microsecond=123_457), 42)

    assert Cursor.read(str(cursor)) == cursor


def test_lines_broken_by_a_program_run_on_and_lines_ended_by_a_person_stay() -> None:
    text = (
        "I do not do banking on the telephone or on the computer, the latter being\n"
        "borrowed for this message. To whom do I make out the cheque?\n"
        "\n"
        "Agatha Merrow\n"
        "3 Quay Street\n"
        "- the small lamp, which has been on the bench since the end of last summer\n"
        "- the big one\n"
    )

    assert paragraphs(text) == [
        (
            "I do not do banking on the telephone or on the computer, the latter being borrowed for"
            " this message. To whom do I make out the cheque?"
        ),
        (
            "Agatha Merrow\n3 Quay Street\n"
            "- the small lamp, which has been on the bench since the end of last summer\n"
            "- the big one"
        ),
    ]


def test_a_line_nobody_broke_is_left_as_it_is() -> None:
    text = "x" * 300 + "\nand the next line"

    assert paragraphs(text) == [text]
