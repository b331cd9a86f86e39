"""A person's category: said, confirmed, taken back; each endpoint's five questions."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.test import Client

from tests import factories, people
from triage.classification.correct import correct
from triage.classification.models import Correction
from triage.tickets.models import Ticket

HTMX = {"HX-Request": "true"}


@pytest.fixture
def ticket(db: None) -> Ticket:
    """Between Support and Billing, waiting for review."""
    made = factories.ticket()
    factories.prediction(made)
    return made


def _post(client: Client, ticket: Ticket, category: str = "billing", **more: str) -> object:
    return client.post(f"/tickets/{ticket.pk}/correction", {"category": category, **more})


def test_it_puts_the_ticket_where_the_person_says(
    desk: Client, alice: User, ticket: Ticket
) -> None:
    answer = desk.post(
        f"/tickets/{ticket.pk}/correction", {"category": "billing", "queue": "review"}
    )

    ticket.refresh_from_db()
    assert answer.headers["Location"] == f"/tickets/{ticket.pk}/?queue=review"
    assert ticket.category
    assert ticket.category.slug == "billing"
    assert ticket.category_set_by == alice
    assert ticket.review_reason == ""
    made = Correction.objects.get()
    assert made.from_category
    assert (made.from_category.slug, made.to_category.slug) == (
        "support",
        "billing",
    )


def test_the_same_category_again_is_a_confirmation(desk: Client, ticket: Ticket) -> None:
    _post(desk, ticket, "support")

    ticket.refresh_from_db()
    assert ticket.review_reason == ""
    assert [event.kind for event in ticket.events.all()] == ["confirmed"]


def test_it_is_only_posted(desk: Client, ticket: Ticket) -> None:
    assert desk.get(f"/tickets/{ticket.pk}/correction").status_code == 405
    assert not Correction.objects.exists()


def test_a_reader_may_not(looking: Client, ticket: Ticket) -> None:
    answer = looking.post(f"/tickets/{ticket.pk}/correction", {"category": "billing"})

    assert answer.status_code == 403
    assert "You may look, but not change anything." in answer.text
    assert not Correction.objects.exists()


def test_a_stranger_is_sent_to_the_door(stranger: Client, ticket: Ticket) -> None:
    answer = stranger.post(f"/tickets/{ticket.pk}/correction", {"category": "billing"})

    assert answer.headers["Location"].startswith("/login/")
    assert not Correction.objects.exists()


def test_a_ticket_that_is_not_there_is_not_found(desk: Client) -> None:
    assert desk.post("/tickets/999999999/correction", {"category": "billing"}).status_code == 404


def test_said_twice_by_the_same_person_it_is_recorded_once(desk: Client, ticket: Ticket) -> None:
    _post(desk, ticket)
    _post(desk, ticket)

    assert Correction.objects.count() == 1


def test_a_colleague_s_agreement_is_a_word_of_its_own(desk: Client, ticket: Ticket) -> None:
    _post(desk, ticket)
    _post(people.browser_of(people.dana()), ticket)

    assert Correction.objects.count() == 2


@pytest.mark.parametrize("category", ["", "warranty", "Billing", "\x00", "billing' --"])
def test_a_category_outside_the_list_changes_nothing(
    desk: Client, ticket: Ticket, category: str
) -> None:
    answer = desk.post(f"/tickets/{ticket.pk}/correction", {"category": category}, headers=HTMX)

    ticket.refresh_from_db()
    assert answer.status_code == 422
    assert ticket.review_reason == "unsure"
    assert not Correction.objects.exists()


def test_without_javascript_it_leads_back_to_where_it_was_said(
    desk: Client, ticket: Ticket
) -> None:
    answer = desk.post(
        f"/tickets/{ticket.pk}/correction",
        {"category": "billing", "next": "/queues/review/"},
        follow=True,
    )

    assert answer.redirect_chain == [("/queues/review/", 302)]
    assert "Moved to Billing: Jo Renner" in answer.text


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example.org/", "//evil.example.org", "\\\\evil"]
)
def test_it_never_leads_out_of_the_desk(desk: Client, ticket: Ticket, elsewhere: str) -> None:
    answer = desk.post(
        f"/tickets/{ticket.pk}/correction", {"category": "billing", "next": elsewhere}
    )

    assert answer.headers["Location"] == f"/tickets/{ticket.pk}/"


def test_on_its_page_htmx_gets_decision_head_and_history_too(desk: Client, ticket: Ticket) -> None:
    answer = desk.post(
        f"/tickets/{ticket.pk}/correction",
        {"category": "billing", "queue": "review"},
        headers={**HTMX, "HX-Current-URL": f"http://testserver/tickets/{ticket.pk}/?queue=review"},
    )

    soup = BeautifulSoup(answer.text, "html.parser")
    assert {tag["id"] for tag in soup.select('[hx-swap-oob="true"]')} == {
        f"ticket-{ticket.pk}", f"decision-{ticket.pk}", f"head-{ticket.pk}",
        f"history-{ticket.pk}", "side-tabs", "dock", "count",
    }  # fmt: skip


def test_in_a_list_htmx_gets_the_row_the_counts_and_a_way_back(
    desk: Client, ticket: Ticket
) -> None:
    answer = desk.post(
        f"/tickets/{ticket.pk}/correction",
        {"category": "billing", "queue": "review"},
        headers={**HTMX, "HX-Current-URL": "http://testserver/queues/review/"},
    )

    soup = BeautifulSoup(answer.text, "html.parser")
    swapped = {tag["id"] for tag in soup.select('[hx-swap-oob="true"]')}
    assert swapped == {f"ticket-{ticket.pk}", "side-tabs", "dock", "count"}
    row = soup.select_one(f"#ticket-{ticket.pk}")
    assert row
    assert row.has_attr("data-done")
    assert "Moved to Billing" in row.get_text()
    undo = f"/corrections/{Correction.objects.get().pk}/reversal"
    assert len(soup.select(f'form[hx-post="{undo}"]')) == 2
    toast = soup.select_one('[hx-swap-oob="beforeend:#toasts"] .toast')
    assert toast
    assert "Moved to Billing: Jo Renner" in toast.get_text()


def test_undo_gives_back_what_was_before(desk: Client, ticket: Ticket) -> None:
    _post(desk, ticket)
    made = Correction.objects.get()

    answer = desk.post(f"/corrections/{made.pk}/reversal", {"queue": "review"})

    ticket.refresh_from_db()
    assert answer.headers["Location"] == f"/tickets/{ticket.pk}/?queue=review"
    assert ticket.category
    assert ticket.category.slug == "support"
    assert ticket.category_set_by is None
    assert ticket.review_reason == "unsure"


def test_undo_is_only_posted(desk: Client, alice: User, ticket: Ticket) -> None:
    made = correct(ticket, to=factories.category("billing"), by=alice)

    assert desk.get(f"/corrections/{made.pk}/reversal").status_code == 405


def test_undo_is_not_for_readers_and_strangers(
    looking: Client, stranger: Client, alice: User, ticket: Ticket
) -> None:
    made = correct(ticket, to=factories.category("billing"), by=alice)

    assert looking.post(f"/corrections/{made.pk}/reversal").status_code == 403
    assert stranger.post(f"/corrections/{made.pk}/reversal").status_code == 302
    made.refresh_from_db()
    assert made.undone_at is None


def test_undo_of_nothing_is_not_found(desk: Client) -> None:
    assert desk.post("/corrections/999999999/reversal").status_code == 404


def test_undone_twice_is_undone_once(desk: Client, ticket: Ticket) -> None:
    _post(desk, ticket)
    made = Correction.objects.get()
    desk.post(f"/corrections/{made.pk}/reversal")

    again = desk.post(f"/corrections/{made.pk}/reversal", headers=HTMX)

    assert again.status_code == 200
    assert "Taken back already." in again.text
    assert ticket.events.filter(kind="correction-undone").count() == 1


def test_a_word_that_a_colleague_has_overtaken_stays(desk: Client, ticket: Ticket) -> None:
    _post(desk, ticket)
    mine = Correction.objects.get()
    correct(ticket, to=factories.category("sales"), by=people.dana())

    answer = desk.post(f"/corrections/{mine.pk}/reversal", headers=HTMX)

    ticket.refresh_from_db()
    assert answer.status_code == 422
    assert "Somebody has sorted it since." in answer.text
    assert ticket.category
    assert ticket.category.slug == "sales"


def test_a_form_without_its_token_is_refused(alice: User, ticket: Ticket) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)

    answer = browser.post(f"/tickets/{ticket.pk}/correction", {"category": "billing"})

    assert answer.status_code == 403
    assert "This page was too old" in answer.text
    assert not Correction.objects.exists()
