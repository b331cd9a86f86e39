"""Promise 2: one mail, one message, whichever way it came; another mail is another message."""

import pytest

from tests import factories
from tests.ingest.letters import letter
from tests.tickets.arrivals import take_in, taken_in
from triage.mail import parse
from triage.tickets.identity import fingerprint
from triage.tickets.models import Message, Ticket

pytestmark = pytest.mark.django_db

PICTURE = ("crate-12.jpg", b"\xff\xd8\xff cracked")

SAME = {
    "other Received lines": letter(fields=["Received: from mx.example.org by desk.example.com"]),
    "a spam filter's verdict": letter(fields=["X-Spam-Status: No, score=-0.1"]),
    "lines wrapped anew": letter("Two of the shades in crate 12\r\narrived cracked.  Can you"
                                 " send\r\nnew ones?\r\n\r\n"),
    "the sender's address in capitals": letter(sender="Jo Renner <JO.RENNER@GLASWERK.example.org>"),
    "another display name": letter(sender="Renner, Jo <jo.renner@glaswerk.example.org>"),
    "another recipient": letter(to="undisclosed-recipients:;"),
}  # fmt: skip
OTHER = {
    "another text": letter("Three of the shades."),
    "another subject": letter(subject="Re: The two cracked shades"),
    "another sender": letter(sender="Ida Renner <ida.renner@glaswerk.example.org>"),
    "another date": letter(date="Mon, 2 Nov 2026 09:15:01 +0100"),
    "another id": letter(message_id="shades-2@glaswerk.example.org"),
    "a file": letter(files=[PICTURE]),
    "no id": letter(message_id=""),
}


@pytest.mark.parametrize("name", SAME)
def test_it_is_the_same_mail_with(name: str) -> None:
    assert fingerprint(parse(SAME[name])) == fingerprint(parse(letter()))


@pytest.mark.parametrize("name", OTHER)
def test_it_is_another_mail_with(name: str) -> None:
    assert fingerprint(parse(OTHER[name])) != fingerprint(parse(letter()))


def test_a_link_that_leads_elsewhere_makes_it_another_mail() -> None:
    def with_html(link: str) -> bytes:
        head = letter("").decode().replace("text/plain;", 'multipart/alternative; boundary="lamp";')
        text = "--lamp\r\nContent-Type: text/plain\r\n\r\nSee the crate.\r\n"
        html = f"--lamp\r\nContent-Type: text/html\r\n\r\n<a href='{link}'>See</a> the crate.\r\n"
        return f"{head}{text}{html}--lamp--".encode()

    ours, theirs = with_html("https://alder-lamps.example.com"), with_html("https://x.test")
    assert parse(ours).text == parse(theirs).text
    assert fingerprint(parse(ours)) != fingerprint(parse(theirs))


def test_files_in_another_order_are_the_same_files_and_another_content_is_not() -> None:
    pair = [("a.txt", b"one"), ("b.txt", b"two")]
    turned = letter(files=list(reversed(pair)))
    changed = letter(files=[("a.txt", b"one"), ("b.txt", b"zwei")])
    assert fingerprint(parse(turned)) == fingerprint(parse(letter(files=pair)))
    assert fingerprint(parse(changed)) != fingerprint(parse(letter(files=pair)))


@pytest.mark.parametrize("name", SAME)
def test_the_second_copy_names_the_first_message(name: str) -> None:
    first = taken_in(letter())
    (second,) = take_in(SAME[name])
    assert second.is_duplicate
    assert (second.message.pk, second.message.ticket_id) == (first.pk, first.ticket_id)
    assert Ticket.objects.get().message_count == 1


def test_two_copies_in_one_batch_are_one_message() -> None:
    first, second = take_in(letter(), letter(fields=["X-Spam-Score: 1"]))
    assert (first.is_duplicate, second.is_duplicate) == (False, True)
    assert second.message.pk == Message.objects.get().pk
    assert second.message.ticket_id == Ticket.objects.get().pk


def test_a_reused_message_id_with_other_content_is_a_second_message() -> None:
    take_in(letter(), letter("Something else entirely."))
    taken_in(letter("And a third thing."))
    assert Message.objects.filter(message_id="shades-1@glaswerk.example.org").count() == 3


def test_mails_without_an_id_are_kept_each() -> None:
    take_in(letter("One", message_id=""), letter("Two", message_id=""))
    assert list(Message.objects.values_list("message_id", flat=True)) == ["", ""]


def test_the_same_mail_to_two_mailboxes_is_a_ticket_in_each() -> None:
    taken_in(letter())
    orders = factories.mailbox("orders@alder-lamps.example.com")
    assert taken_in(letter(), orders).ticket.mailbox == orders
    assert Ticket.objects.count() == 2
