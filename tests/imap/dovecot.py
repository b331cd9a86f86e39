"""A real Dovecot of the test's own: on free ports, with a Maildir the test can write to."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from tests.imap.certificates import write_certificate
from tests.needs import PATH, in_ci

START_SECONDS = 20
USER = "desk"
PASSWORD = 'Käse7"Brot'
# Dovecot lets no process of root's touch mail; started by root, it works as Debian's nobody.
NOBODY = 65534

CONFIGURATION = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
default_internal_user = {internal_user}
default_internal_group = {internal_group}
default_login_user = {login_user}
# A test logs in wrongly more than once.
auth_failure_delay = 0
ssl = yes
ssl_cert = <{folder}/certificate.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
first_valid_uid = 1
mail_location = maildir:{folder}/mail
mailbox_list_index = no
namespace inbox {{
  inbox = yes
  separator = /
}}
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
  }}
}}
{extra}
"""


class Dovecot:
    """One server with one account; stopped, killed and renumbered at will."""

    host = "127.0.0.1"

    def __init__(self, folder: Path, extra: str = "") -> None:
        self.folder = folder
        self.maildir = folder / "mail"
        self.imap_port = _free_port()
        self.imaps_port = _free_port()
        self.certificate = folder / "certificate.pem"
        self._process: subprocess.Popen[bytes] | None = None
        self._names = count(1)
        write_certificate(self.certificate, folder / "key.pem")
        (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}::::::\n", encoding="utf-8")
        self.make_folder()
        self.configure(extra)

    def configure(self, extra: str) -> None:
        """Write the configuration, with `extra` lines at its end; for the next start."""
        is_root = os.geteuid() == 0
        me = str(os.geteuid()) if not is_root else ""
        (self.folder / "dovecot.conf").write_text(
            CONFIGURATION.format(
                folder=self.folder,
                internal_user="dovecot" if is_root else _user_name(),
                internal_group="dovecot" if is_root else _group_name(),
                login_user="dovenull" if is_root else _user_name(),
                uid=NOBODY if is_root else me,
                gid=NOBODY if is_root else os.getegid(),
                imap_port=self.imap_port,
                imaps_port=self.imaps_port,
                extra=extra,
            ),
            encoding="utf-8",
        )

    def start(self) -> None:
        program = shutil.which("dovecot", path=PATH)
        assert program
        self._process = subprocess.Popen(
            [program, "-F", "-c", str(self.folder / "dovecot.conf")],
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "start.log").open("wb"),
            start_new_session=True,
        )
        until = time.monotonic() + START_SECONDS
        while not self._greets():
            if self._process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"Dovecot did not start:\n{self.logs()}")
            time.sleep(0.02)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Without a good-bye to anybody."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        self.stop()
        self.start()

    def hang_up(self) -> None:
        """Break every connection; the server goes on listening."""
        for process in self._sessions():
            os.kill(process, signal.SIGKILL)

    def deliver(self, *mails: bytes, to: str = "") -> list[str]:
        """Put mails into a folder as a delivery agent does; their file names, in the order of UIDs.

        `to`: the folder's name in modified UTF-7 (RFC 3501, 5.1.3), `/` between levels.
        """
        into = self.make_folder(to)
        names = []
        for raw in mails:
            name = f"1700000000.M{next(self._names):09}P1.desk"
            draft = into / "tmp" / name
            draft.write_bytes(raw)
            self._give(draft)
            draft.rename(into / "new" / name)
            names.append(name)
        return names

    def make_folder(self, name: str = "") -> Path:
        """The Maildir of a folder (Maildir++), made when it is not there."""
        path = self.maildir / ("." + name.replace("/", ".")) if name else self.maildir
        if not path.exists():
            for part in (path, path / "tmp", path / "new", path / "cur"):
                part.mkdir(parents=True, exist_ok=True)
                self._give(part)
            if name:
                (path / "maildirfolder").touch()
                self._give(path / "maildirfolder")
        return path

    def mails(self, folder: str = "") -> list[Path]:
        """The files of a folder's mails."""
        path = self.make_folder(folder)
        return sorted([*path.glob("new/*"), *path.glob("cur/*")])

    def renumber(self) -> None:
        """What a restored backup does: the server forgets its numbers; UIDVALIDITY changes."""
        self.stop()
        for pattern in ("dovecot-uidlist", "dovecot.index*", "dovecot-uidvalidity*"):
            for path in self.maildir.rglob(pattern):
                path.unlink()
        time.sleep(1.1)  # it is made of the time in seconds
        self.start()

    def logs(self) -> str:
        files = [self.folder / "dovecot.log", self.folder / "start.log"]
        return "\n".join(
            path.read_text(errors="replace")[-3000:] for path in files if path.exists()
        )

    def _give(self, path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, NOBODY, NOBODY)

    def _greets(self) -> bool:
        try:
            with socket.create_connection((self.host, self.imap_port), timeout=5) as probe:
                return probe.recv(4) == b"* OK"
        except OSError:
            return False

    def _sessions(self) -> Iterable[int]:
        """The processes that serve a logged-in client each."""
        assert self._process is not None
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                words = (entry / "stat").read_text().rpartition(")")[2].split()
                name = (entry / "comm").read_text().strip()
            except OSError:
                continue
            if name == "imap" and int(words[1]) == self._process.pid:
                yield int(entry.name)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        if how == signal.SIGKILL:
            os.killpg(self._process.pid, how)
        else:
            self._process.send_signal(how)
        self._process.wait(timeout=20)
        self._process = None


@contextmanager
def dovecot(extra: str = "", files: Mapping[str, str] | None = None) -> Iterator[Dovecot]:
    """A running server; skipped, saying so, on a machine without Dovecot that is not CI.

    `extra` are lines for its configuration, where %FOLDER% stands for the folder of `files`.
    """
    if not shutil.which("dovecot", path=PATH) and not in_ci():
        pytest.skip("Dovecot is not installed: apt-get install dovecot-imapd")
    folder = Path(tempfile.mkdtemp(prefix="triage-dovecot-"))
    folder.chmod(0o755)  # whoever Dovecot works as must come through
    for name, content in (files or {}).items():
        (folder / name).write_text(content, encoding="utf-8")
    made = Dovecot(folder, extra.replace("%FOLDER%", str(folder)))
    try:
        made.start()
        yield made
    finally:
        made.kill()  # asked politely it takes a second
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _user_name() -> str:
    import pwd  # noqa: PLC0415

    return pwd.getpwuid(os.geteuid()).pw_name


def _group_name() -> str:
    import grp  # noqa: PLC0415

    return grp.getgrgid(os.getegid()).gr_name
