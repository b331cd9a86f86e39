"""A mail server for each test that asks, and the mailbox of Alder Lamps on it."""

from collections.abc import Iterator

import pytest

from tests.imap.dovecot import PASSWORD, USER, Dovecot, dovecot
from triage.ingest.models import Mailbox, Source


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Dovecot]:
    with dovecot() as running:
        monkeypatch.setenv("TRIAGE_IMAP_CA_FILE", str(running.certificate))
        yield running


@pytest.fixture
def mailbox(server: Dovecot) -> Mailbox:
    """hello@alderlamps.example.com, read through TLS."""
    made = Mailbox(
        address="hello@alderlamps.example.com",
        source=Source.IMAP,
        host=server.host,
        port=server.imaps_port,
        username=USER,
    )
    made.secret = PASSWORD
    made.save()
    return made
