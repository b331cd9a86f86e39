"""MIME from parts: everything that was posted is in it, and no part is strange enough to raise."""

import pytest

from tests.ingest.letters import CRACKED, DESK, JO
from triage.ingest.rebuild import File, Text, rebuilt
from triage.mail import Email, parse

HEAD = [("From", JO), ("To", DESK), ("Date", "Mon, 2 Nov 2026 09:15:00 +0100")]
PNG = b"\x89PNG\r\n\x1a\n\x00\r\x00\n\xff\r\n--=_\r\n"


def read(*headers: tuple[object, object], text: bytes = CRACKED.encode(), **parts: object) -> Email:
    raw = rebuilt([*HEAD, *headers], text=Text(text), **parts)  # type: ignore[arg-type]
    return parse(raw)


def test_text_html_and_files_come_back() -> None:
    email = read(
        ("Subject", "Grüße \U0001f4a1"),
        html=Text(b'<p>Broken: <img src="cid:crate@glaswerk"></p>'),
        files=[
            File("crate.png", "image/png", PNG, "<crate@glaswerk>"),
            File("Rückgabe 12.pdf", "application/pdf", b"%PDF-1.7\n\xff"),
        ],
    )
    assert (email.subject, email.text.strip()) == ("Grüße \U0001f4a1", CRACKED)
    assert "crate@glaswerk" in email.html
    assert [(each.filename, each.content, each.inline) for each in email.attachments] == [
        ("crate.png", PNG, True),
        ("Rückgabe 12.pdf", b"%PDF-1.7\n\xff", False),
    ]
    assert email.defects == ()


def test_the_same_parts_give_the_same_bytes() -> None:
    parts = {"text": Text(b"a"), "html": Text(b"<p>a"), "files": [File("a", "a/b", b"a")]}
    assert rebuilt(HEAD, **parts) == rebuilt(HEAD, **parts)  # type: ignore[arg-type]


def test_text_keeps_the_charset_it_came_in() -> None:
    raw = rebuilt(HEAD, text=Text("Grüße".encode("latin-1"), "ISO-8859-1"))
    assert parse(raw).text.strip() == "Grüße"


def test_a_header_that_stands_twice_is_kept_twice() -> None:
    email = read(("Subject", "one"), ("Subject", "two"))
    assert [value for name, value in email.headers if name == "Subject"] == ["one", "two"]


@pytest.mark.parametrize(
    ("value", "subject"),
    [
        ("two\r\n lines", "two lines"),
        ("a\nBcc: x@example.org\r\n\r\nbody", "a Bcc: x@example.org body"),
        ("half \ud800 pair", "half ? pair"),
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("x" * 1200, "x" * 1200),
        (None, ""),
        (7, "7"),
    ],
)
def test_strange_values_stay_one_field(value: object, subject: str) -> None:
    email = read(("Subject", value))
    assert email.subject == subject
    assert email.cc == ()
    assert email.text.strip() == CRACKED


@pytest.mark.parametrize(
    "header",
    [("", "x"), ("Sub ject", "x"), ("A:", "x"), ("Größe", "x"), ("A\r\n\r\nB", "x"), (None, "x"),
     ("Content-Type", 'text/html; boundary="=_"'), ("content-transfer-encoding", "base64"),
     ("Cc", "(" * 3000), ("Message-ID", "<[broken@@>"), ("Date", "yesterday"), ("To", "again@a.b"),
     ("X-Nul", "a\0b")],
)  # fmt: skip
def test_strange_headers_spoil_nothing_else(header: tuple[object, object]) -> None:
    email = read(header)
    assert email.text.strip() == CRACKED
    assert email.sender is not None
    assert email.sender.address == "jo.renner@glaswerk.example.org"


@pytest.mark.parametrize(
    "content_type",
    ["", "nonsense", "image/png\r\nX: y", "multipart/mixed; boundary=x", "text/csv; charset=utf-8",
     "text/plain; charset=nope", "message/delivery-status", "a/b/c", "Text/PLAIN", "é/ü"],
)  # fmt: skip
def test_files_of_any_kind_keep_every_byte(content_type: str) -> None:
    email = read(files=[File("crate.dat", content_type, PNG)])
    assert [each.content for each in email.attachments] == [PNG]
    assert email.text.strip() == CRACKED


@pytest.mark.parametrize("raw", [b"Subject: Offer\r\n\r\nhi\r\n", b"Subject: \xff\n\nhi\xe4", b""])
def test_a_mail_within_the_mail_is_kept_as_it_is(raw: bytes) -> None:
    email = read(files=[File("offer.eml", "message/rfc822", raw)])
    assert email.attachments[0].content == raw


@pytest.mark.parametrize(
    "name",
    ["", "a\r\nb.txt", '"; x="', "half\ud800.txt", "../../etc/passwd", "x" * 2000, "日本.txt"],
)
def test_files_of_any_name_keep_every_byte(name: str) -> None:
    email = read(files=[File(name, "application/octet-stream", PNG, "a> <b")])
    assert [each.content for each in email.attachments] == [PNG]


def test_nothing_at_all_is_an_empty_mail() -> None:
    assert parse(rebuilt([])).text.strip() == ""
