"""The console tells what happened since the last look, once."""

import pytest
from django.utils import timezone

from triage.classification.models import PredictedBy, Prediction
from triage.demo.activity import Activity
from triage.ingest.models import Delivery, Mailbox, Source, State
from triage.ingest.receive import Parcel, receive
from triage.tickets.models import Requester, Ticket

pytestmark = pytest.mark.django_db(transaction=True)


def mailbox() -> Mailbox:
    return Mailbox.objects.get_or_create(address="hello@alderlamps.example.com")[0]


def arrive(*mails: bytes) -> None:
    receive([Parcel(raw) for raw in mails], mailbox=mailbox(), source=Source.PIPE)


def predict(by: PredictedBy) -> None:
    now = timezone.now()
    owen, _ = Requester.objects.get_or_create(address="owen@example.org")
    ticket = Ticket.objects.create(
        mailbox=mailbox(), requester=owen, opened_at=now, last_message_at=now
    )
    Prediction.objects.create(ticket=ticket, by=by, at=now)


def test_what_was_before_is_no_news() -> None:
    arrive(b"Subject: Alba\n\nWhere is it?")
    assert Activity().news() == []


def test_new_mail_is_told_once() -> None:
    seen = Activity()
    arrive(b"Subject: Alba\n\nWhere is it?")
    assert seen.news() == ["1 new mail."]
    arrive(b"Subject: Fenna\n\nIt droops.", b"Subject: Corvo\n\nIt hums.")
    assert seen.news() == ["2 new mails."]
    assert seen.news() == []


def test_sorted_tickets_say_who_sorted_them() -> None:
    seen = Activity()
    predict(PredictedBy.MODEL)
    predict(PredictedBy.LOCAL)
    predict(PredictedBy.LOCAL)
    assert seen.news() == ["3 tickets sorted: 1 by the model, 2 by the local classifier."]


def test_a_failed_mail_is_told_when_it_fails() -> None:
    arrive(b"Subject: Linde\n\nTwo boxes.")
    seen = Activity()
    Delivery.objects.update(state=State.FAILED)
    assert seen.news() == ["1 mail could not be processed: see Problems."]
    assert seen.news() == []
