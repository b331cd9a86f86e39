"""A folder and a port belong to one demo."""

import os
import socket
import time
from pathlib import Path

import pytest

from triage.demo import claims


def test_a_free_port_listens_on_this_machine_only() -> None:
    with claims.port(0) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"
        assert listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_taken_port_names_one_that_is_free() -> None:
    with claims.port(0) as listener:
        taken = listener.getsockname()[1]
        with pytest.raises(claims.RefusedError, match=f"Port {taken} is in use") as refusal:
            claims.port(taken)
    named = int(str(refusal.value).partition("PORT=")[2].split()[0])
    claims.port(named).close()


@pytest.mark.parametrize("number", [65536, 700000])
def test_a_port_that_does_not_exist_is_told(number: int) -> None:
    with pytest.raises(claims.RefusedError, match="use a number from 1 to 65535"):
        claims.port(number)


def test_a_held_folder_is_refused_with_the_address_of_its_demo(tmp_path: Path) -> None:
    began = time.monotonic()
    with (
        claims.folder(tmp_path / "var", port=8000),
        pytest.raises(
            claims.RefusedError, match=rf"http://127.0.0.1:8000/ \(process {os.getpid()}\)"
        ),
        claims.folder(tmp_path / "var", port=8001),
    ):
        pass
    assert time.monotonic() - began < claims.GUARDIAN_SECONDS / 2, "it waits for killed demos only"


def test_a_folder_is_free_again_afterwards(tmp_path: Path) -> None:
    for port in (8000, 8001):
        with claims.folder(tmp_path, port=port):
            assert (tmp_path / "demo.lock").read_text() == f"{os.getpid()} {port}"
