"""ALL background tasks. Read top to bottom it is the pipeline: fetch, process, classify, invoices.

A task is a doorbell: it names a drain, and the drain works on whatever the rows say is due. A ring
that is lost, doubled or late changes nothing; the sweep rings again.
"""

import logging
from typing import Any

from django.db import transaction
from kombu.exceptions import OperationalError

from triage.celery import app
from triage.classification.classify import classify_pending
from triage.ingest.fetch import fetch_unattended
from triage.ingest.models import Heartbeat
from triage.ingest.process import process_pending
from triage.invoices.extract import extract_pending
from triage.invoices.nominate import nominate_due
from triage.llm.gateway import settle_abandoned

log = logging.getLogger(__name__)


@app.task
def fetch_mailboxes() -> None:
    """Mailboxes that nobody watches are read."""
    for _ in fetch_unattended(on_stored=lambda: ring(process_deliveries)):
        pass


@app.task
def process_deliveries() -> None:
    """Raw mail becomes messages in tickets."""
    if process_pending():
        ring(classify_tickets)


@app.task
def classify_tickets() -> None:
    """Tickets get a category."""
    for _ in classify_pending():
        ring(find_invoices)


@app.task
def find_invoices() -> None:
    """Sorted mail is searched for invoices; structured ones are read on the spot."""
    if sum(nominate_due()):
        ring(extract_invoices)


@app.task
def extract_invoices() -> None:
    """The other invoices are read by the model."""
    for _ in extract_pending():
        pass


PIPELINE = (
    fetch_mailboxes, process_deliveries, classify_tickets, find_invoices, extract_invoices,
)  # fmt: skip


@app.task
def sweep() -> None:
    """Ring for everything: what is not due costs one indexed look each."""
    Heartbeat.beat("worker")
    settle_abandoned()
    for task in PIPELINE:
        ring(task)


def ring_process() -> None:
    """Say that deliveries wait, once the current transaction is committed."""
    transaction.on_commit(lambda: ring(process_deliveries))


def ring(task: Any) -> None:
    """Put a ring into the broker. A broker that is away is no reason to fail: the sweep rings."""
    try:
        task.apply_async(retry=False)
    except (OperationalError, OSError) as error:
        log.warning("the broker did not take a ring for %s: %s", task.name, error)


def drain_once() -> int:
    """Run everything pending in this process, in the pipeline's order; how much was done."""
    return (
        process_pending() + sum(classify_pending()) + sum(nominate_due()) + sum(extract_pending())
    )
