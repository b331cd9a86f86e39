"""A reply's own words, the history it quotes, and its signature: folded, never deleted.

Works on lines. Every line gets one of three marks, so that the three strands together always
hold every line of the text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from triage.mail.history import Mark, mark_history
from triage.mail.signature import signature_start


@dataclass(frozen=True, slots=True)
class Reply:
    """The three strands of a reply's text, each in its order; empty where there is none."""

    visible: str
    quoted: str
    signature: str


def split_reply(text: str) -> Reply:
    """`text` split into what was written now, what is quoted, and the signature.

    Quotations between answers stay visible, since the answers mean nothing without them.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    marks = mark_history(lines)
    if Mark.OWN not in marks:
        return Reply("", text.strip("\n"), "")
    _mark_trailing_signature(lines, marks)
    _mark_signature_before_history(lines, marks)
    _show_interleaved(lines, marks)
    return Reply(
        *(
            "\n".join(line for line, mark in zip(lines, marks, strict=True) if mark is kind)
            .strip("\n")
            .rstrip()
            for kind in (Mark.OWN, Mark.QUOTED, Mark.SIGNATURE)
        )
    )


def _mark_trailing_signature(lines: Sequence[str], marks: list[Mark]) -> None:
    """The signature after all else; it may stand below the history, with nothing above it."""
    start = _after_last(marks, Mark.QUOTED)
    _mark_signature(lines, marks, (start, len(lines)))


def _mark_signature_before_history(lines: Sequence[str], marks: list[Mark]) -> None:
    last = _last_own(lines, marks)
    if last < 0 or Mark.QUOTED not in marks[last:]:
        return
    start = _after_last(marks[: last + 1], Mark.QUOTED)
    _mark_signature(lines, marks, (start, last + 1))


def _mark_signature(lines: Sequence[str], marks: list[Mark], span: tuple[int, int]) -> None:
    start, end = span
    own = [number for number in range(start, end) if marks[number] is Mark.OWN]
    if not own:
        return
    end = own[-1] + 1
    begin = start + signature_start(lines[start:end])
    # A mail that is nothing but a signature is still what the person sent.
    if any(mark is Mark.OWN and lines[number].strip() for number, mark in enumerate(marks[:begin])):
        for number in range(begin, end):
            if marks[number] is Mark.OWN:
                marks[number] = Mark.SIGNATURE


def _show_interleaved(lines: Sequence[str], marks: list[Mark]) -> None:
    last = _last_own(lines, marks)
    written = [
        mark
        for line, mark in zip(lines, marks, strict=True)
        if line.strip() and mark is not Mark.SIGNATURE
    ]
    runs = [mark for mark, _ in groupby(written)]
    if runs.count(Mark.QUOTED) < 2:
        return
    for number in range(last):
        if marks[number] is Mark.QUOTED:
            marks[number] = Mark.OWN


def _last_own(lines: Sequence[str], marks: Sequence[Mark]) -> int:
    return max(
        (n for n, mark in enumerate(marks) if mark is Mark.OWN and lines[n].strip()), default=-1
    )


def _after_last(marks: Sequence[Mark], kind: Mark) -> int:
    return max((number + 1 for number, mark in enumerate(marks) if mark is kind), default=0)
