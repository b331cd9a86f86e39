"""The only importer of the IMAP library: a session on a mail server, in our words and errors."""

import ipaddress
import logging
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

import imapclient  # type: ignore[import-untyped]
from imapclient import exceptions as imap_exceptions

from triage.ingest import oauth
from triage.ingest.imap_errors import (
    ConnectionLost,
    FolderMissing,
    LoginRefused,
    MailServerError,
    Refused,
    Unreachable,
    Untrusted,
)
from triage.ingest.models import Authentication, Mailbox, Security
from triage.lib.env import env_int, env_str

# Its lines on level DEBUG hold whole commands: nothing of a log-in may come near a log file.
logging.getLogger("imapclient").setLevel(logging.WARNING)

# A server that is silent for longer is taken for dead: for a connection, and in the middle.
CONNECT_SECONDS = env_int("TRIAGE_IMAP_CONNECT_SECONDS", 20, least=1)
READ_SECONDS = env_int("TRIAGE_IMAP_READ_SECONDS", 60, least=1)
# UIDs asked for at once: imaplib refuses lines of 1,000,000 bytes, and a UID has up to 11.
WINDOW = 50_000
IDLE_LOOK_SECONDS = 1.0
# RFC 5530: the server itself says that it will pass.
_BUSY = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]")


@dataclass(frozen=True, slots=True)
class Opened:
    """A folder as the server described it when it was opened."""

    uidvalidity: int
    uidnext: int | None
    count: int


