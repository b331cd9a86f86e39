"""The product's settings on an embedded PostgreSQL of this run's own, gone when it ends.

A module of settings, not a fixture: pytest-django reads the settings before any conftest.
TRIAGE_TEST_VAR names a folder to keep instead, which saves the start of a server.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path


def _scratch() -> str:
    if kept := os.environ.get("TRIAGE_TEST_VAR"):
        return kept
    folder = Path(tempfile.mkdtemp(prefix="triage-tests-"))
    atexit.register(_clear, folder, os.getpid())
    return str(folder)


def _clear(folder: Path, owner: int) -> None:
    from triage.lib.embedded import server  # noqa: PLC0415 - at exit only

    if os.getpid() == owner:  # not in a forked child
        server.stop(folder / "postgres")
        shutil.rmtree(folder, ignore_errors=True)


os.environ["TRIAGE_VAR"] = _scratch()
os.environ.setdefault("SECRET_KEY", "for tests only: nothing real is signed with this key, ever")
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"
# Rings of in-process tests go nowhere; flows start a real worker on a real broker of their own.
os.environ["CELERY_BROKER_URL"] = "memory://"
for name in (
    "DATABASE_URL", "GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GEMINI_BASE_URL",
    "GOOGLE_GENAI_USE_ENTERPRISE", "GOOGLE_GENAI_USE_VERTEXAI",
):  # fmt: skip
    os.environ.pop(name, None)

from triage.settings import *  # noqa: E402, F403
