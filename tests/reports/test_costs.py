"""Every figure of the cost report is added up again here, by plain SQL on the ledger."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from tests import factories
from triage.llm.models import Call
from triage.reports.costs import (
    CostReport,
    Row,
    Tally,
    by_category,
    by_mailbox,
    by_prompt,
    costs,
    slowest,
    tickets_by_purpose,
)
from triage.reports.periods import Period

pytestmark = pytest.mark.django_db

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))
SUMS = (
    "count(*), count(*) - count(cost),"
    " count(*) FILTER (WHERE input_tokens IS NULL OR output_tokens IS NULL),"
    " sum(input_tokens), sum(cached_tokens), sum(thinking_tokens), sum(output_tokens), sum(cost)"
)
DAY = "(at AT TIME ZONE 'UTC')::date"
IN_NOVEMBER = "at >= '2026-11-01T00:00Z' AND at < '2026-12-01T00:00Z'"


@pytest.fixture
def november() -> CostReport:
    """Three weeks at Alder Lamps: two models, three purposes, every outcome, unknown prices."""
    tickets = [factories.ticket(queue="billing"), factories.ticket(queue=None), None]
    outcomes = [outcome for outcome in Call.Outcome.values if outcome != "pending"]
    for number in range(120):
        factories.call(
            purpose=("classify", "extract", "evaluate")[number % 3],
            cost=None if number % 11 == 0 else f"0.{number * 7_654_321 % 999_999_999:09d}",
            at=at(1 + number % 21, number % 24),
            model_asked="gemini-2.5-flash",
            model_served=("gemini-2.5-flash", "gemini-3.5-flash-lite", "")[number % 7 % 3],
            outcome=outcomes[number % len(outcomes)],
            input_tokens=None if number % 13 == 0 else 700 + number,
            cached_tokens=None if number % 2 else number,
            thinking_tokens=None if number % 5 else number * 3,
            output_tokens=None if number % 13 == 0 else 20 + number,
            latency_ms=200 + number,
            prompt_version=f"v{number % 4}",
            ticket=tickets[number % 5 % 3],
        )
    factories.call(purpose="summarise", cost=None, at=at(20), input_tokens=None)
    return costs(NOVEMBER)


def test_the_totals_are_the_sums_of_the_ledger(november: CostReport) -> None:
    assert tallies([Row((), november.total)]) == by_sql("")


def test_the_rows_by_day_are_the_sums_of_the_ledger(november: CostReport) -> None:
    assert tallies(november.by_day()) == by_sql(DAY)


def test_the_rows_by_purpose_are_the_sums_of_the_ledger(november: CostReport) -> None:
    assert tallies(november.by_purpose()) == by_sql("purpose")


def test_the_rows_by_day_and_purpose_are_the_sums_of_the_ledger(november: CostReport) -> None:
    assert tallies(november.by_day_and_purpose()) == by_sql(f"{DAY}, purpose")


def test_the_rows_by_model_are_the_sums_of_the_ledger(november: CostReport) -> None:
    assert tallies(november.by_model()) == by_sql("model_served, model_asked, purpose")


def test_the_rows_by_outcome_are_the_sums_of_the_ledger(november: CostReport) -> None:
    assert tallies(november.by_outcome()) == by_sql("outcome")


def test_the_rows_by_prompt_are_the_sums_of_the_ledger(november: CostReport) -> None:
    assert tallies(by_prompt(november.period)) == by_sql("purpose, prompt_version")


def test_the_rows_by_category_are_the_sums_of_the_ledger(november: CostReport) -> None:
    tables = (
        "llm_call LEFT JOIN tickets_ticket t ON t.id = ticket_id"
        " LEFT JOIN tickets_category c ON c.id = category_id"
    )
    assert tallies(by_category(november.period)) == by_sql("coalesce(c.name, '')", tables)


def test_the_rows_by_mailbox_are_the_sums_of_the_ledger(november: CostReport) -> None:
    tables = (
        "llm_call LEFT JOIN tickets_ticket t ON t.id = ticket_id"
        " LEFT JOIN ingest_mailbox m ON m.id = mailbox_id"
    )
    assert tallies(by_mailbox(november.period)) == by_sql("coalesce(m.address, '')", tables)


def test_the_cells_are_the_sums_of_the_ledger(november: CostReport) -> None:
    keys = f"{DAY}, purpose, model_asked, model_served, outcome"
    rows = [
        Row((cell.day, cell.purpose, cell.model_asked, cell.model_served, cell.outcome), cell.tally)
        for cell in november.cells
    ]
    assert tallies(rows) == by_sql(keys)


def test_the_slow_end_is_a_latency_of_the_ledger(november: CostReport) -> None:
    keys = "model_served, model_asked, purpose"
    seen = {tuple(row[:3]): row[3] for row in select(
        f"SELECT {keys}, percentile_disc(0.95) WITHIN GROUP (ORDER BY latency_ms)"
        f" FROM llm_call WHERE {IN_NOVEMBER} GROUP BY {keys}"
    )}  # fmt: skip
    assert slowest(november.period) == seen


def test_a_cost_nobody_knows_is_not_zero_but_counted_apart() -> None:
    factories.call(cost=None, at=at(3))
    total = costs(NOVEMBER).total
    assert (total.cost, total.unknown, total.calls) == (None, 1, 1)


def test_a_known_cost_stands_beside_an_unknown_one() -> None:
    factories.call(cost="0.000000001", at=at(3))
    factories.call(cost=None, at=at(3))
    total = costs(NOVEMBER).total
    assert (total.cost, total.unknown) == (Decimal("0.000000001"), 1)


def test_an_empty_ledger_has_no_rows_and_no_cost_per_mail() -> None:
    report = costs(NOVEMBER)
    assert report.cells == ()
    assert report.total == Tally()
    assert report.cost_per_mail is None


def test_the_first_and_last_moments_of_the_period_belong_to_it() -> None:
    for moment in (
        datetime(2026, 10, 31, 23, 59, 59, 999_999, UTC),
        datetime(2026, 11, 1, 0, 0, tzinfo=UTC),
        datetime(2026, 11, 30, 23, 59, 59, 999_999, UTC),
        datetime(2026, 12, 1, 0, 0, tzinfo=UTC),
    ):
        factories.call(at=moment)
    assert [row.key[0] for row in costs(NOVEMBER).by_day()] == [
        date(2026, 11, 1),
        date(2026, 11, 30),
    ]


def test_days_are_days_of_the_desks_time_zone(settings: Any) -> None:
    settings.TIME_ZONE = "Pacific/Auckland"
    factories.call(at=datetime(2026, 10, 31, 12, 0, tzinfo=UTC))  # 1 November, 01:00 there
    assert [row.key[0] for row in costs(NOVEMBER).by_day()] == [date(2026, 11, 1)]


def test_cost_per_mail_counts_every_mail_that_came_in() -> None:
    ticket = factories.ticket("Two cracked shades")
    ticket.messages.update(received_at=at(4))
    factories.message(ticket, at=at(5))
    factories.message(ticket, "We send two new ones.", at=at(5), direction="out")
    factories.call(cost="0.000000003", at=at(4))
    report = costs(NOVEMBER)
    assert report.mails == {date(2026, 11, 4): 1, date(2026, 11, 5): 1}
    assert report.cost_per_mail == Decimal("0.000000002")


def test_a_ticket_asked_about_twice_is_one_ticket() -> None:
    ticket = factories.ticket()
    for _ in range(2):
        factories.call(ticket=ticket, at=at(6))
    assert tickets_by_purpose(NOVEMBER) == {"classify": 1}


def test_a_report_asks_the_same_number_of_questions_however_long_the_ledger(
    django_assert_num_queries: Any, november: CostReport
) -> None:
    with django_assert_num_queries(2):
        costs(november.period)


def at(day: int, hour: int = 10) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def tallies(rows: Iterable[Row]) -> list[tuple[Any, ...]]:
    return sorted(
        (
            *row.key,
            row.tally.calls,
            row.tally.unknown,
            row.tally.uncounted,
            row.tally.input_tokens,
            row.tally.cached_tokens,
            row.tally.thinking_tokens,
            row.tally.output_tokens,
            row.tally.cost,
        )
        for row in rows
    )


def by_sql(keys: str, tables: str = "llm_call") -> list[tuple[Any, ...]]:
    columns, group = (f"{keys}, {SUMS}", f" GROUP BY {keys}") if keys else (SUMS, "")
    return sorted(select(f"SELECT {columns} FROM {tables} WHERE {IN_NOVEMBER}{group}"))


def select(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
