"""Text, HTML and files: what is which, and under what name."""

import binascii

import pytest

from tests.mail.letters import multipart, parcel, part, read
from triage.mail import Email, limits

TEXT = b"Content-Type: text/plain; charset=utf-8"
HTML = b"Content-Type: text/html; charset=utf-8"
PNG = b"\x89PNG\r\n\x1a\n"


def names(mail: Email) -> list[str]:
    return [file.filename for file in mail.attachments]


def test_of_text_and_html_each_goes_to_its_place() -> None:
    mail = parcel([part(b"The lamp.", TEXT), part(b"<p>The <b>lamp</b>.", HTML)], b"alternative")
    assert (mail.text, mail.html) == ("The lamp.", "<p>The <b>lamp</b>.")
    assert mail.attachments == ()


def test_a_mail_of_html_alone_has_text() -> None:
    mail = read(b"<p>Hello,<p>the lamp&nbsp;<i>flickers</i>.", HTML)
    assert mail.text == "Hello,\n\nthe lamp flickers."


def test_an_empty_text_beside_html_is_replaced_by_the_html() -> None:
    mail = parcel([part(b" \r\n", TEXT), part(b"<p>The lamp.", HTML)], b"alternative")
    assert mail.text == "The lamp."


def test_html_that_calls_itself_plain_is_html() -> None:
    mail = read(b"<!DOCTYPE html><html><body><p>The lamp.</p></body></html>", TEXT)
    assert mail.text == "The lamp."
    assert mail.html.startswith("<!DOCTYPE html>")


def test_html_names_its_charset_itself_when_the_mail_does_not() -> None:
    page = '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251"><p>Лампа'
    mail = read(page.encode("cp1251"), b"Content-Type: text/html")
    assert mail.text == "Лампа"


def test_texts_one_after_the_other_are_read_one_after_the_other() -> None:
    mail = parcel([part(b"The lamp.", TEXT), part(b"-- \r\nLamp lovers list", TEXT)])
    assert mail.text == "The lamp.\n-- \nLamp lovers list"


def test_a_footer_does_not_replace_the_text_of_html_before_it() -> None:
    page = multipart([part(b"<p>The lamp.", HTML)], b"alternative", b"shade")
    mail = parcel([page, part(b"Lamp lovers list", TEXT)])
    assert mail.text == "The lamp.\nLamp lovers list"
    assert "Lamp lovers list" in mail.html
    plain = multipart([part(b"The lamp.", TEXT)], b"alternative", b"shade")
    mail = parcel([plain, part(b"<p>Lamp lovers list", HTML)])
    assert "The lamp." in mail.html


def test_several_pages_on_one_side_of_an_alternative_stay_there() -> None:
    left = part(b"The lamp.", TEXT)
    right = multipart([part(b"<p>The lamp.", HTML), part(b"<p>Look.", HTML)], b"mixed", b"shade")
    mail = parcel([left, right], b"alternative")
    assert mail.text == "The lamp."
    assert mail.html == "<p>The lamp.\n<p>Look."


def test_a_text_with_a_name_after_the_first_part_is_a_file() -> None:
    mail = parcel([part(b"The lamp.", TEXT), part(b"a;b", TEXT + b'; name="prices.csv"')])
    assert (mail.text, names(mail)) == ("The lamp.", ["prices.csv"])


def test_a_text_that_says_it_is_attached_is_a_file_even_when_alone() -> None:
    mail = read(b"lumen;20", TEXT, b"Content-Disposition: attachment; filename=lamps.csv")
    assert (mail.text, names(mail)) == ("", ["lamps.csv"])


def test_only_the_picture_that_the_html_shows_is_inline() -> None:
    page = part(b'<p>Look: <img src="cid:photo%40lamp">', HTML)
    shown = part(PNG, b"Content-Type: image/png", b"Content-ID: <photo@lamp>")
    other = part(PNG, b"Content-Type: image/png; name=bill.png", b"Content-Disposition: inline")
    mail = parcel([page, shown, other], b"related")
    assert [(file.filename, file.content_id, file.inline) for file in mail.attachments] == [
        ("attachment.png", "photo@lamp", True),
        ("bill.png", "", False),
    ]


