"""The main job, end to end over real sockets: mail in, sorted, read, corrected, accounted for."""

from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.flows.desk import Desk, desk
from tests.gemini import GeminiDouble

SAMPLES = Path(__file__).parents[2] / "triage" / "samples"
# US dollars for a token of gemini-2.5-flash (Google's price list, 2026-10-14), in nanodollars.
INPUT_NANODOLLARS, OUTPUT_NANODOLLARS = 300, 2500


@pytest.mark.browser
def test_mail_becomes_queues_an_invoice_a_correction_and_a_cost_line(
    tmp_path: Path, chromium: Browser
) -> None:
    with (
        GeminiDouble(latency_ms=50) as gemini,
        desk(tmp_path, GEMINI_API_KEY="k", GOOGLE_GEMINI_BASE_URL=gemini.url) as office,
    ):
        _supervisor(office)
        office.start_web()
        office.start_worker()
        _post_the_mail(office)
        office.wait_for(lambda: _is_done(office), "all mail sorted and read")

        browser = chromium.new_context(base_url=office.url)
        page = browser.new_page()
        _log_in(page)
        _see_the_invoice(page)
        _correct_and_undo_and_correct(page, office)
        _books_agree(page, office, gemini)
        browser.close()


def _supervisor(office: Desk) -> None:
    office.environment["DJANGO_SUPERUSER_PASSWORD"] = "a lamp for every desk"
    office.manage(
        "createsuperuser", "--noinput", "--username", "dana", "--email", "dana@example.com"
    )


def _post_the_mail(office: Desk) -> None:
    for file in sorted(SAMPLES.glob("*.eml"))[:40]:
        assert office.post_mail(file.read_bytes()) == 201
    # The sender did not hear us and posts again: the same mail, no second ticket.
    assert office.post_mail(sorted(SAMPLES.glob("*.eml"))[0].read_bytes()) == 200


def _is_done(office: Desk) -> bool:
    waiting = """
        SELECT (SELECT count(*) FROM ingest_delivery WHERE state = 'pending')
             + (SELECT count(*) FROM tickets_ticket WHERE triage_due_at IS NOT NULL)
             + (SELECT count(*) FROM tickets_message WHERE invoice_look_due_at IS NOT NULL)
             + (SELECT count(*) FROM invoices_invoice WHERE status = 'pending')
             + (SELECT count(*) FROM llm_call WHERE outcome = 'pending')
    """
    return office.value("SELECT count(*) FROM ingest_delivery") == 40 and not office.value(waiting)


def _log_in(page: Page) -> None:
    page.goto("/")
    page.fill("input[name=username]", "dana")
    page.fill("input[name=password]", "a lamp for every desk")
    page.press("input[name=password]", "Enter")
    expect(page.get_by_role("link", name="Support")).to_be_visible()


def _see_the_invoice(page: Page) -> None:
    page.goto("/invoices/")
    expect(page.get_by_text("F-2026-0311").first).to_be_visible()
    page.get_by_text("F-2026-0311").first.click()
    expect(page.locator("body")).to_contain_text("1,942.30")


def _correct_and_undo_and_correct(page: Page, office: Desk) -> None:
    page.goto("/queues/support/")
    page.locator("a.row__link").first.click()
    page.wait_for_url("**/tickets/*/**")
    ticket = int(page.url.rstrip("/").split("?")[0].rstrip("/").rpartition("/")[2])
    category = f"""
        SELECT slug FROM tickets_category c JOIN tickets_ticket t ON t.category_id = c.id
        WHERE t.id = {ticket}
    """
    assert office.value(category) == "support"
    page.keyboard.press("3")
    office.wait_for(lambda: office.value(category) == "sales", "the correction")
    page.goto(f"/tickets/{ticket}/")
    page.keyboard.press("u")
    office.wait_for(lambda: office.value(category) == "support", "the undoing")
    page.goto(f"/tickets/{ticket}/")
    page.keyboard.press("2")
    office.wait_for(lambda: office.value(category) == "billing", "the second correction")
    kept = office.rows("SELECT undone_at IS NULL AS stands FROM classification_correction")
    assert sorted(row["stands"] for row in kept) == [False, True]


def _books_agree(page: Page, office: Desk, gemini: GeminiDouble) -> None:
    """The report's total is the ledger's sum, which is the double's tokens times the price."""
    office.wait_for(lambda: _is_done(office), "what the correction to billing set off")
    ledger = office.value("SELECT sum(cost) FROM llm_call")
    book = gemini.book.total
    output = book.candidates + book.thoughts
    assert ledger == Decimal(
        book.prompt * INPUT_NANODOLLARS + output * OUTPUT_NANODOLLARS
    ) / Decimal(10**9)
    assert office.value("SELECT count(*) FROM llm_call") == book.requests
    report = page.request.get("/reports/costs/?format=json").json()
    assert Decimal(report["total"]["cost"]) == ledger
    assert sum(Decimal(row["cost"]) for row in report["rows"]) == ledger
    page.goto("/reports/costs/")
    shown = page.locator(".lead data").first.get_attribute("value")
    assert Decimal(shown or "0") == ledger
