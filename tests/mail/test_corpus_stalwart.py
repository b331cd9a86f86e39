"""The parse trees shipped beside the mails of stalwartlabs/mail-parser.

Compared are the fields of Email that the trees know: subject, people, date, ids, the texts of
the bodies, and the decoded files. Every difference stands in DIFFERENCES with its reason.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from tests.mail.corpora import corpus, unlisted
from triage.mail import Address, Email, parse
from triage.mail.html_text import html_to_text

FOLDER = corpus("mail-stalwart")
CASES = sorted(
    str(path.relative_to(FOLDER).with_suffix(""))
    for path in FOLDER.glob("*/*.eml")
    if path.with_suffix(".json").exists()
)

NO_DOMAIN = "an address without a domain is no address to answer to; it stays in the headers"
INSIDE = "we also list the files inside an attached mail"
FORWARD = "a mail whose only content is an attached mail is read through it"
DIFFERENCES = {
    "rfc/002": {"files": INSIDE},
    "rfc/008": {"files": "the attached mail is in base64; the tree shows it encoded, we decode it"},
    "thirdparty/000": {"text": "a NUL is left out and a lone carriage return breaks the line"},
    "thirdparty/002": {
        "text": "a text that says base64 and is not is shown as it came",
        "files": "the tree calls that text a file, we call it the text it says it is",
    },
    "thirdparty/005": {"text": "a delimiter must begin a line (RFC 2046, 5.1.1)"},
    "thirdparty/007": {"from": NO_DOMAIN, "text": FORWARD, "files": INSIDE},
    "thirdparty/012": {"text": FORWARD},
    "thirdparty/015": {
        "text": "format=flowed: we join the paragraphs (RFC 3676), the tree keeps the lines",
        "files": "three mails are attached; the tree holds all three in one",
    },
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_mail_is_read_as_the_tree_beside_it_says(case: str) -> None:
    raw = (FOLDER / f"{case}.eml").read_bytes()
    tree = json.loads((FOLDER / f"{case}.json").read_text(encoding="utf-8"))
    found = {name for name, same in compare(parse(raw), tree, raw) if not same}
    assert not unlisted(found, set(DIFFERENCES.get(case, {})))


def test_mails_without_a_tree_are_read_too() -> None:
    for path in sorted(FOLDER.glob("*/*.eml")):
        assert parse(path.read_bytes()).headers


def compare(mail: Email, tree: dict[str, Any], raw: bytes) -> Iterator[tuple[str, bool]]:
    """Each field that the tree knows, and whether we read the same."""
    yield from compare_headers(mail, {each["name"]: each["value"] for each in named(tree)})
    yield "text", lines(mail.text) == lines(tree_text(tree))
    pages = [body["Html"] for body in bodies(tree, "html_body") if "Html" in body]
    yield (
        "html",
        bool(pages) == bool(mail.html) and all(lines(page) in lines(mail.html) for page in pages),
    )
    ours = sorted(file.content for file in mail.attachments)
    yield "files", ours == sorted(tree_files(tree, raw))


def named(tree: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in tree["parts"][0]["headers"] if isinstance(each["name"], str)]


def compare_headers(mail: Email, headers: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    sender = people(headers.get("from"))
    yield "from", (mail.sender,) == (sender[:1] or (None,))
    yield "to", mail.to == people(headers.get("to"))
    yield "cc", mail.cc == people(headers.get("cc"))
    yield "reply_to", mail.reply_to == people(headers.get("reply_to"))
    yield "subject", mail.subject == text_of(headers.get("subject"))
    yield "message_id", mail.message_id == text_of(headers.get("message_id"))
    yield "date", mail.date == moment(headers.get("date"))


def text_of(value: Any) -> str:
    return str(value["Text"]) if isinstance(value, dict) else ""


def people(value: Any) -> tuple[Address, ...]:
    if not isinstance(value, dict):
        return ()
    return tuple(
        Address(one["name"] or "", one["address"] or "") for one in value["Address"]["List"]
    )


def moment(value: Any) -> datetime | None:
    if not isinstance(value, dict):
        return None
    at = value["DateTime"]
    offset = timedelta(hours=at["tz_hour"], minutes=at["tz_minute"])
    zone = timezone(-offset if at["tz_before_gmt"] else offset)
    clock = (at["hour"], at["minute"], at["second"])
    return datetime(at["year"], at["month"], at["day"], *clock, tzinfo=zone).astimezone(UTC)


def bodies(tree: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [tree["parts"][number]["body"] for number in tree[kind]]


def tree_text(tree: dict[str, Any]) -> str:
    texts = (
        body["Text"] if "Text" in body else html_to_text(body.get("Html", ""))
        for body in bodies(tree, "text_body")
    )
    return "\n".join(texts)


def tree_files(tree: dict[str, Any], raw: bytes) -> Iterator[bytes]:
    """The content of attachments, and of what a body shows beside text: we list pictures too."""
    shown = [*tree["text_body"], *tree["html_body"]]
    seen = {n for n in shown if not {"Text", "Html"} & set(tree["parts"][n]["body"])}
    for number in sorted({*tree["attachments"], *seen}):
        part = tree["parts"][number]
        ((kind, content),) = part["body"].items()
        if kind == "Message":
            yield raw[part["offset_body"] : part["offset_end"]]
        else:
            yield content.encode() if isinstance(content, str) else bytes(content)


def lines(text: str) -> str:
    """Text without what no reader sees: spaces at the ends of lines, and blank lines."""
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip())


def test_every_case_with_a_listed_difference_exists() -> None:
    assert set(DIFFERENCES) <= set(CASES)
