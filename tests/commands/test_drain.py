"""manage.py drain: the whole pipeline in one process, without a worker."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tests import factories
from tests.commands.running import manage
from tests.ingest.letters import letter
from tests.ingest.test_receive import take
from triage.ingest import process
from triage.ingest.models import Delivery
from triage.tickets.models import Ticket


@pytest.mark.django_db(transaction=True)
def test_mail_taken_in_lands_in_a_queue() -> None:
    for slug in ("support", "billing", "sales", "spam"):
        factories.category(slug)
    take(letter("Please send a quote: what do 30 Fenna lamps cost for our school?"), letter("Two"))
    done = manage("drain")
    assert done.status == 0
    assert done.result["left"] == 0
    assert done.result["done"] >= 4
    assert not Ticket.objects.filter(category=None).exists()
    assert set(Delivery.objects.values_list("state", flat=True)) == {"processed"}


@pytest.mark.django_db
def test_what_is_still_pending_at_the_end_of_its_time_is_a_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def choke(_: bytes) -> object:
        raise ValueError("odd")

    monkeypatch.setattr(process, "parse", choke)
    take(letter())
    output = StringIO()
    with pytest.raises(CommandError, match=r"1 are still pending after 0\.2 s"):
        call_command("drain", timeout=0.2, stdout=output)
    assert json.loads(output.getvalue())["left"] == 1


@pytest.mark.django_db
def test_with_nothing_to_do_it_says_so() -> None:
    output = StringIO()
    call_command("drain", stdout=output)
    assert json.loads(output.getvalue())["done"] == 0
