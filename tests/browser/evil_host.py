"""A host on loopback that a hostile mail would like to reach, and that writes down who came."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# One grey pixel, so that an image that is fetched is also drawn.
_GIF = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x7f\x7f\x7f\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01"
    b"\x00\x00\x02\x02D\x01\x00;"
)
_KINDS = {
    "js": ("text/javascript", b"alert('fetched')"),
    "css": ("text/css", b"body { background: red }"),
    "html": ("text/html", b"<script>alert('framed')</script>"),
    "svg": ("image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
}


@dataclass(slots=True)
class Visit:
    """One request, as the host saw it."""

    method: str
    path: str
    headers: dict[str, str]


@dataclass(slots=True)
class EvilHost:
    """`visits` grows as requests come in."""

    port: int
    visits: list[Visit] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def evil_host() -> Iterator[EvilHost]:
    """Listens until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    host = EvilHost(server.server_address[1])
    server.host = host  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        headers = {name.lower(): text for name, text in self.headers.items()}
        visit = Visit(self.command, self.path, headers)
        self.server.host.visits.append(visit)  # type: ignore[attr-defined]
        ending = self.path.partition("?")[0].rpartition(".")[2]
        kind, content = _KINDS.get(ending, ("image/gif", _GIF))
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_HEAD = do_OPTIONS = do_PUT = do_GET  # noqa: N815 - the base class looks for these

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Quiet: what came is in `visits`."""
