"""The facts of a bounce (RFC 3464): who did not get which mail, and why."""

import re
from dataclasses import dataclass

from triage.mail import limits
from triage.mail.addresses import read_addresses
from triage.mail.automatic import BOUNCE
from triage.mail.defects import Defects
from triage.mail.fields import read_block
from triage.mail.values import Email
from triage.mail.words import header_text

_REPORTS = ("message/delivery-status", "message/global-delivery-status")
_QUOTED_ID = re.compile(r"^[> \t]*message-id:\s*<([^<>\s]+)>", re.I | re.M)
# qmail's way: the address on a line of its own, with a colon.
_NAMED = re.compile(r"^<([^<>\s]{1,250}@[^<>\s]{1,250})>:[ \t]*$", re.M)
_BRACKETED = re.compile(r"<([^<>\s]+)>")


@dataclass(frozen=True, slots=True)
class Recipient:
    """One recipient's fate: `action` is failed, delayed, delivered, relayed or expanded;
    `status` is the RFC 3463 code such as "5.1.1"; `diagnostic` is the remote server's answer."""

    address: str
    action: str
    status: str
    diagnostic: str


@dataclass(frozen=True, slots=True)
class DeliveryStatus:
    """What a bounce says; `original_message_id` is the id of the mail that bounced, or ""."""

    recipients: tuple[Recipient, ...]
    original_message_id: str


def read_delivery_status(email: Email) -> DeliveryStatus | None:
    """The facts in a bounce's machine-readable part; None when the mail is no bounce.

    Bounces of older systems have no such part: of those only what their text and
    X-Failed-Recipients say is known, without action and status.
    """
    reports = [each for each in email.attachments if each.content_type in _REPORTS]
    if reports:
        recipients = [found for report in reports for found in _recipients(report.content)]
        return DeliveryStatus(tuple(recipients), _original(email))
    if email.auto != BOUNCE:
        return None
    return DeliveryStatus(_failed(email), _original(email) or _quoted_id(email.text))


def _failed(email: Email) -> tuple[Recipient, ...]:
    headers = {name.lower(): value for name, value in email.headers}
    field = headers.get("x-failed-recipients", "")
    addresses = [each.address for each in read_addresses(field) if each.address]
    return tuple(
        Recipient(address, "failed", "", "")
        for address in addresses or _NAMED.findall(email.text)[: limits.ADDRESSES]
    )


def _recipients(report: bytes) -> list[Recipient]:
    groups = re.split(rb"\r?\n[ \t]*\r?\n", report.strip())
    return [found for group in groups if (found := _recipient(group))]


def _recipient(group: bytes) -> Recipient | None:
    fields = _fields(group)
    address = fields.get("final-recipient") or fields.get("original-recipient", "")
    if not address:
        return None
    return Recipient(
        address=_typed(address),
        action=fields.get("action", "").lower().partition(" ")[0],
        status=fields.get("status", "").partition(" ")[0],
        diagnostic=_typed(fields.get("diagnostic-code", "")),
    )


def _typed(value: str) -> str:
    # "rfc822; dora@example.com": the type before the semicolon says nothing to a person.
    return value.partition(";")[2].strip() if ";" in value else value.strip()


def _fields(block: bytes) -> dict[str, str]:
    found = read_block(block, 0, len(block), Defects()).fields
    return {name.decode("ascii").lower(): header_text(value) for name, value in reversed(found)}


def _quoted_id(text: str) -> str:
    found = _QUOTED_ID.search(text)
    return found[1] if found else ""


def _original(email: Email) -> str:
    for each in email.attachments:
        if each.content_type in ("message/rfc822", "message/global", "text/rfc822-headers"):
            identity = _BRACKETED.search(_fields(each.content).get("message-id", ""))
            if identity:
                return identity[1]
    return ""
