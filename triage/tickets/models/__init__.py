"""The heart: what people work on, and what happened to it."""

from triage.tickets.models.attachment import Attachment, Blob
from triage.tickets.models.category import Category
from triage.tickets.models.event import Event
from triage.tickets.models.message import Message
from triage.tickets.models.regrouping import Regrouping
from triage.tickets.models.requester import Requester
from triage.tickets.models.ticket import Ticket
from triage.tickets.models.trusted_sender import TrustedSender

__all__ = [
    "Attachment",
    "Blob",
    "Category",
    "Event",
    "Message",
    "Regrouping",
    "Requester",
    "Ticket",
    "TrustedSender",
]
