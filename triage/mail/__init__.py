"""Mail as a value: bytes in, an immutable Email out. Pure functions; no Django, no network."""

from triage.mail.automatic import ECHOES
from triage.mail.delivery_status import DeliveryStatus, Recipient, read_delivery_status
from triage.mail.reader import parse
from triage.mail.trim import Reply, split_reply
from triage.mail.values import Address, Attachment, Email

__all__ = [
    "ECHOES",
    "Address",
    "Attachment",
    "DeliveryStatus",
    "Email",
    "Recipient",
    "Reply",
    "parse",
    "read_delivery_status",
    "split_reply",
]