class Session:
    """A connection that is logged in. Every method raises MailServerError and nothing else."""

    def __init__(self, client: imapclient.IMAPClient, host: str) -> None:
        self._client = client
        self._host = host
        self._opened: Opened | None = None

    def open(self, name: str, *, to_change: bool = False) -> Opened:
        """Open a folder; read-only unless mails in it are to be flagged or moved."""
        try:
            with self._folded():
                said = self._client.select_folder(name, readonly=not to_change)
        except Refused as error:
            raise FolderMissing(
                f"The folder {name!r} cannot be opened: {error}"
                " Check its name in the mailbox's settings."
            ) from error
        self._opened = Opened(
            uidvalidity=int(said.get(b"UIDVALIDITY", 0)),
            uidnext=said.get(b"UIDNEXT"),
            count=int(said[b"EXISTS"]),
        )
        return self._opened

    def uids(self, *, above: int) -> Iterator[list[int]]:
        """The UIDs greater than `above` in the open folder, ascending, up to WINDOW at a time."""
        assert self._opened is not None
        end = self._opened.uidnext
        if end is None or min(self._opened.count, end - above) <= WINDOW:
            # The range n:* contains the last mail even when its UID is smaller (RFC 3501, 6.4.8).
            yield [uid for uid in self._search(f"UID {above + 1}:*") if uid > above]
            return
        for first in range(above + 1, end, WINDOW):
            yield self._search(f"UID {first}:{min(first + WINDOW, end) - 1}")

    def uids_since(self, day: date) -> list[int]:
        """The UIDs of mails that arrived on `day` or later, by the server's clock."""
        # English whatever the locale (RFC 3501, date-month).
        month = "JanFebMarAprMayJunJulAugSepOctNovDec"[day.month * 3 - 3 : day.month * 3]
        return self._search(f"SINCE {day.day:02}-{month}-{day.year:04}")

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """Bytes of each mail; a mail that is gone by now is left out."""
        with self._folded(tuple(uids)):
            said = self._client.fetch(uids, ["RFC822.SIZE"])
        return {uid: int(each[b"RFC822.SIZE"]) for uid, each in said.items()
                if b"RFC822.SIZE" in each}  # fmt: skip

    def raw(self, uids: Sequence[int]) -> dict[int, bytes]:
        """The mails as they lie there; PEEK leaves them unread. One that is gone is left out."""
        with self._folded(tuple(uids)):
            said = self._client.fetch(uids, ["BODY.PEEK[]"])
        return {uid: each[b"BODY[]"] for uid, each in said.items()
                if isinstance(each.get(b"BODY[]"), bytes)}  # fmt: skip

    def has(self, uid: int) -> bool:
        """Whether the open folder has this mail now."""
        return uid in self._search(f"UID {uid}")

    @property
    def has_idle(self) -> bool:
        with self._folded():
            return bool(self._client.has_capability("IDLE"))

    def wait(self, seconds: float, *, is_to_stop: Callable[[], bool]) -> bool:
        """Wait in IDLE (RFC 2177) for a mail in the open folder; False when none came.

        `is_to_stop` is asked every second.
        """
        until = time.monotonic() + seconds
        said: list[Any] = []
        with self._folded():
            self._client.idle()
            while not _tells_of_mail(said) and time.monotonic() < until and not is_to_stop():
                began = time.monotonic()
                said = self._client.idle_check(timeout=IDLE_LOOK_SECONDS)
                # The library swallows the end of the connection here; DONE will tell.
                if not said and time.monotonic() - began < IDLE_LOOK_SECONDS / 2:
                    break
            _, rest = self._client.idle_done()
        return _tells_of_mail([*said, *rest])

    def present(self, uids: Sequence[int]) -> list[int]:
        """Those of `uids` that the open folder has now."""
        return self._search("UID " + ",".join(map(str, uids))) if uids else []

    def same_size(self, size: int, *, message_id: str) -> list[int]:
        """UIDs of the mails in the open folder that may be a certain one, newest first."""
        criteria: list[Any] = ["LARGER", size - 1, "SMALLER", size + 1]
        if message_id.isascii() and message_id.isprintable() and message_id:
            criteria += ["HEADER", "Message-ID", message_id]
        with self._folded():
            return sorted(self._client.search(criteria), reverse=True)

    def mark(self, uids: Sequence[int], *, add: Sequence[str], remove: Sequence[str]) -> None:
        """Set and unset flags and keywords; what the folder does not keep, the server drops."""
        with self._folded():
            if remove:
                self._client.remove_flags(uids, remove, silent=True)
            self._client.add_flags(uids, add, silent=True)

    def move(self, uids: Sequence[int], to: str) -> None:
        """Out of the open folder, at once where the server can (RFC 6851)."""
        with self._folded():
            if self._client.has_capability("MOVE"):
                self._client.move(uids, to)
                return
            self._client.copy(uids, to)
            self._client.delete_messages(uids, silent=True)
            # A plain EXPUNGE would take what somebody else has marked, too.
            if self._client.has_capability("UIDPLUS"):
                self._client.uid_expunge(uids)

    def make_folder(self, name: str) -> None:
        """Make it unless it is there, and let mail programs show it."""
        with self._folded():
            if not self._client.folder_exists(name):
                self._client.create_folder(name)
                self._client.subscribe_folder(name)

    def folder_name(self, *levels: str) -> str:
        """A folder's name as this server writes one, with its prefix and delimiter."""
        with self._folded():
            prefix, delimiter = "", "/"
            if self._client.has_capability("NAMESPACE"):
                personal = self._client.namespace().personal
                prefix, delimiter = personal[0] if personal else (prefix, delimiter)
            return f"{prefix}{(delimiter or '/').join(levels)}"

    def _search(self, criteria: str) -> list[int]:
        with self._folded():
            return sorted(self._client.search(criteria))

    @contextmanager
    def _folded(self, uids: tuple[int, ...] = ()) -> Iterator[None]:
        """Fold the library's errors, and the socket's, into ours."""
        try:
            yield
        except imap_exceptions.IMAPClientAbortError as error:
            raise ConnectionLost(f"{self._host} broke the connection: {error}.", uids) from error
        except imap_exceptions.IMAPClientError as error:
            if "got more than" in str(error):  # imaplib gave up inside a line: out of step for good
                raise ConnectionLost(f"{self._host} sent a line without end.", uids) from error
            raise Refused(f"{self._host} said: {error}.", is_busy=_is_busy(str(error))) from error
        except OSError as error:
            raise ConnectionLost(f"The connection to {self._host} broke: {error}.", uids) from error
        except (ValueError, TypeError, LookupError, AssertionError) as error:
            raise Refused(f"The answer of {self._host} is not IMAP: {error}.") from error


def _tells_of_mail(said: Sequence[Any]) -> bool:
    return any(len(each) > 1 and each[1] == b"EXISTS" for each in said)


