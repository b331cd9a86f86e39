"""What each provider posts for a mail to Alder Lamps, signed with a secret as it would be.

MIME goes in as the bytes of `letter()`, except where the provider sends parts: the same subject,
text and sender then, and a PNG that has every byte a careless hand would change.
"""

import hmac
import json
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.ingest.letters import CRACKED, DESK, JO, letter

SUBJECT = "The two cracked shades"
PNG = b"\x89PNG\r\n\x1a\n\x00\r\x00\n\xff\xfe crate 12 \r\n\r\n--\x00"


@dataclass(frozen=True)
class Post:
    """A request: body, content type, headers."""

    body: bytes
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    path: str = ""


@dataclass(frozen=True)
class Sent:
    """The mail behind a post: `to` is the envelope, `raw` what its sender wrote."""

    to: Sequence[str] = (DESK,)
    raw: bytes = b""

    @property
    def mime(self) -> bytes:
        return self.raw or letter(to=", ".join(self.to))


def password(secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"triage:{secret}".encode()).decode()}


def form(*fields: tuple[str, str | bytes], files: Sequence[tuple[str, str, bytes]] = ()) -> Post:
    """multipart/form-data; `files` are (field, name, content)."""
    chunks = [
        f'--crate\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
        + (value.encode() if isinstance(value, str) else value)
        for name, value in fields
    ] + [
        f'--crate\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
        "Content-Type: image/png\r\n\r\n".encode()
        + content
        for name, filename, content in files
    ]
    body = b"\r\n".join([*chunks, b"--crate--\r\n"])
    return Post(body, "multipart/form-data; boundary=crate")


def as_json(value: Any, **headers: str) -> Post:
    return Post(json.dumps(value).encode(), headers=headers)


def mailgun_mime(sent: Sent, secret: str) -> Post:
    fields = [
        ("recipient", ",".join(sent.to)),
        ("sender", "bounces@glaswerk.example.org"),
        *mailgun_signed(secret),
        ("body-mime", sent.mime),
    ]
    made = form(*fields)
    return Post(made.body, made.kind, path="/inbound/mailgun/mime/")


def mailgun_parts(sent: Sent, secret: str) -> Post:
    return form(
        ("recipient", ",".join(sent.to)),
        *mailgun_signed(secret),
        ("message-headers", json.dumps(headers(sent))),
        ("body-plain", CRACKED),
        ("body-html", f"<p>{CRACKED}</p>"),
        ("attachment-count", "1"),
        files=[("attachment-1", "crate-12.png", PNG)],
    )


def mailgun_signed(secret: str) -> list[tuple[str, str | bytes]]:
    stamp, token = "1793607300", "5f0c7e"
    signature = hmac.new(secret.encode(), f"{stamp}{token}".encode(), "sha256").hexdigest()
    return [("timestamp", stamp), ("token", token), ("signature", signature)]


def sendgrid_mime(sent: Sent, secret: str) -> Post:
    made = form(
        ("envelope", json.dumps({"to": [*sent.to], "from": "jo.renner@glaswerk.example.org"})),
        ("email", sent.mime),
        ("charsets", '{"to":"UTF-8"}'),
    )
    return Post(made.body, made.kind, password(secret))


def sendgrid_parts(sent: Sent, secret: str) -> Post:
    made = form(
        ("envelope", json.dumps({"to": [*sent.to], "from": "jo.renner@glaswerk.example.org"})),
        ("headers", "".join(f"{name}: {value}\n" for name, value in headers(sent))),
        ("text", CRACKED),
        ("attachment-info", json.dumps({"attachment1": {"filename": "crate-12.png"}})),
        files=[("attachment1", "crate-12.png", PNG)],
    )
    return Post(made.body, made.kind, password(secret))


def mandrill(sent: Sent, secret: str, *, at: str = "http://testserver") -> Post:
    events = [
        {
            "event": "inbound",
            "ts": 1793607300,
            "msg": {"raw_msg": sent.mime.decode(), "email": address},
        }
        for address in sent.to
    ]
    text = json.dumps(events)
    made = form(("mandrill_events", text))
    signed = f"{at}/inbound/mandrill/mandrill_events{text}"
    digest = hmac.new(secret.encode(), signed.encode(), "sha1").digest()
    return Post(made.body, made.kind, {"X-Mandrill-Signature": b64encode(digest).decode()})


def postmark_mime(sent: Sent, secret: str) -> Post:
    event = {
        "MessageID": "22c74902-a0c1-4511-804f-341342852c90",
        "OriginalRecipient": sent.to[0],
        "RawEmail": sent.mime.decode(),
    }
    return as_json(event, **password(secret))


def postmark_parts(sent: Sent, secret: str) -> Post:
    event = {
        "FromFull": {"Name": "Jo Renner", "Email": "jo.renner@glaswerk.example.org"},
        "ToFull": [{"Name": "", "Email": address} for address in sent.to],
        "OriginalRecipient": sent.to[0],
        "Subject": SUBJECT,
        "Date": "Mon, 2 Nov 2026 09:15:00 +0100",
        "TextBody": CRACKED,
        "Headers": [{"Name": "X-Crate", "Value": "12"}],
        "Attachments": [
            {
                "Name": "crate-12.png",
                "Content": b64encode(PNG).decode(),
                "ContentType": "image/png",
            }
        ],
    }
    return as_json(event, **password(secret))


