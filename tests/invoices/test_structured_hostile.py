"""Documents made to break the reader: each ends soon, in bounded memory, with a reason."""

import resource
import socket
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from tests.invoices.builders import (
    cii,
    encrypted_pdf,
    in_base64,
    pdf,
    signed,
    signed_in_parts,
    ubl,
    zipped,
)
from triage.invoices.structured import Unreadable, read

# What a worker may spend on one attachment; a shared machine takes a few times what ours does.
SECONDS = 10
# Python with lxml and pypdf needs a good 100 MB of addresses' worth before it reads anything.
MEGABYTES = 1_500


def refusal(content: bytes, filename: str = "") -> str:
    """The reason the content is refused for, within the time a worker may spend."""
    started = time.monotonic()
    with pytest.raises(Unreadable) as refused:
        read(content, filename=filename)
    assert time.monotonic() - started < SECONDS
    return refused.value.reason


def with_doctype(declaration: str, *changes: tuple[str, str]) -> bytes:
    return ubl(("?>\n<Invoice", f"?>\n{declaration}\n<Invoice"), *changes)


# --- XML ----------------------------------------------------------------------------------------

BOMB = (
    '<!DOCTYPE Invoice [<!ENTITY a "Kaffee">'
    + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">'
        for before, name in zip("abcdefghi", "bcdefghij", strict=True)
    )
    + "]>"
)


