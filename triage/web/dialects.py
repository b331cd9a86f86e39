"""How each provider spells MIME: a request that is known to be genuine becomes Posted mails.

The provider's very bytes are taken. Anymail's own reading is passed by: it is done by Python's
`email` package, which raises on some broken mail and stalls on hostile mail, and bytes that are no
UTF-8 are lost on its way.
"""

import json
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from triage.ingest.webhooks import Posted
from triage.web import parts
from triage.web.fetched import fetched
from triage.web.forms_in_bytes import Form

# Anymail's view of the provider, which has validated the request and knows its settings.
View = Any


def mailgun(view: View, request: HttpRequest) -> list[Posted]:
    """MIME where the address says so (`/inbound/mailgun/mime/`), else parts."""
    form = Form(request)
    mime = form.field("body-mime")
    raw = parts.mailgun(form) if mime is None else mime
    # One field may name several: Mailgun then posts once for all of them.
    return [Posted(raw, known(*form.text("recipient").split(",")))]


def sendgrid(view: View, request: HttpRequest) -> list[Posted]:
    """MIME with "POST the raw, full MIME message", else parts."""
    form = Form(request)
    mime = form.field("email")
    raw = parts.sendgrid(form) if mime is None else mime
    envelope = json.loads(form.text("envelope") or "{}")
    return [Posted(raw, known(*envelope.get("to", [])))]


def mandrill(view: View, request: HttpRequest) -> list[Posted]:
    """A batch of events; only what arrived is mail."""
    arrived = [
        event["msg"]
        for event in json.loads(request.POST["mandrill_events"])
        if event.get("event") == "inbound"
    ]
    return [Posted(_bytes(mail["raw_msg"]), known(mail.get("email"))) for mail in arrived]


def postmark(view: View, request: HttpRequest) -> list[Posted]:
    """MIME with "Include raw email content", else parts."""
    event = json.loads(request.body)
    mime = event.get("RawEmail")
    raw = _bytes(mime) if mime else parts.postmark(event)
    return [Posted(raw, known(event.get("OriginalRecipient")))]


def mailjet(view: View, request: HttpRequest) -> list[Posted]:
    """Always parts."""
    event = json.loads(request.body)
    return [Posted(parts.mailjet(event), known(event.get("Recipient")))]


def brevo(view: View, request: HttpRequest) -> list[Posted]:
    """Always parts, files to be fetched. The envelope is what relays wrote (Delivered-To)."""

    def load(token: str) -> bytes:
        return fetched(view.api_url, "inbound/attachments", token, **{"api-key": view.api_key})

    return [Posted(parts.brevo(item, load), ()) for item in json.loads(request.body)["items"]]


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
            known(mail.get("rcpt_to")),
        )
        for mail in relayed
    ]


def postal(view: View, request: HttpRequest) -> list[Posted]:
    """An HTTP endpoint that gets the raw message."""
    event = json.loads(request.body)
    raw = _bytes(event["message"], is_base64=event.get("base64"))
    return [Posted(raw, known(event.get("rcpt_to")))]


def mailersend(view: View, request: HttpRequest) -> list[Posted]:
    """One post for all recipients of an inbound route."""
    mail = json.loads(request.body)["data"]
    recipients = mail.get("recipients", {}).get("rcptTo", [])
    return [Posted(_bytes(mail["raw"]), known(*(each.get("email") for each in recipients)))]


def mailtrap(view: View, request: HttpRequest) -> list[Posted]:
    """Notices; the mail is fetched. The envelope is not told."""
    mails = []
    for event in json.loads(request.body).get("events", []):
        # Inbox 1 is that of "Test your integration", whose mail cannot be fetched.
        if event["event"].startswith("inbound") and event.get("inbox_id") not in (None, 1):
            path = f"inbound/inboxes/{event['inbox_id']}/messages"
            key = f"Bearer {view.api_token}"
            found = fetched(view.api_url, path, event["message_id"], Authorization=key)
            mails.append(Posted(fetched(json.loads(found)["raw_message_url"]), ()))
    return mails


def resend(view: View, request: HttpRequest) -> list[Posted]:
    """A notice; the mail is fetched. The envelope is not told."""
    event = json.loads(request.body)
    if event.get("type") != "email.received":
        return []
    key = f"Bearer {view.api_key}"
    number = event["data"]["email_id"]
    mail = json.loads(fetched(view.api_url, "emails/receiving", number, Authorization=key))
    link = (mail.get("raw") or {}).get("download_url")
    return [Posted(fetched(link) if link else parts.resend(mail, fetched), ())]


def amazon_ses(view: View, request: HttpRequest) -> list[Posted]:
    """A notification of SNS: the mail is in it, or in S3."""
    notification = json.loads(request.body)
    receipt = _receipt(notification)
    if receipt is None:
        view.parse_events(request)  # what SNS says about itself
        return []
    action = receipt["receipt"]["action"]
    if action["type"] == "SNS":
        raw = _bytes(receipt["content"], is_base64=action.get("encoding") == "BASE64")
    else:
        raw = b"".join(view.fetch_s3_chunks(action["bucketName"], action["objectKey"]))
    return [Posted(raw, known(*receipt["receipt"].get("recipients", [])))]


def known(*recipients: object) -> tuple[str, ...]:
    """Those that say something."""
    return tuple(each for each in recipients if isinstance(each, str) and each.strip())


def _receipt(notification: Mapping[str, Any]) -> dict[str, Any] | None:
    if notification.get("Type") != "Notification":
        return None
    try:
        said = json.loads(notification["Message"])
    except ValueError:
        return None
    is_mail = isinstance(said, dict) and said.get("notificationType") == "Received"
    return said if is_mail else None


def _bytes(text: str, *, is_base64: object = False) -> bytes:
    # JSON can spell half of a surrogate pair, which plain UTF-8 refuses.
    return b64decode(text) if is_base64 else text.encode("utf-8", "surrogatepass")
