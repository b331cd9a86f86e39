"""The key of a desk that was given none: one, whoever asks first."""

import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from django.core.exceptions import ImproperlyConfigured

from triage.lib.secret_key import kept_in


def test_it_is_made_once_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret_key"
    key = kept_in(path)
    assert len(key) > 50
    assert kept_in(path) == key
    assert kept_in(tmp_path / "other") != key


def test_only_its_owner_reads_it_and_no_draft_is_left(tmp_path: Path) -> None:
    kept_in(tmp_path / "secret_key")
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_a_key_that_is_there_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("an old key\n")
    assert kept_in(tmp_path / "secret_key") == "an old key"


def test_processes_that_start_at_once_agree(tmp_path: Path) -> None:
    path = tmp_path / "secret_key"
    program = (
        "import sys, pathlib; from triage.lib.secret_key import kept_in;"
        "print(flush=True); sys.stdin.readline(); print(kept_in(pathlib.Path(sys.argv[1])))"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdout
        process.stdout.readline()  # it has loaded everything and waits
    for process in processes:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    keys = {process.communicate(timeout=30)[0].strip() for process in processes}
    assert keys == {path.read_text()}


def test_two_with_the_same_process_id_agree_too(tmp_path: Path) -> None:
    # Web and worker in containers of their own, on one volume: both may be process 1.
    for attempt in range(20):
        path, barrier = tmp_path / f"secret_key_{attempt}", Barrier(8)

        def ask(path: Path = path, barrier: Barrier = barrier) -> str:
            barrier.wait(timeout=30)
            return kept_in(path)

        with ThreadPoolExecutor(8) as pool:
            keys = [future.result() for future in [pool.submit(ask) for _ in range(8)]]
        assert set(keys) == {path.read_text()}


def test_a_place_that_cannot_be_written_is_named_with_the_fix(tmp_path: Path) -> None:
    blocked = tmp_path / "a file, not a folder"
    blocked.touch()
    with pytest.raises(ImproperlyConfigured, match="TRIAGE_VAR"):
        kept_in(blocked / "secret_key")
