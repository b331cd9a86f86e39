"""Content-Type and Content-Disposition with their parameters."""

import pytest

from triage.mail.parameters import read_value


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b'attachment; filename="invoice.pdf"', "invoice.pdf"),
        (b"attachment; filename=invoice.pdf", "invoice.pdf"),
        (b"attachment; filename = invoice 12.pdf ; size=3", "invoice 12.pdf"),
        (b'attachment; filename="a \\"quoted\\" lamp.pdf"', 'a "quoted" lamp.pdf'),
        (b'attachment; filename="C:\\Lamps\\invoice.pdf"', "C:\\Lamps\\invoice.pdf"),
        (b"attachment; filename*=utf-8''Gr%C3%B6%C3%9Fe.pdf", "Größe.pdf"),
        (b"attachment; filename*=iso-8859-1'de'Gr%F6%DFe.pdf", "Größe.pdf"),
        (b'attachment; filename*0="invoice-"; filename*1="october.pdf"', "invoice-october.pdf"),
        (
            b"attachment; filename*1*=%C3%9Fe.pdf; filename*0*=utf-8''Gr%C3%B6",
            "Größe.pdf",
        ),
        # A character cut between two sections, as some phones do.
        (b"attachment; filename*0*=utf-8''Gr%C3; filename*1*=%B6%C3%9Fe.pdf", "Größe.pdf"),
        (b'attachment; filename="=?utf-8?Q?Gr=C3=B6=C3=9Fe.pdf?="', "Größe.pdf"),
        (
            b'attachment; filename="=?utf-8?Q?Gr=C3=B6?=\r\n =?utf-8?Q?=C3=9Fe.pdf?="',
            "Größe.pdf",
        ),
        ('attachment; filename="Größe.pdf"'.encode(), "Größe.pdf"),
        (b"attachment; filename=plain.pdf; filename*=utf-8''better.pdf", "better.pdf"),
        (b'attachment; filename="open.pdf', "open.pdf"),
    ],
)
def test_a_file_name_is_read_however_it_is_written(raw: bytes, name: str) -> None:
    assert read_value(raw).get("filename") == name


def test_the_kind_is_in_lower_case_and_parameters_are_found_by_any_case() -> None:
    value = read_value(b'Text/HTML; CHARSET="UTF-8" (a comment)')
    assert (value.kind, value.get("charset")) == ("text/html", "UTF-8")


def test_a_semicolon_in_quotes_does_not_end_the_value() -> None:
    assert read_value(b'multipart/mixed; boundary="a;b"').get("boundary") == "a;b"


def test_a_forgotten_semicolon_does_not_hide_the_parameters() -> None:
    value = read_value(b'multipart/mixed boundary="lamp" charset=utf-8')
    assert (value.kind, value.get("boundary")) == ("multipart/mixed", "lamp")


def test_a_percent_sign_that_encodes_nothing_stays() -> None:
    assert read_value(b"attachment; filename*=utf-8''100%.pdf").get("filename") == "100%.pdf"
