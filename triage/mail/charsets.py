"""Bytes to text: the declared charset where it fits, the likely one where it does not."""

import codecs
import re
from functools import lru_cache

from triage.mail.guess import guess_charset

# A label means the superset its users write in (WHATWG Encoding, 4.2): a letter that the strict
# charset lacks is still the letter that was typed.
_MEANT_TABLE = """
ascii: default unknown unknown-8bit x-unknown 8bit 7bit binary none x-user-defined us-ascii
ascii: ansi_x3.4-1968 iso646-us x-ascii
cp1252: ansi iso-8859-1 iso8859-1
cp1254: iso-8859-9
cp874: iso-8859-11 tis-620 windows-874 dos-874
iso-8859-8: iso-8859-8-i iso-8859-8-e logical visual
iso-8859-6: iso-8859-6-i
gb18030: gb2312 gbk cp936 x-gbk gb_2312-80 euc-cn cn-gb
cp950: chinesebig5 big5 x-x-big5 cn-big5
cp949: euc-kr ks_c_5601-1987 ks_c_5601 ksc5601 ks_c_5601-1989
cp932: shift_jis shift-jis sjis x-sjis windows-31j
euc_jp: x-euc-jp cp51932
iso2022_jp_ext: cp50220 cp50221 iso-2022-jp iso-2022-jp-1
hz: hz-gb-2312
utf_7: unicode-1-1-utf-7 x-unicode-2-0-utf-7
utf_8: unicode-1-1-utf-8 utf8mb4
utf_16: unicode-1-1 unicode iso-10646-ucs-2 ucs-2
mac_roman: x-mac-roman macintosh
mac_cyrillic: x-mac-cyrillic
koi8_r: x-koi8-r koi8 koi
"""
_MEANT = {"": "ascii"} | {
    label: codec
    for codec, _, labels in (row.partition(": ") for row in _MEANT_TABLE.split("\n"))
    for label in labels.split()
}

# Codecs that are charsets. The others in Python's registry are escapes, machine dependent,
# or quadratic (punycode, idna): a mail may not choose those.
_CHARSETS_LIST = """
ascii big5 big5hkscs cp037 cp273 cp424 cp437 cp500 cp720 cp737 cp775 cp850 cp852 cp855 cp856
cp857 cp858 cp860 cp861 cp862 cp863 cp864 cp865 cp866 cp869 cp874 cp875 cp932 cp949 cp950 cp1006
cp1026 cp1125 cp1140 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 euc_jp
euc_jis_2004 euc_jisx0213 euc_kr gb2312 gbk gb18030 hz iso2022_jp iso2022_jp_1 iso2022_jp_2
iso2022_jp_2004 iso2022_jp_3 iso2022_jp_ext iso2022_kr iso8859-1 iso8859-2 iso8859-3 iso8859-4
iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-9 iso8859-10 iso8859-11 iso8859-13 iso8859-14
iso8859-15 iso8859-16 johab koi8-r koi8-t koi8-u kz1048 mac-cyrillic mac-greek mac-iceland
mac-latin2 mac-roman mac-turkish mac_cyrillic mac_greek ptcp154 shift_jis shift_jis_2004
shift_jisx0213 utf-16 utf-16-be utf-16-le utf-32 utf-32-be utf-32-le utf-7 utf-8 utf-8-sig
"""
_CHARSETS = frozenset(_CHARSETS_LIST.split())
# Charsets in which ASCII bytes do not stand for ASCII characters, or not always.
_NOT_ASCII_LIST = """
cp037 cp273 cp424 cp500 cp875 cp1026 cp1140 hz iso2022_jp iso2022_jp_1 iso2022_jp_2
iso2022_jp_2004 iso2022_jp_3 iso2022_jp_ext iso2022_kr utf-16 utf-16-be utf-16-le utf-32
utf-32-be utf-32-le utf-7
"""
_NOT_ASCII = frozenset(_NOT_ASCII_LIST.split())
# Labels that programs write without looking: what they cover is judged by its bytes.
_CARELESS = frozenset({"ascii", "cp1252", "iso8859-1", "iso8859-15"})
_LABEL = re.compile(r"[a-z0-9][a-z0-9_.:+-]{0,39}")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# A run of two-byte cells, or the escape back to ASCII.
_JIS = re.compile(rb"\x1b\$[@B]([\x21-\x7e]*)|\x1b\([BJ]")
_HZ = re.compile(rb"~\{[!-}]{2,}~\}")
_SURROGATES = re.compile("[\ud800-\udfff]")
_SOME_LOST = "Some characters of the text could not be read."