@contextmanager
def session(mailbox: Mailbox) -> Iterator[Session]:
    """Connect and log in; log out at the end, or hang up after an error."""
    client = _connected(mailbox)
    try:
        _log_in(client, mailbox)
        yield Session(client, mailbox.host)
    except BaseException:
        with suppress(Exception):
            client.shutdown()
        raise
    with suppress(Exception):
        client.logout()


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine, by its number or as `localhost`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _connected(mailbox: Mailbox) -> imapclient.IMAPClient:
    host, port = mailbox.host, mailbox.port
    if not host:
        raise Untrusted(f"{mailbox.address} has no IMAP host. Enter one in its settings.")
    if mailbox.security == Security.NONE and not is_loopback(host):
        raise Untrusted(
            f"{host} is another machine, and the password would cross the network in the clear."
            " Choose TLS or STARTTLS in the mailbox's settings."
        )
    context = _context()
    with _connecting(host, port):
        client = imapclient.IMAPClient(
            host,
            port=port,
            ssl=mailbox.security == Security.TLS,
            ssl_context=context,
            timeout=imapclient.SocketTimeout(CONNECT_SECONDS, READ_SECONDS),
        )
        if mailbox.security == Security.STARTTLS:
            try:
                client.starttls(context)
            except BaseException:
                with suppress(Exception):
                    client.shutdown()
                raise
    return client


@contextmanager
def _connecting(host: str, port: int) -> Iterator[None]:
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise Untrusted(
            f"The certificate of {host}:{port} is not trusted: {error.verify_message}."
            " Use the host name the certificate was made for; for a certificate authority of your"
            " own, name its file in TRIAGE_IMAP_CA_FILE."
        ) from error
    except ssl.SSLError as error:
        raise Unreachable(
            f"{host}:{port} does not speak TLS as expected ({error.reason})."
            " Port 993 goes with TLS, port 143 with STARTTLS."
        ) from error
    except imap_exceptions.CapabilityError as error:
        raise Untrusted(f"{host}:{port} offers no STARTTLS. Choose TLS and port 993.") from error
    except (OSError, imap_exceptions.IMAPClientError) as error:
        raise Unreachable(
            f"{host}:{port} cannot be reached: {error}. Check host and port in the mailbox's"
            " settings, and whether a firewall is between."
        ) from error


def _context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    if extra := env_str("TRIAGE_IMAP_CA_FILE"):
        try:
            context.load_verify_locations(extra)
        except OSError as error:
            raise Untrusted(f"TRIAGE_IMAP_CA_FILE={extra} cannot be read: {error}.") from error
    return context


def _log_in(client: imapclient.IMAPClient, mailbox: Mailbox) -> None:
    if mailbox.authentication == Authentication.PASSWORD:
        _try(lambda: _by_password(client, mailbox), mailbox)
        return
    try:
        _by_token(client, mailbox, oauth.access_token(mailbox))
    except LoginRefused as error:
        if not error.is_permanent:
            raise
        # A token can be revoked before it expires; a fresh one tells whether that was it.
        _by_token(client, mailbox, oauth.access_token(mailbox, is_refused=True))


def _by_password(client: imapclient.IMAPClient, mailbox: Mailbox) -> None:
    # LOGIN takes no password beyond ASCII, and a name only without spaces.
    if client.has_capability("AUTH=PLAIN"):
        client.plain_login(mailbox.login, mailbox.secret)
    else:
        client.login(mailbox.login, mailbox.secret)


def _by_token(client: imapclient.IMAPClient, mailbox: Mailbox, token: str) -> None:
    _try(lambda: client.oauth2_login(mailbox.login, token), mailbox)


def _try(log_in: Callable[[], Any], mailbox: Mailbox) -> None:
    try:
        log_in()
    except imap_exceptions.LoginError as error:
        if isinstance(error.__context__, imap_exceptions.IMAPClientAbortError):
            raise ConnectionLost(f"{mailbox.host} hung up during the log-in.") from error
        raise _refusal(str(error), mailbox) from error
    except (OSError, imap_exceptions.IMAPClientError) as error:
        raise ConnectionLost(f"{mailbox.host} broke off the log-in: {error}.") from error
    except UnicodeError as error:
        raise LoginRefused(
            f"{mailbox.host} takes only ASCII in user names and passwords."
        ) from error


def _is_busy(said: str) -> bool:
    return any(code in said.upper() for code in _BUSY)


def _refusal(said: str, mailbox: Mailbox) -> MailServerError:
    if _is_busy(said):
        return LoginRefused(
            f"{mailbox.host} lets nobody in for now: {said}. It is tried again.",
            is_permanent=False,
        )
    return LoginRefused(
        f"{mailbox.host} refused the log-in of {mailbox.login}: {said}. Enter user name and"
        " password (or the refresh token) again in the mailbox's settings; many providers want an"
        " app password, or IMAP to be switched on."
    )
