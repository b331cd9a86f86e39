"""Waiting for the web server's first answer."""

import http.client
import select
import time
from collections.abc import Callable

from triage.demo.claims import HOST

TIMEOUT_SECONDS = 60
MAX_REDIRECTS = 3


class NoPageError(Exception):
    """The web server ended, stayed silent or answers with errors; the message says which."""


def wait(port: int, *, lives: Callable[[], bool]) -> None:
    """Return once `/` answers, redirects followed. Raises NoPageError."""
    path = "/"
    for _ in range(MAX_REDIRECTS):
        status, location = _get(port, path, lives)
        if not location.startswith("/"):
            break
        path = location
    if status >= 500:
        raise NoPageError(f"{path} answers with status {status}")


def _get(port: int, path: str, lives: Callable[[], bool]) -> tuple[int, str]:
    """The socket listens before its server runs: the question waits there, nobody polls."""
    connection = http.client.HTTPConnection(HOST, port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", path, headers={"Host": f"{HOST}:{port}"})
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while not select.select([connection.sock], [], [], 0.2)[0]:
            if not lives():
                raise NoPageError("the web server ended")
            if time.monotonic() > deadline:
                raise NoPageError(f"no answer after {TIMEOUT_SECONDS} seconds")
        response = connection.getresponse()
        return response.status, response.getheader("Location") or ""
    except (OSError, http.client.HTTPException) as error:
        raise NoPageError(f"the web server broke off: {error}") from error
    finally:
        connection.close()
