"""What can go wrong with a mail server: each error says in its text what to do about it.

MailServerError
  Unreachable      no connection could be made                          temporary
  ConnectionLost   it broke in the middle                               temporary
  Untrusted        the certificate, or no encryption at all             permanent
  LoginRefused     password or token                                    permanent, mostly
  Refused          the server said NO or BAD, or what it said is broken temporary
    FolderMissing  no such folder                                       permanent
"""


class MailServerError(Exception):
    """Anything between us and the mails; `is_permanent`: a person has to change something."""

    is_permanent = False


class Unreachable(MailServerError):
    """No connection could be made."""


class ConnectionLost(MailServerError):
    """A connection broke. `uids`: the mails that were being fetched."""

    def __init__(self, message: str, uids: tuple[int, ...] = ()) -> None:
        super().__init__(message)
        self.uids = uids


class Untrusted(MailServerError):
    """Mail and password would not be safe on this connection."""

    is_permanent = True


class LoginRefused(MailServerError):
    """The server did not let us in; not permanent when it said that it is busy."""

    def __init__(self, message: str, *, is_permanent: bool = True) -> None:
        super().__init__(message)
        self.is_permanent = is_permanent


class Refused(MailServerError):
    """A command was answered with NO or BAD, or with something that is not IMAP.

    `is_busy`: the server itself says that it will pass (RFC 5530).
    """

    def __init__(self, message: str, *, is_busy: bool = False) -> None:
        super().__init__(message)
        self.is_busy = is_busy


class FolderMissing(Refused):
    """The folder cannot be opened."""

    is_permanent = True
