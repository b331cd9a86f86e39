"""The remarks on one mail, collected while it is read."""

from triage.mail import limits


class Defects:
    """Sentences in the order found, each once, at most `limits.DEFECTS` of them."""

    def __init__(self) -> None:
        self._sentences: dict[str, None] = {}

    def add(self, sentence: str) -> None:
        if len(self._sentences) < limits.DEFECTS:
            self._sentences[sentence] = None

    def sentences(self) -> tuple[str, ...]:
        return tuple(self._sentences)
