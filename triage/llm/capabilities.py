"""What each model takes, as data. Facts: Google's model pages, read 2026-11."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Capabilities:
    """How to ask a model for a short, sober answer.

    `thinking_budget` or `thinking_level`: the least the model allows; never both (400). A model
    that cannot stop thinking needs `thinking_room` tokens above the answer's own limit.
    """

    takes_temperature: bool
    thinking_budget: int | None = None
    thinking_level: str | None = None
    thinking_room: int = 0


# The longest prefix that fits a model's id wins.
_BY_PREFIX = {
    "gemini-2.5-flash": Capabilities(takes_temperature=True, thinking_budget=0),
    "gemini-2.5-pro": Capabilities(takes_temperature=True, thinking_budget=128, thinking_room=128),
    # 3.x ignores temperature, and says that later models will refuse it: it is not sent.
    "gemini-3.5-flash-lite": Capabilities(takes_temperature=False, thinking_level="minimal"),
    "gemini-3.1-flash-lite": Capabilities(takes_temperature=False, thinking_level="minimal"),
    "gemini-3.7-flash": Capabilities(
        takes_temperature=False, thinking_level="low", thinking_room=1024
    ),
    "gemini-3.8-flash": Capabilities(
        takes_temperature=False, thinking_level="low", thinking_room=1024
    ),
}
_UNKNOWN = Capabilities(takes_temperature=False, thinking_level="low", thinking_room=1024)


def of(model: str) -> Capabilities:
    """The capabilities of `model`; an unknown one is asked with what all current models take."""
    fitting = [prefix for prefix in _BY_PREFIX if model.startswith(prefix)]
    return _BY_PREFIX[max(fitting, key=len)] if fitting else _UNKNOWN