@pytest.mark.parametrize(
    ("field", "name"),
    [
        (b'attachment; filename="C:\\Users\\Farah\\lamp.pdf"', "lamp.pdf"),
        (b'attachment; filename="../../etc/lamp.pdf"', "lamp.pdf"),
        (b"attachment; filename*=utf-8''lamp%E2%80%AEfdp.exe", "lampfdp.exe"),
        (b"attachment; filename*=utf-8''la%00mp%0D%0A.pdf", "lamp.pdf"),
        (b'attachment; filename="a:b|c?.pdf"', "a_b_c_.pdf"),
        (b'attachment; filename=".."', "attachment.pdf"),
        (b'attachment; filename="   "', "attachment.pdf"),
        (b"attachment", "attachment.pdf"),
        (b'attachment; filename="lamp.pdf. "', "lamp.pdf"),
    ],
)
def test_names_of_files_are_safe_to_show_and_to_save(field: bytes, name: str) -> None:
    file = part(b"%PDF", b"Content-Type: application/pdf", b"Content-Disposition: " + field)
    assert names(parcel([part(b"The lamp.", TEXT), file])) == [name]


def test_a_very_long_name_keeps_its_ending_and_fits_a_file_system() -> None:
    field = 'attachment; filename="' + "Größe" * 100 + '.pdf"'
    file = part(b"%PDF", b"Content-Disposition: " + field.encode())
    name = names(parcel([part(b"The lamp.", TEXT), file]))[0]
    assert len(name.encode()) <= 255
    assert name.endswith(".pdf")


def test_an_attached_mail_is_named_by_its_subject_and_its_files_are_found() -> None:
    file = part(b"cGRm", b"Content-Type: application/pdf; name=bill.pdf",
                b"Content-Transfer-Encoding: base64")  # fmt: skip
    inner = b"From: obi@example.com\r\nSubject: Bill for October\r\n" + multipart(
        [part(b"See the bill.", TEXT), file], boundary=b"shade"
    )
    mail = parcel([part(b"Please pay this.", TEXT), part(inner, b"Content-Type: message/rfc822")])
    assert mail.text == "Please pay this."
    assert names(mail) == ["Bill for October.eml", "bill.pdf"]
    assert mail.attachments[0].content == inner
    assert mail.attachments[1].content == b"pdf"


def test_a_mail_that_only_forwards_another_is_read_through_it() -> None:
    inner = b"From: obi@example.com\r\nSubject: Bill for October\r\n\r\nThe bill is overdue."
    mail = parcel([part(inner, b"Content-Type: message/rfc822")])
    assert mail.text == "From: obi@example.com\nSubject: Bill for October\n\nThe bill is overdue."


def test_an_attached_mail_in_base64_is_decoded_against_the_standard() -> None:
    mail = parcel(
        [
            part(b"See below.", TEXT),
            part(
                b"U3ViamVjdDogQmlsbA0KDQpPdmVyZHVlLg==",
                b"Content-Type: message/rfc822",
                b"Content-Transfer-Encoding: base64",
            ),
        ]
    )
    assert names(mail) == ["Bill.eml"]
    assert mail.attachments[0].content == b"Subject: Bill\r\n\r\nOverdue."


