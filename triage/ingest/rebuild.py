"""MIME for mail that a provider took apart: the same parts always give the same bytes."""

import re
from base64 import encodebytes
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import quote

# What a field's name may be made of (RFC 5322, 2.2) and a media type (RFC 6838, 4.2).
FIELD_NAME = re.compile(r"[!-9;-~]+")
MEDIA_TYPE = re.compile(r"\s*([\w.+!#$&^-]+/[\w.+!#$&^-]+)\s*(?:;.*)?", re.ASCII | re.DOTALL)
CHARSET = re.compile(r"[\w.:+-]+", re.ASCII)
# Ours to say, since the parts are put together anew.
OUR_FIELDS = frozenset({"mime-version", "content-type", "content-transfer-encoding"})


@dataclass(frozen=True, slots=True)
class Text:
    """Text as bytes in the charset that the provider names."""

    content: bytes
    charset: str = "utf-8"


@dataclass(frozen=True, slots=True)
class File:
    """A file as the provider describes it; with a `content_id`, the HTML may show it."""

    name: str
    content_type: str
    content: bytes
    content_id: str = ""


def rebuilt(
    headers: Iterable[tuple[object, object]],
    *,
    text: Text | None = None,
    html: Text | None = None,
    files: Sequence[File] = (),
) -> bytes:
    """A mail (RFC 5322, CRLF, fields in UTF-8 as RFC 6532 has them) of whatever is given.

    Nothing raises: fields are unfolded and written as they came, however they are broken, doubled
    or long; a name that could end the head is left out. Boundaries are made of the content
    instead of chance, so that a retry gives the same bytes.
    """
    bodies = [
        _part(f"text/{kind}; charset={_charset(body.charset)}", body.content)
        for kind, body in (("plain", text), ("html", html))
        if body is not None and body.content
    ] or [_part("text/plain", b"")]
    shown = [_file(file) for file in files if file.content_id]
    others = [_file(file) for file in files if not file.content_id]
    mark = sha256(b"".join([*bodies, *shown, *others])).hexdigest()[:40]
    alternative = _multipart("alternative", bodies, f"{mark}_1")
    related = _multipart("related", [alternative, *shown], f"{mark}_2") if shown else alternative
    whole = _multipart("mixed", [related, *others], f"{mark}_3") if others else related
    fields = b"".join(_field(str(name), value) for name, value in headers)
    return fields + b"MIME-Version: 1.0\r\n" + whole


def _field(name: str, value: object) -> bytes:
    if not FIELD_NAME.fullmatch(name) or name.lower() in OUR_FIELDS:
        return b""
    text = re.sub(r"\s*[\r\n]+\s*", " ", "" if value is None else str(value))
    return f"{name}: {text}\r\n".encode("utf-8", "replace")


def _multipart(kind: str, parts: Sequence[bytes], mark: str) -> bytes:
    boundary = f"=_{mark}".encode()
    head = b'Content-Type: multipart/%s; boundary="%s"\r\n\r\n' % (kind.encode(), boundary)
    body = b"".join(b"--%s\r\n%s\r\n" % (boundary, part) for part in parts)
    return head + body + b"--%s--\r\n" % boundary


def _file(file: File) -> bytes:
    found = MEDIA_TYPE.fullmatch(file.content_type or "")
    kind = found[1].lower() if found else "application/octet-stream"
    if kind.startswith("multipart/"):
        kind = "application/octet-stream"  # what its parts are is said nowhere
    name = quote(file.name.encode("utf-8", "replace"), safe="")
    fields = [f"Content-Disposition: {'inline' if file.content_id else 'attachment'}"]
    if name:
        fields[0] += f"; filename*=UTF-8''{name}"
    if file.content_id:
        content_id = re.sub(r"[<>\s]", "", file.content_id)
        fields.append(f"Content-ID: <{content_id}>")
    return _part(kind, file.content, *fields)


def _part(content_type: str, content: bytes, *fields: str) -> bytes:
    # A mail within a mail is written as it is (RFC 2046, 5.2.1), anything else in base64.
    is_mail = content_type.startswith("message/")
    encoding = "8bit" if is_mail else "base64"
    lines = [
        f"Content-Type: {content_type}", f"Content-Transfer-Encoding: {encoding}", *fields, "", "",
    ]  # fmt: skip
    body = content if is_mail else encodebytes(content).replace(b"\n", b"\r\n")
    return "\r\n".join(lines).encode("utf-8", "replace") + body


def _charset(label: str) -> str:
    return label if CHARSET.fullmatch(label) else "utf-8"
