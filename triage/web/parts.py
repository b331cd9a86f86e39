"""How each provider takes mail apart: its fields become MIME again."""

import json
from base64 import b64decode
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from triage.ingest.rebuild import File, Text, rebuilt
from triage.mail.parameters import read_value
from triage.web.forms_in_bytes import Form, Upload

Parts = Mapping[str, Any]
Headers = list[tuple[object, object]]


def mailgun(form: Form) -> bytes:
    """`message-headers` is a list of pairs; `content-id-map` names the files that HTML shows."""
    shown = {
        field: content_id
        for content_id, field in json.loads(form.text("content-id-map") or "{}").items()
    }
    return rebuilt(
        [(name, value) for name, value in json.loads(form.text("message-headers") or "[]")],
        text=Text(form.field("body-plain") or b""),
        html=Text(form.field("body-html") or b""),
        files=[_upload(file, shown.get(name, "")) for name, file in form.files().items()],
    )


def sendgrid(form: Form) -> bytes:
    """`headers` are those of the mail as text; `charsets` says what text and HTML are in."""
    charsets = json.loads(form.text("charsets") or "{}")
    about = json.loads(form.text("attachment-info") or "{}")
    return rebuilt(
        _written(form.text("headers")),
        text=Text(form.field("text") or b"", charsets.get("text", "utf-8")),
        html=Text(form.field("html") or b"", charsets.get("html", "utf-8")),
        files=[
            _upload(file, about.get(name, {}).get("content-id", ""))
            for name, file in form.files().items()
        ],
    )


def postmark(event: Parts) -> bytes:
    """Some fields are taken out of `Headers` and stand beside it."""
    headers: Headers = [
        (header["Name"], header["Value"])
        for header in event.get("Headers", [])
        # Not of the mail: what the last relay was told.
        if header["Name"].lower() != "return-path"
    ]
    there = {str(name).lower() for name, _ in headers}
    beside = {
        "From": event.get("From") or _people([event.get("FromFull") or {}]),
        "To": event.get("To") or _people(event.get("ToFull") or []),
        "Cc": event.get("Cc") or _people(event.get("CcFull") or []),
        "Reply-To": event.get("ReplyTo"),
        "Subject": event.get("Subject"),
        "Date": event.get("Date"),
    }
    headers += [
        (name, value) for name, value in beside.items() if value and name.lower() not in there
    ]
    return rebuilt(
        headers,
        text=_text(event.get("TextBody")),
        html=_text(event.get("HtmlBody")),
        files=[
            File(
                each.get("Name") or "",
                each.get("ContentType") or "",
                b64decode(each.get("Content") or each.get("Data") or ""),
                each.get("ContentID") or "",
            )
            for each in event.get("Attachments", [])
        ],
    )


def mailjet(event: Parts) -> bytes:
    """`Parts` have their own headers, and say under which key of the event their content is."""
    return rebuilt(
        _pairs(event.get("Headers", {})),
        text=_text(event.get("Text-part")),
        html=_text(event.get("Html-part")),
        files=[
            _mailjet_file(_lower(part.get("Headers", {})), event.get(part["ContentRef"]) or "")
            for part in event.get("Parts", [])
            if "Attachment" in part.get("ContentRef", "")
        ],
    )


def brevo(item: Parts, load: Callable[[str], bytes]) -> bytes:
    """`load` gives the content of a file by its token."""
    return rebuilt(
        _pairs(item.get("Headers", {})),
        text=_text(item.get("RawTextBody")),
        html=_text(item.get("RawHtmlBody")),
        files=[
            File(
                each.get("Name") or "",
                each.get("ContentType") or "",
                load(each["DownloadToken"]),
                each.get("ContentID") or "",
            )
            for each in item.get("Attachments") or []
        ],
    )


def resend(mail: Parts, load: Callable[[str], bytes]) -> bytes:
    """`load` gives the content of a file by its address."""
    headers = _pairs(mail.get("headers") or {})
    there = {str(name).lower() for name, _ in headers}
    beside = {
        "From": mail.get("from"),
        "To": ", ".join(mail.get("to") or []),
        "Cc": ", ".join(mail.get("cc") or []),
        "Reply-To": ", ".join(mail.get("reply_to") or []),
        "Subject": mail.get("subject"),
        "Message-ID": mail.get("message_id"),
        "Date": mail.get("created_at"),
    }
    headers += [
        (name, value) for name, value in beside.items() if value and name.lower() not in there
    ]
    return rebuilt(
        headers,
        text=_text(mail.get("text")),
        html=_text(mail.get("html")),
        files=[
            File(
                each.get("filename") or "",
                each.get("content_type") or "",
                load(each["download_url"]),
                each.get("content_id") or "",
            )
            for each in mail.get("attachments") or []
        ],
    )


def _pairs(headers: Mapping[str, Any]) -> Headers:
    """A field that stands twice in the mail has a list for its value."""
    return [
        (name, value)
        for name, values in headers.items()
        for value in (values if isinstance(values, list) else [values])
    ]


def _written(head: str) -> Headers:
    """Fields from lines, continued ones joined (RFC 5322, 2.2.3)."""
    headers: list[tuple[object, object]] = []
    for line in head.splitlines():
        if line[:1] in (" ", "\t") and headers:
            name, value = headers[-1]
            headers[-1] = (name, f"{value} {line.strip()}")
        else:
            name, _, value = line.partition(":")
            headers.append((name.strip(), value.strip()))
    return headers


def _lower(headers: Mapping[str, Any]) -> dict[str, str]:
    return {str(name).lower(): str(value) for name, value in reversed(_pairs(headers))}


def _mailjet_file(head: Mapping[str, str], content: str) -> File:
    content_type = read_value(head.get("content-type", "").encode("utf-8", "replace"))
    disposition = read_value(head.get("content-disposition", "").encode("utf-8", "replace"))
    return File(
        disposition.get("filename") or content_type.get("name"),
        content_type.kind,
        b64decode(content),
        head.get("content-id", ""),
    )


def _people(people: Iterable[Parts]) -> str:
    return ", ".join(_person(each.get("Name") or "", each.get("Email") or "") for each in people)


def _person(name: str, address: str) -> str:
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{address}>' if name else address


def _text(text: object) -> Text:
    return Text(str(text or "").encode("utf-8", "replace"))


def _upload(file: Upload, content_id: str) -> File:
    return File(file.name or "", file.content_type or "", file.read(), content_id or "")
