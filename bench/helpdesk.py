"""Mail in, beside django-helpdesk's `get_email` on the same mails and the same PostgreSQL."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure
from bench.workbench import mails, set_up

NUMBER = 984  # six rounds of the samples
ROOT = Path(__file__).parent.parent
PINS = ROOT / "requirements" / "peer.txt"
VENV = ROOT / "var" / "bench-peer"


def run() -> Iterator[Figure]:
    set_up()
    python = _environment()
    with tempfile.TemporaryDirectory() as folder:
        mail = Path(folder) / "mail"
        mail.mkdir()
        for number, raw in enumerate(mails(NUMBER)):
            (mail / f"{number:05}.eml").write_bytes(raw)
        # In turns, twice each: the machine's mood then falls on both.
        ours, theirs, raised = [], [], 0
        for turn in range(2):
            ours.append(_ours(mail, turn))
            done = _theirs(python, mail, Path(folder) / "media", turn)
            theirs.append(NUMBER / done["seconds"])
            raised = int(done["raised"])
    yield Figure("triage, files to queue", max(ours), "mails/s", n=NUMBER)
    yield Figure("django-helpdesk get_email", max(theirs), "mails/s", n=NUMBER)
    yield Figure("django-helpdesk, mails that raised", raised, "mails", n=NUMBER)
    yield Figure("triage / django-helpdesk", max(ours) / max(theirs), "ratio", n=NUMBER)


def _ours(mail: Path, turn: int) -> float:
    """The command's own way: read files, store durably, parse, thread, queue."""
    from triage.ingest import files  # noqa: PLC0415 - after set_up
    from triage.ingest.models import Mailbox, Source  # noqa: PLC0415
    from triage.ingest.process import process_pending  # noqa: PLC0415
    from triage.ingest.receive import Parcel, receive  # noqa: PLC0415

    mailbox = Mailbox.objects.create(address=f"helpdesk-{turn}@example.com")
    began = time.perf_counter()
    batch = []
    for file in files.mail_files(mail):
        with file.open("rb") as stream:
            batch += [Parcel(raw) for raw in files.stream_mails(stream) if raw is not None]
        if len(batch) >= 200:
            receive(batch, mailbox=mailbox, source=Source.PIPE)
            batch = []
    receive(batch, mailbox=mailbox, source=Source.PIPE)
    assert process_pending() == NUMBER
    return NUMBER / (time.perf_counter() - began)


def _theirs(python: Path, mail: Path, media: Path, turn: int) -> dict[str, float]:
    from django.db import connection  # noqa: PLC0415 - after set_up

    name = f"peer_{turn}"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    database = connection.settings_dict
    done = subprocess.run(
        [str(python), "-m", "bench.peer.run", str(mail)],
        cwd=ROOT,
        env={
            **os.environ,
            "PEER_DATABASE": name,
            "PEER_HOST": str(database["HOST"]),
            "PEER_USER": str(database["USER"]),
            "PEER_MEDIA": str(media),
        },
        stdout=subprocess.PIPE,
        check=True,
    )
    return dict(json.loads(done.stdout.decode().strip().rpartition("\n")[2]))


def _environment() -> Path:
    """The peer's own virtual environment, made once."""
    python = VENV / "bin" / "python"
    if not (VENV / ".done").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
        install = ["-m", "pip", "install", "-q", "--require-hashes", "-r", str(PINS)]
        subprocess.run([str(python), *install], check=True)
        (VENV / ".done").touch()
    return python
