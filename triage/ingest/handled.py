"""What becomes of mail on its server once its ticket is sorted: left, flagged, or moved.

The rows say what was done for which category; what differs from the ticket's category is due. A
crash between the server's change and the row's does it again, which changes nothing there.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from hashlib import sha256

from django.db.models import QuerySet
from django.utils import timezone

from triage.ingest.imap import Session
from triage.ingest.imap_errors import Refused
from triage.ingest.models import Copy, Folder, Handling, Mailbox, State
from triage.ingest.turns import Busy, turn
from triage.mail import parse
from triage.tickets.identity import fingerprint
from triage.tickets.models import Category, Event, Message, Ticket

log = logging.getLogger(__name__)

BATCH = 200  # UIDs in one command
EVENTS = 5000  # looked at in one pass; where handling is new to an old desk, several
# Events get their numbers before they are committed: younger ones are looked at once more.
YOUNG = timedelta(seconds=60)
PARENT = "Triage"
MOST_CANDIDATES = 20  # mails of one size and Message-ID that are compared byte by byte


def handle(session: Session, mailbox: Mailbox) -> None:
    """Flag or move what is due in all folders of the mailbox."""
    if mailbox.handling == Handling.LEAVE:
        return
    tickets, newest = _touched(mailbox.handled_event)
    due = [*_fresh(mailbox), *_changed(mailbox, tickets)]
    groups: dict[tuple[Folder, str, str], list[Copy]] = defaultdict(list)
    for copy, slug in due:
        groups[copy.folder, copy.moved_to, slug].append(copy)
    try:
        for (folder, moved_to, slug), copies in groups.items():
            with turn(folder, patience=0):
                for start in range(0, len(copies), BATCH):
                    _apply(session, mailbox, moved_to, slug, copies[start : start + BATCH])
    except (Refused, Busy) as error:
        log.warning("%s: handled mail stays where it is for now: %s", mailbox.address, error)
        return
    Mailbox.objects.filter(pk=mailbox.pk).update(handled_event=newest)
    mailbox.handled_event = newest


def _touched(mark: int) -> tuple[set[int], int]:
    """Tickets something happened to after the event `mark`, and the mark for the next pass."""
    events = Event.objects.filter(pk__gt=mark).exclude(kind=Event.Kind.ARRIVED)
    rows = list(events.order_by("pk").values_list("pk", "at", "ticket")[:EVENTS])
    settled = timezone.now() - YOUNG
    newest = max((pk for pk, at, _ in rows if at < settled), default=mark)
    return {ticket for _, _, ticket in rows}, newest


def _fresh(mailbox: Mailbox) -> list[tuple[Copy, str]]:
    """Copies nobody has handled yet, and whose mail is through the pipeline."""
    waiting = (
        Copy.objects.filter(folder__mailbox=mailbox, handled_at=None)
        .filter(delivery__state__in=[State.PROCESSED, State.DUPLICATE])
        .order_by("pk")[: 10 * BATCH]
    )
    tickets = _tickets(list(_lean(waiting)))
    due = []
    idle = []
    for copy, ticket in tickets:
        if ticket is None or ((slug := _slug(ticket)) == "" and ticket.triage_due_at is None):
            # Nothing to do until a person sorts it, and that is an event.
            idle.append(copy.pk)
        elif slug:
            due.append((copy, slug))
    Copy.objects.filter(pk__in=idle).update(handled_at=timezone.now())
    return due


def _changed(mailbox: Mailbox, tickets: Collection[int]) -> list[tuple[Copy, str]]:
    """Copies that were handled for another category than their ticket has now."""
    copies = Copy.objects.filter(
        folder__mailbox=mailbox,
        handled_at__isnull=False,
        delivery__message__ticket__in=tickets,
    )
    return [
        (copy, slug)
        for copy, ticket in _tickets(list(_lean(copies)))
        if ticket and (slug := _slug(ticket)) and slug != copy.handled_as
    ]


def _lean(copies: QuerySet[Copy]) -> QuerySet[Copy]:
    related = ("folder__mailbox", "delivery__message__ticket__category")
    heavy = ("delivery__raw", "delivery__message__text", "delivery__message__html")
    return copies.select_related(*related).defer(*heavy)


def _tickets(copies: Iterable[Copy]) -> list[tuple[Copy, Ticket | None]]:
    return [(copy, _ticket(copy)) for copy in copies]


def _ticket(copy: Copy) -> Ticket | None:
    message = getattr(copy.delivery, "message", None) or _twin(copy)
    return message.ticket if message else None


def _twin(copy: Copy) -> Message | None:
    """Of a duplicate: the message it repeats."""
    print_ = fingerprint(parse(bytes(copy.delivery.raw)))
    found = Message.objects.filter(mailbox=copy.folder.mailbox_id, fingerprint=print_)
    return found.select_related("ticket__category").first()


def _slug(ticket: Ticket) -> str:
    """The category its mail is handled for; empty while a person is asked."""
    is_sorted = ticket.category is not None and not ticket.review_reason
    return ticket.category.slug if ticket.category and is_sorted else ""


def _apply(
    session: Session, mailbox: Mailbox, moved_to: str, slug: str, copies: Sequence[Copy]
) -> None:
    """Do it for copies that lie in the same folder, and note it."""
    to = _destination(session, mailbox, slug) if mailbox.handling == Handling.MOVE else moved_to
    uids = _uids(session, moved_to, copies)
    if uids and mailbox.handling == Handling.MOVE:
        session.make_folder(to)
        session.move(uids, to)
    elif uids:
        others = [_keyword(each) for each in _slugs() if each != slug]
        session.mark(uids, add=["\\Flagged", _keyword(slug)], remove=others)
    Copy.objects.filter(pk__in=[copy.pk for copy in copies]).update(
        handled_as=slug, handled_at=timezone.now(), moved_to=to
    )


def _uids(session: Session, moved_to: str, copies: Sequence[Copy]) -> list[int]:
    """Where they are now; a mail that is not there was moved or deleted by somebody else."""
    folder = copies[0].folder
    if moved_to:
        session.open(moved_to, to_change=True)
        found = [_find(session, copy) for copy in copies]
        return [uid for uid in found if uid is not None]
    opened = session.open(folder.name, to_change=True)
    # After renumbering, the same mails have new copies, and those are handled.
    return session.present([copy.uid for copy in copies if copy.uidvalidity == opened.uidvalidity])


def _find(session: Session, copy: Copy) -> int | None:
    """The UID of a mail that was moved into the open folder: moving gave it a new one."""
    raw = bytes(copy.delivery.raw)
    message = getattr(copy.delivery, "message", None)
    candidates = session.same_size(len(raw), message_id=message.message_id if message else "")
    digest = sha256(raw).digest()
    for uid, each in session.raw(candidates[:MOST_CANDIDATES]).items():
        if sha256(each).digest() == digest:
            return uid
    return None


def _destination(session: Session, mailbox: Mailbox, slug: str) -> str:
    named = mailbox.category_folders.get(slug)
    return (
        str(named) if named else session.folder_name(PARENT, Category.objects.get(slug=slug).name)
    )


def _slugs() -> list[str]:
    return list(Category.objects.values_list("slug", flat=True))


def _keyword(slug: str) -> str:
    return f"Triage-{slug}"
