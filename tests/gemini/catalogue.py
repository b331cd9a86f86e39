"""The models the double knows, and what each of them takes.

Facts of November 2026. Where Google publishes nothing the stricter reading stands:
code that passes here passes there.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.gemini.errors import Json

_LEVELS = ("minimal", "low", "medium", "high")
_GENERATE = ("generateContent", "streamGenerateContent", "countTokens", "batchGenerateContent")
_EMBED = ("embedContent", "batchEmbedContents", "asyncBatchEmbedContent", "countTokens")


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """One model id.

    `levels`: the thinking levels taken (none: budgets only). `budgets`: the smallest and
    largest thinking budget besides -1 (auto), None where budgets are refused;
    `can_stop_thinking`: budget 0 is taken. `default`: the level or budget without a
    thinking config. `model_may_speak_last`: the last turn may have role "model".
    """

    name: str
    levels: tuple[str, ...] = ()
    budgets: tuple[int, int] | None = (1, 24_576)
    can_stop_thinking: bool = True
    default: str | int = -1
    penalties: bool = True
    model_may_speak_last: bool = True
    methods: tuple[str, ...] = _GENERATE
    input_limit: int = 1_048_576
    output_limit: int = 65_536

    def describe(self) -> Json:
        """The entry of `GET /models`."""
        return {
            "name": f"models/{self.name}",
            "version": "001",
            "displayName": self.name.replace("-", " ").title(),
            "inputTokenLimit": self.input_limit,
            "outputTokenLimit": self.output_limit,
            "supportedGenerationMethods": list(self.methods),
        }


def _three_and_later(name: str, default: str, levels: tuple[str, ...] = _LEVELS) -> Model:
    return Model(name=name, levels=levels, default=default)


def _current(name: str, default: str, levels: tuple[str, ...], *, penalties: bool = False) -> Model:
    return Model(
        name=name,
        levels=levels,
        default=default,
        penalties=penalties,
        model_may_speak_last=False,
    )


def known_models() -> dict[str, Model]:
    """Every model by its id, without "models/"."""
    models = [
        Model(name="gemini-2.5-flash"),
        Model(name="gemini-2.5-flash-lite", budgets=(512, 24_576), default=0),
        Model(name="gemini-2.5-pro", budgets=(128, 32_768), can_stop_thinking=False),
        _three_and_later("gemini-3-flash-preview", "high"),
        _three_and_later("gemini-3.1-flash-lite", "minimal"),
        _three_and_later("gemini-3.1-pro-preview", "high", _LEVELS[1:]),
        _three_and_later("gemini-3.5-flash", "medium"),
        _current("gemini-3.5-flash-lite", "minimal", _LEVELS),
        _current("gemini-3.6-flash", "medium", _LEVELS),
        _current("gemini-3.7-flash", "medium", _LEVELS[1:]),
        _current("gemini-3.8-flash", "medium", _LEVELS[1:]),
        Model(
            name="gemini-4-argon",
            levels=_LEVELS[1:],
            budgets=None,
            default="medium",
            penalties=False,
            model_may_speak_last=False,
        ),
        Model(name="gemini-embedding-001", methods=_EMBED, input_limit=2048, output_limit=1),
        Model(name="gemini-embedding-2", methods=_EMBED, input_limit=8192, output_limit=1),
    ]
    return {model.name: model for model in models}
