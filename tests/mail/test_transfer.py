"""Transfer encodings and the damage done to them."""

import base64
import binascii

from triage.mail.defects import Defects
from triage.mail.transfer import decode_transfer

WORDS = "Die Lampe flackert, bitte prüfen Sie das. ".encode() * 4


def decoded(data: bytes, encoding: str) -> tuple[bytes, tuple[str, ...]]:
    defects = Defects()
    return decode_transfer(data, encoding, defects), defects.sentences()


def test_base64_is_decoded_with_and_without_padding() -> None:
    encoded = base64.encodebytes(WORDS)
    assert decoded(encoded, "base64") == (WORDS, ())
    assert decoded(encoded.replace(b"=", b""), "base64") == (WORDS, ())


def test_base64_in_two_padded_runs_is_read_to_its_end() -> None:
    two = base64.encodebytes(b"lamp") + base64.encodebytes(b"shade")
    assert decoded(two, "base64")[0] == b"lampshade"


def test_base64_in_the_url_alphabet_is_read() -> None:
    content = bytes(range(256))
    assert decoded(base64.urlsafe_b64encode(content), "base64")[0] == content


def test_a_mailing_lists_footer_after_base64_is_not_decoded() -> None:
    encoded = base64.encodebytes(WORDS) + b"________________\r\nLamp lovers mailing list\r\n"
    assert decoded(encoded, "base64")[0] == WORDS


def test_words_on_the_line_of_the_padding_are_left_out() -> None:
    assert decoded(b"bGFtcA== ignored", "base64")[0] == b"lamp"


def test_damaged_base64_yields_what_can_be_had_and_says_so() -> None:
    encoded = base64.b64encode(WORDS)
    content, remarks = decoded(encoded[:40] + b"*!" + encoded[40:] + b"A", "base64")
    assert content.startswith(WORDS[:30])
    assert remarks == ("A base64 part is damaged; what could be decoded of it is kept.",)


def test_what_only_says_it_is_base64_is_kept_as_it_came() -> None:
    content, remarks = decoded(b"Sorry, we cannot show this file here.", "base64")
    assert content == b"Sorry, we cannot show this file here."
    assert remarks == ("A part says it is base64 and is not; it is kept as it came.",)


def test_quoted_printable_is_decoded() -> None:
    assert decoded(b"Gr=C3=BC=\r\n=C3=9Fe=20", "quoted-printable") == ("Grüße ".encode(), ())


def test_an_equals_sign_that_encodes_nothing_stays() -> None:
    assert decoded(b"2 lamps = 40 EUR, a=b, =ZZ", "quoted-printable")[0] == (
        b"2 lamps = 40 EUR, a=b, =ZZ"
    )


def test_spaces_after_a_soft_break_do_not_keep_the_line_broken() -> None:
    assert decoded(b"one =  \r\nlamp", "quoted-printable")[0] == b"one lamp"


def test_a_uuencoded_part_is_decoded() -> None:
    lines = [binascii.b2a_uu(WORDS[at : at + 45]) for at in range(0, len(WORDS), 45)]
    encoded = b"begin 644 lamp.txt\n" + b"".join(lines) + b"`\nend\n"
    assert decoded(encoded, "x-uuencode") == (WORDS, ())


def test_an_unknown_encoding_is_said_and_the_content_kept() -> None:
    assert decoded(b"lamp", "x-zip") == (
        b"lamp",
        ("A part has the unknown encoding “x-zip”; its content is kept as it came.",),
    )
