"""The guardian stops what was entered and not struck out, unless it is told that all is well."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.demo.desk import until
from triage.demo.guardian import stand_guard


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True
    )
    yield process
    process.kill()
    process.wait()


def test_a_pipe_that_breaks_ends_the_children(sleeper: subprocess.Popen[bytes]) -> None:
    stand_guard([f"child {sleeper.pid}\n"])
    until(lambda: sleeper.poll() is not None, 5, lambda: "still there")


def test_a_child_struck_out_is_left_alone(sleeper: subprocess.Popen[bytes]) -> None:
    stand_guard([f"child {sleeper.pid}\n", f"ended {sleeper.pid}\n"])
    assert sleeper.poll() is None


def test_done_means_that_nothing_is_left_to_do(sleeper: subprocess.Popen[bytes]) -> None:
    stand_guard([f"child {sleeper.pid}\n", "done\n"])
    assert sleeper.poll() is None
