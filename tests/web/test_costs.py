"""/reports/costs/: for supervisors, and its figures are the ledger's."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db.models import Sum

from tests import factories, people
from triage.llm.models import Call

pytestmark = pytest.mark.django_db
NOVEMBER = "/reports/costs/?from=2026-11-01&to=2026-11-30"


def test_a_supervisor_reads_the_total_of_the_ledger() -> None:
    calls(30)
    page = soup(people.browser_of(people.dana()).get(NOVEMBER))
    assert Decimal(page.select_one(".lead data")["value"]) == ledger_total()


def test_an_agent_is_kindly_refused() -> None:
    assert people.browser_of(people.alice()).get(NOVEMBER).status_code == 403


def test_a_reader_is_kindly_refused() -> None:
    assert people.browser_of(people.bob()).get(NOVEMBER).status_code == 403


def test_a_stranger_is_sent_to_the_door() -> None:
    answer = people.charlie().get(NOVEMBER)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/")


def test_nothing_can_be_posted_to_a_report() -> None:
    assert people.browser_of(people.dana()).post(NOVEMBER).status_code == 405


def test_the_csv_adds_up_to_the_ledger() -> None:
    calls(30)
    answer = people.browser_of(people.dana()).get(f"{NOVEMBER}&format=csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert sum(Decimal(row["cost"]) for row in rows if row["cost"]) == ledger_total()
    assert sum(int(row["calls"]) for row in rows) == 30
    assert sum(int(row["unknown"]) for row in rows) == Call.objects.filter(cost=None).count() > 0


def test_the_json_holds_the_same_rows_as_the_csv() -> None:
    calls(30)
    browser = people.browser_of(people.dana())
    body = browser.get(f"{NOVEMBER}&format=json").json()
    table = csv.DictReader(io.StringIO(browser.get(f"{NOVEMBER}&format=csv").content.decode()))
    as_text = [
        {key: "" if value is None else str(value) for key, value in row.items()}
        for row in body["rows"]
    ]
    assert as_text == list(table)
    assert Decimal(body["total"]["cost"]) == ledger_total()


def test_an_unknown_cost_is_a_word_and_never_a_zero() -> None:
    factories.call(cost=None, at=at(3))
    page = soup(people.browser_of(people.dana()).get(NOVEMBER))
    assert "1 call has no known cost" in page.select_one(".lead").text
    unknown = [cell.text for cell in page.select("[aria-labelledby=by-model] tbody .unknown")]
    assert unknown == ["unknown"]
    assert "$0" not in page.select_one(".lead b").text


def test_a_total_of_known_and_unknown_costs_says_both() -> None:
    calls(30)
    page = soup(people.browser_of(people.dana()).get(NOVEMBER))
    total = page.select("[aria-labelledby=by-model] tfoot td")[-1].text
    assert figure(total) == ledger_total()
    assert total.endswith("+ unknown")


def test_the_table_behind_the_chart_adds_up() -> None:
    calls(60)
    page = soup(people.browser_of(people.dana()).get(NOVEMBER))
    days = page.select("[aria-labelledby=by-day] tbody tr")
    total = page.select("[aria-labelledby=by-day] tfoot td")
    for place, foot in enumerate(total):
        column = [figure(day.select("td")[place].text) for day in days]
        assert sum(column) == figure(foot.text)
    assert figure(total[-1].text) == ledger_total()


def test_the_table_of_models_adds_up() -> None:
    calls(60)
    page = soup(people.browser_of(people.dana()).get(NOVEMBER))
    rows = page.select("[aria-labelledby=by-model] tbody tr")
    assert sum(figure(row.select("td")[-1].text) for row in rows) == ledger_total()


@pytest.mark.parametrize("cut", ["by-category", "by-mailbox", "by-prompt", "by-outcome"])
def test_each_cut_of_the_total_adds_up(cut: str) -> None:
    calls(60)
    factories.call(ticket=factories.ticket(), at=at(9))
    page = soup(people.browser_of(people.dana()).get(NOVEMBER))
    rows = page.select(f"[aria-labelledby={cut}] tbody tr")
    assert sum(figure(row.select("td")[-1].text) for row in rows) == ledger_total()
    assert sum(figure(row.select("td")[0].text) for row in rows) == 61


def test_a_month_without_calls_says_so() -> None:
    page = soup(people.browser_of(people.dana()).get(NOVEMBER))
    assert "no call to a model was made" in page.select_one(".lead").text
    assert not page.select("svg.chart")


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-11-20", "2026-11-01"),
        ("yesterday", "today"),
        ("2026-11-01", ""),
        ("2020-01-01", "2026-01-01"),
        ("0001-01-01", "0001-01-02"),
        ("9999-12-01", "9999-12-31"),
    ],
)
def test_days_that_make_no_period_are_refused_in_words(first: str, last: str) -> None:
    browser = people.browser_of(people.dana())
    answer = browser.get("/reports/costs/", {"from": first, "to": last})
    assert answer.status_code == 400
    assert soup(answer).select_one("[role=alert]").text.strip()
    as_json = browser.get("/reports/costs/", {"from": first, "to": last, "format": "json"})
    assert as_json.status_code == 400
    assert as_json.json()["error"]


def test_a_year_is_one_page() -> None:
    factories.call(at=at(3))
    answer = people.browser_of(people.dana()).get(
        "/reports/costs/", {"from": "2026-01-01", "to": "2026-12-31"}
    )
    assert answer.status_code == 200


def test_more_purposes_than_colours_are_drawn_together() -> None:
    for number in range(6):
        factories.call(f"purpose-{number}", cost=f"0.00{number + 1}", at=at(3))
    page = soup(people.browser_of(people.dana()).get(NOVEMBER))
    names = [term.text for term in page.select(".key dt")]
    assert names == ["Purpose 5", "Purpose 4", "Purpose 3", "Other"]
    assert [figure(term.text) for term in page.select(".key dd")][-1] == Decimal("0.006")
    drawn = {piece["class"][0] for piece in page.select(".day-bar rect")}
    assert drawn == {"series-1", "series-2", "series-3", "series-4"}


def test_a_purpose_cannot_put_markup_into_the_page() -> None:
    factories.call("<script>x</script>", at=at(3))
    answer = people.browser_of(people.dana()).get(NOVEMBER)
    assert b"<script>x" not in answer.content


def test_the_page_asks_the_same_number_of_questions_for_ten_calls_and_for_sixty(
    django_assert_max_num_queries: Any,
) -> None:
    browser = people.browser_of(people.dana())
    calls(10)
    with django_assert_max_num_queries(30) as first:
        browser.get(NOVEMBER)
    calls(60)
    with django_assert_max_num_queries(len(first.captured_queries)):
        browser.get(NOVEMBER)


def calls(number: int) -> None:
    """A month's calls at Alder Lamps, every seventh at an unknown price."""
    for each in range(number):
        factories.call(
            ("classify", "extract", "evaluate")[each % 3],
            None if each % 7 == 6 else f"0.000{each * 7919 % 999983:06d}",
            at=at(1 + each % 28),
            model_served=("gemini-2.5-flash", "gemini-3.5-flash-lite")[each % 2],
        )


def at(day: int) -> datetime:
    return datetime.combine(date(2026, 11, day), datetime.min.time(), UTC)


def ledger_total() -> Decimal:
    total = Call.objects.aggregate(total=Sum("cost"))["total"]
    assert isinstance(total, Decimal)
    return total


def figure(text: str) -> Decimal:
    words = text.replace("\u202f", "").replace(",", "").replace("+ unknown", "").strip()
    return Decimal(0) if words == "unknown" else Decimal(words)


def soup(answer: Any) -> Any:
    return BeautifulSoup(answer.content, "html.parser")
