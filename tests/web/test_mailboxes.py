"""Supervisors see how mailboxes do, what a server has that is not here, and have it fetched."""

from datetime import date

import pytest
from django.test import Client

from tests import factories, people
from triage.ingest.models import Mailbox


@pytest.fixture
def fetched(db: None) -> Mailbox:
    """A mailbox on a server that does not answer: nothing listens on port 9 of this machine."""
    mailbox = factories.mailbox("billing@alder-lamps.example.com")
    Mailbox.objects.filter(pk=mailbox.pk).update(
        source="imap", host="127.0.0.1", port=9, security="none", fetch_error="Nobody answers."
    )
    return Mailbox.objects.get(pk=mailbox.pk)


@pytest.fixture
def supervisor(db: None) -> Client:
    return people.browser_of(people.dana())


def test_each_mailbox_is_listed_with_what_troubles_it(supervisor: Client, fetched: Mailbox) -> None:
    factories.mailbox()
    text = supervisor.get("/mailboxes/").text
    assert "desk@alder-lamps.example.com" in text
    assert "Nobody answers." in text
    assert "silent" in text


def test_a_server_that_is_away_is_said_so(supervisor: Client, fetched: Mailbox) -> None:
    answer = supervisor.get(f"/mailboxes/{fetched.pk}/gaps/")
    assert answer.status_code == 200
    assert "could not be asked" in answer.text


def test_older_mail_is_asked_for(supervisor: Client, fetched: Mailbox) -> None:
    for _ in range(2):
        supervisor.post(f"/mailboxes/{fetched.pk}/backfill", {"since": "2026-01-31"})
    fetched.refresh_from_db()
    assert fetched.backfill_since == date(2026, 1, 31)


@pytest.mark.parametrize("since", ["", "yesterday", "2026-02-31"])
def test_a_day_that_is_none_asks_for_nothing(
    supervisor: Client, fetched: Mailbox, since: str
) -> None:
    supervisor.post(f"/mailboxes/{fetched.pk}/backfill", {"since": since})
    fetched.refresh_from_db()
    assert fetched.backfill_since is None


def test_only_supervisors(desk: Client, stranger: Client, fetched: Mailbox) -> None:
    for path in ("/mailboxes/", f"/mailboxes/{fetched.pk}/gaps/"):
        assert desk.get(path).status_code == 403
        assert stranger.get(path).headers["Location"].startswith("/login/")
    path = f"/mailboxes/{fetched.pk}/backfill"
    assert desk.post(path, {"since": "2026-01-31"}).status_code == 403
    fetched.refresh_from_db()
    assert fetched.backfill_since is None


def test_it_is_only_posted_and_only_to_what_is_fetched(
    supervisor: Client, fetched: Mailbox
) -> None:
    assert supervisor.get(f"/mailboxes/{fetched.pk}/backfill").status_code == 405
    webhook = factories.mailbox()
    assert supervisor.post(f"/mailboxes/{webhook.pk}/backfill").status_code == 404
    assert supervisor.get(f"/mailboxes/{webhook.pk}/gaps/").status_code == 404
