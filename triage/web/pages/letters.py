"""A message as a letter: who, when, its own words, the folded rest, its files."""

import re
from dataclasses import dataclass
from itertools import pairwise

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from triage.invoices.models import Invoice
from triage.mail import split_reply
from triage.tickets.intake import SILENT
from triage.tickets.models import Attachment, Message, Ticket
from triage.web.pages import times
from triage.web.pages.amounts import size
from triage.web.pages.image_notices import ImageNotice
from triage.web.pages.people import Face, face_of, initials

# A browser draws this much at once; a log file pasted into a mail goes on in the raw mail.
LETTER_CHARACTERS = 60_000
# Drawn as images by every browser, and not able to carry script as SVG is.
SAFE_IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
# Mail programs break at 72 to 78 columns (RFC 5322, 2.1.1, and RFC 3676, 4.2); format=flowed text
# has been put together already when it is read. A longer line was not broken by anybody.
WRAP_COLUMN = 68
LONGEST_WRAPPED = 80
_OPENING = tuple("(\"'«„“‘")
_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")


@dataclass(frozen=True, slots=True)
class File:
    """An attachment as a line. `said` is what became of it, `is_bad` when that needs a person."""

    name: str
    size: str
    url: str
    image_url: str = ""
    page_url: str = ""
    said: str = ""
    is_bad: bool = False
    is_invoice: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """`kind` is in, out or note. Paragraphs are plain text with line ends."""

    pk: int
    kind: str
    face: Face
    address: str
    time: str
    iso: str
    paragraphs: list[str]
    signature: str
    quoted: list[str]
    quoted_lines: int
    files: list[File]
    html_url: str
    images: ImageNotice | None
    raw_url: str
    auto: str
    is_folded: bool
    is_cut: bool
    defects: list[str]


def letters_of(ticket: Ticket, invoices: dict[int, Invoice], images: dict[int, ImageNotice], *,
               me: User) -> list[Letter]:  # fmt: skip
    """All letters, oldest first; `invoices` by the attachment each was read from, `images` by
    the message that wants them."""
    return [
        _letter(message, invoices, images.get(message.pk), me=me, is_first=number == 0)
        for number, message in enumerate(_messages(ticket))
    ]


def excerpt(text: str, characters: int) -> list[str]:
    """The first paragraphs of a mail's own words, for the peek."""
    own = split_reply(text).visible or text
    return paragraphs(own[:characters] + ("…" if len(own) > characters else ""))


def paragraphs(text: str) -> list[str]:
    """Text cut at its empty lines, with the ends of hard-wrapped lines taken out."""
    return [unwrapped(part) for part in _PARAGRAPH.split(text.strip("\n")) if part.strip()]


def unwrapped(paragraph: str) -> str:
    """A paragraph whose lines a mail program broke at its margin, as running text again.

    A line was broken by a program when the next word would not have fitted; a line that ends
    earlier was ended by a person (an address, a list, a greeting) and stays.
    """
    lines = paragraph.split("\n")
    joined = lines[0].rstrip()
    for above, line in pairwise(lines):
        first_word = line.split(" ", 1)[0]
        wrapped = len(above.rstrip()) + 1 + len(first_word) > WRAP_COLUMN
        goes_on = line[:1].isalnum() or line[:1] in _OPENING
        soft = wrapped and goes_on and len(above) <= LONGEST_WRAPPED
        joined += (" " if soft else "\n") + line.strip("\r")
    return joined


def file_of(attachment: Attachment, invoice: Invoice | None = None) -> File:
    """An attachment's line."""
    safe = attachment.content_type.lower() in SAFE_IMAGES
    return File(
        name=attachment.filename or str(attachment),
        size=size(attachment.size),
        url=reverse("attachment", args=[attachment.pk]),
        image_url=reverse("image", args=[attachment.pk]) if safe else "",
        page_url=invoice_url(invoice) if invoice else "",
        said=_said(invoice) if invoice else "",
        is_bad=invoice is not None and (invoice.problem_count > 0 or _failed(invoice)),
        is_invoice=invoice is not None,
    )


def invoice_url(invoice: Invoice) -> str:
    """Its page; "" where that part of the product is not served."""
    try:
        return reverse("invoice", args=[invoice.pk])
    except NoReverseMatch:
        return ""


def _messages(ticket: Ticket) -> "QuerySet[Message]":
    # The HTML of fifty newsletters is megabytes, and only their own frames need it.
    return (
        ticket.messages.annotate(has_html=~Q(html=""))
        .defer("html")
        .select_related("author")
        .prefetch_related("attachments")
        .order_by("received_at", "pk")
    )


def _letter(message: Message, invoices: dict[int, Invoice], images: ImageNotice | None, *,
            me: User, is_first: bool) -> Letter:  # fmt: skip
    text = message.text[:LETTER_CHARACTERS]
    reply = split_reply(text)
    own = reply.visible.strip()
    at = message.received_at
    # What the HTML shows in its place is seen there; a logo in a signature is no file to read.
    files = [each for each in message.attachments.all() if not (each.inline and _has_html(message))]
    return Letter(
        pk=message.pk,
        kind=message.direction,
        face=face_of(message.author, me=me) or _sender(message),
        address="" if message.author_id else message.from_address,
        time=times.moment(at, now=timezone.now()),
        iso=at.isoformat(),
        paragraphs=paragraphs(own or text),
        signature=reply.signature.strip("\n") if own else "",
        quoted=paragraphs(reply.quoted) if own else [],
        quoted_lines=len(reply.quoted.strip().splitlines()) if own else 0,
        files=[file_of(each, invoices.get(each.pk)) for each in files],
        html_url=_html_url(message, images),
        images=images,
        raw_url=reverse("raw-mail", args=[message.pk]) if message.delivery_id else "",
        auto=message.auto,
        is_folded=message.auto in SILENT and not is_first,
        is_cut=len(message.text) > LETTER_CHARACTERS,
        defects=[str(defect) for defect in message.defects or []],
    )


def _html_url(message: Message, images: ImageNotice | None) -> str:
    if not _has_html(message):
        return ""
    url = reverse("mail-html", args=[message.pk])
    return f"{url}?images=once" if images and images.is_shown else url


def _has_html(message: Message) -> bool:
    return bool(getattr(message, "has_html", False))


def _sender(message: Message) -> Face:
    name = message.from_name or message.from_address or "Unknown sender"
    return Face(name, initials(name))


def _failed(invoice: Invoice) -> bool:
    return invoice.status == Invoice.Status.FAILED


def _said(invoice: Invoice) -> str:
    if invoice.status in (Invoice.Status.PENDING, Invoice.Status.FAILED):
        return invoice.get_status_display()
    count = invoice.problem_count
    problems = f", {count} problem{'s' if count != 1 else ''}" if count else ""
    return f"{invoice.get_status_display()}{problems}"
