"""A mailbox of ten thousand mails: read in one go, in bounded memory, and never again."""

import json
import resource
import time

import pytest

from tests.commands.running import manage
from tests.imap.dovecot import Dovecot
from tests.imap.test_fetch import letters
from triage.ingest.models import Copy, Delivery, Folder, Mailbox

pytestmark = pytest.mark.django_db(transaction=True)

MAILS = 10_000
# Seen: 15 s on two busy cores. A reader that is quadratic in anything takes far longer.
MOST_SECONDS = 120


def test_ten_thousand_mails_are_here_after_one_pass(server: Dovecot, mailbox: Mailbox) -> None:
    server.deliver(*letters(1, MAILS))
    began = time.monotonic()
    done = manage("fetch", TRIAGE_IMAP_CA_FILE=str(server.certificate))
    seconds = time.monotonic() - began
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    [row] = done.result["mailboxes"][0]["folders"]
    assert (row["seen"], row["stored"], row["failed"]) == (MAILS, MAILS, 0)
    assert Delivery.objects.count() == Copy.objects.count() == MAILS
    assert Folder.objects.get().high_water == MAILS
    print(json.dumps({"mails": MAILS, "seconds": round(seconds, 1), "peak_kB": usage.ru_maxrss}))
    assert seconds < MOST_SECONDS
    [again] = manage("fetch", TRIAGE_IMAP_CA_FILE=str(server.certificate)).result["mailboxes"]
    assert again["folders"][0]["seen"] == 0
    [checked] = manage("fetch", "--check", TRIAGE_IMAP_CA_FILE=str(server.certificate)).result[
        "mailboxes"
    ]
    assert checked["folders"][0]["missing"] == 0
