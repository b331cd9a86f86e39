"""What every test of a page has: people with a browser each."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests import people


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """WhiteNoise warns where `collectstatic` has not run; a fresh clone is such a place."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.filterwarnings("ignore:No directory at:UserWarning"))


@pytest.fixture
def alice(db: None) -> User:
    return people.alice()


@pytest.fixture
def desk(alice: User) -> Client:
    """Alice's browser: she may work on tickets."""
    return people.browser_of(alice)


@pytest.fixture
def looking(db: None) -> Client:
    """Bob's browser: he may look."""
    return people.browser_of(people.bob())


@pytest.fixture
def stranger(db: None) -> Client:
    """Charlie's browser: nobody has let him in."""
    return people.charlie()
