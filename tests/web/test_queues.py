"""Lists of tickets: which, in which order, drawn how, at what price in queries."""

import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import factories
from tests.morning import a_morning
from triage.tickets.models import Ticket


def _subjects(client: Client, address: str) -> list[str]:
    soup = BeautifulSoup(client.get(address).text, "html.parser")
    return [link.get_text() for link in soup.select("#list .row__link")]


def _row(client: Client, ticket: Ticket, address: str = "/queues/review/") -> str:
    soup = BeautifulSoup(client.get(address).text, "html.parser")
    found = soup.select_one(f"#ticket-{ticket.pk}")
    assert found is not None
    return str(found)


def test_home_leads_to_what_needs_the_visitor_first(desk: Client, alice: User) -> None:
    assert desk.get("/").headers["Location"] == "/queues/review/"
    waiting = factories.ticket()
    assert desk.get("/").headers["Location"] == "/queues/unassigned/"
    waiting.assign(to=alice, by=alice)
    assert desk.get("/").headers["Location"] == "/queues/mine/"
    factories.prediction(waiting)
    assert desk.get("/").headers["Location"] == "/queues/review/"


def test_each_queue_shows_its_own_tickets_and_no_others(desk: Client, alice: User) -> None:
    a_morning(agent=alice)
    Ticket.objects.get(subject="Payment reminder 2").close(by=alice)

    assert len(_subjects(desk, "/queues/review/")) == 6
    assert _subjects(desk, "/queues/mine/") == ["Replacement switch"]
    assert _subjects(desk, "/queues/support/") == [
        "Fenna flickers on the lowest step",
        "Replacement switch",
        "Touch dimmer reacts when nobody touches it",
    ]
    assert _subjects(desk, "/queues/billing/") == ["Change my billing address"]
    assert _subjects(desk, "/queues/spam/") == ["Your site on page one by Friday"]
    assert _subjects(desk, "/queues/closed/") == ["Payment reminder 2"]
    unassigned = _subjects(desk, "/queues/unassigned/")
    assert "Your site on page one by Friday" not in unassigned
    assert len(unassigned) == 10


def test_review_begins_with_the_oldest_and_can_be_turned_round(desk: Client) -> None:
    for subject, hours in (("Older", 9), ("Newer", 1)):
        factories.prediction(factories.ticket(subject, age=timedelta(hours=hours)))

    assert _subjects(desk, "/queues/review/") == ["Older", "Newer"]
    assert _subjects(desk, "/queues/review/?sort=newest") == ["Newer", "Older"]


def test_pages_follow_each_other_without_a_gap_or_a_double(
    desk: Client, settings: LazySettings
) -> None:
    settings.PAGE_SIZE = 3
    at = timezone.now() - timedelta(hours=2)
    # Five arrived in the same microsecond: at the page's end only their number tells them apart.
    made = [factories.ticket(f"Lamp {number}", last_message_at=at) for number in range(8)]
    Ticket.objects.filter(pk__in=[one.pk for one in made[1:6]]).update(last_message_at=at)

    seen: list[str] = []
    address = "/queues/support/"
    for _ in range(3):
        page = desk.get(address).text
        seen += re.findall(r'class="row__link"[^>]*>(Lamp \d)<', page)
        found = re.search(r'id="more"><a class="button" href="([^"]+)"', page)
        address = "/queues/support/" + (found.group(1).replace("&amp;", "&") if found else "")

    assert sorted(seen) == [f"Lamp {number}" for number in range(8)]
    assert "That is all of it." in page


def test_the_next_page_comes_as_rows_alone_when_htmx_asks(
    desk: Client, settings: LazySettings
) -> None:
    settings.PAGE_SIZE = 1
    first, second = factories.ticket("Newest"), factories.ticket("Next", age=timedelta(hours=5))
    page = desk.get("/queues/support/").text
    found = re.search(r'hx-get="([^"]+)"', page)
    assert found
    assert f"ticket-{first.pk}" in page

    rows = desk.get(
        "/queues/support/" + found.group(1).replace("&amp;", "&"), headers={"HX-Request": "true"}
    ).text

    assert "<html" not in rows
    assert f'id="ticket-{second.pk}"' in rows
    assert f'id="ticket-{first.pk}"' not in rows


@pytest.mark.parametrize(
    "cursor", ["", "tomorrow", "12", "-", "9" * 30 + "-1", "9" * 18 + "-1", "1-1; DROP"]
)
def test_a_cursor_nobody_made_begins_at_the_beginning(desk: Client, cursor: str) -> None:
    factories.ticket("The first")

    assert _subjects(desk, f"/queues/support/?after={cursor}") == ["The first"]


def test_review_is_divided_by_why_a_mail_is_there(desk: Client) -> None:
    reasons = ["unsure", "unsure", "outside", "failed"]
    for number, reason in enumerate(reasons):
        factories.ticket(f"Lamp {number}", review_reason=reason, age=timedelta(hours=9 - number))

    tabs = BeautifulSoup(desk.get("/queues/review/").text, "html.parser").select(".tabs__tab")

    assert [" ".join(tab.get_text().split()) for tab in tabs] == [
        "All 4", "Unsure 2", "No such category 1", "No answer 1",
    ]  # fmt: skip
    assert _subjects(desk, "/queues/review/?why=unsure") == ["Lamp 0", "Lamp 1"]
    assert _subjects(desk, "/queues/review/?why=failed") == ["Lamp 3"]
    assert len(_subjects(desk, "/queues/review/?why=lunch")) == 4


