"""Mails that no database likes: every one becomes a message, and none of its company suffers."""

import random
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ingest.letters import letter
from tests.tickets.arrivals import take_in, taken_in
from triage.mail import Address, Attachment, Email, parse
from triage.tickets.models import Message, Ticket

pytestmark = pytest.mark.django_db

# What PostgreSQL's text takes neither of: NUL and half a surrogate pair.
BAD = "a\x00b\ud800c"
GOOD = "a\ufffdb?c"


def by_hand(**changes: Any) -> Email:
    return replace(parse(letter()), **changes)


def test_a_nul_and_a_lone_surrogate_in_every_field_are_replaced() -> None:
    person = Address(BAD, f"{BAD}@example.org")
    message = taken_in(
        by_hand(
            message_id=f"{BAD}@example.org",
            in_reply_to=(f"{BAD}1@example.org",),
            references=(f"{BAD}2@example.org",),
            subject=BAD,
            sender=person,
            to=(person,),
            cc=(person,),
            text=BAD,
            html=BAD,
            attachments=(Attachment(BAD, BAD, b"\x00", BAD, inline=False),),
            headers=(("Date", BAD),),
            defects=(BAD,),
        )
    )
    assert message.message_id == f"{GOOD}@example.org"
    assert (message.subject, message.text, message.html) == (GOOD, GOOD, GOOD)
    assert (message.from_name, message.from_address) == (GOOD, f"{GOOD}@example.org")
    assert message.to == message.cc == [{"name": GOOD, "address": f"{GOOD}@example.org"}]
    assert message.defects == [GOOD]
    assert (message.ticket.subject, message.ticket.snippet) == (GOOD, GOOD)
    part = message.attachments.get()
    assert (part.filename, part.content_type, part.content_id) == (GOOD, GOOD, GOOD)
    assert bytes(part.blob.content) == b"\x00"


def test_an_id_with_such_characters_still_threads() -> None:
    asked = taken_in(by_hand(message_id=f"{BAD}@example.org"))
    answer = by_hand(message_id="r@example.org", in_reply_to=(f"{BAD}@example.org",), text="And?")
    assert taken_in(answer).ticket == asked.ticket


def test_the_same_mail_with_such_characters_is_a_duplicate() -> None:
    taken_in(by_hand(text=BAD))
    assert take_in(by_hand(text=BAD))[0].is_duplicate


def test_an_id_too_long_for_an_index_is_kept_as_far_as_it_goes_and_threads() -> None:
    # 998 characters that do not compress are 3,992 bytes; an index entry of PostgreSQL has 2,704.
    dice = random.Random(7)
    name = "".join(chr(dice.randrange(0x10000, 0x1FFFF)) for _ in range(998))
    asked = taken_in(by_hand(message_id=name))
    answer = by_hand(message_id="r@example.org", in_reply_to=(name,), text="And?")
    assert asked.message_id
    assert name.startswith(asked.message_id)
    assert taken_in(answer).ticket == asked.ticket


def test_everything_longer_than_its_column_is_cut_to_it() -> None:
    subject = "Crate " + "🪔" * 2_000
    long = Address("Jo " * 300, "j" * 400 + "@example.org")
    name = "crate" * 100 + ".pdf"
    part = Attachment(name, "application/" + "x" * 200, b"x", "c" * 400, inline=False)
    message = taken_in(by_hand(subject=subject, sender=long, attachments=(part,)))
    assert message.subject == subject[:998]
    assert message.ticket.subject == subject[:500]
    assert len(message.from_name) == 200
    assert len(message.from_address) == 320
    assert len(message.attachments.get().filename) == 255


def test_a_mail_with_nothing_in_it_is_a_message_from_nobody() -> None:
    message = taken_in(parse(b""))
    assert (message.from_address, message.subject, message.text) == ("", "", "")
    assert message.ticket.requester.address == ""
    assert str(message.ticket.requester) == "unknown sender"


def test_a_date_from_another_age_is_kept_as_it_was_said() -> None:
    long_ago = datetime(1970, 1, 1, tzinfo=UTC)
    message = taken_in(by_hand(date=long_ago))
    assert message.sent_at == long_ago
    assert message.received_at.year > 2025


_ANY_TEXT = st.text(st.characters(), max_size=60)
_ANY_ADDRESS = st.builds(Address, _ANY_TEXT, _ANY_TEXT)
_ANY_PART = st.builds(
    Attachment, _ANY_TEXT, _ANY_TEXT, st.binary(max_size=9), _ANY_TEXT, st.booleans()
)
_ANY_MAIL = st.builds(
    by_hand,
    message_id=_ANY_TEXT,
    in_reply_to=st.lists(_ANY_TEXT, max_size=2).map(tuple),
    references=st.lists(_ANY_TEXT, max_size=2).map(tuple),
    subject=_ANY_TEXT,
    sender=st.none() | _ANY_ADDRESS,
    to=st.lists(_ANY_ADDRESS, max_size=2).map(tuple),
    text=_ANY_TEXT,
    html=_ANY_TEXT,
    attachments=st.lists(_ANY_PART, max_size=2).map(tuple),
    auto=st.sampled_from(["", "auto-reply", "bounce", "list"]),
    language=st.sampled_from(["", "de"]),
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(_ANY_MAIL, max_size=4))
def test_whatever_is_in_them_all_mails_of_a_batch_are_kept(mails: list[Email]) -> None:
    before = Message.objects.count()
    results = take_in(*mails)
    new = sum(not result.is_duplicate for result in results)
    assert Message.objects.count() == before + new
    assert all(result.message.pk and result.message.ticket_id for result in results)
    assert not Ticket.objects.filter(message_count=0).exists()
