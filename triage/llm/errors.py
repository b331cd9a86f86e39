"""What can go wrong with an attempt, by what to do next.

AttemptError
├── Stop            no model can help: tell a supervisor
│   ├── KeyRefused      400/401/403: wrong, missing or forbidden key
│   └── CreditSpent     402: the account is empty
├── ModelGone       404: retired or closed to this key; ask the next model, remember it
├── Refused         other 4xx: the request itself is at fault; the next model may take it
├── Temporary       ask again, after `retry_after` seconds where the provider said so
│   ├── RateLimited     429
│   ├── Unavailable     5xx
│   └── NoAnswer        time-out or lost connection; what it cost is unknown
└── BadAnswer       an answer came, was charged, and is of no use
    ├── Blocked         the provider's filters stopped it
    ├── Truncated       cut at the output limit
    └── Unusable        empty, not JSON, not our schema
        └── OutsideList     a category that does not exist; `said` keeps it
"""

from triage.llm.contract import Reply


class AttemptError(Exception):
    """An attempt gave no usable answer. `reply` is what came, when something came."""

    outcome = "failed"
    # Whether the provider said with a status that it did not do the work: then it costs nothing.
    is_free = True
    # Whether another model may do better with the same prompt.
    retries_elsewhere = False

    def __init__(self, sentence: str, *, reply: Reply | None = None) -> None:
        super().__init__(sentence)
        self.reply = reply


class Stop(AttemptError):
    """No model of this provider can help now."""


class KeyRefused(Stop):
    """The API key is wrong, missing, or may not do this."""


class CreditSpent(Stop):
    """The account has no money left."""


class ModelGone(AttemptError):
    """The model does not exist for this key."""


class Refused(AttemptError):
    """The request was understood and declined."""

    outcome = "refused"


class Temporary(AttemptError):
    """It may work later."""

    def __init__(self, sentence: str, *, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class RateLimited(Temporary):
    """Too many requests or tokens."""


class Unavailable(Temporary):
    """The provider has trouble of its own."""


class NoAnswer(Temporary):
    """Nothing came back; the work may have been done and charged."""

    is_free = False


class BadAnswer(AttemptError):
    """Something came back that cannot be used."""

    outcome = "invalid"
    is_free = False
    retries_elsewhere = True


class Blocked(BadAnswer):
    """The provider's filters stopped the prompt or the answer."""

    outcome = "blocked"


class Truncated(BadAnswer):
    """The answer ended at the output limit."""

    outcome = "truncated"


class Unusable(BadAnswer):
    """Empty, not JSON, or not what the schema asked for."""


class OutsideList(Unusable):
    """A category outside the closed list: a person decides, no further model is asked."""

    retries_elsewhere = False

    def __init__(self, said: str, *, reply: Reply | None = None) -> None:
        super().__init__(f"said {said!r}, which is not in the list", reply=reply)
        self.said = said
