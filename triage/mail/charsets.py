"""Bytes to text: the declared charset where it fits, the likely one where it does not."""

import codecs
import re
from functools import lru_cache

from triage.mail.guess import guess_charset

# A label means the superset its users write in (WHATWG Encoding, 4.2): a letter that the strict
# charset lacks is still the letter that was typed.
_MEANT = {
    "": "ascii", "default": "ascii", "unknown": "ascii", "unknown-8bit": "ascii", "x-unknown": "ascii",
    "8bit": "ascii", "7bit": "ascii", "binary": "ascii", "none": "ascii", "ansi": "cp1252", "x-user-defined": "ascii",
    "us-ascii": "ascii", "ansi_x3.4-1968": "ascii", "iso646-us": "ascii", "x-ascii": "ascii",
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874",
    "iso-8859-8-i": "iso-8859-8", "iso-8859-8-e": "iso-8859-8", "iso-8859-6-i": "iso-8859-6",
    "logical": "iso-8859-8", "visual": "iso-8859-8", "windows-874": "cp874", "dos-874": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "x-gbk": "gb18030", "gb_2312-80": "gb18030",
    "euc-cn": "gb18030", "cn-gb": "gb18030", "chinesebig5": "cp950", "big5": "cp950", "x-x-big5": "cp950",
    "cn-big5": "cp950", "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "ks_c_5601": "cp949", "ksc5601": "cp949",
    "ks_c_5601-1989": "cp949", "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932",
    "windows-31j": "cp932", "x-euc-jp": "euc_jp", "cp51932": "euc_jp", "cp50220": "iso2022_jp_ext",
    "cp50221": "iso2022_jp_ext", "iso-2022-jp": "iso2022_jp_ext", "iso-2022-jp-1": "iso2022_jp_ext",
    "hz-gb-2312": "hz", "unicode-1-1-utf-7": "utf_7", "unicode-1-1-utf-8": "utf_8", "unicode-1-1": "utf_16",
    "unicode": "utf_16", "x-unicode-2-0-utf-7": "utf_7", "utf8mb4": "utf_8", "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman", "x-mac-cyrillic": "mac_cyrillic", "x-koi8-r": "koi8_r", "koi8": "koi8_r", "koi": "koi8_r",
    "iso-10646-ucs-2": "utf_16", "ucs-2": "utf_16",
}  # fmt: skip

# Codecs that are charsets. The others in Python's registry are escapes, machine dependent,
# or quadratic (punycode, idna): a mail may not choose those.
_CHARSETS = frozenset(
    """ascii big5 big5hkscs cp037 cp273 cp424 cp437 cp500 cp720 cp737 cp775 cp850 cp852 cp855 cp856 cp857
    cp858 cp860 cp861 cp862 cp863 cp864 cp865 cp866 cp869 cp874 cp875 cp932 cp949 cp950 cp1006 cp1026
    cp1125 cp1140 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 euc_jp euc_jis_2004
    euc_jisx0213 euc_kr gb2312 gbk gb18030 hz iso2022_jp iso2022_jp_1 iso2022_jp_2 iso2022_jp_2004
    iso2022_jp_3 iso2022_jp_ext iso2022_kr iso8859-1 iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6
    iso8859-7 iso8859-8 iso8859-9 iso8859-10 iso8859-11 iso8859-13 iso8859-14 iso8859-15 iso8859-16
    johab koi8-r koi8-t koi8-u kz1048 mac-cyrillic mac-greek mac-iceland mac-latin2 mac-roman
    mac-turkish mac_cyrillic mac_greek ptcp154 shift_jis shift_jis_2004 shift_jisx0213 utf-16 utf-16-be
    utf-16-le utf-32 utf-32-be utf-32-le utf-7 utf-8 utf-8-sig""".split()
)
# Charsets in which ASCII bytes do not stand for ASCII characters, or not always.
_NOT_ASCII = frozenset(
    """cp037 cp273 cp424 cp500 cp875 cp1026 cp1140 hz iso2022_jp iso2022_jp_1 iso2022_jp_2 iso2022_jp_2004
    iso2022_jp_3 iso2022_jp_ext iso2022_kr utf-16 utf-16-be utf-16-le utf-32 utf-32-be utf-32-le
    utf-7""".split()
)
# Labels that programs write without looking: what they cover is judged by its bytes.
_CARELESS = frozenset({"ascii", "cp1252", "iso8859-1", "iso8859-15"})
_LABEL = re.compile(r"[a-z0-9][a-z0-9_.:+-]{0,39}")
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_STATEFUL_ESCAPE = b"\x1b"


@lru_cache(maxsize=512)
def codec_for(label: str) -> str | None:
    """The name of Python's codec for a charset label of a mail; None when there is no such charset."""
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
        return (_ascii(data, codec), "") if b"\x1b$" in data or b"\0" in data else (data.decode("ascii"), "")
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


def _ascii(data: bytes, codec: str | None) -> str:
    # ISO-2022 hides in seven bits, and its senders do not always say so.
    if b"\x1b$" in data:
        return _iso_2022(data)
    even, odd = data[0::2].count(0), data[1::2].count(0)
    if max(even, odd) * 3 > len(data):
        return data.decode("utf-16-be" if even > odd else "utf-16-le", "replace")
    return data.decode("ascii")


def _iso_2022(data: bytes) -> str:
    return data.decode("iso2022_kr" if b"\x1b$)C" in data else "iso2022_jp_ext", "replace")


def _declared(data: bytes, codec: str) -> tuple[str, str]:
    if codec.startswith("utf-16") and b"\0" not in data:
        # Programs that mean "Unicode" write UTF-8 and say UTF-16.
        codec = "utf-8"
    try:
        return data.decode(codec), ""
    except (UnicodeError, ValueError):
        pass
    damaged = data.decode(codec, "replace")
    if codec in _NOT_ASCII or damaged.count("\ufffd") * 50 < _foreign(data):
        return damaged, "Some characters of the text could not be read."
    text, used = _judged(data)
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
