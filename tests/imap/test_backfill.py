"""Older mail that somebody asked for on the Mailboxes page, read by the worker."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.imap.dovecot import Dovecot
from tests.imap.test_fetch import letters
from triage.ingest.fetch import fetch, fetch_unattended
from triage.ingest.models import Copy, Delivery, Folder, Heartbeat, Mailbox

pytestmark = pytest.mark.django_db(transaction=True)

LONG_AGO = date(2023, 11, 1)


def ask(mailbox: Mailbox) -> None:
    Mailbox.objects.filter(pk=mailbox.pk).update(
        backfill_since=LONG_AGO, fetch_due_at=timezone.now()
    )


def asked_for(mailbox: Mailbox) -> date | None:
    return Mailbox.objects.get(pk=mailbox.pk).backfill_since


def work() -> int:
    return len(list(fetch_unattended(on_stored=lambda: None)))


def test_what_was_passed_by_is_read_once_and_asked_for_no_more(
    server: Dovecot, mailbox: Mailbox
) -> None:
    server.deliver(*letters(1, 4))
    fetch(mailbox)
    Copy.objects.filter(uid=2).delete()
    Delivery.objects.filter(source_key__endswith=";2").delete()
    ask(mailbox)
    assert work() == 1
    assert Delivery.objects.count() == 4
    assert asked_for(mailbox) is None


def test_it_is_read_also_while_somebody_watches(server: Dovecot, mailbox: Mailbox) -> None:
    Heartbeat.beat(mailbox.heartbeat_name)
    ask(mailbox)
    assert work() == 1
    assert asked_for(mailbox) is None


def test_a_folder_that_could_not_be_read_keeps_it_asked_for(
    server: Dovecot, mailbox: Mailbox
) -> None:
    Folder.objects.create(mailbox=mailbox, name="Orders")
    ask(mailbox)
    work()
    assert asked_for(mailbox) == LONG_AGO


def test_a_server_that_is_away_is_not_asked_at_every_sweep(
    server: Dovecot, mailbox: Mailbox
) -> None:
    Mailbox.objects.filter(pk=mailbox.pk).update(port=9)
    ask(mailbox)
    assert work() == 1
    assert work() == 0
    later = Mailbox.objects.get(pk=mailbox.pk)
    assert later.fetch_due_at > timezone.now() + timedelta(seconds=30)
    assert later.backfill_since == LONG_AGO
