"""Our own token finds its way back into its ticket; nobody else can make one."""

import pytest

from tests.ingest.letters import letter
from tests.tickets.arrivals import taken_in
from triage.tickets.models import Ticket
from triage.tickets.token import token

pytestmark = pytest.mark.django_db

MALLORY = "Jo Renner <mallory@elsewhere.test>"


def test_an_answer_to_the_plus_address_finds_its_ticket() -> None:
    asked = taken_in(letter())
    to = f"desk+{token(asked.ticket_id)}@alder-lamps.example.com"
    answered = taken_in(letter("And the third?", message_id="2@x.example.org", to=to))
    assert (answered.ticket, answered.threaded_by) == (asked.ticket, "token")


def test_an_answer_to_our_message_id_finds_its_ticket() -> None:
    asked = taken_in(letter())
    ours = f"{token(asked.ticket_id)}.k3x9@alder-lamps.example.com"
    answered = taken_in(letter("Thanks.", message_id="2@x.example.org", answers=ours))
    assert (answered.ticket, answered.threaded_by) == (asked.ticket, "token")


@pytest.mark.parametrize("wrong", ["t{pk}-0000000000", "t{pk}", "t{pk}-", "t99999999-{signature}"])
def test_a_token_that_we_did_not_sign_is_nothing(wrong: str) -> None:
    asked = taken_in(letter())
    signature = token(asked.ticket_id).partition("-")[2]
    to = f"desk+{wrong.format(pk=asked.ticket_id, signature=signature)}@alder-lamps.example.com"
    answered = taken_in(letter("And the third?", message_id="2@x.example.org", to=to))
    assert answered.ticket != asked.ticket


def test_a_stranger_with_a_stolen_token_opens_a_ticket_beside() -> None:
    asked = taken_in(letter(to="info@elsewhere.example.com"))
    to = f"desk+{token(asked.ticket_id)}@alder-lamps.example.com"
    answered = taken_in(letter("Let me in", message_id="2@x.test", to=to, sender=MALLORY))
    assert answered.ticket != asked.ticket
    assert answered.ticket.related == asked.ticket


def test_a_bounce_is_filed_with_the_mail_it_reports_on() -> None:
    asked = taken_in(letter())
    Ticket.objects.filter(pk=asked.ticket_id).update(closed_at=asked.received_at)
    bounce = (
        b"From: MAILER-DAEMON@relay.test\r\nTo: desk@alder-lamps.example.com\r\n"
        b"Subject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        b"Reporting-MTA: dns; relay.test\r\n\r\n"
        b"Final-Recipient: rfc822; jo@glaswerk.example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        b"\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        b"Message-ID: <shades-1@glaswerk.example.org>\r\nSubject: Re: shades\r\n\r\n--b--\r\n"
    )
    kept = taken_in(bounce)
    assert (kept.ticket, kept.threaded_by, kept.auto) == (asked.ticket, "bounce", "bounce")
    assert kept.ticket.closed_at is not None
