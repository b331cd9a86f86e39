"""What is wrong with this installation, and what to do about it: tried, not guessed."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

from triage.ingest import imap
from triage.ingest.fetch import folders_of
from triage.ingest.imap_errors import MailServerError
from triage.ingest.models import Mailbox, Source
from triage.ingest.sealing import SealBroken
from triage.llm import gateway, pricing
from triage.llm.errors import AttemptError, KeyRefused
from triage.reports import health


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried; `said` is what was found, or the fix."""

    name: str
    is_ok: bool
    said: str


def examine() -> Iterator[Finding]:
    """Try everything in turn; without a database there is nothing else to try."""
    try:
        tables = _tables()
    except Error:
        yield _health("database", health.check().database)
        return
    yield _well("database", "answers")
    yield tables
    if not tables.is_ok:
        return
    found = health.check()
    yield _health("broker", found.broker)
    yield _health("worker", found.worker)
    yield from _mailboxes()
    yield from _model()
    yield from _prices()


def _well(name: str, said: str) -> Finding:
    return Finding(name, is_ok=True, said=said)


def _wrong(name: str, fix: str) -> Finding:
    return Finding(name, is_ok=False, said=fix)


def _health(name: str, said: str) -> Finding:
    return _well(name, "answers") if said == health.OK else _wrong(name, said)


def _tables() -> Finding:
    executor = MigrationExecutor(connection)
    left = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if left:
        return _wrong("tables", f"{len(left)} migrations are missing: manage.py migrate")
    return _well("tables", "up to date")


def _mailboxes() -> Iterator[Finding]:
    mailboxes = Mailbox.objects.filter(source=Source.IMAP).order_by("pk")
    for mailbox in mailboxes:
        yield _mailbox(mailbox)
    if not mailboxes:
        yield _well("mailbox", "none is read by IMAP")


def _mailbox(mailbox: Mailbox) -> Finding:
    name = f"mailbox {mailbox.address}"
    try:
        with imap.session(mailbox) as session:
            counts = [
                f"{session.open(folder.name).count} in {folder}" for folder in folders_of(mailbox)
            ]
    except (MailServerError, SealBroken) as error:
        return _wrong(name, str(error))
    return _well(name, f"mails: {', '.join(counts)}")


def _model() -> Iterator[Finding]:
    if not gateway.is_available():
        yield _well("model", "no GEMINI_API_KEY: the local classifier sorts the mail")
        return
    try:
        known = gateway.known_models()
    except KeyRefused as error:
        yield _wrong("model", f"{error} Check GEMINI_API_KEY.")
    except AttemptError as error:
        yield _wrong("model", f"{error}. Is this machine on-line?")
    else:
        for model in settings.MODELS:
            name = f"model {model}"
            fix = "not open to this key: change TRIAGE_MODELS"
            yield _well(name, "may be asked") if model in known else _wrong(name, fix)


def _prices() -> Iterator[Finding]:
    for model in settings.MODELS:
        if pricing.is_known(model, "gemini"):
            yield _well(f"price {model}", "known")
        else:
            fix = "unknown, so its calls have no cost: update genai-prices, or change TRIAGE_MODELS"
            yield _wrong(f"price {model}", fix)
