"""Watching a real mail server: new mail within two seconds, and a restart is not noticed."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from tests.imap.dovecot import PASSWORD, USER, Dovecot, dovecot
from tests.imap.test_fetch import letters
from triage.ingest import watch as watch_module
from triage.ingest.fetch import MailboxPass, attempt
from triage.ingest.models import Delivery, Folder, Heartbeat, Mailbox, Source
from triage.ingest.watch import Watch

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def watching() -> Iterator[Watch]:
    watch = Watch(on_stored=lambda: None)

    def run() -> None:
        try:
            watch.run()
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    try:
        yield watch
    finally:
        watch.stop()
        thread.join(timeout=10)
        assert not thread.is_alive()


def seconds_until(is_true: Callable[[], bool], *, within: float = 20) -> float:
    began = time.monotonic()
    while not is_true():
        assert time.monotonic() - began < within, f"not within {within} s"
        time.sleep(0.05)
    return time.monotonic() - began


def kept(number: int) -> Callable[[], bool]:
    return lambda: Delivery.objects.count() == number


def test_new_mail_is_here_within_two_seconds(server: Dovecot, mailbox: Mailbox) -> None:
    server.deliver(*letters(1, 1))
    with watching():
        seconds_until(kept(1))
        time.sleep(1.5)  # it stands in IDLE by now
        for number in range(2, 5):
            server.deliver(*letters(number, number))
            assert seconds_until(kept(number)) < 2


def test_a_restarted_server_is_found_again_and_no_mail_is_missed(
    server: Dovecot, mailbox: Mailbox
) -> None:
    server.deliver(*letters(1, 1))
    with watching():
        seconds_until(kept(1))
        server.stop()
        server.deliver(*letters(2, 2))
        seconds_until(lambda: Mailbox.objects.get().fetch_error != "")
        server.start()
        seconds_until(kept(2))
        seconds_until(lambda: Mailbox.objects.get().fetch_error == "")


def test_a_broken_connection_is_made_anew(server: Dovecot, mailbox: Mailbox) -> None:
    server.deliver(*letters(1, 1))
    with watching():
        seconds_until(kept(1))
        time.sleep(1.5)
        server.hang_up()
        server.deliver(*letters(2, 2))
        assert seconds_until(kept(2)) < 6


def test_its_heart_beats_while_it_is_connected_and_only_then(
    server: Dovecot, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_module, "BEAT_SECONDS", 0.2)

    def beat_since(moment: object) -> Callable[[], bool]:
        return Heartbeat.objects.filter(name=mailbox.heartbeat_name, at__gt=moment).exists

    with watching():
        seconds_until(beat_since(timezone.now() + timedelta(seconds=1)))
        server.stop()
        seconds_until(lambda: Mailbox.objects.get().fetch_error != "")
        time.sleep(0.5)
        stopped_at = timezone.now()
        time.sleep(1)
        assert not beat_since(stopped_at)()


def test_a_mailbox_that_is_added_or_changed_is_watched_without_a_restart(
    server: Dovecot, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_module, "BEAT_SECONDS", 0.2)
    Mailbox.objects.update(host="")
    server.deliver(*letters(1, 1))
    with watching():
        time.sleep(1)
        assert not Delivery.objects.exists()
        Mailbox.objects.update(host=server.host)
        seconds_until(kept(1))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_watcher_that_dies_is_followed_by_another(
    server: Dovecot, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_module, "BEAT_SECONDS", 0.2)
    deaths = iter([1])

    def die_once(*arguments: Any, **options: Any) -> MailboxPass:
        for _ in deaths:
            raise RuntimeError("nobody foresaw this")
        return attempt(*arguments, **options)

    monkeypatch.setattr(watch_module, "attempt", die_once)
    server.deliver(*letters(1, 1))
    with watching():
        seconds_until(kept(1))


def test_other_folders_are_looked_at_too(
    server: Dovecot, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_module, "POLL_SECONDS", 0.5)
    server.make_folder("Orders")
    for name in ("INBOX", "Orders"):
        Folder.objects.create(mailbox=mailbox, name=name)
    with watching():
        time.sleep(1)
        server.deliver(*letters(1, 1), to="Orders")
        seconds_until(kept(1))


def test_a_server_without_idle_is_polled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_module, "POLL_SECONDS", 0.5)
    with dovecot("imap_capability = IMAP4rev1 SASL-IR UIDPLUS MOVE") as server:
        monkeypatch.setenv("TRIAGE_IMAP_CA_FILE", str(server.certificate))
        mailbox = Mailbox(
            address="hello@alderlamps.example.com",
            source=Source.IMAP,
            host=server.host,
            port=server.imaps_port,
            username=USER,
        )
        mailbox.secret = PASSWORD
        mailbox.save()
        with watching():
            time.sleep(1)
            server.deliver(*letters(1, 1))
            seconds_until(kept(1))


def test_a_mailbox_nobody_could_read_for_minutes_is_silent(mailbox: Mailbox) -> None:
    now = timezone.now()
    assert list(Mailbox.objects.silent(now)) == [mailbox]
    Heartbeat.beat(mailbox.heartbeat_name)
    assert list(Mailbox.objects.silent(now)) == []
    assert list(Mailbox.objects.silent(now + timedelta(minutes=5))) == [mailbox]


def test_a_server_that_is_watched_is_left_alone_by_the_worker(mailbox: Mailbox) -> None:
    now = timezone.now()
    assert list(Mailbox.objects.unattended(now)) == [mailbox]
    Heartbeat.beat(mailbox.heartbeat_name)
    assert list(Mailbox.objects.unattended(now)) == []
    assert list(Mailbox.objects.unattended(now + timedelta(minutes=1))) == [mailbox]
