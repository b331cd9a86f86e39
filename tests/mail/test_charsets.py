"""Text in every charset, rightly labelled, wrongly labelled and not labelled at all."""

import pytest

from triage.mail.charsets import codec_for, decode

LETTERS = {
    "ru": "Добрый день! Пришлите, пожалуйста, счёт за октябрь. С уважением, Ирина",
    "el": "Καλημέρα, παρακαλώ στείλτε μου το τιμολόγιο για τον Οκτώβριο.",
    "he": "שלום, אנא שלחו לי את החשבונית של חודש אוקטובר",
    "ar": "مرحبا، يرجى إرسال فاتورة شهر أكتوبر إلى هذا العنوان",
    "zh": "您好，请问我的订单什么时候可以发货？谢谢您的帮助。",
    "tw": "您好，請問我的訂單什麼時候可以出貨？謝謝您的幫助。",
    "ja": "こんにちは。請求書を送ってください。よろしくお願いします。",
    "ko": "안녕하세요. 청구서를 보내 주시면 감사하겠습니다.",
    "th": "สวัสดีค่ะ กรุณาส่งใบแจ้งหนี้เดือนตุลาคมให้ด้วยค่ะ",
    "pl": "Dzień dobry, proszę o fakturę za październik. Łączę pozdrowienia",
    "fr": "Bonjour, où est passée ma lampe ? C’était prévu pour l’été – ça suffit.",
}
DECLARED = [
    ("ru", "koi8-r"),
    ("ru", "windows-1251"),
    ("ru", "iso-8859-5"),
    ("el", "iso-8859-7"),
    ("he", "windows-1255"),
    ("ar", "windows-1256"),
    ("zh", "gb2312"),
    ("zh", "hz-gb-2312"),
    ("zh", "gb18030"),
    ("tw", "big5"),
    ("ja", "iso-2022-jp"),
    ("ja", "shift_jis"),
    ("ja", "euc-jp"),
    ("ko", "euc-kr"),
    ("ko", "iso-2022-kr"),
    ("th", "tis-620"),
    ("pl", "iso-8859-2"),
    ("fr", "utf-8"),
    ("fr", "utf-7"),
    ("fr", "utf-16"),
]


@pytest.mark.parametrize(("language", "charset"), DECLARED)
def test_a_letter_is_read_in_the_charset_it_declares(language: str, charset: str) -> None:
    letter = LETTERS[language].encode(charset)
    assert decode(letter, charset) == (LETTERS[language], "")


@pytest.mark.parametrize(
    ("language", "charset"),
    [
        ("ru", "windows-1251"),
        ("ru", "koi8-r"),
        ("ru", "cp866"),
        ("el", "windows-1253"),
        ("he", "windows-1255"),
        ("ar", "windows-1256"),
        ("zh", "gb18030"),
        ("zh", "hz"),
        ("tw", "big5"),
        ("ja", "shift_jis"),
        ("ja", "euc-jp"),
        ("ja", "iso-2022-jp"),
        ("ko", "euc-kr"),
        ("th", "tis-620"),
        ("fr", "windows-1252"),
        ("fr", "utf-8"),
    ],
)
@pytest.mark.parametrize("label", ["", "iso-8859-1", "x-alder-lamps"])
def test_a_missing_wrong_or_unknown_label_does_not_hide_the_letter(
    language: str, charset: str, label: str
) -> None:
    text, _ = decode(LETTERS[language].encode(charset), label)
    assert text == LETTERS[language]


def test_an_unknown_charset_is_said_and_so_is_what_was_read_instead() -> None:
    _, remark = decode("Grüße".encode("cp1252"), "x-alder-lamps")
    assert remark == "The charset “x-alder-lamps” is unknown; the text was read as cp1252."


def test_windows_letters_labelled_latin_1_keep_their_euro_sign_and_quotes() -> None:
    assert decode(b"\x84Lampe\x93 f\xfcr 20 \x80", "iso-8859-1")[0] == "„Lampe“ für 20 €"


def test_utf_8_cut_inside_a_character_keeps_everything_before_the_cut() -> None:
    text, remark = decode("Grüße aus Köln".encode() + b"\xe2\x82", "utf-8")
    assert text.startswith("Grüße aus Köln")
    assert remark == "Some characters of the text could not be read."


def test_one_bad_byte_in_a_long_utf_8_letter_costs_one_character() -> None:
    letter = (LETTERS["ru"] * 3).encode() + b"\xff" + b" Ende"
    text, _ = decode(letter, "utf-8")
    assert text == LETTERS["ru"] * 3 + "\ufffd Ende"


def test_latin_1_bytes_labelled_utf_8_are_read_as_what_they_are() -> None:
    assert decode("Schöne Grüße".encode("latin-1"), "utf-8")[0] == "Schöne Grüße"


def test_japanese_windows_signs_in_iso_2022_jp_are_read() -> None:
    # A circled one and the sign for a stock company, in the cells Windows gives them.
    assert decode(b"\x1b$B-!%F%9%H\x1b(B: \x1b$B-j\x1b(B", "iso-2022-jp")[0] == "①テスト: ㈱"


def test_every_sign_of_japanese_windows_has_its_cell_in_iso_2022_jp() -> None:
    signs = "①⑳Ⅰ㍉㌻㍻〝№㏍℡㈱㍾∮∟⊿纊犱鄧"
    data = signs.encode("cp932")
    cells = bytearray()
    for lead, trail in zip(data[0::2], data[1::2], strict=True):
        row = (lead - (0x81 if lead < 0xE0 else 0xC1)) * 2 + 0x21 + (trail >= 0x9F)
        column = trail - (0x7E if trail >= 0x9F else 0x20 if trail >= 0x80 else 0x1F)
        cells += bytes([row, column])
    assert decode(b"\x1b$B" + cells + b"\x1b(B", "iso-2022-jp")[0] == signs


def test_utf_16_is_read_without_its_mark_and_where_it_is_only_claimed() -> None:
    assert decode("The lamp".encode("utf-16-le"), "utf-16") == ("The lamp", "")
    assert decode("The lamp".encode("utf-16-le")) == ("The lamp", "")
    assert decode("The lamp".encode("utf-16-be")) == ("The lamp", "")
    assert decode("Größe".encode(), "utf-16") == ("Größe", "")


def test_half_a_surrogate_pair_spelled_in_utf_7_becomes_a_replacement_character() -> None:
    assert decode(b"+2AA-", "utf-7")[0] == "\ufffd"


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ('"UTF-8"', "utf-8"),
        ("utf-8*en", "utf-8"),
        ("cp-850", "cp850"),
        ("windows-1252http-equivcontent-type", "cp1252"),
        ("iso-8859-1", "cp1252"),
        ("x-sjis", "cp932"),
        ("ISO8859_15", "iso8859-15"),
    ],
)
def test_a_label_means_what_its_writers_mean_by_it(label: str, codec: str) -> None:
    assert codec_for(label) == codec


@pytest.mark.parametrize(
    "label", ["rot13", "hex", "zlib", "punycode", "idna", "unicode_escape", "undefined", "a\0b"]
)
def test_a_mail_cannot_choose_a_codec_that_is_no_charset(label: str) -> None:
    assert codec_for(label) is None
    assert decode(b"plain words", label) == ("plain words", "")
