"""Real PostgreSQL for every test, people with names, and no way out to the network."""

import socket
from typing import Any

import pytest

_LOOPBACK = {"127.0.0.1", "::1", "localhost", "0.0.0.0", ""}


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Any:
    """Any connection beyond this machine fails the test that tries it."""
    patch = pytest.MonkeyPatch()
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in _LOOPBACK:
            raise PermissionError(f"tests stay on this machine; {address[0]} was asked for")
        connect(self, address)

    patch.setattr(socket.socket, "connect", guarded)
    yield
    patch.undo()
