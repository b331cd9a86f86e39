"""What becomes of sorted mail on its server: left, flagged or moved; a correction puts it right."""

import pytest

from tests import factories
from tests.imap.dovecot import Dovecot
from tests.imap.test_fetch import letters
from tests.people import alice
from triage.classification.correct import correct, undo
from triage.ingest import handled
from triage.ingest.fetch import fetch
from triage.ingest.imap import Session
from triage.ingest.models import Copy, Handling, Mailbox
from triage.ingest.process import process_pending
from triage.tickets.models import Ticket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def moved(mailbox: Mailbox) -> Mailbox:
    mailbox.handling = Handling.MOVE
    mailbox.save()
    return mailbox


def arrive(server: Dovecot, mailbox: Mailbox, count: int = 1) -> list[Ticket]:
    """Mails from the server through the pipeline, all but sorted; a ticket each, in order."""
    factories.category("support")
    server.deliver(*letters(1, count))
    fetch(mailbox)
    process_pending()
    return list(Ticket.objects.order_by("pk"))


def sort(*tickets: Ticket, into: str) -> None:
    """What the machine does."""
    for ticket in tickets:
        ticket.category, ticket.triage_due_at = factories.category(into), None
        ticket.save()
        ticket.record("predicted", category=into)


def where(server: Dovecot) -> dict[str, int]:
    """How many mails lie in which folder."""
    folders = {"INBOX": "", **{name: f"Triage/{name}" for name in ("Support", "Billing", "Sales")}}
    found = {name: len(server.mails(folder)) for name, folder in folders.items()}
    return {name: count for name, count in found.items() if count}


def test_by_default_mail_stays_as_it_is(server: Dovecot, mailbox: Mailbox) -> None:
    sort(*arrive(server, mailbox), into="billing")
    names = [path.name for path in server.mails()]
    fetch(mailbox)
    assert [path.name for path in server.mails()] == names
    assert where(server) == {"INBOX": 1}


def test_sorted_mail_is_moved_to_its_category_and_the_rest_waits(
    server: Dovecot, moved: Mailbox
) -> None:
    first, second, _ = arrive(server, moved, 3)
    sort(first, into="billing")
    sort(second, into="support")
    fetch(moved)
    assert where(server) == {"INBOX": 1, "Billing": 1, "Support": 1}
    assert list(Copy.objects.order_by("pk").values_list("handled_as", "moved_to")) == [
        ("billing", "Triage/Billing"),
        ("support", "Triage/Support"),
        ("", ""),
    ]


def test_a_mail_that_waits_for_review_stays_until_a_person_sorts_it(
    server: Dovecot, moved: Mailbox
) -> None:
    [ticket] = arrive(server, moved)
    ticket.review_reason = "unsure"
    sort(ticket, into="sales")
    fetch(moved)
    assert where(server) == {"INBOX": 1}
    correct(ticket, to=factories.category("support"), by=alice())
    fetch(moved)
    assert where(server) == {"Support": 1}


def test_a_correction_moves_it_on_and_its_undoing_back(server: Dovecot, moved: Mailbox) -> None:
    tickets = arrive(server, moved, 3)
    sort(*tickets, into="billing")
    fetch(moved)
    correction = correct(tickets[1], to=factories.category("sales"), by=alice())
    fetch(moved)
    assert where(server) == {"Billing": 2, "Sales": 1}
    [in_sales] = server.mails("Triage/Sales")
    assert b"Question 2" in in_sales.read_bytes()
    undo(correction, by=alice())
    fetch(moved)
    assert where(server) == {"Billing": 3}


def test_a_folder_of_ones_own_can_be_named(server: Dovecot, moved: Mailbox) -> None:
    moved.category_folders = {"billing": "Rechnungen"}
    moved.save()
    sort(*arrive(server, moved), into="billing")
    fetch(moved)
    assert len(server.mails("Rechnungen")) == 1


