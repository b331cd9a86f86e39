"""When the mail server is not as it should be: one clear sentence, and no mail lost or doubled."""

import pytest
from django.conf import LazySettings

from tests.imap.dovecot import Dovecot
from tests.imap.test_fetch import letters
from triage.ingest import reader
from triage.ingest.fetch import fetch
from triage.ingest.models import Delivery, Folder, Mailbox, Security
from triage.ingest.process import replay

pytestmark = pytest.mark.django_db(transaction=True)


def only_error(mailbox: Mailbox) -> str:
    done = fetch(mailbox)
    [error] = done.errors
    mailbox.refresh_from_db()
    assert mailbox.fetch_error == error
    return error


def test_a_wrong_password_is_told_with_what_to_do(mailbox: Mailbox) -> None:
    mailbox.secret = "wrong"
    error = only_error(mailbox)
    assert "refused the log-in of desk" in error
    assert "app password" in error
    assert "wrong" not in error


def test_the_trouble_is_gone_from_the_mailbox_once_it_is_gone(mailbox: Mailbox) -> None:
    right = mailbox.sealed_secret
    mailbox.secret = "wrong"
    only_error(mailbox)
    mailbox.sealed_secret = right
    assert fetch(mailbox).errors == []
    mailbox.refresh_from_db()
    assert mailbox.fetch_error == ""


def test_a_certificate_nobody_vouches_for_is_refused(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TRIAGE_IMAP_CA_FILE")
    error = only_error(mailbox)
    assert "is not trusted" in error
    assert "TRIAGE_IMAP_CA_FILE" in error


def test_a_certificate_for_another_name_is_refused(mailbox: Mailbox) -> None:
    mailbox.host = "localhost"
    error = only_error(mailbox)
    assert "Hostname mismatch" in error
    assert "host name the certificate was made for" in error


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.NONE])
def test_starttls_works_and_no_encryption_on_this_machine(
    server: Dovecot, mailbox: Mailbox, security: Security
) -> None:
    server.deliver(*letters(1, 2))
    mailbox.security, mailbox.port = security, server.imap_port
    assert fetch(mailbox).stored == 2


def test_starttls_checks_the_certificate_too(
    server: Dovecot, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TRIAGE_IMAP_CA_FILE")
    mailbox.security, mailbox.port = Security.STARTTLS, server.imap_port
    assert "is not trusted" in only_error(mailbox)


def test_no_password_crosses_a_network_in_the_clear(mailbox: Mailbox) -> None:
    mailbox.host, mailbox.security = "imap.example.com", Security.NONE
    assert "in the clear" in only_error(mailbox)


def test_a_server_that_is_down_is_unreachable(server: Dovecot, mailbox: Mailbox) -> None:
    server.stop()
    assert "cannot be reached" in only_error(mailbox)


def test_tls_at_a_port_without_it_names_the_ports(server: Dovecot, mailbox: Mailbox) -> None:
    mailbox.port = server.imap_port
    assert "Port 993 goes with TLS" in only_error(mailbox)


def test_a_changed_secret_key_says_that_the_password_must_be_entered_again(
    mailbox: Mailbox, settings: LazySettings
) -> None:
    settings.SECRET_KEY = "another"
    assert "SECRET_KEY" in only_error(mailbox)


def test_a_connection_that_breaks_in_the_middle_costs_no_mail_and_doubles_none(
    server: Dovecot, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "BATCH", 10)
    server.deliver(*letters(1, 60))
    commits = []

    def hang_up_after_the_second() -> None:
        commits.append(1)
        if len(commits) == 2:
            server.hang_up()

    done = fetch(mailbox, on_stored=hang_up_after_the_second)
    assert done.errors == []
    assert (done.stored, done.failed) == (60, 0)
    assert Delivery.objects.count() == 60


def test_a_server_killed_in_the_middle_is_told_and_the_next_pass_goes_on_where_it_was(
    server: Dovecot, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "BATCH", 10)
    server.deliver(*letters(1, 60))
    done = fetch(mailbox, on_stored=server.kill)
    assert len(done.errors) == 1
    assert done.stored == Folder.objects.get().high_water == 10
    server.start()
    assert fetch(mailbox).stored == 50
    assert Delivery.objects.filter(state="failed").count() == 0


def test_a_mail_at_which_the_server_hangs_up_is_set_aside_and_the_others_go_on(
    server: Dovecot, mailbox: Mailbox
) -> None:
    server.deliver(*letters(1, 40))
    unreadable = [server.mails()[7], server.mails()[30]]
    for path in unreadable:
        path.chmod(0)
    done = fetch(mailbox)
    assert done.errors == []
    assert (done.stored, done.failed) == (38, 2)
    aside = Delivery.objects.filter(state="failed").order_by("pk")
    assert [each.copy.uid for each in aside] == [8, 31]
    assert "hung up 3 times" in aside[0].reason
    assert fetch(mailbox).failed == 0, "it is in sight, and not tried for ever"


def test_once_the_server_can_read_it_a_replay_brings_it_in(
    server: Dovecot, mailbox: Mailbox
) -> None:
    [raw] = letters(1, 1)
    server.deliver(raw)
    server.mails()[0].chmod(0)
    fetch(mailbox)
    replay(Delivery.objects.all(), by=None)
    fetch(mailbox)
    assert Delivery.objects.get().state == "failed", "still unreadable"
    replay(Delivery.objects.all(), by=None)
    server.mails()[0].chmod(0o600)
    assert fetch(mailbox).stored == 1
    assert bytes(Delivery.objects.get().raw) == raw


def test_a_replay_of_what_is_gone_by_now_says_so(server: Dovecot, mailbox: Mailbox) -> None:
    server.deliver(*letters(1, 1))
    server.mails()[0].chmod(0)
    fetch(mailbox)
    server.mails()[0].unlink()
    replay(Delivery.objects.all(), by=None)
    fetch(mailbox)
    gone = Delivery.objects.get()
    assert gone.state == "failed"
    assert "no longer on the mail server" in gone.reason


def test_a_replay_after_renumbering_takes_no_other_mail_for_it(
    server: Dovecot, mailbox: Mailbox
) -> None:
    server.deliver(*letters(1, 2))
    server.mails()[0].chmod(0)
    fetch(mailbox)
    server.mails()[0].chmod(0o600)
    server.renumber()
    replay(Delivery.objects.failed(), by=None)
    assert fetch(mailbox).stored == 2
    [old] = Delivery.objects.failed()
    assert "renumbered" in old.reason
    assert bytes(old.raw) == b""
