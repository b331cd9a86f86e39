"""Real PostgreSQL for every test, people with names, and no way out to the network."""

import os
import socket
import tempfile
from pathlib import Path
from typing import Any

import pytest

# Before Django reads its settings: an embedded server of the tests' own, nothing of the developer's.
_SCRATCH = Path(tempfile.gettempdir()) / f"triage-tests-{os.getuid()}"
os.environ["TRIAGE_VAR"] = os.environ.get("TRIAGE_TEST_VAR", str(_SCRATCH))
os.environ.setdefault("SECRET_KEY", "for tests only: nothing real is signed with this key, ever")
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"
# Rings of in-process tests go nowhere; flows start a real worker on a real broker of their own.
os.environ.setdefault("CELERY_BROKER_URL", "memory://")
for name in ("GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GEMINI_BASE_URL"):
    os.environ.pop(name, None)

_LOOPBACK = {"127.0.0.1", "::1", "localhost", "0.0.0.0", ""}  # noqa: S104 - names to compare with


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
