"""Whatever the bytes, reading ends in a document, in nothing, or in a reason: never in a crash."""

from contextlib import suppress
from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.invoices.builders import (
    TODAY,
    cii,
    fatturapa,
    in_base64,
    pdf,
    signed_in_parts,
    ubl,
    zipped,
)
from triage.invoices.candidates import is_candidate
from triage.invoices.checks import check
from triage.invoices.document import Document, InvalidDocument, from_json, to_json
from triage.invoices.structured import Unreadable, compare_total, read

SOUND = (
    ubl(),
    cii(),
    fatturapa(),
    pdf({"factur-x.xml": cii()}),
    zipped({"a.xml": ubl()}),
    signed_in_parts(ubl()),
    in_base64(ubl()),
)
BEGINNINGS = (*(content[:200] for content in SOUND[:3]), b"%PDF-1.7\n", b"PK\x03\x04", b"0\x80")
PIECES = (b"", b"\0", b"<", b">", b"&", b"\xff\xfe", b"[[[[", b"<<", b"%PDF-", b"0 obj", b"1" * 60)

# Enough to meet every format and kind of damage; the seed is fixed, so a failure stays one.
thorough = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A sound document with a few stretches of it cut out or written over."""
    content = draw(st.sampled_from(SOUND))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = start + draw(st.sampled_from([0, 1, 2, 8, 100, 5_000]))
        content = content[:start] + draw(st.sampled_from(PIECES)) + content[end:]
    return content


@thorough
@given(damaged())
def test_a_damaged_document_never_crashes_the_reader(content: bytes) -> None:
    is_candidate("RL-2026-0417.pdf", "", content)
    with suppress(Unreadable):
        document = read(content, filename="RL-2026-0417.xml")
        if document is not None:
            check(document, today=TODAY)
            to_json(document)
            compare_total(content, document)


@thorough
@given(
    st.binary(max_size=300), st.sampled_from([*SOUND[:3], b"%PDF-1.7\n", b"PK\x03\x04", b"0\x80"])
)
def test_noise_behind_a_good_beginning_never_crashes_the_reader(noise: bytes, good: bytes) -> None:
    with suppress(Unreadable):
        read(good[:200] + noise)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@thorough
@given(st.data())
def test_a_reply_is_an_invoice_or_refused(data: st.DataObject) -> None:
    document = read(cii())
    assert document is not None
    reply = to_json(document)
    for _ in range(data.draw(st.integers(1, 3))):
        reply[data.draw(st.sampled_from(sorted(reply)))] = data.draw(json_values)

    with suppress(InvalidDocument):
        assert isinstance(from_json(reply), Document)


@thorough
@given(
    st.one_of(st.none(), st.decimals(allow_nan=False, allow_infinity=False, places=2)),
    st.one_of(st.none(), st.dates()),
    st.one_of(st.none(), st.text(max_size=30)),
)
def test_the_checks_take_any_value(amount: object, day: date | None, text: str | None) -> None:
    document = read(cii())
    assert document is not None
    data = to_json(document)
    data.update(total_gross=None if amount is None else f"{amount:f}", number=text)
    data.update(issue_date=None if day is None else day.isoformat())
    data["supplier"].update(vat_id=text, iban=text)

    with suppress(InvalidDocument):
        check(from_json(data), today=TODAY)
