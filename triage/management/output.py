"""How commands speak: the result as one JSON line on stdout, everything else on stderr."""

import json
from typing import Any

from django.core.management.base import BaseCommand


class JsonCommand(BaseCommand):
    """A command whose result is one JSON line."""

    requires_system_checks = []

    def say(self, sentence: str) -> None:
        """Progress and trouble, for people."""
        self.stderr.write(sentence)

    def result(self, **fields: Any) -> None:
        """The result, for machines."""
        self.stdout.write(json.dumps(fields, ensure_ascii=False, default=str))
