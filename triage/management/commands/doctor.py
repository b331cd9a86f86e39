from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError

from triage.management.output import JsonCommand
from triage.reports.doctor import examine


class Command(JsonCommand):
    help = "Try database, broker, worker, mailboxes and model; say what to do about what fails."

    def handle(self, **_: Any) -> None:
        findings = []
        for finding in examine():
            self.say(f"{'ok   ' if finding.is_ok else 'WRONG'}  {finding.name}: {finding.said}")
            findings.append(finding)
        self.result(findings=[asdict(each) for each in findings])
        if wrong := [each for each in findings if not each.is_ok]:
            raise CommandError(f"{len(wrong)} of {len(findings)} are wrong.")
