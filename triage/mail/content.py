"""The text, HTML and files of a tree of parts."""

import html as markup
import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from triage.mail import limits
from triage.mail.bodies import Bodies, part_name, sort_parts
from triage.mail.calendar_text import calendar_to_text
from triage.mail.charsets import decode
from triage.mail.defects import Defects
from triage.mail.filenames import safe_filename
from triage.mail.flowed import unflow
from triage.mail.html_text import html_to_text
from triage.mail.mime import Part
from triage.mail.pgp import is_encrypted, strip_signature
from triage.mail.tnef import Tnef, read_tnef
from triage.mail.uuencode import extract_files
from triage.mail.values import Attachment
from triage.mail.words import header_text

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([a-zA-Z0-9_:.-]{1,40})", re.I)
_LOOKS_HTML = re.compile(r"\s*(?:<!doctype html|<html[\s>])", re.I)
_REFERENCE = re.compile(r"cid:([^\"'\s)>]{1,500})", re.I)
_ENRICHED = re.compile(r"<[^<>]{0,60}>")
_TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_ENCRYPTED = "The mail is encrypted with PGP; the encrypted content is kept as it came."


@dataclass(frozen=True, slots=True)
class Content:
    """What a mail says and carries; `html` is unsanitised, "" when there is none."""

    text: str
    html: str
    attachments: tuple[Attachment, ...]


def read_content(root: Part, defects: Defects) -> Content:
    """Text, HTML and files of a mail, each within its limit."""
    return _Reader(root, defects).content()


@dataclass(slots=True)
class _Leaf:
    """A decoded text part."""

    text: str
    is_html: bool
    files: list[Attachment] = field(default_factory=list)


