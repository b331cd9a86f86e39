"""/reports/quality/: for supervisors; every figure leads to its tickets."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from tests import factories, people
from triage.classification.correct import correct

pytestmark = pytest.mark.django_db
PAGE = "/reports/quality/"


@pytest.fixture
def supervisor(db: None) -> Client:
    """Dana's browser."""
    return people.browser_of(people.dana())


def test_the_matrix_shows_who_was_taken_for_what(supervisor: Client) -> None:
    spoken("billing", "support", times=2)
    spoken("billing", "billing", times=3)
    page = soup(supervisor.get(PAGE))
    figures = [[cell.text for cell in row.select("td")] for row in page.select(".matrix tbody tr")]
    assert figures == [
        ["0", "2", "0", "0", "2"],
        ["0", "3", "0", "0", "3"],
        ["0", "0", "0", "0", "0"],
        ["0", "0", "0", "0", "0"],
    ]
    assert "Support taken for Billing, 2 times" in page.text
    assert "5 tickets" in page.select_one(".lead").text
    assert "60.0 %" in page.select_one(".lead").text


def test_a_figure_leads_to_its_tickets(supervisor: Client) -> None:
    spoken("billing", "support", subject="The bill for a broken lamp")
    spoken("spam", "sales", subject="Four hundred lamps for a hotel")
    square = soup(supervisor.get(PAGE)).select_one(".matrix .heat-3 a")
    read = soup(supervisor.get(square["href"])).select_one("#read")
    assert read.h2.text == "Support taken for Billing"
    assert [link.text for link in read.select("a")] == ["The bill for a broken lamp"]


def test_right_answers_recede_and_mistakes_are_tinted(supervisor: Client) -> None:
    spoken("billing", "billing")
    spoken("billing", "support", times=3)
    spoken("sales", "support")
    page = soup(supervisor.get(PAGE))
    assert [cell.text for cell in page.select(".matrix .heat-3")] == ["3"]
    assert [cell.text for cell in page.select(".matrix .heat-1")] == ["1"]
    assert len(page.select(".matrix .right")) == 4


def test_bounds_are_said_and_drawn(supervisor: Client) -> None:
    spoken("billing", "billing", times=2)
    page = soup(supervisor.get(PAGE))
    billing = page.select(".table--intervals tbody tr")[1]
    assert "100.0 between 34.2 to 100.0" in " ".join(billing.text.split())
    assert len(page.select(".whisker")) == 2


def test_before_anybody_spoke_it_says_so(supervisor: Client) -> None:
    assert "Nobody has said anything yet" in supervisor.get(PAGE).content.decode()


@pytest.mark.parametrize("query", ["days=x&by=y", "said=%00&truth=<b>", "days=7&by=local"])
def test_odd_questions_get_a_page(supervisor: Client, query: str) -> None:
    spoken("billing", "support")
    answer = supervisor.get(f"{PAGE}?{query}")
    assert answer.status_code == 200
    assert b"<b>" not in answer.content.partition(b'id="read"')[2][:200]


def test_an_agent_and_a_reader_are_refused_and_a_stranger_sent_to_the_door() -> None:
    assert people.browser_of(people.alice()).get(PAGE).status_code == 403
    assert people.browser_of(people.bob()).get(PAGE).status_code == 403
    assert people.charlie().get(PAGE)["Location"].startswith("/login/")


def test_nothing_can_be_posted(supervisor: Client) -> None:
    assert supervisor.post(PAGE).status_code == 405


def test_the_page_asks_the_same_number_of_questions_for_two_and_for_twenty(
    supervisor: Client, django_assert_max_num_queries: Any
) -> None:
    address = f"{PAGE}?said=billing&truth=support"
    spoken("billing", "support", times=2)
    with django_assert_max_num_queries(25) as first:
        supervisor.get(address)
    spoken("billing", "support", times=18)
    with django_assert_max_num_queries(len(first.captured_queries)):
        supervisor.get(address)


def spoken(said: str, truth: str, *, times: int = 1, subject: str = "Two cracked shades") -> None:
    """Tickets the machine put into `said` and Alice into `truth`."""
    for _ in range(times):
        ticket = factories.ticket(subject)
        factories.prediction(ticket, {said: 0.9})
        correct(ticket, to=factories.category(truth), by=people.alice())


def soup(page: Any) -> Any:
    return BeautifulSoup(page.content, "html.parser")
