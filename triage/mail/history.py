"""Which lines of a reply are history: what other people wrote before."""

import re
from collections.abc import Sequence
from enum import Enum, auto
from functools import lru_cache
from itertools import takewhile

from triage.mail import trim_words as words
from triage.mail.signature import is_sent_with


class Mark(Enum):
    """What a line of a reply is."""

    OWN = auto()
    QUOTED = auto()
    SIGNATURE = auto()


def _any_of(table: dict[str, str]) -> str:
    entries = {entry for line in table.values() for entry in line.split("|")}
    return "|".join(re.escape(entry) for entry in sorted(entries, key=len, reverse=True))


_STARTS = _any_of(words.ATTRIBUTION_STARTS)
_VERBS = _any_of(words.ATTRIBUTION_VERBS)
# "On 3 May 2026, Dora wrote:", "Am 3. Mai 2026 schrieb Dora <...>:", "On ... wrote ----".
_DATED = re.compile(
    rf"(?:{_STARTS})\s[^\n]{{0,60}}?\d[^\n]{{0,300}}?(?:{_VERBS})(?:\s*[:-]|$|\s[^\n]{{0,200}}:$)",
    re.I,
)
# Programs of any language: a clock time, an address, a colon at the end.
_STAMPED = re.compile(r"(?=.*\b\d{1,2}[:.]\d{2})(?=.*\d{4}|.*\d{1,2}[./-]\d{1,2}).*\S@\S.*:\s*$")
_WROTE = re.compile(rf"(?=.*\S@\S|.*\b\d{{1,2}}[:.]\d{{2}}).*\b(?:{_VERBS})\s*:\s*$", re.I)
_ENDINGS = (":", *(verb for line in words.ATTRIBUTION_VERBS.values() for verb in line.split("|")))
_ATTRIBUTION_LINES = 4
_ATTRIBUTION_CHARACTERS = 400
# Marks of history are short lines; the patterns for them backtrack on long ones.
_MARK_CHARACTERS = 300
# A thread of years quotes a few hundred mails; each look costs a dozen searches.
_ATTRIBUTIONS = 300
_EVIDENCE = re.compile(r"[\d@]")

_SEPARATOR = re.compile(
    rf"[\s>]*(?:[-_=*]{{2,}}\s*(?:{_any_of(words.SEPARATORS)})\s*:?\s*[-_=*]{{2,}}"
    rf"|(?:{_any_of(words.FORWARDS)})\s*:)\s*$",
    re.I,
)
_RULE = re.compile(r"\s*[-_=*~—–]{3,}\s*$")
_HEAD = re.compile(r"[\s*>]*([^\W\d_][^:*\n]{0,20}?)\s*\*?\s*:\*?(?:\s|$|\S)")
_HEADS = {
    entry: kind
    for kind, table in (
        # "De" and "A" mean several things; the last entry of a word counts.
        ("date", words.HEAD_DATE),
        ("sent", words.HEAD_SENT),
        ("to", words.HEAD_TO),
        ("subject", words.HEAD_SUBJECT),
        ("from", words.HEAD_FROM),
    )
    for line in table.values()
    for entry in line.split("|")
}
# Heads fold: a long list of recipients runs over a few lines.
_HEAD_LINES = 9
# A quoted line this long was probably broken by a program, and its rest lost its ">".
_WRAPPED_CHARACTERS = 60


def mark_history(lines: Sequence[str]) -> list[Mark]:
    """A mark for each line, OWN or QUOTED.

    A mail that begins with somebody else's, as a forward without a word does, is about that:
    only what follows the first opening of history below own words is history.
    """
    marks = [Mark.OWN] * len(lines)
    looks = _ATTRIBUTIONS
    has_words = in_heads = False
    for number, line in enumerate(lines):
        in_heads = in_heads and bool(line.strip())
        if in_heads:
            continue
        if line.startswith((">", " >", "|>")) and line.strip() != ">:":
            marks[number] = Mark.QUOTED
            continue
        start = number if _opens_history(lines, number, below_words=has_words) else None
        if start is None and looks and _ends_attribution(line):
            looks -= 1
            start = _attribution(lines, number)
            if start is not None and _is_prefixed(lines, number + 1):
                marks[start : number + 1] = [Mark.QUOTED] * (number + 1 - start)
                continue
        if start is not None and has_words:
            start = _before_rules(lines, start)
            marks[start:] = [Mark.QUOTED] * (len(lines) - start)
            break
        in_heads = start is not None
        has_words = has_words or (start is None and _says_something(line))
    _join_wrapped(lines, marks)
    return marks


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not _RULE.match(line[:_MARK_CHARACTERS])


