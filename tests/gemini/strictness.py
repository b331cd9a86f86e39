"""What the real API refuses, refused here too.

A double that takes everything teaches the code bad habits. Messages follow the API's
own where they are known, since some programs look for words in them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tests.gemini.catalogue import Model
from tests.gemini.errors import ApiError, Json
from tests.gemini.request import Request, camel_key

MIN_DEADLINE_SECONDS = 10


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


_TOP_FIELDS = _names(
    "model contents systemInstruction safetySettings tools toolConfig cachedContent "
    "serviceTier labels store continuationToken generationConfig"
)
_CONFIG_FIELDS = _names(
    "temperature topP topK candidateCount maxOutputTokens stopSequences seed presencePenalty "
    "frequencyPenalty responseLogprobs logprobs responseMimeType responseSchema "
    "responseJsonSchema thinkingConfig mediaResolution responseModalities speechConfig "
    "imageConfig audioTimestamp"
)
# The OpenAPI subset of `responseSchema`; JSON Schema proper goes into responseJsonSchema.
_SCHEMA_FIELDS = _names(
    "type format title description nullable enum maxItems minItems properties required "
    "minProperties maxProperties minLength maxLength pattern example anyOf propertyOrdering "
    "default items minimum maximum"
)
_SERVICE_TIERS = frozenset({"", "standard", "flex", "priority", "unspecified"})


def check_deadline(request: Request) -> None:
    """X-Server-Timeout, in seconds, has a floor."""
    asked = request.headers.get("x-server-timeout", "")
    if asked and float(asked) < MIN_DEADLINE_SECONDS:
        raise ApiError(
            400,
            f"Manually set deadline {asked}s is too short. "
            f"Minimum allowed deadline is {MIN_DEADLINE_SECONDS}s.",
        )


def check_generation(request: Request, model: Model) -> None:
    """Everything a model refuses before it generates; raises ApiError 400."""
    try:
        for check in _CHECKS:
            check(request, model)
    except (AttributeError, TypeError) as problem:
        raise ApiError(400, f"Invalid JSON payload received. Invalid value: {problem}") from problem


def _fields(request: Request, model: Model) -> None:
    _refuse_unknown(request.body, _TOP_FIELDS, "")
    _refuse_unknown(request.config, _CONFIG_FIELDS, " at 'generation_config'")


def _refuse_unknown(found: Json, known: frozenset[str], where: str) -> None:
    for name in found:
        if name not in known:
            raise ApiError(
                400,
                f'Invalid JSON payload received. Unknown name "{name}"{where}: Cannot find field.',
            )


def _turns(request: Request, model: Model) -> None:
    turns = request.contents
    if not turns or not any(turn.get("parts") for turn in turns):
        raise ApiError(400, "* GenerateContentRequest.contents: contents is not specified")
    if any(turn.get("role", "user") not in ("user", "model", "function") for turn in turns):
        raise ApiError(400, "Please use a valid role: user, model.")
    if turns[-1].get("role") == "model" and not model.model_may_speak_last:
        raise ApiError(
            400, f"The last content of a request to models/{model.name} must not be of role model."
        )


def _documents(request: Request, model: Model) -> None:
    for media in request.media:
        if not media.mime_type:
            raise ApiError(400, "Unable to determine the MIME type of a part.")
        if media.mime_type == "application/pdf" and not media.uri:
            _document_has_pages(media.data)


def _document_has_pages(data: bytes) -> None:
    if b"%PDF-" not in data[:1024]:
        raise ApiError(400, "The document has no pages.")


def _thinking(request: Request, model: Model) -> None:
    level, budget = (request.thinking.get(key) for key in ("thinkingLevel", "thinkingBudget"))
    if level is not None and budget is not None:
        raise ApiError(400, "You can only set one of thinking budget and thinking level.")
    if level is not None and str(level).lower() not in model.levels:
        kind = "Thinking level" if model.levels else "Thinking level is not supported:"
        raise ApiError(400, f"{kind} {str(level).upper()} is not supported for this model.")
    if budget is not None:
        _thinking_budget(budget, model)


def _thinking_budget(budget: int, model: Model) -> None:
    if model.budgets is None:
        raise ApiError(400, "Thinking budget is not supported for this model.")
    if budget == 0 and not model.can_stop_thinking:
        raise ApiError(400, "Budget 0 is invalid. This model only works in thinking mode.")
    least, most = model.budgets
    if budget not in (0, -1) and not least <= budget <= most:
        raise ApiError(
            400,
            f"The thinking budget {budget} is invalid. "
            f"Please choose a value between {least} and {most}.",
        )


def _sampling(request: Request, model: Model) -> None:
    config = request.config
    if config.get("responseLogprobs") or config.get("logprobs"):
        raise ApiError(400, f"Logprobs is not enabled for models/{model.name}")
    penalised = config.get("presencePenalty") or config.get("frequencyPenalty")
    if penalised and not model.penalties:
        raise ApiError(400, f"Penalty is not enabled for models/{model.name}")
    if not 0 <= (config.get("temperature") or 0) <= 2:
        raise ApiError(400, "Temperature must be between 0 and 2.")
    if (config.get("candidateCount") or 1) > 1 and not model.model_may_speak_last:
        raise ApiError(400, "Multiple candidates is not enabled for this model")


def _output_limit(request: Request, model: Model) -> None:
    limit = request.config.get("maxOutputTokens")
    if limit is not None and not 1 <= limit <= model.output_limit:
        raise ApiError(
            400,
            f"Unable to submit request because it has a maxOutputTokens value of {limit} but "
            f"the supported range is from 1 (inclusive) to {model.output_limit + 1} (exclusive).",
        )


def _schema(request: Request, model: Model) -> None:
    config = request.config
    if "responseSchema" in config and "responseJsonSchema" in config:
        raise ApiError(400, "Only one of response_schema and response_json_schema may be set.")
    mime_type = config.get("responseMimeType") or "text/plain"
    if request.schema is not None and mime_type not in ("application/json", "text/x.enum"):
        raise ApiError(400, "A response schema needs response_mime_type application/json.")
    for schema in _subschemas(config.get("responseSchema")):
        unknown = {name: None for name in schema if camel_key(name) not in _SCHEMA_FIELDS}
        _refuse_unknown(unknown, frozenset(), " at 'generation_config.response_schema'")


def _subschemas(schema: Any) -> Iterator[Json]:
    if not isinstance(schema, dict):
        return
    yield schema
    below = [schema.get("items"), *(schema.get("properties") or {}).values()]
    below += schema.get("anyOf") or schema.get("any_of") or []
    for inner in below:
        yield from _subschemas(inner)


def _tier(request: Request, model: Model) -> None:
    tier = str(request.body.get("serviceTier") or "").lower().removeprefix("service_tier_")
    if tier not in _SERVICE_TIERS:
        raise ApiError(400, f"Invalid value at 'service_tier': {tier}")


_CHECKS: tuple[Callable[[Request, Model], None], ...] = (
    _fields,
    _turns,
    _documents,
    _thinking,
    _sampling,
    _output_limit,
    _schema,
    _tier,
)
