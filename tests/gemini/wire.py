"""HTTP/1.1 on the server's side, over asyncio.Protocol.

A coroutine per request and a full parser would cost more than the answer itself; this
reads what HTTP clients really send (keep-alive, Content-Length, chunked, Expect) and
leaves the waiting to `call_later`, so that a thousand answers in flight are a thousand
timers. RFC 9112.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from http import HTTPStatus

JSON = "application/json; charset=UTF-8"

# Far above what any client sends; a missing blank line must not fill the memory.
MAX_HEAD_BYTES = 64 * 1024
# The real API takes 100 MB a request; the base64 and JSON around it fit in here.
MAX_BODY_BYTES = 160 * 1024 * 1024


class Ending(Enum):
    """What becomes of the connection when an answer is through."""

    KEEP = "keep"
    CLOSE = "close"
    #: Nothing is sent, the connection closes: "server disconnected".
    CUT_BEFORE = "cut before"
    #: What there is goes out, announced as longer than it is, then the connection closes.
    CUT_AFTER = "cut after"
    #: Nothing is sent and the connection stays open until the client gives up.
    HANG = "hang"


@dataclass(slots=True)
class Incoming:
    """A request as read from the socket; header names in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Answer:
    """What goes back. Delays in seconds; `chunks` (when given) go out chunked, one by one.

    `delay` None leaves it to whoever knows the usual one.
    """

    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    delay: float | None = None
    chunks: list[bytes] | None = None
    chunk_delay: float = 0.0
    ending: Ending = Ending.KEEP
    #: Called just before the last byte is handed to the socket, if it is still open.
    delivered: Callable[[], None] | None = None


App = Callable[[Incoming], Answer]


class BadRequestError(Exception):
    """The bytes are no HTTP request; the connection closes after a 400."""


@dataclass(slots=True)
class _Head:
    method: str
    target: str
    headers: dict[str, str]
    length: int
    chunked: bool


@dataclass(slots=True)
class Traffic:
    """What is open and what is being answered, now and at the most so far."""

    connections: set[Connection] = field(default_factory=set)
    in_flight: int = 0
    peak: int = 0

    def begin(self) -> None:
        self.in_flight += 1
        self.peak = max(self.peak, self.in_flight)

    def end(self) -> None:
        self.in_flight -= 1


