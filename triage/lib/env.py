"""Settings from the environment, read loudly: nonsense stops the start and names the fix."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

# Python refuses to read a number of thousands of digits, in words that name no setting.
MAX_DIGITS = 18


def env_str(name: str, default: str = "") -> str:
    """The variable's text; `NAME_FILE` may name a file that holds it (Docker, systemd)."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE={path}: {error.strerror}.") from error
        except UnicodeDecodeError as error:
            raise ImproperlyConfigured(f"{name}_FILE={path}: it holds no UTF-8 text.") from error
    return os.environ.get(name, default).strip()


def env_int(name: str, default: int, *, least: int = 0) -> int:
    """A whole number, `least` or more."""
    text = env_str(name)
    if not text:
        return default
    if not text.isdecimal() or len(text) > MAX_DIGITS or int(text) < least:
        raise ImproperlyConfigured(f"{name}={text[:40]!r}: use a whole number of {least} or more.")
    return int(text)


def env_bool(name: str, *, default: bool) -> bool:
    """`true` or `false`, also `1`, `0`, `yes`, `no`, `on`, `off`."""
    text = env_str(name).lower()
    if not text:
        return default
    if text in {"true", "1", "yes", "on"}:
        return True
    if text in {"false", "0", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name}={text!r}: use 'true' or 'false'.")


def env_list(name: str, default: str = "") -> list[str]:
    """Words separated by commas or spaces."""
    return (env_str(name) or default).replace(",", " ").split()
