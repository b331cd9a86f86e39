"""The tree of parts: whole, broken, and far too deep."""

import time
from base64 import encodebytes

from tests.mail.letters import HEAD, multipart, parcel, part, read
from triage.mail import limits, parse

TEXT = b"Content-Type: text/plain; charset=utf-8"
PDF = (
    b'Content-Type: application/pdf; name="invoice.pdf"',
    b"Content-Disposition: attachment",
    b"Content-Transfer-Encoding: base64",
)


def test_the_line_break_before_a_boundary_is_not_content() -> None:
    mail = parcel([part(b"The lamp.\r\n", TEXT), part(b"cGRm", *PDF)])
    assert mail.text == "The lamp."
    assert mail.attachments[0].content == b"pdf"


def test_breaks_of_other_systems_and_broken_gateways_are_read_like_proper_ones() -> None:
    raw = HEAD + multipart([part(b"The lamp.\r\nIt flickers.", TEXT), part(b"cGRm", *PDF)])
    for breaks in (b"\n", b"\r", b"\r\r\n"):
        mail = parse(raw.replace(b"\r\n", breaks))
        assert mail.text == "The lamp.\nIt flickers."
        assert [file.content for file in mail.attachments] == [b"pdf"]
        assert mail.subject == "The reading lamp flickers"


def test_a_missing_closing_boundary_loses_nothing() -> None:
    raw = HEAD + multipart([part(b"The lamp.", TEXT), part(b"cGRm", *PDF)])
    mail = parse(raw.replace(b"--lamp--\r\n", b""))
    assert (mail.text, mail.attachments[0].content) == ("The lamp.", b"pdf")


def test_an_inner_multipart_without_end_stops_at_the_outer_boundary() -> None:
    inner = multipart([part(b"The lamp.", TEXT)], b"alternative", b"shade")
    mail = parcel([inner.replace(b"--shade--\r\n", b""), part(b"cGRm", *PDF)])
    assert (mail.text, mail.attachments[0].filename) == ("The lamp.", "invoice.pdf")


def test_a_boundary_that_begins_like_another_is_told_apart() -> None:
    inner = multipart([part(b"The lamp.", TEXT)], b"alternative", b"lamp-2")
    mail = parcel([inner, part(b"cGRm", *PDF)])
    assert (mail.text, len(mail.attachments)) == ("The lamp.", 1)


def test_a_wrong_boundary_is_replaced_by_the_one_in_the_body() -> None:
    raw = HEAD + multipart([part(b"The lamp.", TEXT), part(b"cGRm", *PDF)])
    mail = parse(raw.replace(b'boundary="lamp"', b'boundary="shade"'))
    assert (mail.text, mail.attachments[0].content) == ("The lamp.", b"pdf")
    assert mail.defects == ("The mail's parts are separated by another line than announced.",)


def test_a_multipart_without_any_boundary_is_shown_as_text() -> None:
    mail = read(b"The lamp flickers.", b"Content-Type: multipart/mixed; boundary=lamp")
    assert mail.text == "The lamp flickers."
    assert mail.defects == (
        "The mail announces parts that are not there; it is shown as one text.",
    )


def test_words_before_the_first_and_after_the_last_boundary_are_not_read() -> None:
    raw = multipart([part(b"The lamp.", TEXT)]).replace(b"\r\n\r\n--", b"\r\n\r\npreamble\r\n--", 1)
    assert parse(HEAD + raw + b"epilogue").text == "The lamp."


def test_parts_encoded_as_a_whole_against_the_standard_are_read() -> None:
    inside = multipart([part(b"The lamp.", TEXT)]).split(b"\r\n\r\n", 1)[1]
    mail = read(
        encodebytes(inside),
        b"Content-Type: multipart/mixed; boundary=lamp",
        b"Content-Transfer-Encoding: base64",
    )
    assert mail.text == "The lamp."


def test_a_missing_blank_line_after_the_headers_is_found() -> None:
    mail = parse(HEAD + b"Hello,\r\nthe lamp flickers.\r\n")
    assert mail.text == "Hello,\nthe lamp flickers."
    assert "The blank line between headers and body is missing." in mail.defects


def test_a_body_right_under_the_headers_keeps_its_lines_with_colons() -> None:
    mail = parse(HEAD + b"Hello Alice,\r\nPrice: 20 EUR\r\n\r\nFarah\r\n")
    assert mail.text == "Hello Alice,\nPrice: 20 EUR\n\nFarah"