class Connection(asyncio.Protocol):
    """One client's connection: reads requests one after another and answers each in turn."""

    def __init__(self, app: App, traffic: Traffic) -> None:
        self._app = app
        self._traffic = traffic
        self._buffer = bytearray()
        self._dechunked = bytearray()
        self._head: _Head | None = None
        self._busy = False
        self._loop = asyncio.get_running_loop()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._traffic.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._traffic.connections.discard(self)
        self._end_of_request()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._advance()

    def close(self) -> None:
        """Drop the connection, whatever it was waiting for."""
        self._transport.abort()

    def _advance(self) -> None:
        try:
            while not self._busy and not self._transport.is_closing():
                incoming = self._take()
                if incoming is None:
                    return
                self._busy = True
                self._traffic.begin()
                self._respond(self._app(incoming))
        except BadRequestError as problem:
            self._send(Answer(400, str(problem).encode(), "text/plain", ending=Ending.CLOSE))

    # Reading

    def _take(self) -> Incoming | None:
        if self._head is None:
            self._head = self._take_head()
        head = self._head
        if head is None:
            return None
        body = self._take_chunked() if head.chunked else self._take_sized(head.length)
        if body is None:
            return None
        self._head = None
        return Incoming(head.method, head.target, head.headers, body)

    def _take_head(self) -> _Head | None:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > MAX_HEAD_BYTES:
                raise BadRequestError("head too long")
            return None
        head = parse_head(bytes(self._buffer[:end]))
        del self._buffer[: end + 4]
        if head.headers.get("expect", "").lower() == "100-continue":
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return head

    def _take_sized(self, length: int) -> bytes | None:
        if len(self._buffer) < length:
            return None
        body = bytes(self._buffer[:length])
        del self._buffer[:length]
        return body

    def _take_chunked(self) -> bytes | None:
        while (line_end := self._buffer.find(b"\r\n")) >= 0:
            size = parse_chunk_size(bytes(self._buffer[:line_end]))
            end = line_end + 2 + size
            if len(self._dechunked) + size > MAX_BODY_BYTES:
                raise BadRequestError("body too long")
            if len(self._buffer) < end + 2:
                return None
            self._dechunked += self._buffer[line_end + 2 : end]
            del self._buffer[: end + 2]
            if size == 0:
                body = bytes(self._dechunked)
                self._dechunked.clear()
                return body
        return None

    # Answering

    def _respond(self, answer: Answer) -> None:
        if answer.delay:
            self._loop.call_later(answer.delay, self._send_and_go_on, answer)
        else:
            self._send(answer)

    def _send_and_go_on(self, answer: Answer) -> None:
        self._send(answer)
        self._advance()

    def _send(self, answer: Answer) -> None:
        if answer.ending is Ending.HANG or self._transport.is_closing():
            return
        if answer.ending is Ending.CUT_BEFORE:
            self._transport.close()
        elif answer.chunks is not None:
            self._transport.write(format_head(answer, None))
            self._send_chunk(answer, 0)
        else:
            missing = 1 if answer.ending is Ending.CUT_AFTER else 0
            head = format_head(answer, len(answer.body) + missing)
            self._note_delivered(answer)
            self._transport.write(head + answer.body)
            self._finish(answer)

    def _send_chunk(self, answer: Answer, index: int) -> None:
        if self._transport.is_closing():
            return
        chunks = answer.chunks or []
        if index < len(chunks):
            self._transport.write(b"%x\r\n%b\r\n" % (len(chunks[index]), chunks[index]))
            self._loop.call_later(answer.chunk_delay, self._send_chunk, answer, index + 1)
            return
        if answer.ending is not Ending.CUT_AFTER:
            self._note_delivered(answer)
            self._transport.write(b"0\r\n\r\n")
        self._finish(answer)
        self._advance()

    def _note_delivered(self, answer: Answer) -> None:
        if answer.delivered and answer.ending is not Ending.CUT_AFTER:
            answer.delivered()

    def _end_of_request(self) -> None:
        if self._busy:
            self._busy = False
            self._traffic.end()

    def _finish(self, answer: Answer) -> None:
        self._end_of_request()
        if answer.ending is not Ending.KEEP:
            self._transport.close()


def parse_head(block: bytes) -> _Head:
    """Request line and header fields; raises BadRequestError."""
    lines = block.decode("latin-1").split("\r\n")
    try:
        method, target, _ = lines[0].split(" ", 2)
        pairs = (line.split(":", 1) for line in lines[1:])
        headers = {name.strip().lower(): value.strip() for name, value in pairs}
        length = int(headers.get("content-length") or 0)
    except ValueError as problem:
        raise BadRequestError(f"malformed head: {problem}") from problem
    if not 0 <= length <= MAX_BODY_BYTES:
        raise BadRequestError("body too long")
    chunked = headers.get("transfer-encoding", "").lower().endswith("chunked")
    return _Head(method, target, headers, length, chunked)


def parse_chunk_size(line: bytes) -> int:
    """Size in bytes of a chunk (RFC 9112, 7.1); extensions are dropped; raises BadRequestError."""
    try:
        size = int(line.split(b";")[0], 16)
    except ValueError as problem:
        raise BadRequestError("malformed chunk size") from problem
    if size < 0:
        raise BadRequestError("malformed chunk size")
    return size


def format_head(answer: Answer, length: int | None) -> bytes:
    """Status line and header fields; `length` None announces chunks."""
    lines = [f"HTTP/1.1 {answer.status} {reason_phrase(answer.status)}"]
    lines.append(f"Content-Type: {answer.content_type}")
    framing = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
    lines.append(framing)
    lines.extend(f"{name}: {value}" for name, value in answer.headers.items())
    if answer.ending is not Ending.KEEP:
        lines.append("Connection: close")
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def reason_phrase(status: int) -> str:
    """The registered phrase of a status, or nothing for 499 and other inventions."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
