"""The cast: Alice works tickets, Bob only looks, Dana sees the money too, Charlie is a stranger."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import Group, User
from django.test import Client

PASSWORD = "a lamp for every desk"


def alice() -> User:
    """An agent."""
    return _person("alice", "Alice", "Arden")


def bob() -> User:
    """A reader: sees everything an agent sees and changes nothing."""
    return _person("bob", "Bob", "Brandt", group="readers")


def dana() -> User:
    """A supervisor: sees costs and quality too."""
    return _person("dana", "Dana", "Diallo", group="supervisors")


def admin() -> User:
    """An administrator, for the pages under /admin/."""
    person = _person("edith", "Edith", "Ebner")
    User.objects.filter(pk=person.pk).update(is_staff=True, is_superuser=True)
    return User.objects.get(pk=person.pk)


def browser_of(person: User) -> Client:
    """A client in which `person` is signed in."""
    client = Client()
    client.force_login(person)
    return client


def charlie() -> Client:
    """A client of somebody who is not signed in."""
    return Client()


def _person(username: str, first: str, last: str, *, group: str = "") -> User:
    person, is_new = User.objects.get_or_create(
        username=username,
        defaults={
            "first_name": first,
            "last_name": last,
            "email": f"{username}@alder-lamps.example.com",
        },
    )
    if is_new:
        # One round of hashing: a real password's million would be most of what the tests do.
        person.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt", iterations=1)
        person.save(update_fields=["password"])
    if group:
        person.groups.add(Group.objects.get_or_create(name=group)[0])
    return person
