"""Replies of a dozen programs as mail and as HTML, and signatures, of mailgun/talon.

The mails all answer "Hello", the HTML replies all say the same three lines; two mails and six
signatures come with their result in a file. Differences are listed with their reason.
"""

import re

import pytest

from tests.mail.corpora import corpus, unlisted
from triage.mail import Reply, parse, split_reply
from triage.mail.html_text import html_to_text

FOLDER = corpus("replies-talon")
MAILS = sorted(path.stem for path in FOLDER.glob("standard_replies/*.eml"))
PAGES = sorted(path.stem for path in FOLDER.glob("html_replies/*.html"))
OTHER_PAGES = {"OLK_SRC_BODY_SECTION": "Reply", "reply-separated-by-hr": "Hi there Bob"}
SIGNATURES = sorted(
    path.name.removesuffix("_body") for path in FOLDER.glob("signature/emails/stripped/*_body")
)
# Signatures that we leave visible.
DIFFERENCES = {
    "jeff": "known to be a signature only by the sender's name, which a text does not carry",
    "short_url": "thanks are part of what was said; only farewells open a signature",
}


@pytest.mark.parametrize("name", MAILS)
def test_of_every_program_only_the_answer_is_visible(name: str) -> None:
    mail = parse((FOLDER / "standard_replies" / f"{name}.eml").read_bytes())
    reply = split_reply(mail.text)
    assert reply.visible == "Hello"
    assert reply.quoted
    expected = FOLDER / "standard_replies" / f"{name}_reply_text"
    if expected.exists():
        assert shape(reply.visible + reply.signature) == shape(expected.read_text("utf-8"))


@pytest.mark.parametrize("name", PAGES)
def test_of_html_replies_only_the_answer_is_visible(name: str) -> None:
    reply = split_page(f"html_replies/{name}.html")
    assert shape(reply.visible) == shape("Hi. I am fine. Thanks, Alex")
    assert "How are you?" in reply.quoted


@pytest.mark.parametrize("name", OTHER_PAGES)
def test_other_pages_are_split_above_their_heads(name: str) -> None:
    assert shape(split_page(f"{name}.html").visible) == shape(OTHER_PAGES[name])


def test_the_files_that_ship_a_result_are_split_as_it_says() -> None:
    found = set()
    for name in SIGNATURES:
        folder = FOLDER / "signature" / "emails" / "stripped"
        body = (folder / f"{name}_body").read_text("utf-8").replace("#sig#", "")
        expected = (folder / f"{name}_signature").read_text("utf-8").replace("#sig#", "")
        if split_reply(body).signature.strip() != expected.strip():
            found.add(name)
    assert not unlisted(found, set(DIFFERENCES))


def split_page(name: str) -> Reply:
    return split_reply(html_to_text((FOLDER / name).read_bytes().decode("utf-8", "replace")))


def shape(text: str) -> str:
    return re.sub(r"\s", "", text)
