"""What the rows know of a folder's mails: which are here, which were set aside, how far we are."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

from django.db.models import QuerySet
from django.utils import timezone

from triage.ingest.imap import Opened
from triage.ingest.models import Copy, Delivery, Folder, Source, State
from triage.ingest.receive import Parcel, receive

# A key has 200 characters, and two numbers need 22 of them.
MAX_NAME = 150
MAX_SIZE = 2**31 - 1  # of the column; a server may claim anything


def begin(folder: Folder, opened: Opened) -> None:
    """Note how the server described the folder; read it from the start when it was renumbered.

    After a new UIDVALIDITY the old UIDs mean nothing (RFC 3501, 2.3.1.1). What is here already is
    found to be the same mail by its content, when it is processed.
    """
    if folder.uidvalidity != opened.uidvalidity:
        folder.uidvalidity, folder.high_water = opened.uidvalidity, 0
    folder.server_count = opened.count
    folder.save(update_fields=["uidvalidity", "high_water", "server_count"])


def source_key(folder: Folder, uid: int) -> str:
    """`folder;uidvalidity;uid`; of a long folder name the digest."""
    name = folder.name
    if len(name) > MAX_NAME:
        name = f"sha256:{sha256(name.encode()).hexdigest()}"
    return f"{name};{folder.uidvalidity};{uid}"


def known(folder: Folder, uids: Sequence[int]) -> set[int]:
    """Which of these are here, or were set aside in sight."""
    keys = {source_key(folder, uid): uid for uid in uids}
    return {
        keys[key] for key in _deliveries(folder, list(keys)).values_list("source_key", flat=True)
    }


def keep(folder: Folder, raws: Mapping[int, bytes]) -> int:
    """Commit these mails, by UID; how many were not here before."""
    parcels = [Parcel(raw, source_key(folder, uid)) for uid, raw in sorted(raws.items())]
    stored = receive(parcels, mailbox=folder.mailbox, source=Source.IMAP)
    note_copies(folder, list(raws))
    return stored


def set_aside(folder: Folder, uid: int, reason: str, *, size: int = 0) -> None:
    """A mail the server does not give: a failed delivery without bytes, in sight of staff."""
    now = timezone.now()
    failed = {"state": State.FAILED, "processed_at": now, "withheld_at": now, "reason": reason}
    _, is_new = Delivery.objects.get_or_create(
        mailbox=folder.mailbox,
        source=Source.IMAP,
        source_key=source_key(folder, uid),
        defaults={
            "raw": b"", "size": min(size, MAX_SIZE), "received_at": now, "due_at": now, **failed,
        },
    )  # fmt: skip
    if not is_new:
        # Not a mail that another process was given meanwhile: that one is whole.
        mine = _deliveries(folder, [source_key(folder, uid)])
        mine.filter(withheld_at__isnull=False).update(**failed)
    note_copies(folder, [uid])


def asked_again(folder: Folder) -> list[int]:
    """UIDs of mails that were set aside and that a person replayed."""
    replayed = Copy.objects.filter(
        folder=folder, delivery__state=State.PENDING, delivery__withheld_at__isnull=False
    )
    numbering = folder.uidvalidity or 0
    stale = replayed.exclude(uidvalidity=numbering).values("delivery")
    Delivery.objects.filter(pk__in=stale).update(
        state=State.FAILED,
        reason="The mail server renumbered the folder; the mail was read again by its new UID.",
    )
    current = replayed.filter(uidvalidity=numbering)
    return list(current.order_by("uid").values_list("uid", flat=True))


def fill_in(folder: Folder, uid: int, raw: bytes) -> None:
    """The bytes of a mail that was set aside, at last."""
    _deliveries(folder, [source_key(folder, uid)]).filter(withheld_at__isnull=False).update(
        raw=raw, size=len(raw), withheld_at=None, due_at=timezone.now()
    )


def note_copies(folder: Folder, uids: Sequence[int]) -> None:
    """Note where the deliveries of these UIDs lie."""
    keys = {source_key(folder, uid): uid for uid in uids}
    found = _deliveries(folder, list(keys)).order_by("pk").values_list("pk", "source_key")
    Copy.objects.bulk_create(
        (
            Copy(delivery_id=pk, folder=folder, uidvalidity=folder.uidvalidity or 0, uid=keys[key])
            for pk, key in found
        ),
        ignore_conflicts=True,
    )


def move_mark(folder: Folder, uid: int) -> None:
    """Everything up to `uid` is durable. The mark never moves back, and never after renumbering."""
    mine = Folder.objects.filter(pk=folder.pk, uidvalidity=folder.uidvalidity)
    mine.filter(high_water__lt=uid).update(high_water=uid)


def _deliveries(folder: Folder, keys: Sequence[str]) -> QuerySet[Delivery]:
    return Delivery.objects.filter(
        mailbox=folder.mailbox_id, source=Source.IMAP, source_key__in=keys
    )
