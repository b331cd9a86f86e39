"""Thousands of hostile mails in a real Chromium: no script runs, no request leaves."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Dialog, Frame, Page, Request, expect
from pytest_django.live_server_helper import LiveServer

from tests import factories, people
from tests.browser.conftest import PATIENCE_MS, sign_in
from tests.browser.evil_host import EvilHost, evil_host
from tests.browser.hostile_bodies import OURS, PER_MAIL, attempts, bodies, mark
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
_HARMFUL = """() => {
  const elements = new RegExp("^(" + [
    "a|abbr|acronym|article|aside|b|bdi|bdo|blockquote|body|br|caption|center|cite|code|col",
    "colgroup|data|dd|del|details|dfn|div|dl|dt|em|figcaption|figure|font|footer|h[1-6]|header",
    "hgroup|hr|i|img|ins|kbd|li|main|mark|nav|ol|p|pre|q|rp|rt|rtc|ruby|s|samp|section|small",
    "span|strike|strong|sub|summary|sup|table|tbody|td|tfoot|th|thead|time|tr|tt|u|ul|var|wbr",
  ].join("|") + ")$");
  const addresses = /^(https?:|mailto:|tel:|data:image[/](png|gif|jpeg|webp);)/;
  const loads = /^(action|formaction|srcdoc|srcset|poster|background|ping|data|id|name)$/;
  const isHarmful = ({ name, value }) => name.startsWith("on") || loads.test(name)
    || name === "class" && !/^leads( leads--astray)?$/.test(value)
    || /^(xlink:)?(href|src)$/.test(name) && !addresses.test(value)
    || name === "style" && /url|image-set|import|expression|[(]?[\\\\]/i.test(value);
  return [...document.querySelectorAll("body, body *")].flatMap(element => [
    ...(elements.test(element.localName) ? [] : [element.localName]),
    ...[...element.attributes].filter(isHarmful).map(({ name, value }) => `${name}=${value}`),
  ]);
}"""


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
        # A mail has no business with the desk's own addresses either.
        is_of_mail = "/html/" in request.frame.url and not request.is_navigation_request()
        is_of_desk = request.url.startswith(live_server.url) and not is_of_mail
        if not is_of_desk and not request.url.startswith(("data:", "about:", "blob:")):
            sightings.left.append(request.url)

    def dismiss(dialog: Dialog) -> None:
        sightings.ran.append(dialog.message)
        dialog.dismiss()

    def watch_page(page: Page) -> None:
        page.on("dialog", dismiss)
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
            words = frame.text_content("body") or ""
            seen += sum(mark(number) in words for number in range(PER_MAIL))
            assert frame.evaluate(_HARMFUL) == []
            frame.evaluate(_TOUCH_ALL)

    assert len(lines) >= 40
    assert seen == len(lines)
    assert sightings == Sightings()
    assert host.visits == []


def test_each_of_the_two_walls_holds_alone(
    window: Page, sightings: Sightings, host: EvilHost, transactional_db: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    sign_in(window, people.alice())
    [ticket] = _tickets(attempts(host.url)[:OURS])

    with monkeypatch.context() as frame_open:
        frame_open.setattr(mails, "MAIL_POLICY", "default-src *  data: 'unsafe-inline'")
        for frame in _frames(window, ticket, sandboxed=False):
            frame.evaluate(_TOUCH_ALL)
    assert sightings == Sightings()

    with monkeypatch.context() as sanitiser_off:
        sanitiser_off.setattr(mails, "caged", _as_it_came)
        for frame in _frames(window, ticket):
            frame.evaluate(_TOUCH_ALL)
    assert (sightings.ran, host.visits) == ([], [])
    assert sightings.left  # it was tried, and the browser kept it from leaving


def test_with_both_walls_down_scripts_run_and_requests_leave(
    window: Page, sightings: Sightings, host: EvilHost, transactional_db: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """What the tests above look for is seen when it happens."""
    sign_in(window, people.alice())
    ticket = factories.ticket("Your parcel is waiting")
    for line in attempts(host.url)[:6]:
        factories.message(ticket, html=line)
    monkeypatch.setattr(mails, "MAIL_POLICY", "default-src * data: 'unsafe-inline'")
    monkeypatch.setattr(mails, "caged", _as_it_came)

    for frame in _frames(window, ticket, sandboxed=False):
        frame.evaluate(_TOUCH_ALL)

    assert len(sightings.ran) >= 5
    assert {visit.path for visit in host.visits} == {"/load.js", "/plain.gif"}


def test_images_asked_for_come_without_a_word_on_who_reads_and_trackers_never(
    window: Page, sightings: Sightings, host: EvilHost, transactional_db: None
) -> None:
    ticket = factories.ticket("Our autumn lamps", name="Ida Holm")
    mail = factories.message(
        ticket,
        html=f"""<p>Dear customer, the new shades:</p>
        <img src="{host.url}/shade.gif" width="40" height="40" alt="Shade">
        <img src="{host.url}/open.gif?reader=desk" width="1" height="1">
        <div style="display:none"><img src="{host.url}/hidden.gif" width="40"></div>
        <div style="background:url({host.url}/style.gif)"><script>alert(1)</script></div>
        <img src="{host.url}/last.gif" srcset="{host.url}/set.gif 2x" onerror="alert(1)">""",
    )
    sign_in(window, people.alice())
    _frames(window, ticket)
    expect(window.locator(".notice")).to_contain_text(
        "4 remote images blocked. They report that you read this; 2 of them track you."
    )
    assert (sightings, host.visits) == (Sightings(), [])

    window.get_by_role("link", name="Show once").click()
    window.wait_for_load_state("networkidle")

    expect(window.locator(".notice")).to_contain_text("2 remote images shown.")
    assert sorted(visit.path for visit in host.visits) == ["/last.gif", "/shade.gif"]
    assert all(not {"referer", "cookie"} & visit.headers.keys() for visit in host.visits)
    assert sightings.ran == []

    host.visits.clear()
    _frames(window, ticket)
    assert host.visits == []

    window.get_by_role("button", name="Always for this sender").click()
    window.wait_for_load_state("networkidle")
    expect(window.locator(".toast")).to_contain_text(mail.from_address)
    assert len(host.visits) == 2

    window.get_by_role("button", name="No longer for this sender").click()
    expect(window.get_by_role("link", name="Show once")).to_be_visible()


def test_images_are_asked_for_without_javascript(
    plain_page: Page, host: EvilHost, transactional_db: None
) -> None:
    ticket = factories.ticket("Our autumn lamps", name="Ida Holm")
    factories.message(ticket, html=f'<img src="{host.url}/shade.gif" width="40" height="40">')
    sign_in(plain_page, people.alice())
    plain_page.goto(f"/tickets/{ticket.pk}/")

    plain_page.get_by_role("link", name="Show once").click()
    plain_page.locator("iframe").scroll_into_view_if_needed()
    plain_page.wait_for_load_state("networkidle")

    assert [visit.path for visit in host.visits] == ["/shade.gif"]


def _as_it_came(message: Message, *, show_images: bool = False) -> str:
    return f"<!doctype html><title>As it came</title>{message.html}"
