"""Every page of the desk against axe, in light and dark, wide and narrow."""

from typing import Any

import pytest
from axe_core_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from tests import people
from tests.browser.conftest import sign_in
from triage.tickets.models import Ticket

pytestmark = pytest.mark.browser

_RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa",
                                                "best-practice"]}}  # fmt: skip


def _violations(page: Page) -> list[str]:
    found: dict[str, Any] = Axe().run(page, options=_RULES)
    return [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_no_page_of_the_desk_shuts_anybody_out(
    page: Page, morning: list[Ticket], scheme: Any, width: int
) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 844})
    page.goto("/login/")
    assert _violations(page) == []
    sign_in(page, people.alice())

    for address in (
        "/queues/review/",
        "/queues/support/",
        "/queues/closed/",
        "/search/",
        "/search/?q=renner",
        f"/tickets/{morning[3].pk}/?queue=review",
    ):
        page.goto(address)
        assert (address, _violations(page)) == (address, [])


def test_a_finished_row_the_toast_a_selection_the_menu_and_the_keys_shut_nobody_out(
    page: Page, morning: list[Ticket]
) -> None:
    page.emulate_media(reduced_motion="reduce")
    sign_in(page, people.alice())
    page.keyboard.press("2")
    page.locator(".row__done").wait_for()
    assert _violations(page) == []

    page.keyboard.press("x")
    page.locator("#bulk").wait_for()
    assert _violations(page) == []

    page.get_by_role("button", name="Alice Arden").click()
    page.get_by_role("button", name="Dark").wait_for()
    assert _violations(page) == []
    page.keyboard.press("Escape")

    page.keyboard.press("Control+k")
    page.get_by_role("option").first.wait_for()
    assert _violations(page) == []
    page.keyboard.press("Escape")

    page.keyboard.press("?")
    page.get_by_role("dialog").wait_for()
    assert _violations(page) == []


def test_the_tabs_of_review_shut_nobody_out(page: Page, morning: list[Ticket]) -> None:
    Ticket.objects.filter(pk=morning[0].pk).update(review_reason="failed")
    sign_in(page, people.alice())

    page.get_by_role("link", name="No answer 1").click()

    expect(page.locator("#list .row")).to_have_count(1)
    assert _violations(page) == []
