"""A ticket's page: the letters in the middle, what is known of it beside them."""

from dataclasses import dataclass
from functools import cached_property

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from triage.invoices.models import Invoice
from triage.tickets.models import Message, Ticket
from triage.web.pages import times
from triage.web.pages.decision import Decision, decision_of
from triage.web.pages.history import Line, history_of
from triage.web.pages.letter_images import notices_of
from triage.web.pages.letters import File, Letter, excerpt, file_of, invoice_url, letters_of
from triage.web.pages.people import Face, face_of
from triage.web.pages.places import Place
from triage.web.pages.queue import neighbours
from triage.web.pages.regroupings import Moved, moved
from triage.web.pages.rows import Guess, Row, guess_of

# The requester's other tickets: as many as one looks through.
OTHERS_SHOWN = 5
# A look at the mail from the list: about as much as fits the peek.
PEEK_CHARACTERS = 1_500


@dataclass(frozen=True, slots=True)
class Slip:
    """An invoice as a card in the rail."""

    supplier: str
    total: str
    facts: str
    trouble: str
    url: str


@dataclass(frozen=True, slots=True)
class Other:
    """Another ticket of the same requester."""

    subject: str
    url: str
    guess: Guess
    state: str


class TicketPage:
    """Everything on the page of one ticket. Each part is asked of the database when it is drawn."""

    def __init__(self, ticket: Ticket, place: Place, *, me: User, may_write: bool,
                 images_of: int | None = None) -> None:  # fmt: skip
        self.ticket = ticket
        self.place = place
        self.may_write = may_write
        self._me = me
        self._images_of = images_of

    @cached_property
    def decision(self) -> Decision:
        return decision_of(
            self.ticket, me=self._me, queue=self.place.name, may_write=self.may_write
        )

    @cached_property
    def letters(self) -> list[Letter]:
        read = {one.attachment_id: one for one in self._invoices if one.attachment_id}
        images = notices_of(self.ticket, once=self._images_of)
        return letters_of(self.ticket, read, images, me=self._me)

    @cached_property
    def rows(self) -> list[Row]:
        return neighbours(self.place, self.ticket, me=self._me)

    @cached_property
    def history(self) -> list[Line]:
        return history_of(self.ticket, me=self._me)

    @cached_property
    def slips(self) -> list[Slip]:
        return [_slip(one) for one in self._invoices]

    @cached_property
    def others(self) -> list[Other]:
        found = self.ticket.requester.tickets.exclude(pk=self.ticket.pk)
        newest = found.select_related("category").order_by("-last_message_at")
        return [_other(one) for one in newest[:OTHERS_SHOWN]]

    @property
    def subject(self) -> str:
        return self.ticket.subject or "(no subject)"

    @property
    def guess(self) -> Guess:
        return guess_of(self.ticket, None)

    @property
    def may_split(self) -> bool:
        """Whether a letter can be taken out: never the only one."""
        return self.may_write and len(self.letters) > 1

    @cached_property
    def regroupings(self) -> list[Moved]:
        return moved(self.ticket)

    @property
    def related_url(self) -> str:
        """The ticket it was kept apart from although its mail names it; "" for none."""
        pk = self.ticket.related_id
        return reverse("ticket", args=[pk]) if pk else ""

    @property
    def owner(self) -> Face | None:
        return face_of(self.ticket.assignee, me=self._me)

    @property
    def queue_url(self) -> str:
        return reverse("queue", args=[self.place.name])

    @cached_property
    def closed(self) -> str:
        """When it was closed, in words; "" while it is open."""
        at = self.ticket.closed_at
        return f"closed {times.moment(at, now=timezone.now())}" if at else ""

    @cached_property
    def _invoices(self) -> list[Invoice]:
        return list(self.ticket.invoices.shown().order_by("pk"))


class Peek:
    """A look at a ticket from its list: its newest mail, and the decision."""

    def __init__(self, ticket: Ticket, *, me: User, queue: str, may_write: bool) -> None:
        self.ticket = ticket
        self.queue = queue
        self.may_write = may_write
        self._me = me

    @cached_property
    def decision(self) -> Decision:
        return decision_of(self.ticket, me=self._me, queue=self.queue, may_write=self.may_write)

    @cached_property
    def paragraphs(self) -> list[str]:
        return excerpt(self._mail.text, PEEK_CHARACTERS) if self._mail else []

    @cached_property
    def files(self) -> list[File]:
        return [file_of(one) for one in self._mail.attachments.all()] if self._mail else []

    @property
    def subject(self) -> str:
        return self.ticket.subject or "(no subject)"

    @property
    def sender(self) -> str:
        requester = self.ticket.requester
        return ", ".join(part for part in (requester.name, requester.address) if part)

    @property
    def time(self) -> str:
        return times.short(self.ticket.last_message_at, now=timezone.now())

    @property
    def url(self) -> str:
        return f"{reverse('ticket', args=[self.ticket.pk])}?queue={self.queue}"

    @property
    def queue_url(self) -> str:
        return reverse("queue", args=[self.queue]) if self.queue else ""

    @property
    def is_mine(self) -> bool:
        return self.ticket.assignee_id == self._me.pk

    @property
    def is_closed(self) -> bool:
        return not self.ticket.is_open

    @cached_property
    def _mail(self) -> Message | None:
        mails = self.ticket.messages.filter(direction=Message.Direction.IN).defer("html")
        return mails.prefetch_related("attachments").order_by("-received_at", "-pk").first()


def _slip(invoice: Invoice) -> Slip:
    due = f"due {invoice.due_date.day} {invoice.due_date:%B}" if invoice.due_date else ""
    total = f"{invoice.currency} {invoice.total_gross:,.2f}" if invoice.total_gross else ""
    return Slip(
        supplier=invoice.supplier or "Unknown supplier",
        total=total.strip(),
        facts=", ".join(part for part in (invoice.number, due, _status(invoice)) if part),
        trouble=_trouble(invoice),
        url=invoice_url(invoice),
    )


def _status(invoice: Invoice) -> str:
    return "" if invoice.status == Invoice.Status.EXTRACTED else invoice.get_status_display()


def _trouble(invoice: Invoice) -> str:
    if invoice.status == Invoice.Status.FAILED:
        return invoice.failure or "It could not be read."
    problems = invoice.data.get("problems") if isinstance(invoice.data, dict) else None
    if problems and isinstance(problems[0], dict):
        return str(problems[0].get("message", ""))
    count = invoice.problem_count
    return f"{count} problem{'s' if count != 1 else ''}" if count else ""


def _other(ticket: Ticket) -> Other:
    return Other(
        subject=ticket.subject or "(no subject)",
        url=reverse("ticket", args=[ticket.pk]),
        guess=guess_of(ticket, None),
        state="open" if ticket.is_open else "closed",
    )
