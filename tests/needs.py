"""What the tests need from Debian: `python -m tests.needs` installs it as root, or says how to.

Exit 1 only where nothing may be skipped (CI=true) and something is missing.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Program -> Debian package. Servers lie outside an ordinary user's PATH.
PROGRAMS = {"chromium": "chromium", "dovecot": "dovecot-imapd"}
PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
POLICY = Path("/usr/sbin/policy-rc.d")


def main() -> int:
    """Install what is missing if that is allowed; the exit status."""
    packages = missing()
    if packages and os.geteuid() == 0 and shutil.which("apt-get"):
        install(packages)
        packages = missing()
    if not packages:
        return 0
    print(
        f"The tests need {' and '.join(packages)}: apt-get install {' '.join(packages)}"
        + (" (nothing is skipped under CI=true)." if in_ci() else "; theirs are skipped."),
        file=sys.stderr,
    )
    return 1 if in_ci() else 0


def missing() -> list[str]:
    """The Debian packages whose programs are not there."""
    return [package for name, package in PROGRAMS.items() if not shutil.which(name, path=PATH)]


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() in {"true", "1", "yes"}


def install(packages: list[str]) -> None:
    """Through apt-get; a failure is told by what is still missing afterwards."""
    print(f"Installing {' '.join(packages)} with apt-get ...", file=sys.stderr)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with no_services_started():
        for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
            subprocess.run(
                ["apt-get", "-qq", *command],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                check=False,
            )


@contextmanager
def no_services_started() -> Iterator[None]:
    """A test's IMAP server must not become the machine's: invoke-rc.d asks this file (Debian)."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n", encoding="ascii")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()


if __name__ == "__main__":
    sys.exit(main())