def test_review_for_one_reason_only_needs_no_tabs(desk: Client) -> None:
    factories.prediction(factories.ticket())

    assert "tabs__tab" not in desk.get("/queues/review/").text


def test_a_doubtful_row_names_both_guesses_and_draws_them(desk: Client) -> None:
    ticket = factories.ticket()
    factories.prediction(ticket, {"support": 0.58, "billing": 0.37, "sales": 0.04, "spam": 0.01})

    row = _row(desk, ticket)

    assert "<b>Support</b> or Billing" in row
    assert 'data-step="2"' in row
    assert 'value="58"' in row
    assert 'data-category="support" height="61%"' in row
    assert 'data-category="billing" height="39%"' in row
    assert "mark--pencil" in row


def test_a_person_s_category_is_in_ink_without_a_figure(desk: Client, alice: User) -> None:
    ticket = factories.ticket()
    factories.prediction(ticket, {"support": 0.97, "spam": 0.03})
    Ticket.objects.update(category_set_by=alice, category_set_at=timezone.now())

    row = _row(desk, ticket, "/queues/support/")

    assert "mark--pencil" not in row
    assert "of 100" not in row
    assert ", by a person" in row


def test_an_answer_outside_the_list_is_quoted_and_escaped(desk: Client) -> None:
    ticket = factories.ticket(queue=None)
    factories.prediction(ticket, {}, said="warranty<b>", category=None)
    Ticket.objects.update(review_reason="outside")

    assert "said “warranty&lt;b&gt;”" in _row(desk, ticket)


def test_a_row_tells_language_attachment_invoice_and_who_sorted(desk: Client) -> None:
    ticket = factories.ticket(language="fr")
    factories.prediction(ticket, by="local", model="", fallback="no key is set")
    paper = factories.attachment(
        ticket.messages.get(), "RE-3391.pdf", content_type="application/pdf"
    )
    factories.invoice(paper.message)

    row = _row(desk, ticket)

    assert '<abbr class="tongue" title="French">FR</abbr>' in row
    assert 'aria-label="1 attachment"' in row
    assert 'aria-label="Invoice"' in row
    assert ">local</abbr>" in row


def test_a_mail_s_markup_is_words_in_the_list(desk: Client) -> None:
    ticket = factories.ticket("<script>alert(1)</script>", name="<img src=x>", text="<b>bold</b>")

    page = desk.get("/queues/support/").text

    assert "<script>alert(1)" not in page
    assert "<img src=x>" not in page
    assert "&lt;b&gt;bold&lt;/b&gt;" in page
    assert ticket.subject in _subjects(desk, "/queues/support/")


@pytest.mark.parametrize("queue", ["review", "mine", "unassigned", "support", "closed"])
def test_an_empty_queue_says_so_and_names_a_way_on(desk: Client, queue: str) -> None:
    factories.ticket(queue="sales")

    page = desk.get(f"/queues/{queue}/").text

    if queue != "unassigned":
        assert 'class="empty"' in page
        assert "1 in Sales" in page


def test_counts_in_the_side_bar_are_those_of_the_queues(desk: Client, alice: User) -> None:
    a_morning(agent=alice)
    factories.delivery(state="failed", reason="no MIME boundary")

    soup = BeautifulSoup(desk.get("/queues/review/").text, "html.parser")
    counts = {
        str(tab.select("span")[0].get_text()): tab.select_one(".count")
        for tab in soup.select(".side .tab")
    }
    shown = {name: count.get_text() if count else "" for name, count in counts.items()}

    assert shown["Needs review"] == "6"
    assert shown["Mine"] == "1"
    assert shown["Unassigned"] == "11"
    assert (shown["Support"], shown["Billing"], shown["Sales"], shown["Spam"]) == (
        "3",
        "2",
        "1",
        "1",
    )
    assert shown["Problems"] == "1"


@pytest.mark.parametrize("queue", ["review", "support", "unassigned", "closed"])
def test_sixty_rows_cost_as_many_queries_as_ten(
    desk: Client, alice: User, settings: LazySettings, queue: str
) -> None:
    settings.PAGE_SIZE = 100

    def add(count: int) -> None:
        for number in range(count):
            ticket = factories.ticket(f"Lamp {number}", name=f"Customer {number}")
            shares = {"support": 0.58, "billing": 0.4} if queue == "review" else {"support": 0.97}
            factories.prediction(ticket, shares)
            factories.invoice(factories.attachment(ticket.messages.get()).message)
            if queue != "unassigned":
                ticket.assign(to=alice, by=alice)
            if queue == "closed":
                ticket.close(by=alice)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert desk.get(f"/queues/{queue}/").status_code == 200
        return len(captured)

    add(10)
    ten = queries()
    add(50)

    assert queries() == ten
    assert ten <= 20


def test_who_sorts_and_what_today_costs_stand_at_the_foot(
    desk: Client, settings: LazySettings
) -> None:
    settings.GEMINI_API_KEY = ""
    assert "Sorting on this server, without a model" in desk.get("/queues/review/").text

    settings.GEMINI_API_KEY = "key"
    settings.MODELS = ["gemini-2.5-flash"]
    factories.call(cost="0.013")
    factories.call(cost="0.006")
    factories.call(cost=None)
    page = desk.get("/queues/review/").text

    assert "Sorting with gemini-2.5-flash" in page
    assert "3 today for $0.0190, 1 unknown" in page


def test_yesterday_s_calls_are_not_today_s(desk: Client) -> None:
    factories.call(cost="0.5", at=timezone.now() - timedelta(days=1))

    assert "No calls today" in desk.get("/queues/review/").text
