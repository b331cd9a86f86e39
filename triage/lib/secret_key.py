"""A SECRET_KEY for a desk that was given none: made once, kept in a file only its owner reads."""

import os
import secrets
import tempfile
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def kept_in(path: Path) -> str:
    """The key in `path`; made at the first call. Two processes starting at once agree on one.

    Raises ImproperlyConfigured where the file can neither be read nor made.
    """
    try:
        return _read_or_made(path)
    except OSError as error:
        raise ImproperlyConfigured(
            f"{path} cannot be kept: {error.strerror}. Set SECRET_KEY, or TRIAGE_VAR to a folder"
            " that can be written."
        ) from error


def _read_or_made(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not named by process id: in two containers on one volume both may be process 1.
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    draft = Path(name)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(secrets.token_urlsafe(50))
    try:
        os.link(draft, path)  # fails when another process was first: its key stands
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text(encoding="ascii").strip()
