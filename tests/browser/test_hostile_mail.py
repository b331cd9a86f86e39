"""Thousands of hostile mails in a real Chromium: no script runs, no request leaves."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Frame, Page, Request
from pytest_django.live_server_helper import LiveServer

from tests import factories, people
from tests.browser.conftest import PATIENCE_MS, sign_in
from tests.browser.evil_host import EvilHost, evil_host
from tests.browser.hostile_bodies import PER_MAIL, attempts, bodies, mark
from triage.tickets.models import Message, Ticket
from triage.web.views import mails

pytestmark = pytest.mark.browser

_LETTERS_A_TICKET = 8
# Whatever a script of a mail would do first; a dialog of the browser's own would stop the test.
_TRAP = """for (const name of ["alert", "prompt", "confirm", "print", "open"])
  window[name] = () => console.error("a script of a mail ran");"""
_OPEN_ALL = """sandboxed => document.querySelectorAll("iframe").forEach(frame => {
  if (!sandboxed) frame.removeAttribute("sandbox");
  frame.closest("details").open = true;
  frame.loading = "eager";
})"""
# What a hand on the mouse and the keyboard would set off. Links of the web are not followed:
# that a person may do.
_TOUCH_ALL = """() => {
  const events = ["pointerenter", "mouseover", "mousemove", "mousedown", "mouseup", "focus", "blur",
    "focusin", "keydown", "keypress", "keyup", "copy", "cut", "paste", "drag", "drop", "wheel",
    "contextmenu", "dblclick", "input", "change", "submit", "toggle", "load", "error", "scroll"];
  for (const element of document.querySelectorAll("*")) {
    for (const name of events) element.dispatchEvent(new Event(name, { bubbles: true }));
    const href = element.getAttribute("href") ?? element.getAttribute("xlink:href") ?? "";
    if (!/^(https?|mailto|tel):/.test(href)) element.dispatchEvent(new Event("click"));
  }
}"""
# Elements and attributes that a harmless document has no use for.
_HARMFUL = """() => [...document.querySelectorAll("body, body *")].flatMap(element => [
    ...(/^(a|abbr|b|big|blockquote|body|br|center|code|del|div|font|h[1-6]|hr|i|img|li|ol|p|pre|q|s|small|span|strike|strong|sub|sup|table|tbody|td|th|thead|tr|tt|u|ul|details|summary|em|mark|kbd|samp|var|dl|dt|dd|ins|cite|bdo|bdi|article|aside|footer|header|nav|section|main|figure|figcaption|acronym|caption|col|colgroup|hgroup|rp|rt|rtc|ruby|data|dfn|time|wbr|tfoot)$/i.test(element.localName) ? [] : [element.localName]),
    ...[...element.attributes].filter(({ name, value }) =>
      /^on|^(action|formaction|srcdoc|srcset|poster|background|ping|class|id|name)$/i.test(name)
        && !(name === "class" && value.startsWith("leads"))
      || /^(href|src|xlink:href)$/i.test(name) && !/^(https?:|mailto:|tel:|data:image[/](png|gif|jpeg|webp);)/.test(value)
      || name === "style" && /url|@import|expression|[\\\\]|image-set/i.test(value)
    ).map(({ name, value }) => `${element.localName} ${name}=${value}`),
  ])"""


@dataclass(slots=True)
class Sightings:
    """What must not be seen."""

    ran: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


@pytest.fixture
def host() -> Iterator[EvilHost]:
    with evil_host() as found:
        yield found


@pytest.fixture
def sightings() -> Sightings:
    return Sightings()


@pytest.fixture
def window(chromium: Browser, live_server: LiveServer, sightings: Sightings) -> Iterator[Page]:
    """A window that notes every script of a mail and every request that is not to the desk."""
    context = chromium.new_context(base_url=live_server.url)
    context.set_default_timeout(PATIENCE_MS)
    context.add_init_script(_TRAP)

    def watch(request: Request) -> None:
        if not request.url.startswith((live_server.url, "data:", "about:", "blob:")):
            sightings.left.append(request.url)

    def watch_page(page: Page) -> None:
        page.on("dialog", lambda dialog: (sightings.ran.append("dialog"), dialog.dismiss()))
        page.on("pageerror", lambda error: sightings.ran.append(str(error)))
        page.on("console", lambda line: note(line.text))

    def note(line: str) -> None:
        (sightings.ran if "script of a mail" in line else sightings.refused).append(line)

    context.on("request", watch)
    context.on("page", watch_page)
    yield context.new_page()
    context.close()


def _tickets(lines: list[str]) -> list[Ticket]:
    found = list(bodies(lines))
    tickets = []
    for start in range(0, len(found), _LETTERS_A_TICKET):
        ticket = factories.ticket("Your parcel is waiting")
        for body in found[start : start + _LETTERS_A_TICKET]:
            factories.message(ticket, "Your parcel is waiting", html=body)
        tickets.append(ticket)
    return tickets


def _frames(page: Page, ticket: Ticket, *, sandboxed: bool = True) -> list[Frame]:
    """The frames of all letters of the ticket, opened and loaded."""
    page.goto(f"/tickets/{ticket.pk}/")
    page.evaluate(_OPEN_ALL, sandboxed)
    wanted = ticket.messages.exclude(html="").count()
    page.wait_for_function("count => window.frames.length === count", arg=wanted)
    frames = [frame for frame in page.frames if "/html/" in frame.url]
    while len(frames) < wanted:
        page.wait_for_timeout(50)
        frames = [frame for frame in page.frames if "/html/" in frame.url]
    for frame in frames:
        frame.wait_for_load_state("load")
    return frames


def test_no_script_runs_and_no_request_leaves(
    window: Page, sightings: Sightings, host: EvilHost, transactional_db: None
) -> None:
    sign_in(window, people.alice())
    lines = attempts(host.url)
    seen = 0

    for ticket in _tickets(lines):
        for frame in _frames(window, ticket):
            seen += sum(mark(number) in frame.inner_text("body") for number in range(PER_MAIL))
            assert frame.evaluate(_HARMFUL) == []
            frame.evaluate(_TOUCH_ALL)

    assert len(lines) >= 40
    assert seen == len(lines)
    assert sightings == Sightings()
    assert host.visits == []
