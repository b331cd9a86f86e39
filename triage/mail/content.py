"""The text, HTML and files of a tree of parts."""

import html as markup
import re

from triage.mail import limits
from triage.mail.bodies import Bodies, part_name, sort_parts
from triage.mail.charsets import decode
from triage.mail.defects import Defects
from triage.mail.filenames import safe_filename
from triage.mail.flowed import unflow
from triage.mail.html_text import html_to_text
from triage.mail.mime import Part
from triage.mail.uuencode import extract_files
from triage.mail.values import Attachment
from triage.mail.words import header_text

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([a-zA-Z0-9_:.-]{1,40})", re.I)
_LOOKS_HTML = re.compile(r"\s*(?:<!doctype html|<html[\s>])", re.I)
_REFERENCE = re.compile(r"cid:([^\"'\s)>]{1,500})", re.I)


class Content:
    """Reads the leaves of one tree, each once."""

    def __init__(self, root: Part, defects: Defects) -> None:
        self._defects = defects
        self._read: dict[int, tuple[str, bool]] = {}
        self._found: list[Attachment] = []
        self._bodies: Bodies = sort_parts(root)
        self.html = self._html()
        self.text = self._text()
        self.attachments = self._attachments()

    def _html(self) -> str:
        pieces = [self._leaf(part) for part in self._bodies.html]
        if not any(is_html for _, is_html in pieces):
            return ""
        joined = "\n".join(text if is_html else _as_html(text) for text, is_html in pieces)
        if len(joined) > limits.HTML_CHARACTERS:
            self._defects.add("The HTML of the mail is very long; its beginning is kept.")
        return joined[: limits.HTML_CHARACTERS]

    def _text(self) -> str:
        pieces = [self._leaf(part) for part in self._bodies.text]
        text = "\n".join(html_to_text(text) if is_html else text for text, is_html in pieces)
        if not text.strip() and self.html:
            text = html_to_text(self.html)
        if len(text) > limits.TEXT_CHARACTERS:
            self._defects.add("The text of the mail is very long; its beginning is kept.")
        return text[: limits.TEXT_CHARACTERS].strip("\n").rstrip()

    def _leaf(self, part: Part) -> tuple[str, bool]:
        if id(part) not in self._read:
            self._read[id(part)] = self._decoded(part)
        return self._read[id(part)]

    def _decoded(self, part: Part) -> tuple[str, bool]:
        data = part.content(self._defects)
        is_html = part.content_type.token == "text/html"
        label = part.content_type.get("charset")
        if is_html and not label and (meta := _META_CHARSET.search(data[:2048])):
            label = meta[1].decode("ascii")
        text, remark = decode(data, label)
        if remark:
            self._defects.add(remark)
        if "\0" in text:
            text = text.replace("\0", "")
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        if is_html or _LOOKS_HTML.match(text):
            return text[: limits.HTML_CHARACTERS], True
        if part.content_type.get("format").lower() == "flowed":
            text = unflow(text, delete_space=part.content_type.get("delsp").lower() == "yes")
        text, files = extract_files(text)
        self._found.extend(
            Attachment(safe_filename(name, ""), "application/octet-stream", content, "", inline=False)
            for name, content in files
        )
        return text, False

    def _attachments(self) -> tuple[Attachment, ...]:
        shown = set(_REFERENCE.findall(self.html)) if "cid:" in self.html else set()
        found = list(self._found)
        for part in self._bodies.files:
            if len(found) >= limits.ATTACHMENTS:
                self._defects.add(f"The mail has more than {limits.ATTACHMENTS} files; the others were not read.")
                break
            found.extend(self._files(part, shown))
        return tuple(found[: limits.ATTACHMENTS])

    def _files(self, part: Part, shown: set[str]) -> list[Attachment]:
        if not part.is_message:
            return [self._attachment(part, part.content(self._defects), shown)]
        inner = part.children[0] if part.children else None
        subject = header_text(inner.first(b"subject")) if inner else ""
        whole = self._attachment(part, part.raw(), shown, otherwise=subject or "message")
        if inner is None:
            return [whole]
        return [whole, *(self._attachment(leaf, leaf.content(self._defects), set()) for leaf in _leaves(inner))]

    def _attachment(
        self, part: Part, content: bytes, shown: set[str], *, otherwise: str = "attachment"
    ) -> Attachment:
        content_type = part.content_type.token
        content_id = header_text(part.first(b"content-id")).strip("<> ")
        name = safe_filename(part_name(part), content_type, otherwise=otherwise)
        return Attachment(name, content_type, content, content_id, inline=content_id in shown if content_id else False)


def _leaves(message: Part) -> list[Part]:
    """The files inside an attached mail, the mails attached to it opened likewise."""
    found: list[Part] = []
    for part in sort_parts(message).files:
        if part.is_message and part.children:
            found.extend(_leaves(part.children[0]))
        elif not part.is_message:
            found.append(part)
    return found


def _as_html(text: str) -> str:
    return f'<div style="white-space: pre-wrap">{markup.escape(text)}</div>'