@lru_cache(maxsize=512)
def codec_for(label: str) -> str | None:
    """The name of Python's codec for the charset label of a mail; None when there is none."""
    found = _LABEL.search(label.lower())
    name = found[0] if found else ""
    # RFC 2231 allows a language after the charset of an encoded-word: "utf-8*en" is cut by _LABEL.
    name = _MEANT.get(name.removeprefix("charset="), name)
    try:
        codec = codecs.lookup(name).name
    except (LookupError, ValueError):
        return _near_miss(name)
    return codec if codec in _CHARSETS else None


def _near_miss(name: str) -> str | None:
    for pattern, codec in (
        (r"(?:x-)?(?:cp|windows|win|ms|ibm|dos)[-_]?(\d{3,5})", "cp{}"),
        (r"iso[-_]?8859[-_]?(\d\d?)", "iso8859-{}"),
        (r"utf[-_]?(7|8|16|32)", "utf-{}"),
    ):
        if found := re.match(pattern, name):
            candidate = codec.format(found[1].lstrip("0"))
            return candidate if candidate in _CHARSETS else None
    return None


def decode(data: bytes, label: str = "") -> tuple[str, str]:
    """Text of `data`, and "" or what a reader should know about how it was read.

    Never raises: bytes that no charset explains become U+FFFD.
    """
    codec = codec_for(label)
    if codec not in _NOT_ASCII and data.isascii():
        return _ascii(data) if b"\x1b$" in data or b"\0" in data or b"~{" in data else data.decode(
            "ascii"
        ), ""
    for mark, unicode in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(unicode, "replace"), ""
    if codec is None:
        text, used = _judged(data)
        return text, f"The charset “{label[:40]}” is unknown; the text was read as {used}."
    if codec in _CARELESS:
        text, used = _judged(data, "cp1252" if codec == "ascii" else codec)
        wrong = used not in (codec, "cp1252", "utf-8", "ascii")
        return text, f"The text does not fit its charset; it was read as {used}." if wrong else ""
    return _declared(data, codec)


def _ascii(data: bytes) -> str:
    # ISO-2022 and HZ hide in seven bits, and their senders do not always say so.
    if b"\x1b$" in data:
        return _iso_2022(data)
    if b"\0" not in data:
        return data.decode("hz", "replace") if _HZ.search(data) else data.decode("ascii")
    even, odd = data[0::2].count(0), data[1::2].count(0)
    # UTF-16 of Western text: every other byte is zero.
    if len(data) > 3 and max(even, odd) * 3 > len(data):
        return data.decode("utf-16-be" if even > odd else "utf-16-le", "replace")
    return data.decode("ascii")


def _iso_2022(data: bytes) -> str:
    if b"\x1b$)C" in data:
        return data.decode("iso2022_kr", "replace")
    try:
        return data.decode("iso2022_jp_ext")
    except UnicodeDecodeError:
        return _JIS.sub(_as_windows, data).decode("cp932", "replace")


def _as_windows(run: re.Match[bytes]) -> bytes:
    # Japanese Windows writes circled numbers and the like into ISO-2022-JP, which only its own
    # table knows: the same cells, laid out as in Shift_JIS.
    cells = run[1] or b""
    out = bytearray()
    for row, cell in zip(cells[0::2], cells[1::2], strict=False):
        upper = row % 2 == 0
        out.append((row - 0x21) // 2 + (0x81 if row < 0x5F else 0xC1))
        out.append(cell + (0x7E if upper else 0x1F if cell < 0x60 else 0x20))
    return bytes(out)


def _declared(data: bytes, codec: str) -> tuple[str, str]:
    if codec.startswith("utf-16") and b"\0" not in data:
        # Programs that mean "Unicode" write UTF-8 and say UTF-16.
        codec = "utf-8"
    try:
        # UTF-7 can spell halves of a pair, which no database takes.
        return _SURROGATES.sub("\ufffd", data.decode(codec)), ""
    except (UnicodeError, ValueError):
        pass
    damaged = _iso_2022(data) if codec.startswith("iso2022_jp") else data.decode(codec, "replace")
    if "\ufffd" not in damaged:
        return damaged, ""
    if codec in _NOT_ASCII or damaged.count("\ufffd") * 50 < _foreign(data):
        return damaged, _SOME_LOST
    text, used = _judged(data)
    if used == codec:
        return text, _SOME_LOST
    return text, f"The text does not fit its charset {codec}; it was read as {used}."


def _foreign(data: bytes) -> int:
    return len(data) - len(data.translate(None, bytes(range(128, 256))))


def _judged(data: bytes, otherwise: str = "cp1252") -> tuple[str, str]:
    # Text in any other charset is almost never valid UTF-8 by accident.
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        # Cut inside the last character, as by a gateway that counts bytes.
        if error.start >= len(data) - 3 and _foreign(data) > 3:
            return data.decode("utf-8", "replace"), "utf-8"
    used = guess_charset(data, otherwise)
    return data.decode(used, "replace"), used
