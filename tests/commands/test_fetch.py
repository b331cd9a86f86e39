"""manage.py fetch: one line of JSON, and an exit status that can be trusted."""

import pytest

from tests import factories
from tests.commands.running import Done, manage
from tests.imap.conftest import mailbox, server
from tests.imap.dovecot import Dovecot
from tests.imap.test_fetch import letters
from triage.ingest.models import Copy, Delivery, Mailbox

__all__ = ["mailbox", "server"]  # fixtures

pytestmark = pytest.mark.django_db(transaction=True)


def fetch(server: Dovecot, *arguments: str) -> Done:
    return manage("fetch", *arguments, TRIAGE_IMAP_CA_FILE=str(server.certificate))


def test_it_says_what_it_stored_in_each_folder(server: Dovecot, mailbox: Mailbox) -> None:
    server.deliver(*letters(1, 3))
    done = fetch(server, "--mailbox", mailbox.address)
    assert done.status == 0
    assert done.result == {
        "mailboxes": [
            {
                "address": "hello@alderlamps.example.com",
                "folders": [
                    {
                        "name": "INBOX",
                        "seen": 3,
                        "stored": 3,
                        "duplicates": 0,
                        "failed": 0,
                        "error": "",
                    }
                ],
                "error": "",
            }
        ]
    }


def test_without_imap_mailboxes_there_is_nothing_to_do() -> None:
    factories.mailbox()
    done = manage("fetch")
    assert (done.status, done.result) == (0, {"mailboxes": []})


def test_a_mailbox_that_is_not_there_is_a_mistake() -> None:
    done = manage("fetch", "--mailbox", "nobody@alderlamps.example.com")
    assert done.status == 1
    assert "No IMAP mailbox has the address" in done.complaint


def test_a_wrong_password_is_one_clear_line_and_exit_1(server: Dovecot, mailbox: Mailbox) -> None:
    mailbox.secret = "wrong"
    mailbox.save()
    done = fetch(server)
    assert done.status == 1
    assert "refused the log-in of desk" in done.complaint
    assert "refused the log-in of desk" in done.result["mailboxes"][0]["error"]


def test_a_server_that_is_down_is_one_clear_line_and_exit_1(
    server: Dovecot, mailbox: Mailbox
) -> None:
    server.stop()
    done = fetch(server)
    assert done.status == 1
    assert "cannot be reached" in done.complaint


def test_an_untrusted_certificate_is_one_clear_line_and_exit_1(
    server: Dovecot, mailbox: Mailbox
) -> None:
    done = manage("fetch")
    assert done.status == 1
    assert "TRIAGE_IMAP_CA_FILE" in done.complaint


def test_a_mail_the_server_does_not_give_is_exit_1_once(server: Dovecot, mailbox: Mailbox) -> None:
    server.deliver(*letters(1, 2))
    server.mails()[0].chmod(0)
    done = fetch(server)
    assert (done.status, done.result["mailboxes"][0]["folders"][0]["stored"]) == (1, 1)
    assert "see Problems" in done.complaint
    assert fetch(server).status == 0


def test_check_finds_the_gap_and_since_closes_it(server: Dovecot, mailbox: Mailbox) -> None:
    server.deliver(*letters(1, 3))
    fetch(server)
    Copy.objects.filter(uid=2).delete()
    Delivery.objects.filter(source_key__endswith=";2").delete()
    done = fetch(server, "--check")
    assert (done.status, done.result["mailboxes"][0]["folders"][0]["missing"]) == (1, 1)
    assert "fetch --since" in done.complaint
    assert fetch(server, "--since", "2023-11-01").status == 0
    assert fetch(server, "--check").status == 0
