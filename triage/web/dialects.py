"""How each provider spells a mail: a request that is known to be genuine becomes Posted mails.

Where the provider sends MIME, its very bytes are taken, and Anymail's parser is passed by: it reads
with Python's `email` package, which hostile mail can stall, and bytes that are no UTF-8 are lost on
its way. Where the provider sends parts, Anymail puts them together again.
"""

import json
from base64 import b64decode
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, QueryDict
from django.http.multipartparser import MultiPartParser

from triage.ingest.rebuild import rebuilt
from triage.ingest.webhooks import Posted

# Anymail's view of the provider: it validates, parses, and fetches what was only announced.
View = Any


def parts(view: View, request: HttpRequest) -> list[Posted]:
    """The mail in parts, in whatever way Anymail knows; events about sent mail are left out."""
    messages = (getattr(event, "message", None) for event in view.parse_events(request))
    return [
        Posted(rebuilt(message), _known(message.envelope_recipient))
        for message in messages
        if message is not None
    ]


def mailgun(view: View, request: HttpRequest) -> list[Posted]:
    """MIME where the address says so (`/inbound/mailgun/mime/`), else parts."""
    if "body-mime" not in request.POST:
        return parts(view, request)
    # One field may name several: Mailgun then posts once for all of them.
    recipients = _known(*request.POST.get("recipient", "").split(","))
    return [Posted(_field(request, "body-mime"), recipients)]


def sendgrid(view: View, request: HttpRequest) -> list[Posted]:
    """MIME with "POST the raw, full MIME message", else parts."""
    recipients = _known(*json.loads(request.POST.get("envelope") or "{}").get("to", []))
    if "headers" in request.POST:
        return [Posted(mail.raw, recipients) for mail in parts(view, request)]
    return [Posted(_field(request, "email"), recipients)]


def mandrill(view: View, request: HttpRequest) -> list[Posted]:
    """A batch of events; only what arrived is mail."""
    arrived = [
        event["msg"]
        for event in json.loads(request.POST["mandrill_events"])
        if event.get("event") == "inbound"
    ]
    return [Posted(_bytes(mail["raw_msg"]), _known(mail.get("email"))) for mail in arrived]


def postmark(view: View, request: HttpRequest) -> list[Posted]:
    """MIME with "Include raw email content", else parts."""
    event = json.loads(request.body)
    if "RawEmail" not in event:
        return parts(view, request)
    return [Posted(_bytes(event["RawEmail"]), _known(event.get("OriginalRecipient")))]


def sparkpost(view: View, request: HttpRequest) -> list[Posted]:
    """A batch of relayed messages; an empty event is a ping."""
    events = [event["msys"] for event in json.loads(request.body)]
    relayed = [event["relay_message"] for event in events if event]
    return [
        Posted(
            _bytes(
                mail["content"]["email_rfc822"],
                is_base64=mail["content"].get("email_rfc822_is_base64"),
            ),
            _known(mail.get("rcpt_to")),
        )
        for mail in relayed
    ]


def postal(view: View, request: HttpRequest) -> list[Posted]:
    """An endpoint of the kind "raw message"."""
    event = json.loads(request.body)
    raw = _bytes(event["message"], is_base64=event.get("base64"))
    return [Posted(raw, _known(event.get("rcpt_to")))]


def mailersend(view: View, request: HttpRequest) -> list[Posted]:
    """One post for all recipients of an inbound route."""
    mail = json.loads(request.body)["data"]
    recipients = mail.get("recipients", {}).get("rcptTo", [])
    return [Posted(_bytes(mail["raw"]), _known(*(each.get("email") for each in recipients)))]


def mailtrap(view: View, request: HttpRequest) -> list[Posted]:
    """Notices; the mail is fetched. The envelope is not told."""
    mails = []
    for event in json.loads(request.body).get("events", []):
        # Inbox 1 is that of "Test your integration", whose mail cannot be fetched.
        if event["event"].startswith("inbound") and event.get("inbox_id") not in (None, 1):
            found = view.fetch_inbound_message(event["inbox_id"], event["message_id"])
            chunks = view.fetch_raw_message_chunks(found["raw_message_url"])
            mails.append(Posted(b"".join(chunks), ()))
    return mails


def amazon_ses(view: View, request: HttpRequest) -> list[Posted]:
    """A notification of SNS: the mail is in it, or in S3."""
    notification = json.loads(request.body)
    receipt = _receipt(notification)
    if receipt is None:
        return parts(view, request)
    action = receipt["receipt"]["action"]
    if action["type"] == "SNS":
        raw = _bytes(receipt["content"], is_base64=action.get("encoding") == "BASE64")
    else:
        raw = b"".join(view.fetch_s3_chunks(action["bucketName"], action["objectKey"]))
    return [Posted(raw, _known(*receipt["receipt"].get("recipients", [])))]


def _receipt(notification: Mapping[str, Any]) -> dict[str, Any] | None:
    """What SES says about a mail it received; None for what SNS says about itself."""
    if notification.get("Type") != "Notification":
        return None
    try:
        said = json.loads(notification["Message"])
    except ValueError:
        return None
    is_mail = isinstance(said, dict) and said.get("notificationType") == "Received"
    return said if is_mail else None


def _field(request: HttpRequest, name: str) -> bytes:
    """A field of a form, in bytes: a mail has the charset its own headers say."""
    if request.content_type != "multipart/form-data":
        return QueryDict(request.body, encoding="latin-1")[name].encode("latin-1")
    # Read again, since Django reads a form in one charset and once.
    files = [MemoryFileUploadHandler(request)]
    fields, _ = MultiPartParser(request.META, BytesIO(request.body), files, "latin-1").parse()
    return str(fields[name]).encode("latin-1")


def _bytes(text: str, *, is_base64: object = False) -> bytes:
    # JSON can spell half of a surrogate pair, which plain UTF-8 refuses.
    return b64decode(text) if is_base64 else text.encode("utf-8", "surrogatepass")


def _known(*recipients: object) -> tuple[str, ...]:
    return tuple(each for each in recipients if isinstance(each, str) and each.strip())
