"""A ticket's number under our signature, for addresses and Message-IDs that must find their way
back: `hello+t7-3fa4c1d2e5@example.com`, `<t7-3fa4c1d2e5.k3x9@example.com>`."""

import re
from collections.abc import Iterator

from django.utils.crypto import constant_time_compare, salted_hmac

from triage.mail import Email

# 40 bits: a guess costs a mail each, and the sender must belong to the ticket besides.
SIGNATURE_CHARACTERS = 10
_TOKEN = re.compile(r"(?:^|[+<])t(\d{1,18})-([0-9a-f]{10})(?=[@.])", re.I | re.ASCII)
# A mail to a hundred of our addresses is no answer to any.
MAX_ADDRESSES = 20


def token(ticket_id: int) -> str:
    """The ticket's token, as it goes behind the plus of an address or before a Message-ID's dot."""
    digest = salted_hmac("triage.tickets.token", str(ticket_id), algorithm="sha256").hexdigest()
    return f"t{ticket_id}-{digest[:SIGNATURE_CHARACTERS]}"


def tickets_named(email: Email) -> Iterator[int]:
    """Numbers of the tickets whose token stands in the mail's recipients or in what it answers."""
    addresses = [each.address for each in (*email.to, *email.cc)] + list(email.envelope_to)
    for text in (*email.in_reply_to, *reversed(email.references), *addresses[:MAX_ADDRESSES]):
        found = _TOKEN.search(text)
        if found and constant_time_compare(token(int(found[1])), found[0].lstrip("+<").lower()):
            yield int(found[1])
