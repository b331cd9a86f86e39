"""Addresses in a mail as a browser would read them, written so that they can be read one way only.

A browser forgives much (backslashes, missing slashes, tabs, foreign dots); whatever shows a person
where a link leads must forgive the same, or it names another place than the one that is opened.
"""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote

_SCHEME = re.compile(r"(?:(https?):)?[/\\]*", re.IGNORECASE)
_AUTHORITY = re.compile(r"[^/\\?#]*")
_PLACE = re.compile(r"(\[[0-9a-f:.]+\]|[^:\[\]]+)(?::(\d{0,5}))?", re.IGNORECASE)
_NAME = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?|\[[0-9a-f:.]+\]")
_NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+))*\.?|\[.*\]")
_NAME_CHARACTERS = 253  # RFC 1035, section 2.3.4
_WRITTEN_CHARACTERS = 1_000  # with all that is not read in it
# Taken out wherever they stand in an address (WHATWG URL, section 4.4).
_NOT_READ = str.maketrans("", "", "\t\r\n")
_BEFORE = "".join(map(chr, range(0x21)))


@dataclass(frozen=True, slots=True)
class WebAddress:
    """`host` is as the network knows it: lower case, other alphabets as xn-- (RFC 3492)."""

    url: str
    host: str

    @property
    def host_in_letters(self) -> str:
        """The host in its own alphabet; the same as `host` where that is ours."""
        return ".".join(_in_letters(label) for label in self.host.split("."))

    @property
    def is_number(self) -> bool:
        """An IP address, in any of the ways to write one, in place of a name."""
        return bool(_NUMBER.fullmatch(self.host))


def is_web(value: str) -> bool:
    """Leads out of the page through http, as far as any browser is concerned."""
    text = value.strip(_BEFORE).translate(_NOT_READ)
    return bool(re.match(r"https?:|[/\\]{2}", text, re.IGNORECASE))


def web_address(value: str) -> WebAddress | None:
    """`value` in one clear way; None where it does not name a host, or is not of the web."""
    if not is_web(value):
        return None
    text = value.strip(_BEFORE).translate(_NOT_READ)
    start = _SCHEME.match(text)
    assert start is not None
    authority = _AUTHORITY.match(text, start.end())
    assert authority is not None
    # What stands before an @ is a user name, put there to be taken for the host.
    place = _PLACE.fullmatch(authority.group().rpartition("@")[2])
    host = network_name(unquote(place[1])) if place else ""
    if not place or not host:
        return None
    scheme = (start[1] or "https").lower()
    port = f":{place[2]}" if place[2] else ""
    rest = text[authority.end() :]
    rest = "/" + rest[1:] if rest.startswith("\\") else rest
    return WebAddress(f"{scheme}://{host}{port}{rest or '/'}", host)


def network_name(host: str) -> str:
    """A host as the network knows it; "" where it cannot be one."""
    if len(host) > _WRITTEN_CHARACTERS:
        return ""
    seen = "".join(char for char in host if unicodedata.category(char) != "Cf")
    plain = unicodedata.normalize("NFKC", seen).lower().replace("。", ".")
    try:
        name = ".".join(_for_network(label) for label in plain.split("."))
    except UnicodeError:
        return ""
    return name if len(name) <= _NAME_CHARACTERS and _NAME.fullmatch(name) else ""


def _for_network(label: str) -> str:
    return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")


def _in_letters(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        letters = label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError, OverflowError):
        return label
    # Marks of direction and the like would let the name rearrange the sentence it is shown in.
    readable = all(char == "-" or unicodedata.category(char)[0] in "LMN" for char in letters)
    return letters if readable else label