@pytest.mark.parametrize(
    "content",
    [
        with_doctype(BOMB, ("Hausmischung, 1 kg", "&j;")),
        with_doctype(BOMB, ('unitCode="H87"', 'unitCode="&j;"')),
        with_doctype('<!DOCTYPE Invoice [<!ENTITY x "harmless">]>', ("Hausmischung, 1 kg", "&x;")),
        with_doctype("<!DOCTYPE Invoice>"),
    ],
)
def test_entities_are_refused_not_expanded(content: bytes) -> None:
    assert refusal(content) == "The XML declares a document type, which invoices never do."


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE Invoice SYSTEM "{url}">',
        '<!DOCTYPE Invoice [<!ENTITY x SYSTEM "{url}">]>',
        '<!DOCTYPE Invoice [<!ENTITY % x SYSTEM "{url}"> %x;]>',
    ],
)
def test_nothing_is_fetched(declaration: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/invoice.dtd"
        refusal(with_doctype(declaration.format(url=url), ("Hausmischung, 1 kg", "&x;")))

        with pytest.raises(BlockingIOError):
            server.accept()


def test_no_file_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("roasting curves")
    entity = f'<!DOCTYPE Invoice [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'

    assert "roasting" not in refusal(with_doctype(entity, ("Hausmischung, 1 kg", "&x;")))


@pytest.mark.parametrize("length", [300, 900, 2_000, len(ubl()) - 5])
def test_a_truncated_invoice_is_broken(length: int) -> None:
    assert refusal(ubl()[:length]).startswith("The XML is broken: ")


def test_a_file_called_xml_that_is_none_is_broken() -> None:
    assert refusal(b"%%% roasting curves %%%", "RL-2026-0417.xml").startswith("The XML is broken")


def test_elements_nested_thousands_deep_are_refused() -> None:
    deep = "<x>" * 100_000 + "</x>" * 100_000 + "<cbc:ID>RL"

    assert "depth" in refusal(ubl(("<cbc:ID>RL", deep)))


def test_more_elements_than_any_invoice_has_are_not_built() -> None:
    many = "<x/>" * 2_000_000 + "<cbc:ID>RL"

    assert refusal(ubl(("<cbc:ID>RL", many))) == "The XML is larger than any invoice needs."


@pytest.mark.parametrize("invented", ["<x{}/>", '<x a{}=""/>'])
def test_names_invented_by_the_thousand_are_not_learned(invented: str) -> None:
    many = "".join(invented.format(number) for number in range(12_000)) + "<cbc:ID>RL"

    assert refusal(ubl(("<cbc:ID>RL", many))) == "The XML is larger than any invoice needs."


def test_thousands_of_ordinary_lines_are_read() -> None:
    xml = ubl().decode()
    line = xml[xml.index("<cac:InvoiceLine>") : xml.index("</Invoice>")]
    document = read(ubl(("</Invoice>", line * 3_000 + "</Invoice>")))

    assert document is not None
    assert len(document.lines) == 6_002


def test_more_lines_than_any_invoice_has_are_refused() -> None:
    many = "<cac:InvoiceLine/>" * 10_001 + "</Invoice>"

    assert refusal(ubl(("</Invoice>", many))) == "The invoice has 10003 lines; 10000 are read."


def test_an_amount_of_a_million_digits_is_no_amount() -> None:
    document = read(ubl((">353.80<", f">{'9' * 1_000_000}<")))

    assert document is not None
    assert document.line_total is None
    assert len(document.found[0].message) < 200


def test_a_number_of_a_thousand_letters_is_refused() -> None:
    reason = refusal(ubl(("RL-2026-0417", "RL" * 500)))

    assert reason == "The number has 1000 characters; 200 are read."


def test_a_description_as_long_as_a_book_is_refused() -> None:
    reason = refusal(ubl(("Hausmischung, 1 kg", "Kaffee " * 2_000)))

    assert reason == "A line's description has 13999 characters; 10000 are read."


# --- PDF ----------------------------------------------------------------------------------------


def pdf_of(*objects: bytes) -> bytes:
    """A PDF written by hand, its first object the catalogue."""
    body, offsets = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return body + (
        b"xref\n0 %d\n0000000000 65535 f \n%btrailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
        % (len(objects) + 1, table, len(objects) + 1, len(body))
    )


def pdf_with_stream(data: bytes, entries: bytes) -> bytes:
    return pdf_of(
        b"<</Type/Catalog/Names<</EmbeddedFiles<</Names[(factur-x.xml) 2 0 R]>>>>>>",
        b"<</Type/Filespec/F(factur-x.xml)/EF<</F 3 0 R>>>>",
        b"<</Length %d%b>>\nstream\n%b\nendstream" % (len(data), entries, data),
    )


def test_the_hand_written_pdf_is_sound_without_the_bomb() -> None:
    document = read(pdf_with_stream(zlib.compress(cii()), b"/Filter/FlateDecode"))

    assert document is not None
    assert document.source == "facturx"


@pytest.mark.parametrize("times", [1, 2])
def test_a_deflate_bomb_in_a_pdf_is_not_unpacked(times: int) -> None:
    bomb = b"\0" * 200_000_000
    for _ in range(times):
        bomb = zlib.compress(bomb)
    content = pdf_with_stream(bomb, b"/Filter[%b]" % (b"/FlateDecode" * times))

    assert refusal(content) == "The PDF unpacks to far more than any invoice needs."


def test_ten_thousand_pages_cost_no_more_than_one() -> None:
    content = pdf({"factur-x.xml": cii()}, pages=10_000)
    started = time.monotonic()

    assert read(content) is not None
    assert time.monotonic() - started < SECONDS


def test_a_pdf_with_a_password_says_so() -> None:
    locked = encrypted_pdf({"factur-x.xml": cii()}, user_password="beans")

    assert refusal(locked) == "The PDF is protected with a password."


@pytest.mark.parametrize("share", [0.01, 0.5])
def test_a_truncated_pdf_is_damaged(share: float) -> None:
    content = pdf({"factur-x.xml": cii()})

    assert refusal(content[: int(len(content) * share)]).startswith("The PDF is damaged")


@pytest.mark.parametrize("deflated", [False, True])
def test_an_xml_still_whole_in_a_damaged_pdf_is_read_and_said(*, deflated: bool) -> None:
    data, entries = cii(), b"/Type/EmbeddedFile"
    if deflated:
        data, entries = zlib.compress(data), entries + b"/Filter/FlateDecode"
    content = pdf_with_stream(data, entries)

    document = read(content[: content.index(b"xref")])

    assert document is not None
    assert document.number == "RL-2026-0417"
    assert [problem.code for problem in document.found] == ["damaged_pdf"]


def test_a_name_tree_that_holds_itself_ends() -> None:
    loop = pdf_of(
        b"<</Type/Catalog/Names<</EmbeddedFiles 2 0 R>>>>", b"<</Kids[2 0 R 2 0 R 2 0 R]>>"
    )

    assert read(loop) is None


def test_a_pdf_nested_without_end_is_refused() -> None:
    nested = b"[" * 1_000_000
    trailer = b"\nendobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF"

    assert refusal(b"%PDF-1.7\n1 0 obj\n" + nested + trailer).startswith("The PDF is ")


@pytest.mark.parametrize("filler", [b"1 0 obj <<", b"startxref\n"])
def test_a_pdf_of_nothing_but_beginnings_is_refused_at_once(filler: bytes) -> None:
    assert refusal(b"%PDF-1.7\n" + filler * 2_000_000).startswith("The PDF has more parts")


def test_a_script_in_a_pdf_is_none_of_our_business() -> None:
    content = pdf_of(
        b"<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.launchURL('http://lindgren.test'))>>>>"
    )

    assert read(content) is None


# --- containers ---------------------------------------------------------------------------------


def bomb_of(count: int, size: int) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(count):
            archive.writestr(f"{number}.xml", b"\0" * size)
    return buffer.getvalue()


def nested(times: int, wrap: Callable[[bytes], bytes]) -> bytes:
    content = ubl()
    for _ in range(times):
        content = wrap(content)
    return content


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (bomb_of(1, 100_000_000), "The zip file unpacks to far more than any invoice needs."),
        (bomb_of(30, 3_000_000), "The zip file unpacks to far more than any invoice needs."),
        (bomb_of(5_000, 0), "The zip file holds 5000 files; 200 are read."),
        (zipped({"a.xml": ubl()})[:300], "The zip file is damaged."),
        (
            nested(6, lambda content: zipped({"a.zip": content, "a.xml": b""})),
            "The attachment is packed too many times over.",
        ),
        (nested(6, in_base64), "The attachment is packed too many times over."),
        (signed(ubl())[:400], "The signed file (.p7m) is damaged."),
        (signed(ubl())[:40] + b"\xff" * 500, "The signed file (.p7m) is damaged."),
        (signed_in_parts(ubl() * 60, part=2), "The signed file (.p7m) is damaged."),
        (
            signed(ubl(), detached=True),
            "The signed file (.p7m) holds only a signature, not the invoice.",
        ),
        (b"A" * 31_000_000, "The attachment is larger than 30 MB."),
    ],
)
def test_a_container_that_is_broken_or_a_trap_is_refused(content: bytes, reason: str) -> None:
    assert refusal(content) == reason


