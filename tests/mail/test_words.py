"""Header text: RFC 2047 as written, and as written badly."""

import pytest

from triage.mail.words import decode_words, header_text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"=?utf-8?Q?R=C3=BCckfrage?=", "Rückfrage"),
        (b"=?UTF-8?B?UsO8Y2tmcmFnZQ==?=", "Rückfrage"),
        (b"Re: =?iso-8859-1?q?facture_n=B0_12?= please", "Re: facture n° 12 please"),
        (b"=?utf-8?q?one?= =?utf-8?q?_lamp?=", "one lamp"),
        (b"=?utf-8?q?one?=\r\n =?iso-8859-1?q?_l=E4mp?=", "one lämp"),
        (b"=?utf-8*de?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        (b"=?koi8-r?B?0NLJ18XU?=", "привет"),
    ],
)
def test_encoded_words_are_decoded(raw: bytes, text: str) -> None:
    assert header_text(raw) == text


def test_a_character_cut_between_two_encoded_words_is_whole_again() -> None:
    # The two bytes of "ü" stand in two words, against RFC 2047, 5.
    assert decode_words("=?utf-8?Q?R=C3?= =?utf-8?Q?=BCckfrage?=") == "Rückfrage"
    assert decode_words("=?utf-8?B?UsM=?= =?utf-8?B?vGNrZnJhZ2U=?=") == "Rückfrage"


def test_base64_without_padding_or_with_spaces_is_read() -> None:
    assert decode_words("=?utf-8?B?UsO8Y2tm cmFnZQ?=") == "Rückfrage"


def test_raw_8_bit_headers_are_read_as_utf_8_or_else_as_windows_latin() -> None:
    assert header_text("Größe der Lampe".encode()) == "Größe der Lampe"
    assert header_text("Größe der Lampe".encode("cp1252")) == "Größe der Lampe"


def test_a_folded_header_is_one_line() -> None:
    assert header_text(b" The lamp\r\n\tflickers\r\n again") == "The lamp flickers again"


def test_an_encoded_line_break_or_control_character_does_not_break_the_line() -> None:
    assert header_text(b"=?utf-8?Q?lamp=0D=0ABcc:_all=00?=") == "lamp Bcc: all"


@pytest.mark.parametrize("raw", ["=?utf-8?X?lamp?=", "=?utf-8?Q?lamp", "=??Q?lamp?="])
def test_what_is_no_encoded_word_stays_as_written(raw: str) -> None:
    assert decode_words(raw) == raw
