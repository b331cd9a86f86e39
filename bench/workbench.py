"""What every bench stands on: a PostgreSQL of its own, and mail in any number."""

import os
import re
from functools import cache
from itertools import cycle, islice
from pathlib import Path

SAMPLES = Path(__file__).parent.parent / "triage" / "samples"


@cache
def set_up() -> None:
    """Start an embedded PostgreSQL for this run, with the product's tables in it."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django  # noqa: PLC0415 - the settings' module must be named first
    from django.core.management import call_command  # noqa: PLC0415

    django.setup()
    call_command("migrate", verbosity=0)


def mails(number: int) -> list[bytes]:
    """The sample mails again and again, each time as other mails: new ids, new words."""
    files = [file.read_bytes() for file in sorted(SAMPLES.glob("*.eml"))]
    return [_another(raw, copy) for copy, raw in enumerate(islice(cycle(files), number))]


def _another(raw: bytes, copy: int) -> bytes:
    """Ids get a suffix that is the same within one round, so that threads stay threads."""
    suffix = b"-%d" % (copy // 164)
    head, separator, body = raw.partition(b"\r\n\r\n" if b"\r\n\r\n" in raw else b"\n\n")
    head = re.sub(rb"<([^<>@\s]+)@", rb"<\1" + suffix + b"@", head)
    return head + separator + body
