"""The tree of parts of a mail (RFC 2046), cut out of the bytes without copying them."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

from triage.mail import limits
from triage.mail.cms import read_cms
from triage.mail.defects import Defects
from triage.mail.fields import read_block
from triage.mail.parameters import Value, read_value
from triage.mail.transfer import decode_transfer

_CANDIDATE = re.compile(rb"(?m)^--[^\n]*")
_GUESS = re.compile(rb"(?mi)^--([^\r\n]{1,200})\r?\ncontent-[a-z-]+:")
_PLAIN = Value("text/plain")
_MESSAGE = Value("message/rfc822")
_SMIME = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_UNWRAPPED = Value("multipart/x-opaque-signed")
_MESSAGES = frozenset({"message/rfc822", "message/global", "message/news"})


@dataclass(slots=True)
class Part:
    """A node of the tree: its fields, and its body as source[start:end], still encoded."""

    fields: list[tuple[bytes, bytes]]
    source: bytes
    start: int
    end: int
    content_type: Value
    disposition: Value
    depth: int
    children: list["Part"] = field(default_factory=list)

    def first(self, name: bytes) -> bytes:
        """The value of the first field of that lower-case name, or b""."""
        return next((value for key, value in self.fields if key.lower() == name), b"")

    @property
    def is_multipart(self) -> bool:
        return self.content_type.kind.startswith("multipart/")

    @property
    def is_message(self) -> bool:
        return self.content_type.kind in _MESSAGES

    @property
    def encoding(self) -> str:
        value = self.first(b"content-transfer-encoding")
        if not value:
            return ""
        text = value[:100].partition(b";")[0].decode("ascii", "replace")
        return re.sub(r"\([^)]*\)", "", text).strip(' \t\r\n"').lower()

    def raw(self) -> bytes:
        return self.source[self.start : self.end]

    def content(self, defects: Defects) -> bytes:
        """The body behind its transfer encoding."""
        return decode_transfer(self.raw(), self.encoding, defects)


class Tree:
    """Builds the tree of one mail with a work list instead of recursion."""

    def __init__(self, defects: Defects) -> None:
        self._defects = defects
        self._indexes: dict[int, _Delimiters] = {}
        self._parts = 0
        self._guesses = limits.BOUNDARY_GUESSES

    def read(self, source: bytes) -> Part:
        """The root part of a mail."""
        root = self._part(source, 0, len(source), (_PLAIN, 0))
        waiting = [root]
        while waiting:
            part = waiting.pop()
            if part.content_type.kind in _SMIME:
                waiting.extend(self._unwrapped(part))
            elif part.is_multipart or part.is_message:
                part.children = list(self._children(part))
                waiting.extend(part.children)
                if part.is_multipart and not part.children and part.depth < limits.MIME_DEPTH:
                    self._take_as_text(part)
        return root

    def _part(
        self, source: bytes, start: int, end: int, default_and_depth: tuple[Value, int]
    ) -> Part:
        default, depth = default_and_depth
        block = read_block(source, start, end, self._defects)
        self._parts += 1
        content_type, disposition = default, Value("")
        for name, value in reversed(block.fields):
            key = name.lower()
            if key == b"content-type":
                content_type = read_value(value)
            elif key == b"content-disposition":
                disposition = read_value(value)
        if content_type is not default and "/" not in content_type.kind:
            content_type = _repaired(content_type)
        return Part(
            block.fields, source, min(block.body, end), end, content_type, disposition, depth
        )

    def _children(self, part: Part) -> Iterator[Part]:
        if part.depth >= limits.MIME_DEPTH:
            self._defects.add(
                f"The mail is nested more than {limits.MIME_DEPTH} deep; the rest was not read."
            )
            return
        if part.encoding in ("base64", "quoted-printable") and (
            part.is_message or not self._ranges(part)
        ):
            # RFC 2045, 6.4 forbids it, and programs do it all the same.
            part.source = part.content(self._defects)
            part.start, part.end = 0, len(part.source)
        ranges = [(part.start, part.end)] if part.is_message else self._ranges(part)
        default = _MESSAGE if part.content_type.kind == "multipart/digest" else _PLAIN
        for start, end in ranges:
            if self._parts >= limits.PARTS:
                self._defects.add(
                    f"The mail has more than {limits.PARTS} parts; the others were not read."
                )
                return
            yield self._part(part.source, start, end, (default, part.depth + 1))

    def _unwrapped(self, part: Part) -> list[Part]:
        """The mail inside an opaque S/MIME signature, which from here on is part of this one."""
        if part.depth >= limits.MIME_DEPTH:
            return []
        wrapped = read_cms(part.content(self._defects))
        if wrapped and wrapped.encrypted:
            self._defects.add(
                "The mail is encrypted (S/MIME); the encrypted content is kept as a file."
            )
        if wrapped is None or wrapped.content is None:
            return []
        inner = wrapped.content
        child = self._part(inner, 0, len(inner), (_PLAIN, part.depth + 1))
        if not child.first(b"content-type"):
            # A signed file that is no mail: Italian invoices travel as .xml.p7m.
            return []
        self._defects.add("The mail was inside an S/MIME signature; the signature was not checked.")
        part.children = [child]
        part.content_type = _UNWRAPPED
        return part.children

    def _take_as_text(self, part: Part) -> None:
        # A multipart without a single boundary is what a person would see in it: its text.
        if part.raw().strip():
            self._defects.add(
                "The mail announces parts that are not there; it is shown as one text."
            )
            part.content_type = _PLAIN

    def _ranges(self, part: Part) -> list[tuple[int, int]]:
        index = self._indexes.get(id(part.source))
        if index is None or index.source is not part.source:
            index = self._indexes[id(part.source)] = _Delimiters(part.source, self._defects)
        boundary = part.content_type.get("boundary").encode("utf-8", "replace").rstrip()
        ranges = index.ranges(boundary, part.start, part.end) if boundary else []
        if not ranges and self._guesses > 0:
            self._guesses -= 1
            found = _GUESS.search(part.source, part.start, part.end)
            if found:
                self._defects.add("The mail's parts are separated by another line than announced.")
                ranges = index.ranges(found[1].rstrip(), part.start, part.end)
        return ranges


class _Delimiters:
    """Every line of a source that may be a boundary, by its text: nesting costs no further scan."""

    def __init__(self, source: bytes, defects: Defects) -> None:
        self.source = source
        self._lines: dict[bytes, list[int]] = {}
        for count, line in enumerate(_CANDIDATE.finditer(source)):
            if count >= limits.DELIMITER_LINES:
                defects.add(
                    "Too many lines of the mail look like boundaries; its last part holds the rest."
                )
                break
            self._lines.setdefault(line[0].rstrip(), []).append(line.start())

    def ranges(self, boundary: bytes, start: int, end: int) -> list[tuple[int, int]]:
        """The (start, end) of each body part; the line break before a delimiter belongs to it."""
        delimiter = b"--" + boundary
        opening = self._within(delimiter, start, end)
        closing = self._within(delimiter + b"--", start, end)
        if not opening:
            return []
        # A closing line ends the part before it; mailers that append parts after it are obeyed.
        marks = sorted([(at, True) for at in opening] + [(at, False) for at in closing])
        found = []
        for (at, opens), following in zip(marks, [*marks[1:], (None, False)], strict=True):
            if opens:
                begin = self._after_line(at, end)
                stop = end if following[0] is None else self._before_break(following[0])
                found.append((begin, max(begin, stop)))
        return found

    def _within(self, line: bytes, start: int, end: int) -> list[int]:
        places = self._lines.get(line, [])
        return places[bisect_left(places, start) : bisect_left(places, end)]

    def _after_line(self, at: int, end: int) -> int:
        found = self.source.find(b"\n", at, end)
        return end if found < 0 else found + 1

    def _before_break(self, at: int) -> int:
        at -= 1 if self.source[at - 1 : at] == b"\n" else 0
        return at - 1 if self.source[at - 1 : at] == b"\r" else at


def _repaired(value: Value) -> Value:
    # RFC 2045, 5.2: what cannot be understood is text/plain; "text" alone is understood.
    known = {
        "text": "text/plain",
        "html": "text/html",
        "plain": "text/plain",
        "multipart": "multipart/mixed",
    }
    token = known.get(value.kind)
    if token is None:
        token = "multipart/mixed" if "boundary" in value.parameters else "text/plain"
    return Value(token, value.parameters)
