"""Facts become sentences."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from tests import factories, people
from triage.tickets.models import Event
from triage.web.pages.history import history_of, sentence


@pytest.mark.parametrize(
    ("kind", "facts", "words"),
    [
        ("arrived", {"from": "jo@example.org"}, "Mail from jo@example.org arrived."),
        ("arrived", {"auto": "bounce"}, "Automatic mail from an unknown sender arrived."),
        ("predicted", {"category": "support", "confidence": 0.58, "model": "gemini-2.5-flash",
                       "review": True},
         "gemini-2.5-flash said Support with 58, so it went to Needs review."),
        ("predicted", {"category": "spam", "confidence": 99, "by": "local"},
         "The classifier on this server said Spam with 99."),
        ("predicted", {}, "The machine gave no answer from the list, so it went to Needs review."),
        ("corrected", {"origin": "support", "category": "billing"},
         "moved it from Support to Billing."),
        ("corrected", {"origin": None, "category": "billing"}, "moved it to Billing."),
        ("confirmed", {"category": "sales"}, "confirmed Sales."),
        ("correction-undone", {"category": "billing"}, "took Billing back."),
        ("assigned", {"to": None}, "gave the ticket back."),
        ("assigned", {"to": "dana"}, "gave the ticket to dana."),
        ("closed", {}, "Closed by itself."),
        ("reopened", {}, "A new mail opened it again."),
        ("invoice-read", {"file": "RE-3391.pdf", "problems": 1},
         "The invoice was read from RE-3391.pdf, with 1 problem."),
        ("invoice-read", {"number": "F-41", "problems": []}, "The invoice F-41 was read."),
        ("invoice-failed", {"reason": "the PDF is locked"},
         "The invoice could not be read: the PDF is locked."),
        ("frozen", {}, "Frozen."),
        ("arrived", ["not", "a", "dict"], "Mail from an unknown sender arrived."),
    ],
)  # fmt: skip
def test_every_kind_of_fact_has_its_sentence(kind: str, facts: Any, words: str) -> None:
    assert sentence(Event(kind=kind, facts=facts)) == words


def test_every_kind_there_is_reads_as_a_sentence() -> None:
    for kind in Event.Kind:
        assert sentence(Event(kind=kind)).endswith(".")


def test_it_is_told_newest_first_with_you_for_the_reader(alice: User) -> None:
    ticket = factories.ticket()
    factories.arrived(ticket)
    ticket.assign(to=alice, by=alice)
    ticket.close(by=people.dana())

    lines = history_of(ticket, me=alice)

    assert [(line.who, line.words, line.is_machine) for line in lines] == [
        ("Dana Diallo", "closed it.", False),
        ("You", "took the ticket.", False),
        ("", "Mail from jo.renner@glaswerk.example.org arrived.", True),
    ]
