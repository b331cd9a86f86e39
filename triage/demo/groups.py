"""Process groups: a child and whatever it started. Only the standard library: the guardian waits on
little memory."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path


def kill(leader: int) -> None:
    """End every process of the group at once; none left is no error."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def end(leaders: list[int], *, patience: float) -> None:
    """Ask the leaders to end, wait up to `patience` seconds for all, then kill what remains."""
    for leader in leaders:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(leader, signal.SIGTERM)
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and any(_exists(leader) for leader in leaders):
        time.sleep(0.05)
    for leader in leaders:
        kill(leader)


def _exists(leader: int) -> bool:
    try:
        os.kill(leader, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    # A container's first process may never collect its dead: such a zombie is no reason to wait.
    status = Path(f"/proc/{leader}/stat")
    return not (status.exists() and ") Z" in status.read_text(errors="replace"))
