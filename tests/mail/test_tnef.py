"""winmail.dat: the files and words in Microsoft's envelope."""

import struct

from tests.mail.letters import parcel, part
from triage.mail.rtf import decompress, rtf_to_html_or_text
from triage.mail.tnef import read_tnef

TEXT = b"Content-Type: text/plain; charset=utf-8"
BODY, PROPERTIES, CODEPAGE = 0x0002800C, 0x00069003, 0x00069007
NEW_FILE, TITLE, DATA, FILE_PROPERTIES = 0x00069002, 0x00018010, 0x0006800F, 0x00069005


def attribute(level: int, name: int, value: bytes) -> bytes:
    return (
        struct.pack("<BII", level, name, len(value)) + value + struct.pack("<H", sum(value) % 65536)
    )


def unicode_property(name: int, text: str) -> bytes:
    return variable_property(0x1F, name, text.encode("utf-16-le") + b"\0\0")


def variable_property(kind: int, name: int, value: bytes) -> bytes:
    padding = b"\0" * (-len(value) % 4)
    return struct.pack("<HHII", kind, name, 1, len(value)) + value + padding


def number_property(name: int, value: int) -> bytes:
    return struct.pack("<HHI", 3, name, value)


def named_property(text: str) -> bytes:
    name = "lamp".encode("utf-16-le")
    head = struct.pack("<HH", 0x1F, 0x8001) + b"\1" * 16 + struct.pack("<II", 1, len(name)) + name
    value = text.encode("utf-16-le")
    return head + struct.pack("<II", 1, len(value)) + value + b"\0" * (-len(value) % 4)


def properties(*each: bytes) -> bytes:
    return struct.pack("<I", len(each)) + b"".join(each)


def envelope(*attributes: bytes) -> bytes:
    codepage = attribute(1, CODEPAGE, struct.pack("<II", 1252, 0))
    return b"\x78\x9f\x3e\x22\1\0" + codepage + b"".join(attributes)


def file(title: bytes, content: bytes, *extra: bytes) -> bytes:
    return (
        attribute(2, NEW_FILE, b"\1\0")
        + attribute(2, TITLE, title + b"\0")
        + attribute(2, DATA, content)
        + (attribute(2, FILE_PROPERTIES, properties(*extra)) if extra else b"")
    )


def test_the_files_in_the_envelope_are_the_files_of_the_mail() -> None:
    long_name = unicode_property(0x3707, "Rechnung für Oktober.pdf")
    kind = unicode_property(0x370E, "application/pdf")
    sealed = envelope(
        file(b"RECHNU~1.PDF", b"%PDF", number_property(0x3705, 1), long_name, kind),
        file(b"pr\xfcfung.txt", b"lamp"),
    )
    mail = parcel(
        [part(b"See the bill.", TEXT), part(sealed, b"Content-Type: application/ms-tnef")]
    )
    assert mail.text == "See the bill."
    assert [(each.filename, each.content_type, each.content) for each in mail.attachments] == [
        ("Rechnung für Oktober.pdf", "application/pdf", b"%PDF"),
        ("prüfung.txt", "application/octet-stream", b"lamp"),
    ]


def test_the_envelope_is_known_by_its_name_too() -> None:
    head = b'Content-Type: application/octet-stream; name="WINMAIL.DAT"'
    mail = parcel([part(b"See.", TEXT), part(envelope(file(b"a.txt", b"lamp")), head)])
    assert [each.filename for each in mail.attachments] == ["a.txt"]


def test_words_that_are_only_in_the_envelope_are_read() -> None:
    plain = envelope(attribute(1, BODY, b"The lamp flickers.\0"))
    assert parcel([part(plain, b"Content-Type: application/ms-tnef")]).text == "The lamp flickers."
    page = variable_property(0x102, 0x1013, b"<p>The <b>lamp</b>.")
    named = named_property("not the body")
    both = envelope(attribute(1, PROPERTIES, properties(named, number_property(0x0E07, 1), page)))
    mail = parcel([part(both, b"Content-Type: application/ms-tnef")])
    assert (mail.text, mail.html) == ("The lamp.", "<p>The <b>lamp</b>.")


def test_a_mail_inside_the_envelope_is_opened() -> None:
    inner = envelope(attribute(1, BODY, b"Old words\0"), file(b"b.txt", b"shade"))
    sealed = b"\0" * 16 + inner
    outer = envelope(
        attribute(2, NEW_FILE, b"\1\0"),
        attribute(2, TITLE, b"Old mail\0"),
        attribute(2, FILE_PROPERTIES, properties(variable_property(0x0D, 0x3701, sealed))),
    )
    found = read_tnef(outer)
    assert found is not None
    assert [(each.name, each.content) for each in found.files] == [
        ("Old mail", b"Old words"),
        ("b.txt", b"shade"),
    ]


def test_a_damaged_envelope_yields_what_came_before_the_damage() -> None:
    whole = envelope(file(b"a.txt", b"lamp"), file(b"b.txt", b"shade"))
    found = read_tnef(whole[:-4])
    assert found is not None
    assert [each.name for each in found.files] == ["a.txt", "b.txt"]
    assert found.files[0].content == b"lamp"
    for end in range(len(whole)):
        read_tnef(whole[:end])


def test_what_is_no_envelope_stays_a_file() -> None:
    mail = parcel([part(b"See.", TEXT), part(b"lamp", b"Content-Type: application/ms-tnef")])
    assert [each.filename for each in mail.attachments] == ["attachment.dat"]


def test_rich_text_is_read_as_text() -> None:
    rtf = (
        rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\*\generator x;}\pard The l\'e4mp\par "
        rb"\u8364?20 {\b bold}\tab end\{\}}"
    )
    assert rtf_to_html_or_text(rtf, "cp1252") == ("", "The lämp\n€20 bold\tend{}")


def test_html_wrapped_in_rich_text_comes_out() -> None:
    rtf = (
        rb"{\rtf1\ansi\fromhtml1 {\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 The lamp"
        rb"{\*\htmltag72 </p>}\htmlrtf \par}\htmlrtf0}"
    )
    assert rtf_to_html_or_text(rtf, "cp1252") == ("<p>The lamp</p>", "")


def test_outlooks_compression_is_undone() -> None:
    # Two literals, then a reference to them that repeats itself: "lalalalala".
    body = bytes([0b00000100]) + b"la" + struct.pack(">H", (207 << 4) | 6) + b"!"
    head = struct.pack("<II4sI", len(body) + 12, 11, b"LZFu", 0)
    assert decompress(head + body) == b"lalalalala!"
    stored = struct.pack("<II4sI", 16, 4, b"MELA", 0) + b"lamp"
    assert decompress(stored) == b"lamp"
    assert decompress(b"") == b""
    assert len(decompress(head + b"\xff" * 40)) <= len(body) + 12
