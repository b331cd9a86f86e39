"""What is said beside the links of a mail about where they lead."""

import re
from html import unescape

import pytest

from triage.web.pages.links import safe_href, with_destinations
from triage.web.pages.web_addresses import web_address


def _note(href: str, words: str) -> str:
    """What stands behind the link, as plain text."""
    link = f'<a href="{safe_href(href)}" target="_blank">{words}</a>'
    return unescape(re.sub("<[^>]*>", "", with_destinations(link).removeprefix(link))).strip()


@pytest.mark.parametrize(
    ("href", "words"),
    [
        ("https://alder-lamps.example.com/new", "alder-lamps.example.com"),
        ("https://www.alder-lamps.example.com/", "Look at alder-lamps.example.com today"),
        ("https://alder-lamps.example.com/", "https://www.alder-lamps.example.com/new"),
        ("mailto:jo@glaswerk.example.org?subject=Hi", "Write to Jo@glaswerk.example.org"),
        ("tel:+4930123456", "Call us"),
    ],
)
def test_a_link_that_says_where_it_leads_needs_no_note(href: str, words: str) -> None:
    assert _note(href, words) == ""


@pytest.mark.parametrize(
    ("href", "words", "note"),
    [
        ("https://shop.example.com/x", "Shop now", "shop.example.com"),
        ("https://shop.example.com/x", "", "shop.example.com"),
        ("https://shop.example.com/x", "Our offers.Please look", "shop.example.com"),
        ("https://docs.example.com/x", "catalogue.pdf", "docs.example.com"),
        ("https://docs.example.com/x", "Node.js 22", "docs.example.com"),
        ("https://click.alder.example.com/x", "alder.example.com", "click.alder.example.com"),
        ("https://crm.example.com/x", "jo@glaswerk.example.org", "crm.example.com"),
        ("mailto:sales@shop.example.com", "Write to us", "sales@shop.example.com"),
    ],
)
def test_where_a_link_leads_stands_behind_it(href: str, words: str, note: str) -> None:
    assert _note(href, words) == note


@pytest.mark.parametrize(
    "words",
    [
        "bank.example.com",
        "www.bank.example.com/login",
        "https://bank.example.com",
        "Log in at <b>bank.example.com</b>",
        "bank.<i></i>example.com",
        "BANK.EXAMPLE.COM",
        "Bank.example.com",
        "ba\u200bnk.example.com",
        "bank\uff0eexample.com",
        '<img alt="bank.example.com">',
        "evil.test bank.example.com",
    ],
)
def test_a_link_that_says_another_place_is_warned_about(words: str) -> None:
    note = _note("https://evil.test/login", words)

    assert note.startswith("leads to evil.test, not to ")
    assert note.endswith("bank.example.com")


@pytest.mark.parametrize(
    "href",
    [
        "https://bank.example.com@evil.test/",
        "https://bank.example.com:443@evil.test/",
        "https:\\\\evil.test\\@bank.example.com/",
        "//evil.test/bank.example.com",
        "https:evil.test",
        "https:///evil.test/",
        "\x01 ht\ntps://ev\til.test/",
        "https://%65vil.test/",
        "https://EVIL.test/",
        "https://evil\u3002test/",
        "https://ev\u00adil.test/",
        "https://ｅｖｉｌ.test/",
    ],
)
def test_the_host_is_the_one_a_browser_would_open(href: str) -> None:
    address = web_address(href)

    assert address is not None
    assert address.host == "evil.test"
    assert _note(href, "bank.example.com").startswith("leads to evil.test, not to bank.example.com")


def test_letters_of_another_alphabet_are_shown_both_ways_and_warned_about() -> None:
    for href in ("https://xn--bnk-6cd.example.com/", "https://b\u0430nk.example.com/"):
        note = _note(href, "Log in")

        assert note == (
            "leads to b\u0430nk.example.com (xn--bnk-6cd.example.com): look closely at its letters"
        )
    assert _note("https://b\u0430nk.example.com/", "bank.example.com") == (
        "leads to b\u0430nk.example.com (xn--bnk-6cd.example.com), not to bank.example.com"
    )


def test_a_broken_or_unreadable_name_is_shown_as_it_is_written() -> None:
    turned = "a\u202eb".encode("punycode").decode()
    for host in ("xn--999999999.example.com", "xn--\x7f.test", f"xn--{turned}.example.com"):
        address = web_address(f"https://{host}/")
        assert address is None or address.host_in_letters == host


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.0.0.1:8000", "[::1]"])
def test_a_number_where_a_name_should_be_is_warned_about(host: str) -> None:
    assert _note(f"http://{host}/", "Router").endswith(": a number where a name should be")


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        " java\nscript:alert(1)",
        "vbscript:msgbox(1)",
        "data:text/html,x",
        "file:///etc/hosts",
        "blob:https://bank.example.com/1",
        "intent://scan/#Intent;end",
        "/logout/",
        "?queue=spam",
        "#top",
        "",
        "https://",
        "https://a b.test/",
        "https://evil.test:port/",
        "https://" + "a" * 64 + ".test/",
    ],
)
def test_a_link_that_leads_to_no_place_of_the_web_leads_nowhere(href: str) -> None:
    assert safe_href(href) is None
    assert with_destinations("<a>Pay now</a>") == "<a>Pay now</a>"


def test_a_note_cannot_be_written_by_the_link() -> None:
    shown = with_destinations('<a href="mailto:&lt;b&gt;x@evil.test">Write</a>')

    assert shown.endswith('<small class="leads">&lt;b&gt;x@evil.test</small>')
