"""Wrong merges are split, split conversations merged; both can be taken back."""

import pytest

from tests import factories, people
from triage.tickets.models import Message, Regrouping, Ticket
from triage.tickets.regroup import CannotRegroup, merge, split, undo

pytestmark = pytest.mark.django_db


def _conversation() -> tuple[Ticket, Message, Message]:
    """Jo wrote about shades, and an answer about something else landed in the same ticket."""
    ticket = factories.ticket("The two cracked shades")
    first = ticket.messages.get()
    second = factories.message(ticket, text="Where is my parcel?")
    Ticket.objects.filter(pk=ticket.pk).update(message_count=2)
    return Ticket.objects.get(pk=ticket.pk), first, second


def test_a_message_becomes_a_ticket_of_its_own_and_is_sorted_like_any_new_one() -> None:
    ticket, first, second = _conversation()
    made = split(second, by=people.alice()).target
    assert [message.pk for message in made.messages.all()] == [second.pk]
    assert [message.pk for message in ticket.messages.all()] == [first.pk]
    assert made.triage_due_at is not None
    assert made.related == ticket
    ticket.refresh_from_db()
    made.refresh_from_db()
    assert (ticket.message_count, made.message_count) == (1, 1)


def test_a_split_is_taken_back_whole() -> None:
    ticket, _, second = _conversation()
    done = split(second, by=people.alice())
    assert undo(done, by=people.alice())
    assert not undo(Regrouping.objects.get(), by=people.alice())
    assert ticket.messages.count() == 2
    emptied = Ticket.objects.get(pk=done.target_id)
    assert emptied.merged_into == ticket
    assert emptied.triage_due_at is None
    assert not Ticket.objects.open().filter(pk=emptied.pk).exists()


def test_the_only_message_stays() -> None:
    ticket = factories.ticket()
    with pytest.raises(CannotRegroup, match="only message"):
        split(ticket.messages.get(), by=people.alice())


def test_a_ticket_goes_into_another_and_leads_there() -> None:
    ticket, _, _ = _conversation()
    other = factories.ticket("Shades again")
    merge(other, into=ticket, by=people.alice())
    other.refresh_from_db()
    ticket.refresh_from_db()
    assert other.merged_into == ticket
    assert other.messages.count() == 0
    assert ticket.message_count == 3
    assert not Ticket.objects.closed().filter(pk=other.pk).exists()


def test_a_merge_is_taken_back_with_the_ticket_as_it_was() -> None:
    ticket, _, _ = _conversation()
    other = factories.ticket("Shades again")
    done = merge(other, into=ticket, by=people.alice())
    assert undo(done, by=people.alice())
    other.refresh_from_db()
    assert other.merged_into is None
    assert other.is_open
    assert other.messages.count() == 1
    assert ticket.messages.count() == 2


@pytest.mark.parametrize("into", ["itself", "a merged one"])
def test_senseless_merges_are_refused(into: str) -> None:
    ticket, other = factories.ticket("One"), factories.ticket("Two")
    if into == "itself":
        target = ticket
    else:
        merge(other, into=factories.ticket("Three"), by=people.alice())
        target = other
    with pytest.raises(CannotRegroup):
        merge(ticket, into=target, by=people.alice())


def test_a_message_moved_on_since_is_not_dragged_back() -> None:
    _, _, second = _conversation()
    elsewhere = factories.ticket("Elsewhere")
    done = split(second, by=people.alice())
    merge(Ticket.objects.get(pk=done.target_id), into=elsewhere, by=people.alice())
    undo(done, by=people.alice())
    second.refresh_from_db()
    assert second.ticket == elsewhere
