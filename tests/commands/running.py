"""manage.py in a process of its own, on the test's own database."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    status: int
    stdout: str
    stderr: str

    @property
    def result(self) -> Any:
        """The one line of JSON it prints."""
        (line,) = self.stdout.splitlines()
        return json.loads(line)

    @property
    def complaint(self) -> str:
        """The last line of stderr; fails when there is a traceback."""
        assert "Traceback" not in self.stderr, self.stderr
        return self.stderr.strip().splitlines()[-1]


def environment(**variables: str) -> dict[str, str]:
    """The test's own database and folder, no broker; `variables` on top."""
    there = connection.settings_dict
    database = f"postgresql://{there['USER']}@/{there['NAME']}?host={quote(there['HOST'])}"
    return {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "DATABASE_URL": database,
        "TRIAGE_VAR": str(settings.VAR),
        "SECRET_KEY": settings.SECRET_KEY,
        "CELERY_BROKER_URL": "memory://",
        **variables,
    }


def manage(*arguments: str | Path, stdin: bytes = b"", **variables: str) -> Done:
    done = subprocess.run(
        [sys.executable, "manage.py", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        env=environment(**variables),
        cwd=ROOT,
        timeout=120,
        check=False,
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())
