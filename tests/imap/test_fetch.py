"""One pass over a real mail server: everything new is kept, once, and nothing there is touched."""

from contextlib import nullcontext
from datetime import date

import pytest
from django.conf import LazySettings

from tests.imap.dovecot import Dovecot
from tests.ingest.connections import at_once
from tests.ingest.letters import letter
from triage.ingest import fetch as fetch_module
from triage.ingest import reader, shelf
from triage.ingest.fetch import fetch
from triage.ingest.models import Copy, Delivery, Folder, Mailbox
from triage.ingest.process import process_pending, replay
from triage.tickets.models import Message

pytestmark = pytest.mark.django_db(transaction=True)


def letters(first: int, last: int) -> list[bytes]:
    return [
        letter(f"Question {number}", message_id=f"{number}@glaswerk.example.org")
        for number in range(first, last + 1)
    ]


def test_a_first_pass_keeps_every_mail_byte_for_byte_in_the_order_it_lies_there(
    server: Dovecot, mailbox: Mailbox
) -> None:
    raws = letters(1, 7)
    server.deliver(*raws)
    done = fetch(mailbox)
    assert done.errors == []
    [folder] = done.folders
    assert (folder.name, folder.seen, folder.stored, folder.duplicates) == ("INBOX", 7, 7, 0)
    assert [bytes(each.raw) for each in Delivery.objects.order_by("pk")] == raws
    row = Folder.objects.get()
    assert row.high_water == 7
    assert [copy.uid for copy in Copy.objects.order_by("uid")] == [1, 2, 3, 4, 5, 6, 7]


def test_nothing_on_the_server_is_marked_as_read(server: Dovecot, mailbox: Mailbox) -> None:
    server.deliver(*letters(1, 2))
    before = [path.read_bytes() for path in server.mails()]
    fetch(mailbox)
    assert [path.read_bytes() for path in server.mails()] == before
    assert not any("S" in path.name.partition(":2,")[2] for path in server.mails())


def test_a_second_pass_finds_nothing_and_a_third_only_what_is_new(
    server: Dovecot, mailbox: Mailbox
) -> None:
    server.deliver(*letters(1, 3))
    fetch(mailbox)
    [folder] = fetch(mailbox).folders
    assert (folder.seen, folder.stored) == (0, 0)
    server.deliver(*letters(4, 5))
    [folder] = fetch(mailbox).folders
    assert (folder.seen, folder.stored) == (2, 2)
    assert Delivery.objects.count() == 5


def test_a_crash_before_the_mark_moved_stores_nothing_twice(
    server: Dovecot, mailbox: Mailbox
) -> None:
    server.deliver(*letters(1, 3))
    fetch(mailbox)
    # What such a crash leaves: deliveries without copies, and the mark where it was.
    Copy.objects.all().delete()
    Folder.objects.update(high_water=0)
    [folder] = fetch(mailbox).folders
    assert (folder.seen, folder.stored, folder.duplicates) == (3, 0, 3)
    assert (Delivery.objects.count(), Copy.objects.count()) == (3, 3)
    assert Folder.objects.get().high_water == 3