class _Reader:
    def __init__(self, root: Part, defects: Defects) -> None:
        self._defects = defects
        self._leaves: dict[int, _Leaf] = {}
        self._envelopes: list[Tnef] = []
        self._bodies: Bodies = sort_parts(root)
        # What a bounce returns is not what its reader was sent.
        self._opens_messages = root.content_type.kind != "multipart/report"
        if root.content_type.kind == "multipart/encrypted":
            defects.add(_ENCRYPTED)

    def content(self) -> Content:
        html, text = self._html(), self._text()
        files = self._files(html)
        if not html.strip():
            html = self._page(next((each.html for each in self._envelopes if each.html), ""))
        if not text.strip():
            text = html_to_text(html) or self._substitute()
        return Content(
            self._cut(text, "text", limits.TEXT_CHARACTERS).strip("\n").rstrip(), html, tuple(files)
        )

    def words(self) -> str:
        """The text alone; no file is decoded or copied for it."""
        text = self._text()
        return text if text.strip() else html_to_text(self._html()) or self._substitute()

    def _html(self) -> str:
        leaves = [self._leaf(part) for part in self._bodies.html]
        if not any(leaf.is_html for leaf in leaves):
            return ""
        joined = "\n".join(leaf.text if leaf.is_html else _as_html(leaf.text) for leaf in leaves)
        return self._cut(joined, "HTML", limits.HTML_CHARACTERS)

    def _text(self) -> str:
        leaves = [self._leaf(part) for part in self._bodies.text]
        return "\n".join(html_to_text(leaf.text) if leaf.is_html else leaf.text for leaf in leaves)

    def _cut(self, text: str, what: str, limit: int) -> str:
        if len(text) > limit:
            self._defects.add(f"The {what} of the mail is very long; its beginning is kept.")
        return text[:limit]

    def _page(self, page: str) -> str:
        """HTML within its limits."""
        pieces = page.split("<", limits.HTML_TAGS)
        if len(pieces) > limits.HTML_TAGS:
            self._defects.add("The HTML of the mail has very many elements; its beginning is kept.")
            page = "<".join(pieces[:-1])
        return self._cut(page, "HTML", limits.HTML_CHARACTERS)

    def _substitute(self) -> str:
        """What a person would read of a mail without text: the envelope's text, the mail attached
        to it, the invitation, a text of a rare kind."""
        for envelope in self._envelopes:
            if envelope.text.strip():
                return envelope.text
        for part in self._bodies.files:
            if part.is_message and part.children and self._opens_messages:
                inner = part.children[0]
                return _introduced(inner, _Reader(inner, self._defects).words())
            if part.content_type.kind == "text/calendar":
                return calendar_to_text(self._decoded(part))
            if part.content_type.kind in ("text/enriched", "text/richtext"):
                return _ENRICHED.sub("", self._decoded(part))
        return ""

    def _leaf(self, part: Part) -> _Leaf:
        found = self._leaves.get(id(part))
        if found is None:
            found = self._leaves[id(part)] = self._read_leaf(part)
        return found

    def _read_leaf(self, part: Part) -> _Leaf:
        text = self._decoded(part)
        if part.content_type.kind == "text/html" or _LOOKS_HTML.match(text):
            return _Leaf(self._page(text), is_html=True)
        if part.content_type.get("format").lower() == "flowed":
            text = unflow(text, delete_space=part.content_type.get("delsp").lower() == "yes")
        text, files = extract_files(strip_signature(text))
        if is_encrypted(text):
            self._defects.add(_ENCRYPTED)
        return _Leaf(
            text, is_html=False, files=[_file(name, "", content) for name, content in files]
        )

    def _decoded(self, part: Part) -> str:
        data = part.content(self._defects)
        label = part.content_type.get("charset")
        if (
            not label
            and part.content_type.kind == "text/html"
            and (meta := _META_CHARSET.search(data[:2048]))
        ):
            label = meta[1].decode("ascii")
        text, remark = decode(data, label)
        if remark:
            self._defects.add(remark)
        # A NUL means nothing to a reader, and no database takes it.
        text = text.replace("\0", "") if "\0" in text else text
        return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text

    def _files(self, html: str) -> list[Attachment]:
        # RFC 2392: the id is percent-encoded in the address.
        shown = {unquote(found) for found in _REFERENCE.findall(html)} if "cid:" in html else set()
        found = [file for leaf in self._leaves.values() for file in leaf.files]
        for part in self._bodies.files:
            if len(found) >= limits.ATTACHMENTS:
                self._defects.add(
                    f"The mail has more than {limits.ATTACHMENTS} files; the others were not read."
                )
                break
            found.extend(self._attachments(part, shown))
        return found[: limits.ATTACHMENTS]

    def _attachments(self, part: Part, shown: set[str]) -> list[Attachment]:
        if part.is_message:
            return self._message(part)
        content = part.content(self._defects)
        envelope = read_tnef(content) if _is_tnef(part) else None
        if envelope is None:
            return [_attachment(part, content, shown)]
        self._envelopes.append(envelope)
        return [
            _file(file.name, file.content_type, file.content, file.content_id)
            for file in envelope.files
        ]

    def _message(self, part: Part) -> list[Attachment]:
        """An attached mail as a file, and the files inside it: people look for those too."""
        inner = part.children[0] if part.children else None
        subject = header_text(inner.first(b"subject")) if inner else ""
        whole = _attachment(part, part.raw(), set(), otherwise=subject or "message")
        if inner is None or not self._opens_messages:
            return [whole]
        leaves = (leaf for leaf in _leaves(inner))
        return [whole, *(each for leaf in leaves for each in self._attachments(leaf, set()))]


def _is_tnef(part: Part) -> bool:
    return part.content_type.kind in _TNEF or part_name(part).lower() in ("winmail.dat", "win.dat")


def _attachment(
    part: Part, content: bytes, shown: set[str], *, otherwise: str = "attachment"
) -> Attachment:
    content_type = part.content_type.kind
    content_id = header_text(part.first(b"content-id")).strip("<> ")
    name = safe_filename(part_name(part), content_type, otherwise=otherwise)
    return Attachment(
        name, content_type, content, content_id, inline=bool(content_id) and content_id in shown
    )


def _file(name: str, content_type: str, content: bytes, content_id: str = "") -> Attachment:
    content_type = content_type or "application/octet-stream"
    return Attachment(
        safe_filename(name, content_type), content_type, content, content_id, inline=False
    )


def _leaves(message: Part) -> list[Part]:
    """The files inside an attached mail, the mails attached to it opened likewise."""
    found: list[Part] = []
    for part in sort_parts(message).files:
        if part.is_message and part.children:
            found.extend(_leaves(part.children[0]))
        elif not part.is_message:
            found.append(part)
    return found


def _introduced(message: Part, text: str) -> str:
    heads = (
        (name, header_text(message.first(name.lower().encode())))
        for name in ("From", "Date", "Subject")
    )
    return "\n".join(f"{name}: {value}" for name, value in heads if value) + f"\n\n{text}"


def _as_html(text: str) -> str:
    return f'<div style="white-space: pre-wrap">{markup.escape(text)}</div>'
