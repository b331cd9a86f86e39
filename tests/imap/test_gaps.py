"""The gap report: what the server has against what is here, mail by mail."""

import pytest

from tests.imap.dovecot import Dovecot
from tests.imap.test_fetch import letters
from triage.ingest.fetch import fetch
from triage.ingest.gaps import folder_report
from triage.ingest.models import Copy, Delivery, Folder, Mailbox

pytestmark = pytest.mark.django_db(transaction=True)


def test_everything_here_is_complete_also_when_the_server_deletes_some(
    server: Dovecot, mailbox: Mailbox
) -> None:
    server.deliver(*letters(1, 4))
    fetch(mailbox)
    server.mails()[0].unlink()
    [row] = folder_report(mailbox)
    assert (row.on_server, row.here, row.missing, row.gone) == (3, 3, 0, 1)
    assert row.is_complete


def test_new_mail_waits_and_is_no_gap(server: Dovecot, mailbox: Mailbox) -> None:
    server.deliver(*letters(1, 2))
    fetch(mailbox)
    server.deliver(*letters(3, 5))
    [row] = folder_report(mailbox)
    assert (row.on_server, row.here, row.waiting, row.missing) == (5, 2, 3, 0)
    assert row.is_complete


def test_a_mail_that_was_passed_by_is_a_gap_with_its_number(
    server: Dovecot, mailbox: Mailbox
) -> None:
    server.deliver(*letters(1, 4))
    fetch(mailbox)
    Copy.objects.filter(uid=3).delete()
    Delivery.objects.filter(source_key__endswith=";3").delete()
    [row] = folder_report(mailbox)
    assert (row.missing, row.missing_uids, row.is_complete) == (1, (3,), False)


def test_a_mail_that_was_set_aside_is_counted_as_such(server: Dovecot, mailbox: Mailbox) -> None:
    server.deliver(*letters(1, 2))
    server.mails()[0].chmod(0)
    fetch(mailbox)
    [row] = folder_report(mailbox)
    assert (row.set_aside, row.missing, row.is_complete) == (1, 0, True)


def test_a_folder_that_is_not_there_is_told(server: Dovecot, mailbox: Mailbox) -> None:
    Folder.objects.create(mailbox=mailbox, name="Orders")
    [row] = folder_report(mailbox)
    assert "'Orders' cannot be opened" in row.error
