"""The interfaces of providers that post a notice only, on this machine: the mail is fetched."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = "key-of-alder-lamps"


class Api:
    """What it answers by path, and which paths were asked for with which headers."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.answers: dict[str, bytes] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []

    def has(self, mime: bytes) -> None:
        """This mail, at Mailtrap and at Resend."""
        link = f"{self.address}/stored/shades"
        self.answers = {
            "/inbound/inboxes/12/messages/shades": _json({"raw_message_url": link}),
            "/emails/receiving/shades": _json({"raw": {"download_url": link}}),
            "/stored/shades": mime,
        }


@contextmanager
def provider_api() -> Iterator[Api]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    api = Api(f"http://127.0.0.1:{server.server_port}")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            api.asked.append((self.path, dict(self.headers)))
            body = api.answers.get(self.path)
            self.send_response(503 if body is None else 200)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            pass

    server.RequestHandlerClass = Handler
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _json(value: object) -> bytes:
    return json.dumps(value).encode()
