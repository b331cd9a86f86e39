"""A mail server that says what no good one says: NO to single mails, nonsense, or that it is busy.

Dovecot cannot be brought to it. It knows one folder and just the commands our sessions send.
"""

import re
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread


class Stubborn:
    """Mails by UID; `answers` is what is sent in place of a mail, `{tag}` standing for the tag."""

    def __init__(self, mails: dict[int, bytes]) -> None:
        self.mails = mails
        self.answers: dict[int, bytes] = {}
        self.port = 0

    def answer(self, tag: str, command: str, rest: str) -> bytes:
        done = f"{tag} OK done\r\n".encode()
        if command == "CAPABILITY":
            return b"* CAPABILITY IMAP4rev1\r\n" + done
        if command in {"SELECT", "EXAMINE"}:
            exists = f"* {len(self.mails)} EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 7] valid\r\n"
            return exists.encode() + done
        if command == "UID" and rest.startswith("SEARCH"):
            return self._search(rest).encode() + done
        if command == "UID" and rest.startswith("FETCH"):
            return self._fetch(tag, rest, done)
        return done

    def _search(self, rest: str) -> str:
        [(number, end)] = re.findall(r"UID (\d+)(:\*)?", rest)
        first = int(number)
        found = [uid for uid in self.mails if (uid >= first if end else uid == first)]
        return f"* SEARCH {' '.join(map(str, found))}\r\n"

    def _fetch(self, tag: str, rest: str, done: bytes) -> bytes:
        _, uids, items = rest.split(" ", 2)
        said = b""
        for uid in map(int, uids.split(",")):
            raw = self.mails[uid]
            if "SIZE" in items:
                said += f"* {uid} FETCH (UID {uid} RFC822.SIZE {len(raw)})\r\n".encode()
            elif uid in self.answers:
                return said + self.answers[uid].replace(b"{tag}", tag.encode())
            else:
                said += (
                    f"* {uid} FETCH (UID {uid} BODY[] {{{len(raw)}}}\r\n".encode() + raw + b")\r\n"
                )
        return said + done


@contextmanager
def stubborn(mails: dict[int, bytes]) -> Iterator[Stubborn]:
    state = Stubborn(mails)

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"* OK ready\r\n")
            for line in self.rfile:
                tag, command, rest = f"{line.decode().strip()}  ".split(" ", 2)
                self.wfile.write(state.answer(tag, command.upper(), rest.strip()))

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        state.port = server.server_address[1]
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield state
        finally:
            server.shutdown()