def test_an_invitation_is_a_file_and_its_facts_are_text_when_there_is_no_other() -> None:
    invitation = (
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Lamp fair\\, Berlin\r\n"
        b"DTSTART;TZID=Europe/Berlin:20261102T090000\r\nDTEND:20261102T100000Z\r\n"
        b"LOCATION:Hall 4\r\nORGANIZER;CN=Obi:mailto:obi@example.com\r\n"
        b"DESCRIPTION:Bring the\\n lamp\r\n  s\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    mail = read(invitation, b"Content-Type: text/calendar; method=REQUEST; charset=utf-8")
    assert names(mail) == ["attachment.ics"]
    assert mail.text.splitlines() == [
        "Event: Lamp fair, Berlin",
        "Start: 2026-11-02 09:00",
        "End: 2026-11-02 10:00 UTC",
        "Place: Hall 4",
        "Organizer: obi@example.com",
        "Description: Bring the",
        " lamp s",
    ]


def test_a_uuencoded_file_in_the_text_is_a_file() -> None:
    encoded = binascii.b2a_uu(b"lamp prices")
    mail = read(b"See the prices.\r\nbegin 644 prices.txt\r\n" + encoded + b"`\r\nend\r\nFarah")
    assert mail.text == "See the prices.\n\nFarah"
    assert [(file.filename, file.content) for file in mail.attachments] == [
        ("prices.txt", b"lamp prices")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "I will begin 644 lamps tomorrow\nend",
        "begin 644 lamps\nthis is a poem, not a file\nend",
        "begin 644 lamps\nand no end",
        "=ybegin line=128 size=5 name=lamp.bin\n\x97\x8b\x97\x9a\n=yend size=5",
    ],
)
def test_words_that_only_look_encoded_stay_text(text: str) -> None:
    mail = read(text.encode("utf-8"), TEXT)
    assert (mail.text, mail.attachments) == (text, ())


def test_flowing_paragraphs_are_whole_again() -> None:
    body = b"The lamp \r\nflickers.\r\n\r\n> It did \r\n> before.\r\n-- \r\nFarah"
    mail = read(body, TEXT + b"; format=flowed")
    assert mail.text == "The lamp flickers.\n\n> It did before.\n-- \nFarah"
    delsp = read("请问订 \r\n单。".encode(), TEXT + b"; format=flowed; delsp=yes")
    assert delsp.text == "请问订单。"


def test_a_signed_mail_is_read_and_its_signature_is_a_file() -> None:
    signature = part(b"-----BEGIN PGP", b"Content-Type: application/pgp-signature")
    mail = parcel([part(b"The lamp.", TEXT), signature], b"signed")
    assert (mail.text, names(mail)) == ("The lamp.", ["attachment.asc"])


def test_clear_signed_text_loses_its_armour() -> None:
    body = (
        b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nThe lamp:\n- -- broken\n"
        b"-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\nFarah"
    )
    assert read(body, TEXT).text == "The lamp:\n-- broken\nFarah"


def test_pgp_encrypted_mail_is_kept_and_said() -> None:
    sealed = part(b"-----BEGIN PGP MESSAGE-----", b"Content-Type: application/octet-stream")
    mail = parcel([part(b"Version: 1", b"Content-Type: application/pgp-encrypted"), sealed],
                  b"encrypted")  # fmt: skip
    said = ("The mail is encrypted with PGP; the encrypted content is kept as it came.",)
    assert (len(mail.attachments), mail.defects) == (2, said)
    assert read(b"-----BEGIN PGP MESSAGE-----\n\nhQEM\n", TEXT).defects == said


def test_rich_text_of_the_nineties_is_read_when_there_is_no_other() -> None:
    mail = read(b"The <bold>lamp</bold>.", b"Content-Type: text/enriched")
    assert mail.text == "The lamp."


def test_digests_and_sizes_are_those_of_the_decoded_content() -> None:
    mail = parcel([part(b"The lamp.", TEXT), part(b"lamp", b"Content-Type: image/png")])
    file = mail.attachments[0]
    assert file.size == 4
    assert file.sha256 == "c98e85f249002f03068e2a61e1a1df5c0db035d6cdf41d00ff6056ed63060947"


def test_a_page_of_endless_elements_or_words_is_cut_and_said() -> None:
    many = read(b"<p>x" * (limits.HTML_TAGS + 10), HTML)
    assert many.html.count("<") < limits.HTML_TAGS
    assert many.defects == ("The HTML of the mail has very many elements; its beginning is kept.",)
    wide = read(b"lamp " * (limits.HTML_CHARACTERS // 4), HTML)
    assert len(wide.html) == limits.HTML_CHARACTERS
    assert "The HTML of the mail is very long; its beginning is kept." in wide.defects


def test_a_text_without_end_is_cut_and_said() -> None:
    mail = read(b"lamp " * (limits.TEXT_CHARACTERS // 4), TEXT)
    assert len(mail.text) <= limits.TEXT_CHARACTERS
    assert mail.defects == ("The text of the mail is very long; its beginning is kept.",)