def test_a_crash_before_the_commit_leaves_the_mark_where_it_was(
    server: Dovecot, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.deliver(*letters(1, 3))

    def die(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(shelf, "keep", die)
        with pytest.raises(KeyboardInterrupt):
            fetch(mailbox)
    assert Folder.objects.get().high_water == 0
    assert fetch(mailbox).stored == 3


def test_a_renumbered_folder_is_read_again_and_brings_no_second_message(
    server: Dovecot, mailbox: Mailbox
) -> None:
    server.deliver(*letters(1, 3))
    fetch(mailbox)
    process_pending()
    before = Folder.objects.get().uidvalidity
    server.renumber()
    server.deliver(*letters(4, 4))
    [folder] = fetch(mailbox).folders
    process_pending()
    assert Folder.objects.get().uidvalidity != before
    assert folder.stored == 4
    assert Message.objects.count() == 4
    assert Delivery.objects.filter(state="duplicate").count() == 3


def test_mail_that_was_deleted_meanwhile_is_no_trouble(server: Dovecot, mailbox: Mailbox) -> None:
    server.deliver(*letters(1, 3))
    server.mails()[1].unlink()
    assert fetch(mailbox).stored == 2
    server.mails()[0].unlink()
    server.deliver(*letters(4, 4))
    assert fetch(mailbox).stored == 1


def test_two_fetchers_at_once_keep_every_mail_once(server: Dovecot, mailbox: Mailbox) -> None:
    server.deliver(*letters(1, 300))
    passes = at_once(*[lambda: fetch(mailbox)] * 3)
    assert [error for each in passes for error in each.errors] == []
    assert sum(each.stored for each in passes) == 300
    assert Delivery.objects.count() == 300


def test_two_fetchers_without_a_turn_keep_every_mail_once_too(
    server: Dovecot, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch_module, "turn", lambda *_, **__: nullcontext())
    server.deliver(*letters(1, 300))
    passes = at_once(*[lambda: fetch(mailbox)] * 3)
    assert sum(each.stored for each in passes) == 300
    assert Delivery.objects.count() == Copy.objects.count() == 300


def test_folders_with_spaces_and_foreign_letters_are_read(
    server: Dovecot, mailbox: Mailbox
) -> None:
    server.deliver(*letters(1, 2), to="Kunden & Partner".replace("&", "&-"))
    server.deliver(*letters(3, 5), to="Entw&APw-rfe")
    for name in ("INBOX", "Kunden & Partner", "Entwürfe"):
        Folder.objects.create(mailbox=mailbox, name=name)
    done = fetch(mailbox)
    assert done.errors == []
    assert [(each.name, each.stored) for each in done.folders] == [
        ("INBOX", 0),
        ("Kunden & Partner", 2),
        ("Entwürfe", 3),
    ]


def test_a_missing_folder_is_told_and_the_others_are_read(
    server: Dovecot, mailbox: Mailbox
) -> None:
    server.deliver(*letters(1, 2))
    Folder.objects.create(mailbox=mailbox, name="Orders")
    Folder.objects.create(mailbox=mailbox, name="INBOX")
    done = fetch(mailbox)
    assert done.stored == 2
    [error] = done.errors
    assert error.startswith("The folder 'Orders' cannot be opened")
    assert Folder.objects.get(name="Orders").error == error


def test_backfill_finds_what_lies_below_the_mark(server: Dovecot, mailbox: Mailbox) -> None:
    server.deliver(*letters(1, 4))
    fetch(mailbox)
    Copy.objects.filter(uid=2).delete()
    Delivery.objects.filter(source_key__endswith=";2").delete()
    assert fetch(mailbox).stored == 0
    assert fetch(mailbox, since=date(2023, 11, 1)).stored == 1
    assert Delivery.objects.count() == 4
    assert Folder.objects.get().high_water == 4


def test_a_mail_over_the_limit_is_kept_raw_and_fails_in_sight(
    server: Dovecot, mailbox: Mailbox, settings: LazySettings
) -> None:
    settings.MAX_MAIL_BYTES = 1000
    server.deliver(letter("x" * 2000), *letters(2, 2))
    fetch(mailbox)
    process_pending()
    large, small = Delivery.objects.order_by("pk")
    assert (large.state, small.state) == ("failed", "processed")
    assert len(large.raw) > 2000


def test_a_mail_too_large_to_store_is_a_failed_delivery_and_the_others_go_on(
    server: Dovecot, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "MOST_BYTES", 2000)
    server.deliver(letter("x" * 3000), *letters(2, 2))
    [folder] = fetch(mailbox).folders
    assert (folder.stored, folder.failed) == (1, 1)
    large = Delivery.objects.get(state="failed")
    assert (bytes(large.raw), large.source_key.endswith(";1")) == (b"", True)
    assert "left on the server" in large.reason
    assert fetch(mailbox).failed == 0


def test_a_mail_that_was_set_aside_is_fetched_once_a_person_replays_it(
    server: Dovecot, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = letter("x" * 3000)
    server.deliver(raw)
    with monkeypatch.context() as patch:
        patch.setattr(reader, "MOST_BYTES", 2000)
        fetch(mailbox)
    replay(Delivery.objects.all(), by=None)
    process_pending()
    assert Delivery.objects.get().state == "pending", "there is nothing to process yet"
    assert fetch(mailbox).stored == 1
    process_pending()
    kept = Delivery.objects.get()
    assert (kept.state, bytes(kept.raw), kept.size) == ("processed", raw, len(raw))


def test_a_mail_that_another_process_was_given_is_not_set_aside(
    server: Dovecot, mailbox: Mailbox
) -> None:
    server.deliver(*letters(1, 1))
    fetch(mailbox)
    shelf.set_aside(Folder.objects.get(), 1, "The mail server did not give it to me.")
    kept = Delivery.objects.get()
    assert (kept.state, kept.withheld_at, kept.reason) == ("pending", None, "")
