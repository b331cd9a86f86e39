"""Invoices decided, problems replayed and costs read in Chromium, by hand and by key."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests import factories, people
from tests.browser.conftest import sign_in
from tests.browser.test_for_all import _violations
from tests.renner import WRONG_NET, renner
from triage.classification.correct import correct
from triage.ingest.models import Delivery
from triage.invoices.models import Invoice

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_invoices_are_decided_one_after_the_other_from_the_keyboard(page: Page) -> None:
    advert, doubtful, good = renner(number="AD-1"), renner(problems=[WRONG_NET]), renner()
    sign_in(page, people.alice())
    page.goto(f"/invoices/{good.pk}/")

    page.keyboard.press("j")
    page.wait_for_url(f"**/invoices/{doubtful.pk}/")
    page.keyboard.press("k")
    page.wait_for_url(f"**/invoices/{good.pk}/")
    page.keyboard.press("x")
    page.wait_for_url(f"**/invoices/{doubtful.pk}/")
    expect(page.get_by_role("button", name="Approve with 1 problem")).to_be_visible()
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/invoices/{advert.pk}/")
    page.keyboard.press("n")
    page.wait_for_url("**/invoices/")

    found = {invoice.pk: invoice.status for invoice in Invoice.objects.all()}
    assert found == {
        good.pk: Invoice.Status.REJECTED,
        doubtful.pk: Invoice.Status.APPROVED,
        advert.pk: Invoice.Status.NOT_INVOICE,
    }


def test_a_hasty_decision_is_taken_back_with_u(page: Page) -> None:
    invoice = renner()
    sign_in(page, people.alice())
    page.goto(f"/invoices/{invoice.pk}/")
    page.keyboard.press("x")
    page.wait_for_url("**/invoices/")
    page.goto(f"/invoices/{invoice.pk}/")
    page.keyboard.press("u")
    expect(page.get_by_role("button", name="Approve")).to_be_visible()


def test_an_invoice_is_approved_without_javascript(plain_page: Page) -> None:
    invoice = renner()
    sign_in(plain_page, people.alice())
    plain_page.goto("/invoices/")
    plain_page.get_by_role("link", name="RE-2026-3391").click()
    plain_page.get_by_role("button", name="Approve").click()
    plain_page.wait_for_url("**/invoices/")
    invoice.refresh_from_db()
    assert invoice.status == Invoice.Status.APPROVED


def test_the_first_problem_is_replayed_with_r(page: Page) -> None:
    factories.ticket()
    older = timezone.now() - timedelta(hours=1)
    stays = factories.delivery(state=Delivery.State.FAILED, reason="Too deep.", received_at=older)
    first = factories.delivery(state=Delivery.State.FAILED, reason="Too deep.")
    sign_in(page, people.alice())
    page.goto("/problems/")
    page.keyboard.press("r")
    expect(page.locator(f"#delivery-{first.pk}")).to_have_count(0)
    expect(page.locator(f"#delivery-{stays.pk}")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="1 mail is being read")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_no_report_shuts_anybody_out(page: Page, scheme: Any, width: int) -> None:
    doubtful, good = renner(problems=[WRONG_NET]), renner()
    factories.delivery(state=Delivery.State.FAILED, reason="Too deep.")
    for number in range(12):
        factories.call(cost=None if number == 5 else "0.0123", at=timezone.now())
    ticket = factories.ticket("Two cracked shades")
    factories.prediction(ticket, {"billing": 0.9})
    correct(ticket, to=factories.category("support"), by=people.alice())
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 844})
    sign_in(page, people.dana())

    for address in (
        "/reports/costs/",
        "/reports/quality/",
        "/reports/quality/?said=billing&truth=support",
        "/invoices/",
        "/invoices/?status=approved",
        f"/invoices/{doubtful.pk}/",
        f"/invoices/{good.pk}/",
        "/problems/",
    ):
        page.goto(address)
        assert (address, _violations(page)) == (address, [])
        sideways = "document.documentElement.scrollWidth > window.innerWidth"
        assert not page.evaluate(sideways), address
