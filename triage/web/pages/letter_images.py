"""The remote images of a ticket's letters: what each would fetch, and who allowed it."""

from django.db.models.functions import Left

from triage.tickets.models import Message, Ticket, TrustedSender
from triage.web.pages.image_notices import ImageNotice, notice_of
from triage.web.pages.mail_html import images_in

# Of one mail, as far as its images are counted: twice what Gmail shows of a mail.
COUNTED_CHARACTERS = 200_000
# Of a whole page; a thread of newsletters counts its newest. Twenty milliseconds for 100 kB.
PAGE_CHARACTERS = 1_000_000
# Without one of these there is nothing to count, and most mails are without.
_MAY_FETCH = r"<ima?ge?[\s/]"


def notices_of(ticket: Ticket, *, once: int | None) -> dict[int, ImageNotice]:
    """By message; `once` is the message whose images were asked for this time."""
    mails = _with_images(ticket)
    trusted = _trusted({address.lower() for _, address, _ in mails})
    notices = {}
    left = PAGE_CHARACTERS
    for pk, address, html in mails:
        left -= len(html)
        notice = notice_of(
            images_in(html) if left >= 0 else None,
            has_sender=bool(address),
            trusted=trusted.get(address.lower()),
            once=pk == once,
        )
        if notice:
            notices[pk] = notice
    return notices


def is_trusted(message: Message) -> bool:
    """Whether its images are shown without asking. Only who wrote to us can be trusted."""
    is_from_outside = message.direction == Message.Direction.IN
    return is_from_outside and TrustedSender.objects.trusts(message.from_address)


def _with_images(ticket: Ticket) -> list[tuple[int, str, str]]:
    found = ticket.messages.filter(html__iregex=_MAY_FETCH).order_by("-received_at", "-pk")
    heads = found.annotate(head=Left("html", COUNTED_CHARACTERS))
    return [
        (pk, address if direction == Message.Direction.IN else "", head)
        for pk, address, direction, head in heads.values_list(
            "pk", "from_address", "direction", "head"
        )
    ]


def _trusted(addresses: set[str]) -> dict[str, int]:
    if not addresses - {""}:
        return {}
    standing = TrustedSender.objects.standing().filter(address__in=addresses - {""})
    return dict(standing.values_list("address", "pk"))
