"""A small OAuth token endpoint, as at Google and Microsoft; Dovecot asks it whose a token is."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

from tests.imap.dovecot import USER

REFRESH_TOKEN = "refresh-1"


class TokenServer:
    """Gives access tokens that live for `life` seconds; remembers what it was asked."""

    def __init__(self) -> None:
        self.life = 3600
        self.status = 200
        self.rotates = False
        self.refresh_token = REFRESH_TOKEN
        self.asked: list[dict[str, str]] = []
        self.valid: set[str] = set()
        self.url = ""

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, object]]:
        self.asked.append(form)
        if self.status != 200:
            return self.status, {}
        is_refresh = form.get("grant_type") == "refresh_token"
        if not is_refresh or form.get("refresh_token") != self.refresh_token:
            return 400, {"error": "invalid_grant", "error_description": "Token was revoked."}
        token = f"access-{len(self.asked)}"
        self.valid = {token}
        said: dict[str, object] = {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": self.life,
        }
        if self.rotates:
            self.refresh_token = f"refresh-{len(self.asked) + 1}"
            said["refresh_token"] = self.refresh_token
        return 200, said

    def whose(self, token: str) -> tuple[int, dict[str, object]]:
        return (200, {"email": USER}) if token in self.valid else (401, {"error": "invalid_token"})


@contextmanager
def token_server() -> Iterator[TokenServer]:
    state = TokenServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer(*state.token({key: values[0] for key, values in parse_qs(body).items()}))

        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            self._answer(*state.whose(query["access_token"][0]))

        def log_message(self, *args: object) -> None:
            pass

        def _answer(self, status: int, said: dict[str, object]) -> None:
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
