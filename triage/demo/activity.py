"""What happened at the desk since one last looked, a line each."""

from typing import Any

from django.db import DatabaseError, connection
from django.db.models import Count, Max, Model, Q, QuerySet

from triage.classification.models import PredictedBy, Prediction
from triage.ingest.models import Delivery


class Activity:
    """Reads on by primary key from where it stopped, so that a look costs the same at any size."""

    def __init__(self) -> None:
        self._seen: dict[type[Model], int] = {}
        self._problems = 0
        self._is_lost = False
        self.news()  # what was before is no news

    def news(self) -> list[str]:
        """Lines about the time since the last call; a database that is gone is told once."""
        was_lost = self._is_lost
        try:
            lines = [*self._mail(), *self._sorted(), *self._failed()]
        except DatabaseError as error:
            connection.close()  # the next look connects anew and wakes an embedded server
            self._is_lost = True
            reason = str(error).strip().partition("\n")[0]
            return [] if was_lost else [f"The database does not answer: {reason}"]
        self._is_lost = False
        return ["The database answers again.", *lines] if was_lost else lines

    def _mail(self) -> list[str]:
        count = self._since(Delivery.objects.all())["count"]
        return [f"{count} new {plural(count, 'mail')}."] if count else []

    def _sorted(self) -> list[str]:
        found = self._since(Prediction.objects.all(), local=Count("pk", Q(by=PredictedBy.LOCAL)))
        count, local = found["count"], found["local"]
        if not count:
            return []
        who = f"{count - local} by the model, {local} by the local classifier"
        return [f"{count} {plural(count, 'ticket')} sorted: {who}."]

    def _failed(self) -> list[str]:
        before, self._problems = self._problems, Delivery.objects.failed().count()
        count = self._problems - before
        if count <= 0:
            return []
        return [f"{count} {plural(count, 'mail')} could not be processed: see Problems."]

    def _since(self, rows: QuerySet[Any], **more: Count) -> dict[str, int]:
        seen = self._seen.get(rows.model, 0)
        found = rows.filter(pk__gt=seen).aggregate(count=Count("pk"), newest=Max("pk"), **more)
        self._seen[rows.model] = found["newest"] or seen
        return found


def plural(count: int, noun: str) -> str:
    return noun if count == 1 else f"{noun}s"
