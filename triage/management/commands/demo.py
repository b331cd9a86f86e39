"""`manage.py demo`: what `make demo` runs."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from triage.demo import runner
from triage.demo.claims import RefusedError
from triage.demo.console import Console
from triage.demo.first_page import NoPageError
from triage.lib.env import env_int


class Command(BaseCommand):
    help = "Runs the whole desk with sample mail in the foreground; Ctrl-C stops all of it."
    requires_system_checks = []  # they import every page; the web server does so anyway

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, help="default: PORT, or 8000")

    def handle(self, *args: Any, **options: Any) -> None:
        port = options["port"] or env_int("PORT", 8000, least=1)
        try:
            runner.run(port, Console(sys.stdout))
        except (RefusedError, NoPageError) as error:
            raise CommandError(str(error)) from error