def sparkpost(sent: Sent, secret: str) -> Post:
    relayed = [
        {
            "rcpt_to": address,
            "msg_from": "jo.renner@glaswerk.example.org",
            "protocol": "smtp",
            "content": {
                "email_rfc822": b64encode(sent.mime).decode(),
                "email_rfc822_is_base64": True,
            },
        }
        for address in sent.to
    ]
    batch = [{"msys": {}}, *({"msys": {"relay_message": each}} for each in relayed)]
    return as_json(batch, **password(secret))


def brevo(sent: Sent, secret: str) -> Post:
    item = {
        "Uuid": ["4d5e7d2e-5f6a-4a3e-9f40-0a6a5b0f6d11"],
        "Headers": {**dict(headers(sent)), "Delivered-To": sent.to[0]},
        "RawTextBody": CRACKED,
        "RawHtmlBody": "",
        "Attachments": [],
    }
    return as_json({"items": [item]}, **password(secret))


def mailjet(sent: Sent, secret: str) -> Post:
    event = {
        "Sender": "jo.renner@glaswerk.example.org",
        "Recipient": sent.to[0],
        "Headers": {**dict(headers(sent)), "Received": ["from a.example.org", "from b.test"]},
        "Text-part": CRACKED,
        "Parts": [
            {
                "Headers": {
                    "Content-Type": 'image/png; name="crate-12.png"',
                    "Content-Disposition": 'attachment; filename="crate-12.png"',
                },
                "ContentRef": "Attachment1",
            }
        ],
        "Attachment1": b64encode(PNG).decode(),
    }
    return as_json(event, **password(secret))


def mailersend(sent: Sent, secret: str) -> Post:
    event = {
        "type": "inbound.message",
        "data": {
            "id": "6a27b7f1c4",
            "recipients": {"rcptTo": [{"email": address} for address in sent.to]},
            "raw": sent.mime.decode(),
        },
    }
    return _body_signed(event, "Signature", secret)


def mailtrap(sent: Sent, secret: str) -> Post:
    event = {
        "event": "inbound.message_received",
        "event_id": "b9a1",
        "timestamp": 1793607300000,
        "inbox_id": 12,
        "message_id": "shades",
    }
    return _body_signed({"events": [event]}, "Mailtrap-Signature", secret)


def _body_signed(event: Any, name: str, secret: str) -> Post:
    made = as_json(event)
    signature = hmac.new(secret.encode(), made.body, "sha256").hexdigest()
    return Post(made.body, headers={name: signature})


def resend(sent: Sent, secret: str) -> Post:
    event = {
        "type": "email.received",
        "created_at": "2026-11-02T08:15:00.000Z",
        "data": {"email_id": "shades"},
    }
    return as_json(event, **password(secret))


def postal(sent: Sent, secret: str) -> Post:
    event = {
        "id": 7,
        "rcpt_to": sent.to[0],
        "mail_from": "jo.renner@glaswerk.example.org",
        "message": b64encode(sent.mime).decode(),
        "base64": True,
    }
    made = as_json(event)
    signature = _key_pair(secret).sign(made.body, padding.PKCS1v15(), hashes.SHA1())
    return Post(made.body, headers={"X-Postal-Signature": b64encode(signature).decode()})


_pairs: dict[str, rsa.RSAPrivateKey] = {}


def _key_pair(name: str) -> rsa.RSAPrivateKey:
    if name not in _pairs:
        _pairs[name] = rsa.generate_private_key(65537, 1024)
    return _pairs[name]


def postal_secret(name: str) -> str:
    """The public half, as Postal shows it: base64 of the DER, without PEM's frame."""
    der = (
        _key_pair(name)
        .public_key()
        .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return b64encode(der).decode()


def amazon_ses(sent: Sent, secret: str) -> Post:
    receipt = {
        "notificationType": "Received",
        "mail": {"messageId": "s3sh4d3s", "source": "jo.renner@glaswerk.example.org"},
        "receipt": {
            "recipients": [*sent.to],
            "action": {"type": "SNS", "encoding": "BASE64"},
        },
        "content": b64encode(sent.mime).decode(),
    }
    return amazon_sns("Notification", secret, Message=json.dumps(receipt))


def amazon_sns(kind: str, secret: str, **fields: str) -> Post:
    """What SNS posts, about mail or about itself."""
    event = {"Type": kind, "MessageId": "0a9f", "TopicArn": "arn:aws:sns:eu-west-1:1:mail"}
    return as_json(
        {**event, **fields},
        **{"X-Amz-Sns-Message-Type": kind, "X-Amz-Sns-Message-Id": "0a9f"},
        **password(secret),
    )


def headers(sent: Sent) -> list[tuple[str, str]]:
    return [
        ("From", JO),
        ("To", ", ".join(sent.to)),
        ("Subject", SUBJECT),
        ("Date", "Mon, 2 Nov 2026 09:15:00 +0100"),
        ("Message-ID", "<shades-1@glaswerk.example.org>"),
    ]


# Name of the case -> how it is made. The provider is the part before the blank.
MIME: dict[str, Callable[[Sent, str], Post]] = {
    "amazon-ses": amazon_ses,
    "mailersend": mailersend,
    "mailgun mime": mailgun_mime,
    "mandrill": mandrill,
    "postal": postal,
    "postmark mime": postmark_mime,
    "sendgrid mime": sendgrid_mime,
    "sparkpost": sparkpost,
}
PARTS: dict[str, Callable[[Sent, str], Post]] = {
    "brevo": brevo,
    "mailgun parts": mailgun_parts,
    "mailjet": mailjet,
    "postmark parts": postmark_parts,
    "sendgrid parts": sendgrid_parts,
}
NOTICES: dict[str, Callable[[Sent, str], Post]] = {"mailtrap": mailtrap, "resend": resend}
ALL = {**MIME, **PARTS, **NOTICES}