def test_a_second_pass_moves_nothing_and_does_not_fetch_what_was_moved(
    server: Dovecot, moved: Mailbox
) -> None:
    sort(*arrive(server, moved, 2), into="billing")
    fetch(moved)
    done = fetch(moved)
    assert (done.stored, done.errors) == (0, [])
    assert where(server) == {"Billing": 2}


def test_a_crash_after_the_move_is_made_good(
    server: Dovecot, moved: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    tickets = arrive(server, moved, 2)
    sort(*tickets, into="billing")
    really_move = Session.move

    def move_and_die(self: Session, *arguments: object) -> None:
        really_move(self, *arguments)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Session, "move", move_and_die)
        with pytest.raises(KeyboardInterrupt):
            fetch(moved)
    assert where(server) == {"Billing": 2}
    fetch(moved)
    assert set(Copy.objects.values_list("handled_as", flat=True)) == {"billing"}
    correct(tickets[0], to=factories.category("sales"), by=alice())
    fetch(moved)
    assert where(server) == {"Billing": 1, "Sales": 1}


def test_mail_that_a_person_moved_elsewhere_is_left_there(server: Dovecot, moved: Mailbox) -> None:
    first, second = arrive(server, moved, 2)
    sort(first, second, into="billing")
    server.mails()[0].unlink()
    assert fetch(moved).errors == []
    assert where(server) == {"Billing": 1}


def test_after_renumbering_mail_is_found_by_its_content(server: Dovecot, moved: Mailbox) -> None:
    tickets = arrive(server, moved, 2)
    server.renumber()
    sort(*tickets, into="billing")
    fetch(moved)
    process_pending()
    fetch(moved)
    assert where(server) == {"Billing": 2}


def test_flagged_mail_carries_its_category_and_a_correction_changes_it(
    server: Dovecot, mailbox: Mailbox
) -> None:
    mailbox.handling = Handling.FLAG
    mailbox.save()
    ticket, _ = arrive(server, mailbox, 2)
    sort(ticket, into="billing")
    fetch(mailbox)
    assert flags(server) == [("F", {"Triage-billing"}), ("", set())]
    correct(ticket, to=factories.category("sales"), by=alice())
    fetch(mailbox)
    assert flags(server) == [("F", {"Triage-sales"}), ("", set())]
    assert where(server) == {"INBOX": 2}


def test_a_server_without_move_is_served_by_copying(server: Dovecot, moved: Mailbox) -> None:
    server.configure("imap_capability = IMAP4rev1 AUTH=PLAIN UIDPLUS NAMESPACE")
    server.restart()
    sort(*arrive(server, moved, 2), into="billing")
    fetch(moved)
    assert where(server) == {"Billing": 2}


def test_what_the_server_refuses_is_tried_again_with_the_next_pass(
    server: Dovecot, moved: Mailbox
) -> None:
    moved.category_folders = {"billing": "Bad\\\\name/../x"}
    moved.save()
    sort(*arrive(server, moved), into="billing")
    assert fetch(moved).errors == []
    assert where(server) == {"INBOX": 1}
    moved.category_folders = {}
    moved.save()
    fetch(moved)
    assert where(server) == {"Billing": 1}


def test_unhandled_mail_is_not_looked_at_for_ever(server: Dovecot, moved: Mailbox) -> None:
    [ticket] = arrive(server, moved)
    ticket.review_reason = "unsure"
    sort(ticket, into="sales")
    fetch(moved)
    assert not Copy.objects.filter(handled_at=None).exists()
    assert handled._fresh(moved) == []


def flags(server: Dovecot) -> list[tuple[str, set[str]]]:
    """Of each mail its Maildir flags, and its keywords by name."""
    names = (server.maildir / "dovecot-keywords").read_text().split("\n")
    keywords = {chr(ord("a") + int(line.split()[0])): line.split()[1] for line in names if line}
    found = [path.name.partition(":2,")[2] for path in sorted(server.mails(), key=lambda p: p.name)]
    return [
        (
            "".join(letter for letter in each if letter.isupper()),
            {keywords[letter] for letter in each if letter.islower()},
        )
        for each in found
    ]
