"""What becomes of sorted mail on its server: left, flagged or moved, and put right by a correction."""

import pytest

from tests import factories
from tests.imap.dovecot import Dovecot
from tests.imap.test_fetch import letters
from tests.people import agent
from triage.classification.correct import correct, undo
from triage.ingest.fetch import fetch
from triage.ingest.models import Copy, Handling, Mailbox
from triage.ingest.process import process_pending
from triage.tickets.models import Ticket

pytestmark = pytest.mark.django_db(transaction=True)
