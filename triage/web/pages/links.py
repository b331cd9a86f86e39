"""Where the links of a mail lead, said beside each: the words of a link are its sender's.

Reads markup that nh3 has written, as remote_images does.
"""

import re
import unicodedata
from html import unescape

from django.utils.html import format_html
from django.utils.safestring import SafeString

from triage.web.pages.remote_images import ATTRIBUTE, TAG
from triage.web.pages.web_addresses import WebAddress, network_name, web_address

_LINK = re.compile(r'<a((?: [^\s"=<>]+="[^"]*")*)>(.*?)</a>', re.DOTALL)
_ALT = re.compile(r' alt="([^"]*)"')
# Names of hosts in running text. One behind an @ belongs to an e-mail address.
_HOST = re.compile(
    r"(https?://|(?<![\w@.-])www\.|(?<![\w@./-]))((?:[\w-]{1,63}\.)+([^\W\d_]{2,24}|xn--[a-z0-9-]+))"
    r"(?![\w@-])",
    re.IGNORECASE,
)
# "agenda.pdf" is a file and "Node.js" is Node.js.
_ENDING_NAMES = """
    avi csv doc docx eml gif gz htm html ics jpeg jpg js json log md mov mpg msg ods odt pdf php
    png ppt pptx py rar rtf svg tar txt wav webp xls xlsx xml zip
"""
_ENDINGS = frozenset(_ENDING_NAMES.split())
_WORDS = 1_000  # no link is longer that is meant to be read
_OTHER_SCHEMES = re.compile(r"(mailto|tel):[^\x00-\x20\x7f]+", re.IGNORECASE)


def safe_href(value: str) -> str | None:
    """The address to put into the link, in one clear writing; None: not one to follow.

    Addresses without a host would lead into the desk itself.
    """
    address = web_address(value)
    if address:
        return address.url
    text = value.strip()
    return text if _OTHER_SCHEMES.fullmatch(text) else None


def with_destinations(markup: str) -> str:
    """The markup with a note behind every link whose own words do not name where it leads."""
    return _LINK.sub(_noted, markup)


def _noted(link: re.Match[str]) -> str:
    attributes = dict(ATTRIBUTE.findall(link[1]))
    href = unescape(attributes.get("href", ""))
    words = _words(link[2])
    address = web_address(href)
    note = _note(address, words) if address else _mail_note(href, words)
    return link.group() + note


def _note(address: WebAddress, words: str) -> SafeString:
    said = _hosts(words)
    strangers = [host for host in said if not _is_of_one_house(host, address.host)]
    if strangers:
        return _warning("leads to {}, not to {}", _shown(address), _in_letters(strangers[0]))
    if address.host_in_letters != address.host:
        return _warning("leads to {}: look closely at its letters", _shown(address))
    if address.is_number:
        return _warning("leads to {}: a number where a name should be", address.host)
    if any(_bare(host) == _bare(address.host) for host in said):
        return SafeString("")
    return format_html(' <small class="leads">{}</small>', address.host)


def _mail_note(href: str, words: str) -> SafeString:
    scheme, _, rest = href.partition(":")
    target = rest.partition("?")[0]
    if scheme.lower() != "mailto" or target.lower() in words.lower():
        return SafeString("")
    return format_html(' <small class="leads">{}</small>', target)


def _warning(sentence: str, *places: str) -> SafeString:
    return format_html(
        ' <strong class="leads leads--astray">{}</strong>', format_html(sentence, *places)
    )


def _shown(address: WebAddress) -> str:
    letters = address.host_in_letters
    return address.host if letters == address.host else f"{letters} ({address.host})"


def _in_letters(host: str) -> str:
    return _shown(WebAddress("", host))


def _words(markup: str) -> str:
    """What a person reads there, with the words that stand for its images."""
    alts = " ".join(_ALT.findall(markup))
    text = unescape(f"{TAG.sub('', markup)} {alts}")[:_WORDS]
    seen = "".join(char for char in text if unicodedata.category(char) != "Cf")
    return unicodedata.normalize("NFKC", seen)


def _hosts(words: str) -> list[str]:
    found = []
    for start, host, ending in _HOST.findall(words):
        is_address = bool(start) or host.lower().startswith("www.")
        # "ready.Please" is two sentences.
        is_name = ending.lower() not in _ENDINGS and (ending.islower() or ending.isupper())
        name = network_name(host)
        if name and (is_address or is_name):
            found.append(name)
    return found


def _is_of_one_house(said: str, leads: str) -> bool:
    said, leads = _bare(said), _bare(leads)
    return said == leads or leads.endswith("." + said) or said.endswith("." + leads)


def _bare(host: str) -> str:
    return host.rstrip(".").removeprefix("www.")