def test_a_zip_with_a_password_says_so() -> None:
    content = bytearray(zipped({"a.xml": ubl()}))
    # The flag of the local header, and of the central directory.
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1

    assert refusal(bytes(content)) == "The zip file is protected with a password."


def test_a_signed_fattura_that_is_garbage_is_broken() -> None:
    reason = refusal(b"garbage", "IT07642310150_00A1F.xml.p7m")

    assert reason == "IT07642310150_00A1F.xml.p7m should be an e-invoice, but is none."


@pytest.mark.parametrize(
    "content",
    [
        with_doctype(BOMB, ("Hausmischung, 1 kg", "&j;")),
        ubl(("<cbc:ID>RL", "<x/>" * 900_000 + "<cbc:ID>RL")),
        bomb_of(1, 200_000_000),
    ],
    ids=["entities", "elements", "zip"],
)
def test_memory_is_bounded(content: bytes) -> None:
    program = (
        "import sys; from triage.invoices.structured import Unreadable, read\n"
        "try: read(sys.stdin.buffer.read())\n"
        "except Unreadable as error: print(error)\n"
    )

    def limit() -> None:
        size = MEGABYTES * 1_000_000
        resource.setrlimit(resource.RLIMIT_AS, (size, size))

    done = subprocess.run(
        [sys.executable, "-c", program],
        input=content,
        capture_output=True,
        check=False,
        preexec_fn=limit,
        timeout=6 * SECONDS,
        cwd=Path(__file__).parents[2],
    )

    assert (done.returncode, done.stderr) == (0, b"")
