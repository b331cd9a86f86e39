"""A megabyte of what makes careless parsers slow: two seconds at most, and nothing breaks."""

import time
import tracemalloc
from collections.abc import Iterator

import pytest

from tests.mail.letters import letter
from triage.mail import parse
from triage.mail.reader import UNREADABLE

SIZE = 1_000_000
BASE64 = b"Content-Transfer-Encoding: base64"


def filled(piece: bytes, size: int = SIZE) -> bytes:
    return piece * (size // len(piece))


def bodies() -> Iterator[tuple[str, bytes, bytes]]:
    """A name, a content type and a body."""
    html = b"text/html; charset=utf-8"
    for name, piece in {
        "non-breaking spaces": b"&nbsp;",
        "line breaks": b"<br> ",
        "paragraphs": b"<p>",
        "links": b"<a href='https://x.test/y'>z</a>",
        "open quotations": b"<blockquote>",
        "angles": b"<",
        "ampersands": b"&",
        "meta": b"<meta ",
        "cells": b"<td>x",
    }.items():
        yield name, html, filled(piece)
    plain = b"text/plain"
    yield "HZ", plain, filled(b"~{a")
    yield "ISO-2022", plain, filled(b"\x1b$B")
    yield "UTF-7", b"text/plain; charset=utf-7", filled(b"+A")
    yield "Cyrillic without a label", plain, filled("привет ".encode("cp1251"))
    yield "uuencode", plain, filled(b"begin 644 x\n#86)C\n") + b"end"
    yield "uuencode and spaces", plain, b"begin 644 x" + filled(b" ") + b"y"
    yield "flowing lines", b"text/plain; format=flowed", filled(b"a \n")
    yield "PGP armour", plain, filled(b"-----BEGIN PGP SIGNED MESSAGE-----\n\n")
    yield "boundaries", b"multipart/mixed; boundary=x", filled(b"--x\n")
    yield "spaces after dashes", b"multipart/mixed; boundary=y", filled(b"--" + b" " * 250 + b"\n")
    yield "mails in mails", b"message/rfc822", filled(b"Content-Type: message/rfc822\n\n")
    yield "calendar", b"text/calendar", b"BEGIN:VEVENT\n" + filled(b"SUMMARY;")
    yield (
        "TNEF files",
        b"application/ms-tnef",
        b"\x78\x9f\x3e\x22\0\0" + filled(b"\x02\x02\x90\x06\x00" + b"\0" * 6),
    )
    yield "endless BER", b"application/pkcs7-mime", filled(b"\x30\x80")


@pytest.mark.parametrize(
    ("kind", "body"), [pytest.param(kind, body, id=name) for name, kind, body in bodies()]
)
def test_no_body_costs_more_than_its_size(kind: bytes, body: bytes) -> None:
    timed(letter(body, b"Content-Type: " + kind))


@pytest.mark.parametrize(
    "body",
    [filled(b"=") + b"a", filled(b"=a"), filled(b"a=\n"), filled(b"-_\n"), filled(b"\xff")],
    ids=["padding", "half padding", "short runs", "drawn lines", "no base64"],
)
def test_no_base64_costs_more_than_its_size(body: bytes) -> None:
    timed(letter(body, b"Content-Type: text/plain", BASE64))


@pytest.mark.parametrize(
    "field",
    [
        b"To: " + filled(b"<", 60_000),
        b"To: " + filled(b"(", 60_000),
        b"To: " + filled(b'"\\', 60_000),
        b"To: " + filled(b"a", 60_000) + b" b@c.test d",
        b"To: " + filled(b" ", 60_000) + b"x",
        b"To: " + filled(b"=?a?q?", 60_000),
        b"References: " + filled(b"<", 60_000),
        b"Received: " + filled(b"for ", 60_000),
        b"X-Lamp: a\r\n " + filled(b" ", 60_000) + b"b",
        b"X-Lamp: " + filled(b"=?utf-8?q?a?= ", 60_000),
        b"Content-Type: text/plain" + filled(b";a*0=b", 60_000),
        b'Content-Type: text/plain;a="' + filled(b"\\", 60_000),
        b"Content-Transfer-Encoding: " + filled(b"(", 60_000),
        b'Content-Disposition: attachment; filename="' + filled(b"a", 60_000) + b'"',
        filled(b"a\r\n", 900_000) + b"X-Lamp: on",
        filled(b":\r\n", 900_000) + b"X-Lamp: on",
    ],
    ids=lambda field: repr(field[:30]),
)
def test_no_header_costs_more_than_its_size(field: bytes) -> None:
    timed(letter(b"The lamp.", field))


def timed(raw: bytes) -> None:
    began = time.process_time()
    mail = parse(raw)
    assert time.process_time() - began < 0.2 + 2 * len(raw) / 1e6
    assert UNREADABLE not in mail.defects


def test_a_large_mail_forwarded_sixty_times_is_not_copied_sixty_times() -> None:
    raw = letter(filled(b"lamp ", 4_000_000))
    for _ in range(60):
        raw = letter(raw, b"Content-Type: message/rfc822")
    tracemalloc.start()
    mail = parse(raw)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert mail.text.endswith("lamp")
    assert peak < 12 * len(raw)
