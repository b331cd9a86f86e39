"""Where the signature of a text begins."""

import re
from collections.abc import Sequence

from triage.mail import trim_words as words


def _any_of(table: dict[str, str]) -> str:
    entries = {entry for line in table.values() for entry in line.split("|")}
    return "|".join(sorted(entries, key=len, reverse=True))


# RFC 3676, 4.3 and what is used for it; the dashes of other alphabets need no space either.
_DELIMITER = re.compile(r"\s*(?:--|__|—|—{2,}|–|_{3,})\s*$")
# A rule that also divides plain text: it needs more evidence.
_RULE = re.compile(r"\s*[-=*~]{3,}\s*$")
_SENT_WITH = re.compile(rf"\s*(?:{_any_of(words.SENT_WITH)})\b", re.I)
_FAREWELL = re.compile(rf"\s*(?:{_any_of(words.FAREWELLS)})\s*[,.!]*\s*$", re.I)
_FAREWELL_NAMED = re.compile(rf"\s*(?:{_any_of(words.FAREWELLS)})\s*,\s*\S+(?:\s\S+)?\s*$", re.I)
_DISCLAIMER = re.compile(rf"\s*(?:{'|'.join(words.DISCLAIMERS.values())})", re.I)
# "-Dora" or "— Dora Lind"; a bullet has its like above it.
_DASHED_NAME = re.compile(r"[-–—]\s?[^\W\d_a-zß-ÿ][\w.'’]*(?:\s[^\W\d_a-zß-ÿ][\w.'’]*){0,3}\s*$")
_BULLET = re.compile(r"\s*[-–—*•]\s?\w")
_CONTACT = re.compile(
    r"\S@\S+\.\w|https?://|\bwww\.|(?:\+|\(0?|\b00|\b0)\d[\d\s()./-]{6,}\d|\(\d{3}\)\s*\d{3}|\b(?:tel|tél|phone|mobile|mobil|fax|telefon"
    r"|telefono|teléfono|telefone|telefoon|skype)\b",
    re.I,
)
_LINK = re.compile(r"\s*[<(\[]?(?:https?://|mailto:)[^\s>)\]]*[>)\]]?")
_SENTENCE = re.compile(r"[,;!?]|\.\s")

_SIGNATURE_LINES = 30
_SHORT = 70
_LINE_CHARACTERS = 500
_CONTACT_LINES = 7
# A signature may hold a smaller one: a farewell above "--", a telephone's line under it.
_LAYERS = 4


def is_sent_with(line: str) -> bool:
    """Whether a line is the advertisement of a telephone or a program, not a sentence."""
    if not _SENT_WITH.match(line):
        return False
    plain = _LINK.sub("", line[:_LINE_CHARACTERS]).strip().rstrip(".")
    return len(plain) <= _SHORT and len(plain.split()) <= 9 and not _SENTENCE.search(plain)


def signature_start(lines: Sequence[str]) -> int:
    """The index of the first line of the signature; len(lines) when there is none."""
    end = len(lines)
    # The patterns backtrack on long lines, and nothing a signature holds is that long.
    lines = [line[:_LINE_CHARACTERS] for line in lines]
    for _ in range(_LAYERS):
        while end and not lines[end - 1].strip():
            end -= 1
        found = _layer(lines[:end])
        if found is None:
            break
        end = found
    return end if end < len(_stripped(lines)) else len(lines)


def _stripped(lines: Sequence[str]) -> Sequence[str]:
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    return lines[:end]


def _layer(lines: Sequence[str]) -> int | None:
    if not lines:
        return None
    if is_sent_with(lines[-1]) or _is_dashed_name(lines):
        return len(lines) - 1
    first = max(0, len(lines) - _SIGNATURE_LINES)
    for number in range(first, len(lines)):
        if _opens(lines, number):
            return number
    return _contact_block(lines)


def _is_dashed_name(lines: Sequence[str]) -> bool:
    if not _DASHED_NAME.match(lines[-1]):
        return False
    return not any(_BULLET.match(line) for line in lines[-_SIGNATURE_LINES:-1])


def _opens(lines: Sequence[str], number: int) -> bool:
    line, rest = lines[number], lines[number + 1 :]
    if not line.strip():
        return False
    if _DELIMITER.match(line):
        return bool(rest)
    if _RULE.match(line):
        return bool(rest) and _all_short(rest) and any(_CONTACT.search(each) for each in rest)
    if _FAREWELL.match(line) or _FAREWELL_NAMED.match(line):
        return _all_short(rest) and len([each for each in rest if each.strip()]) <= 15
    return bool(_DISCLAIMER.match(line)) and (number == 0 or not lines[number - 1].strip())


def _all_short(lines: Sequence[str]) -> bool:
    return all(len(_LINK.sub("", line)) <= _SHORT for line in lines)


def _contact_block(lines: Sequence[str]) -> int | None:
    """The last paragraph, when it is a name and ways to reach its bearer."""
    first = len(lines)
    while first and lines[first - 1].strip():
        first -= 1
    block = lines[first:]
    contacts = sum(bool(_CONTACT.search(line)) for line in block)
    if first == 0 or len(block) > _CONTACT_LINES or contacts < 2 or not _all_short(block):
        return None
    # A list of links is content; a signature begins with a name.
    return None if _CONTACT.search(block[0]) else first
