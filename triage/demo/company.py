"""Alder Lamps, the company of the demo: who works there and which addresses it has."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction

from triage.ingest.models import Mailbox

PASSWORD = "alder-lamps"  # noqa: S105 - printed on the console; the demo answers this machine only
DOMAIN = "alderlamps.example.com"
MAILBOXES = {"hello": "Hello", "billing": "Billing", "sales": "Sales"}


@dataclass(frozen=True)
class Colleague:
    username: str
    first_name: str
    last_name: str
    is_supervisor: bool = False

    def account(self) -> User:
        """An account that is not saved yet."""
        user = User(
            username=self.username,
            first_name=self.first_name,
            last_name=self.last_name,
            email=f"{self.username}@{DOMAIN}",
            is_staff=self.is_supervisor,
            is_superuser=self.is_supervisor,
        )
        user.set_password(PASSWORD)
        return user


PEOPLE = (
    Colleague("maren", "Maren", "Okafor"),
    Colleague("tomas", "Tomas", "Lindgren", is_supervisor=True),
)


def is_at_home() -> bool:
    """Whether this database is a demo's. One with accounts of its own gets no public password."""
    emails = [f"{colleague.username}@{DOMAIN}" for colleague in PEOPLE]
    users = User.objects.all()
    return not users.exists() or users.filter(email__in=emails).exists()


@transaction.atomic
def move_in() -> list[Mailbox]:
    """The demo's accounts and mailboxes: made where missing; what exists stays as it is."""
    known = set(User.objects.values_list("username", flat=True))
    for colleague in PEOPLE:
        if colleague.username not in known:
            colleague.account().save()
    return [
        Mailbox.objects.get_or_create(address=f"{local}@{DOMAIN}", defaults={"name": name})[0]
        for local, name in MAILBOXES.items()
    ]
