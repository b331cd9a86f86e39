"""Raw bytes become durable before anybody makes anything of them (promise 1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.db import connection, transaction
from django.utils import timezone

from triage.ingest.models import Delivery, Mailbox, Source


@dataclass(frozen=True, slots=True)
class Parcel:
    """Bytes as they came; `source_key` is their name at the source, or empty: their digest."""

    raw: bytes
    source_key: str = ""
    envelope_to: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return self.source_key or f"sha256:{sha256(self.raw).hexdigest()}"


def receive(parcels: Sequence[Parcel], *, mailbox: Mailbox | None, source: Source) -> int:
    """Keep each parcel as a Delivery, committed on return; how many were not here before.

    Without a mailbox it is looked for when the mail is processed (triage.ingest.addressing).

    Safe to repeat and to race: a source key that is known already changes nothing. One statement
    with the conflict left to the database, since a look first would let two senders in at once.
    """
    if not parcels:
        return 0
    unique = {parcel.key: parcel for parcel in parcels}
    now = timezone.now()
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        if len(unique) > 1 and mailbox is not None:
            # Two that bring the same mails in different order would wait for each other; sorting
            # them would lose the order of arrival.
            Mailbox.objects.select_for_update(no_key=True).get(pk=mailbox.pk)
        cursor.execute(
            """
            INSERT INTO ingest_delivery
                (mailbox_id, source, source_key, raw, size, received_at, due_at,
                 state, attempts, reason, envelope_to)
            SELECT %s, %s, key, raw, octet_length(raw), %s, %s, %s, 0, '', envelope_to
            FROM unnest(%s::text[], %s::bytea[], %s::text[]) AS parcel (key, raw, envelope_to)
            ON CONFLICT DO NOTHING
            """,
            [
                mailbox.pk if mailbox else None,
                source,
                now,
                now,
                Delivery.State.PENDING,
                list(unique),
                [parcel.raw for parcel in unique.values()],
                ["\n".join(parcel.envelope_to) for parcel in unique.values()],
            ],
        )
        return int(cursor.rowcount)
