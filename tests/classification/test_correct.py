"""A person's word on a category: said, said again, taken back."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from tests import factories, people
from tests.classification.sorting import waiting
from tests.ingest.connections import at_once
from triage.classification.correct import correct, undo
from triage.classification.models import Correction
from triage.tickets.models import Event, Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("categories")]


@pytest.fixture
def alice(db: None) -> User:
    return people.alice()


def columns(ticket: Ticket) -> dict[str, Any]:
    names = ("category", "category_set_by", "category_set_at", "review_reason", "triage_due_at")
    return dict(Ticket.objects.values(*names).get(pk=ticket.pk))


def put(ticket: Ticket, slug: str, by: User) -> Correction:
    return correct(ticket, to=factories.category(slug), by=by)


def test_the_ticket_goes_where_the_person_says_and_out_of_review(alice: User) -> None:
    ticket = factories.ticket()
    said = factories.prediction(ticket)
    correction = put(ticket, "billing", alice)
    # The instance in hand knows it too.
    assert ticket.category == factories.category("billing")
    assert (ticket.category_set_by, ticket.review_reason) == (alice, "")
    assert (correction.prediction, correction.by) == (said, alice)
    assert correction.from_category == factories.category("support")
    assert correction.to_category == factories.category("billing")


def test_the_history_tells_a_correction_from_a_confirmation(alice: User) -> None:
    ticket = factories.ticket()
    put(ticket, "billing", alice)
    put(ticket, "billing", alice)
    events = list(Event.objects.filter(ticket=ticket).values_list("kind", "facts"))
    assert events == [
        ("corrected", {"origin": "support", "category": "billing"}),
        ("confirmed", {"origin": "billing", "category": "billing"}),
    ]


def test_the_category_it_has_confirms_it(alice: User) -> None:
    ticket = factories.ticket()
    factories.prediction(ticket)
    put(ticket, "support", alice)
    assert (ticket.category, ticket.review_reason) == (factories.category("support"), "")
    assert ticket.is_sorted_by_person


def test_while_sorting_is_pending_it_ends_that(alice: User) -> None:
    ticket = waiting()
    put(ticket, "spam", alice)
    assert ticket.triage_due_at is None
    assert Correction.objects.get().from_category is None


@pytest.mark.parametrize("state", ["unsorted", "in review", "sorted", "sorted by a colleague"])
def test_taking_it_back_gives_back_exactly_what_was(alice: User, state: str) -> None:
    ticket = waiting() if state == "unsorted" else factories.ticket()
    if state in {"in review", "sorted"}:
        factories.prediction(ticket, {"support": 0.5 if state == "in review" else 0.97})
    if state == "sorted by a colleague":
        put(ticket, "sales", people.dana())
    before = columns(ticket)
    correction = put(ticket, "billing", alice)
    assert columns(ticket) != before
    assert undo(correction, by=alice)
    assert columns(ticket) == before


def test_taking_it_back_twice_is_refused_the_second_time(alice: User) -> None:
    ticket = factories.ticket()
    correction = put(ticket, "billing", alice)
    assert undo(correction, by=alice)
    put(ticket, "sales", people.dana())
    assert not undo(correction, by=alice)
    ticket.refresh_from_db()
    assert ticket.category == factories.category("sales")
    assert Event.objects.filter(kind=Event.Kind.CORRECTION_UNDONE).count() == 1


def test_after_somebody_else_s_word_it_is_refused(alice: User) -> None:
    ticket, dana = factories.ticket(), people.dana()
    first = put(ticket, "billing", alice)
    second = put(ticket, "sales", dana)
    assert not undo(first, by=alice)
    ticket.refresh_from_db()
    assert (ticket.category, ticket.category_set_by) == (factories.category("sales"), dana)
    # In their order they can be taken back both.
    assert undo(second, by=dana)
    assert undo(first, by=alice)
    ticket.refresh_from_db()
    assert (ticket.category, ticket.category_set_by) == (factories.category("support"), None)


def test_it_is_kept_who_took_it_back_and_when(alice: User) -> None:
    correction = put(factories.ticket(), "billing", alice)
    undo(correction, by=people.dana())
    correction.refresh_from_db()
    assert correction.undone_by == people.dana()
    assert correction.undone_at is not None


def test_a_mail_that_is_billing_after_all_is_searched_for_invoices_again(alice: User) -> None:
    ticket = factories.ticket()
    ticket.messages.update(invoice_look_attempts=3, invoice_look_due_at=None)
    factories.message(ticket, "a note", direction="note")
    put(ticket, "billing", alice)
    mail, note = ticket.messages.order_by("pk")
    assert mail.invoice_look_due_at is not None
    assert mail.invoice_look_attempts == 0
    assert note.invoice_look_due_at is None


def test_confirming_billing_searches_nothing_again(alice: User) -> None:
    ticket = factories.ticket(queue="billing")
    put(ticket, "billing", alice)
    assert ticket.messages.get().invoice_look_due_at is None


def test_a_stale_instance_does_not_bring_back_the_past(alice: User) -> None:
    ticket = factories.ticket()
    stale = Ticket.objects.get(pk=ticket.pk)
    put(ticket, "billing", people.dana())
    correction = put(stale, "sales", alice)
    assert correction.from_category == factories.category("billing")
    assert undo(correction, by=alice)
    ticket.refresh_from_db()
    assert ticket.category_set_by == people.dana()


def test_a_pending_claim_is_given_back_to_the_microsecond(alice: User) -> None:
    ticket = waiting()
    due = timezone.now() + timedelta(seconds=77, microseconds=123456)
    Ticket.objects.filter(pk=ticket.pk).update(triage_due_at=due)
    undo(put(ticket, "spam", alice), by=alice)
    assert columns(ticket)["triage_due_at"] == due


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_are_both_on_record_and_the_later_one_stands(
    categories: object,
) -> None:
    ticket, alice, dana = factories.ticket(), people.alice(), people.dana()
    spam, sales = factories.category("spam"), factories.category("sales")
    at_once(
        lambda: correct(Ticket.objects.get(pk=ticket.pk), to=spam, by=alice),
        lambda: correct(Ticket.objects.get(pk=ticket.pk), to=sales, by=dana),
    )
    first, second = Correction.objects.order_by("pk")
    ticket.refresh_from_db()
    assert second.from_category == first.to_category
    assert ticket.category == second.to_category
    assert ticket.category_set_by == second.by


@pytest.mark.django_db(transaction=True)
def test_taken_back_by_two_at_once_it_is_taken_back_once(categories: object) -> None:
    alice = people.alice()
    correction = put(factories.ticket(), "spam", alice)
    assert sorted(at_once(*[lambda: undo(correction, by=alice)] * 3)) == [False, False, True]
