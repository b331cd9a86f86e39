"""A real Chromium in front of a real server."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)
from pytest_django.live_server_helper import LiveServer

from tests import people
from tests.morning import a_morning
from triage.tickets.models import Ticket

# Django forbids blocking database calls where an event loop runs, and Playwright keeps one.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
# The embedded server shares two cores with everything else a test run does.
PATIENCE_MS = 15_000
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """WhiteNoise warns where `collectstatic` has not run; a fresh clone is such a place."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.filterwarnings("ignore:No directory at:UserWarning"))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; without it these tests are skipped, in CI they fail.

    One a module: Playwright keeps an event loop running, and other tests want one of their own.
    """
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("No Chromium: apt-get install chromium")
        pytest.skip("No Chromium on this machine: apt-get install chromium")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def morning(transactional_db: None) -> list[Ticket]:
    """The mail of tests/morning.py, with Alice at work."""
    return a_morning(agent=people.alice())


@pytest.fixture
def page(chromium: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A window in which any script error, and any refusal by our own policy, fails the test."""
    context = chromium.new_context(
        base_url=live_server.url, viewport={"width": 1440, "height": 900}
    )
    yield from _watched(context)


@pytest.fixture
def plain_page(chromium: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A window without JavaScript."""
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    yield from _watched(context)


@pytest.fixture
def phone(chromium: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A window of 390 by 844 with fingers."""
    context = chromium.new_context(
        base_url=live_server.url,
        viewport={"width": 390, "height": 844},
        is_mobile=True,
        has_touch=True,
    )
    yield from _watched(context)


def sign_in(page: Page, person: User) -> None:
    """Through the door, as people do."""
    page.goto("/login/")
    page.get_by_label("User name").fill(person.username)
    page.get_by_label("Password").fill(people.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/queues/**")


def _watched(context: BrowserContext) -> Iterator[Page]:
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.extend(_fault(message)))
    yield page
    context.close()
    assert faults == []


def _fault(message: ConsoleMessage) -> list[str]:
    """What a console line says against us.

    A refusal that a test provoked is none, nor a question given up because more was typed.
    """
    words = ("403", "htmx:sendAbort", "htmx:afterRequest")
    excused = any(word in message.text for word in words)
    return [message.text] if message.type == "error" and not excused else []
