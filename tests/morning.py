"""A morning's mail at Alder Lamps: enough of every kind to look at, and to work through."""

from datetime import timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from tests import factories
from triage.classification.correct import correct
from triage.tickets.models import Ticket

_REVIEW = [
    ("Bibliothèque de Vannes", "Devis pour 24 lampes, et une facture de 2025", 50, "fr",
     "Bonjour, nous souhaitons équiper la salle de lecture et il nous manque aussi la facture.",
     {"sales": 0.48, "billing": 0.45, "support": 0.06, "spam": 0.01}),
    ("Katrin Vogel", "Zweimal abgebucht, und die Lampe flackert", 26, "de",
     "Guten Tag, am 12. und am 13. November wurde derselbe Betrag abgebucht.",
     {"billing": 0.55, "support": 0.42, "sales": 0.02, "spam": 0.01}),
    ("Parcel Desk", "Exception 7QX-204: address incomplete", 23, "en",
     "The consignee could not be found at the given address. Please confirm within two days.",
     {"support": 0.66, "spam": 0.3, "billing": 0.03, "sales": 0.01}),
    ("Jo Renner", "Invoice RE-2026-3391 and the two cracked shades", 3, "en",
     ("Hello Maren,\n\nattached is our invoice RE-2026-3391 for the October shades.\n\n"
     "About the two cracked ones you wrote about on Monday: we took them off line 3, so please "
     "check the total before you pay.\n\nKind regards\nJo Renner"),
     {"support": 0.58, "billing": 0.37, "sales": 0.04, "spam": 0.01}),
    ("Amira Haddad", "Where is the VAT number on my receipt?", 2, "en",
     "Our accountant needs it on every receipt since July and I cannot find it anywhere.",
     {"billing": 0.72, "support": 0.26, "sales": 0.01, "spam": 0.01}),
    ("Olu Adeyemi", "School order: 30 Fenna lamps", 1, "en",
     "Please find our purchase order attached. The school pays on invoice within 30 days.",
     {"sales": 0.61, "billing": 0.36, "support": 0.02, "spam": 0.01}),
]  # fmt: skip
_SORTED = [
    ("Ewan Docherty", "Fenna flickers on the lowest step", 5, "support", 0.97),
    ("Sofia Marchetti", "Replacement switch", 7, "support", 0.95),
    ("Daniel Osei", "Touch dimmer reacts when nobody touches it", 30, "support", 0.83),
    ("Noor Janssen", "Change my billing address", 4, "billing", 0.94),
    ("Glaswerk Renner", "Payment reminder 2", 9, "billing", 0.99),
    ("Tobias Lund", "Can we still get the October price?", 6, "sales", 0.91),
    ("Rank Rocket", "Your site on page one by Friday", 8, "spam", 0.99),
]


def a_morning(*, agent: User) -> list[Ticket]:
    """Six tickets that wait for review (oldest first), then seven sorted ones; one is `agent`'s."""
    review = [_doubtful(*row) for row in _REVIEW]
    sorted_ones = [_sorted(*row) for row in _SORTED]
    sorted_ones[1].assign(to=agent, by=agent)
    correct(sorted_ones[1], to=factories.category("support"), by=agent)
    _invoice_for(review[3])
    for ticket in (*review, *sorted_ones):
        factories.call(ticket=ticket)
    _by_ourselves(sorted_ones[2])
    return [*review, *sorted_ones]


def _doubtful(name: str, subject: str, hours: int, language: str, text: str,
              shares: dict[str, float]) -> Ticket:  # fmt: skip
    ticket = factories.ticket(
        subject, name=name, age=timedelta(hours=hours), language=language, text=text
    )
    factories.prediction(ticket, shares)
    _arrived(ticket)
    return ticket


def _sorted(name: str, subject: str, hours: int, queue: str, share: float) -> Ticket:
    ticket = factories.ticket(subject, name=name, age=timedelta(hours=hours), queue=queue)
    rest = round((1 - share) / 3, 3)
    others = {slug: rest for slug in ("support", "billing", "sales", "spam") if slug != queue}
    factories.prediction(ticket, {queue: share, **others})
    _arrived(ticket)
    return ticket


def _arrived(ticket: Ticket) -> None:
    factories.arrived(ticket)
    ticket.record(
        "predicted", at=ticket.opened_at + timedelta(seconds=2), model="gemini-2.5-flash",
        category=ticket.category.slug if ticket.category else None, confidence=ticket.confidence,
        review=bool(ticket.review_reason),
    )  # fmt: skip


def _invoice_for(ticket: Ticket) -> None:
    mail = ticket.messages.get()
    paper = factories.attachment(mail, "RE-2026-3391.pdf", b"%PDF-1.7 " * 9_000, "application/pdf")
    trouble = "Lines add up to 1,216.00, the invoice says 1,264.00."
    problems = [{"code": "sum", "message": trouble}]
    factories.invoice(mail, attachment=paper, problem_count=1, data={"problems": problems})


def _by_ourselves(ticket: Ticket) -> None:
    ticket.predictions.update(by="local", model="", fallback="no key is set", reason="")
    ticket.calls.update(at=timezone.now() - timedelta(days=2))