def test_a_stray_line_among_the_headers_costs_only_itself() -> None:
    mail = read(b"The lamp.", b"stray words", b"X-Shop: lamps")
    assert ("X-Shop", "lamps") in mail.headers
    assert mail.text == "The lamp."
    assert "A line among the headers is no header; it was skipped." in mail.defects


def test_the_first_line_of_an_mbox_is_no_header() -> None:
    mail = parse(b"From farah@example.org Mon Nov  2 09:15:00 2026\n" + HEAD + b"\r\nThe lamp.")
    assert (mail.sender and mail.sender.name, mail.text) == ("Farah Nadir", "The lamp.")


def test_a_mail_without_headers_is_all_text() -> None:
    mail = parse(b"The lamp flickers.\n\nFarah\n")
    assert (mail.text, mail.headers) == ("The lamp flickers.\n\nFarah", ())


def test_three_thousand_nested_parts_are_read_down_to_the_limit_and_said() -> None:
    body = part(b"The innermost lamp.", TEXT)
    for level in range(3_000):
        body = multipart([body], boundary=b"b%d" % level)
    began = time.process_time()
    mail = parse(HEAD + body)
    assert time.process_time() - began < 2 * max(1, len(body) / 1e6)
    assert mail.subject == "The reading lamp flickers"
    assert mail.defects == (
        f"The mail is nested more than {limits.MIME_DEPTH} deep; the rest was not read.",
    )


def test_mails_attached_to_mails_are_opened_down_to_the_limit() -> None:
    raw = HEAD + b"\r\nThe innermost lamp."
    for _ in range(3_000):
        raw = HEAD + b"Content-Type: message/rfc822\r\n\r\n" + raw
    mail = parse(raw)
    assert len(mail.attachments) == 1
    assert mail.attachments[0].filename == "The reading lamp flickers.eml"
    assert mail.defects


def test_three_thousand_parts_side_by_side_are_read() -> None:
    files = [part(b"lamp %d" % n, b"Content-Disposition: attachment") for n in range(3_000)]
    mail = parcel([part(b"Many lamps.", TEXT), *files])
    assert mail.text == "Many lamps."
    assert len(mail.attachments) == limits.ATTACHMENTS
    assert mail.defects == (
        f"The mail has more than {limits.ATTACHMENTS} files; the others were not read.",
    )


def test_more_parts_than_the_limit_are_said() -> None:
    mail = parcel(part(b"x", TEXT) for _ in range(limits.PARTS + 10))
    assert f"The mail has more than {limits.PARTS} parts; the others were not read." in mail.defects


def test_more_headers_than_the_limit_are_said() -> None:
    mail = read(b"The lamp.", *(b"X-Lamp: %d" % n for n in range(limits.HEADERS + 10)))
    assert len(mail.headers) == limits.HEADERS
    assert mail.text == "The lamp."
    assert mail.defects


def test_a_header_far_too_long_is_cut_and_said() -> None:
    mail = read(b"The lamp.", b"X-Lamp: " + b"lamp " * 50_000)
    assert len(dict(mail.headers)["X-Lamp"]) <= limits.HEADER_BYTES
    assert mail.defects == ("The header X-Lamp is far too long; its beginning is kept.",)


def test_a_name_of_a_header_far_too_long_is_cut() -> None:
    mail = read(b"The lamp.", b"X" * 5_000 + b": on")
    assert max(len(name) for name, _ in mail.headers) == 200


def test_a_block_of_headers_without_end_is_cut() -> None:
    mail = parse(HEAD + b"X-Lamp: on\r\n" * 200_000)
    assert mail.subject == "The reading lamp flickers"
    assert "The headers are far too long; the first megabyte of them was read." in mail.defects


def test_lines_that_only_look_like_boundaries_cost_no_time() -> None:
    began = time.process_time()
    mail = parcel([part(b"--x\n" * 250_000, TEXT), part(b"cGRm", *PDF)])
    assert time.process_time() - began < 2
    assert any("look like boundaries" in defect for defect in mail.defects)


def test_a_mail_of_more_than_the_limit_is_read_up_to_it() -> None:
    raw = HEAD + b"\r\nThe lamp.\r\n" + b"x" * limits.MAIL_BYTES
    mail = parse(raw)
    assert mail.text.startswith("The lamp.")
    assert "The mail is larger than 50 MB; only its first 50 MB were read." in mail.defects