def _is_prefixed(lines: Sequence[str], number: int) -> bool:
    """Whether the next line that is not blank is quoted with ">"."""
    while number < len(lines) and not lines[number].strip():
        number += 1
    return number < len(lines) and lines[number].lstrip().startswith(">")


def _opens_history(lines: Sequence[str], number: int, *, below_words: bool) -> bool:
    line = lines[number]
    if len(line) > _MARK_CHARACTERS or not line.strip():
        return False
    if _SEPARATOR.match(line) or (":" in line and _is_head(lines, number)):
        return True
    return below_words and _follows_telephone(lines, number)


def _is_head(lines: Sequence[str], number: int) -> bool:
    """Whether a block such as From, Sent, To, Subject begins here."""
    kinds = {_head_kind(lines[number])}
    # A mail with its three heads shows a second one within three lines; most text ends here.
    if None in kinds or not any(map(_head_kind, lines[number + 1 : number + 4])):
        return False
    block = list(takewhile(str.strip, lines[number : number + _HEAD_LINES]))
    kinds = {kind for line in block if (kind := _head_kind(line))}
    # "From, To, Date" alone may be a journey; a mail has a subject, a sending or an address.
    mail = "subject" in kinds or "sent" in kinds or any("@" in line for line in block)
    return "from" in kinds and len(kinds) >= 3 and mail


def _head_kind(line: str) -> str | None:
    return _short_head_kind(line) if ":" in line and len(line) <= _MARK_CHARACTERS else None


# Each line is looked at from the lines above it too.
@lru_cache(maxsize=256)
def _short_head_kind(line: str) -> str | None:
    found = _HEAD.match(line)
    return _HEADS.get(found[1].strip().lower()) if found else None


def _follows_telephone(lines: Sequence[str], number: int) -> bool:
    """Whether a blank line and then this text follow "Sent from my telephone": programs that
    add that line put the mail answered under it, some without any mark."""
    if number < 3 or not lines[number].strip() or lines[number - 1].strip():
        return False
    return is_sent_with(lines[number - 2]) and any(map(str.strip, lines[: number - 2]))


def _ends_attribution(line: str) -> bool:
    return line[-60:].rstrip(" \t-").lower().endswith(_ENDINGS)


def _attribution(lines: Sequence[str], number: int) -> int | None:
    """The line on which the attribution that ends on line `number` begins."""
    joined = [""]
    for first in range(number, max(-1, number - _ATTRIBUTION_LINES), -1):
        if not lines[first].strip():
            break
        joined.append(f"{lines[first].strip()} {joined[-1]}".strip()[:_ATTRIBUTION_CHARACTERS])
    if not _EVIDENCE.search(joined[-1]):
        return None
    for pattern in (_DATED, _STAMPED, _WROTE):
        for back, text in enumerate(joined[1:]):
            if pattern.match(text.lstrip("-*_ ")):
                return number - back
    return None


def _before_rules(lines: Sequence[str], number: int) -> int:
    """`number`, or the line of the rule drawn above it."""
    above = number - 1
    while above >= 0 and (not lines[above].strip() or _RULE.match(lines[above][:_MARK_CHARACTERS])):
        if lines[above].strip():
            number = above
        above -= 1
    return number


def _join_wrapped(lines: Sequence[str], marks: list[Mark]) -> None:
    for number in range(1, len(lines) - 1):
        neighbours = marks[number - 1] is marks[number + 1] is Mark.QUOTED
        if neighbours and lines[number].strip() and len(lines[number - 1]) >= _WRAPPED_CHARACTERS:
            marks[number] = Mark.QUOTED
