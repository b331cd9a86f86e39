"""The demo's people and mailboxes come once, and only where they are at home."""

import pytest
from django.contrib.auth.models import User

from triage.demo import company, samples
from triage.ingest.models import Delivery, Mailbox, Source
from triage.ingest.receive import Parcel, receive

pytestmark = pytest.mark.django_db


def test_an_empty_database_gets_an_agent_a_supervisor_and_three_mailboxes() -> None:
    mailboxes = company.move_in()
    assert [mailbox.address.partition("@")[0] for mailbox in mailboxes] == [
        "hello",
        "billing",
        "sales",
    ]
    maren, tomas = User.objects.order_by("username")
    assert (maren.is_staff, maren.is_superuser) == (False, False)
    assert (tomas.is_staff, tomas.is_superuser) == (True, True)
    assert maren.check_password(company.PASSWORD)


def test_a_second_start_overwrites_nobody() -> None:
    company.move_in()
    maren = User.objects.get(username="maren")
    maren.set_password("a password of her own")
    maren.last_name = "Okafor-Lindgren"
    maren.save()
    Mailbox.objects.filter(address__startswith="hello@").update(name="Front desk")

    company.move_in()

    maren.refresh_from_db()
    assert maren.check_password("a password of her own")
    assert maren.last_name == "Okafor-Lindgren"
    assert Mailbox.objects.filter(name="Front desk").count() == 1
    assert User.objects.count() == 2


def test_the_demo_is_at_home_in_an_empty_database_and_in_its_own() -> None:
    assert company.is_at_home()
    company.move_in()
    assert company.is_at_home()


def test_a_database_with_other_accounts_gets_no_public_password() -> None:
    User.objects.create_user("maren", "maren@orchard.example.org", "kept to herself")
    assert not company.is_at_home()


def test_a_load_that_was_cut_short_is_not_taken_for_a_whole_one() -> None:
    mailboxes = company.move_in()
    mails = [Parcel(path.read_bytes()) for path in samples.files()]
    receive(mails[:-1], mailbox=mailboxes[0], source=Source.PIPE)
    assert not samples.are_loaded(mailboxes)
    receive(mails[-1:], mailbox=mailboxes[1], source=Source.PIPE)
    assert samples.are_loaded(mailboxes)
    assert Delivery.objects.count() == len(mails)
