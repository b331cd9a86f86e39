"""The default rule's answers: a valid instance of any JSON schema, made from the mail.

Deterministic: the same request always gets the same answer. Categories go by keywords
(`category_of`), invoices by the amounts found in the text (`invoice_facts.py`), the rest
is something plausible of the right type and within the bounds.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from tests.gemini.errors import Json
from tests.gemini.invoice_facts import invoice_facts, looks_like_invoice
from tests.gemini.request import Request

# Spam first: it likes to talk of offers and payments too. Then money over sales: "the
# price on my invoice" is about the invoice.
KEYWORDS: dict[str, frozenset[str]] = {
    "spam": frozenset({"lottery", "winner", "winners", "seo", "crypto", "cryptocurrency"}),
    "billing": frozenset(
        {"invoice", "invoices", "facture", "factures", "refund", "refunds", "payment", "payments"}
    ),
    "sales": frozenset({"quote", "quotes", "price", "prices", "offer", "offers", "devis"}),
}
#: German glues its words together: Rechnungsnummer, Angebotsfrist.
STEMS = {"billing": "rechnung", "sales": "angebot"}
PHRASES = {"spam": ("password expires", "passwords expire")}
OTHERWISE = "support"

SURE, FAIRLY_SURE, TORN = 0.95, 0.85, 0.55

# Deeper than any schema the API takes; a schema that refers to itself must end.
MAX_DEPTH = 12

_WORD = re.compile(r"\w+")
_NONCE = re.compile(r"(?i:nonce|echo)\W{1,4}([\w-]{4,64})")
_FORMATS = {
    "date": "2026-11-20",
    "date-time": "2026-11-20T09:00:00Z",
    "time": "09:00:00",
    "email": "accounts@example.com",
    "uri": "https://example.com/",
}


def category_of(text: str) -> str:
    """The category of a mail: support, billing, sales or spam."""
    return next(iter(categories_in(text)), OTHERWISE)


def confidence_of(text: str) -> float:
    """0.95 when one category's words were found, 0.85 for none, 0.55 for several."""
    return {0: FAIRLY_SURE, 1: SURE}.get(len(categories_in(text)), TORN)


def second_of(text: str) -> str:
    """The next most likely category: another one whose words were found, or support or billing."""
    others = [*categories_in(text), OTHERWISE, "billing"]
    return next(name for name in others if name != category_of(text))


# Asked several times over for one mail; a benchmark would notice.
@lru_cache(maxsize=64)
def categories_in(text: str) -> tuple[str, ...]:
    """Every category whose words are in the text, the decisive one first."""
    lowered = text.lower()
    words = set(_WORD.findall(lowered))
    return tuple(name for name in KEYWORDS if _speaks_of(name, words, lowered))


def _speaks_of(name: str, words: set[str], lowered: str) -> bool:
    stem = STEMS.get(name)
    return (
        not KEYWORDS[name].isdisjoint(words)
        or any(phrase in lowered for phrase in PHRASES.get(name, ()))
        or (stem is not None and any(word.startswith(stem) for word in words))
    )


def answer_text(request: Request, overrides: Json | None = None) -> str:
    """The answer to a request: JSON for a schema, a bare value for text/x.enum, else prose."""
    schema = request.schema
    if schema is None:
        return _prose(request)
    value = _Instance.about(request).build(schema)
    if isinstance(value, dict) and overrides:
        value |= overrides
    if request.config.get("responseMimeType") == "text/x.enum":
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def _prose(request: Request) -> str:
    if request.config.get("responseMimeType") == "application/json":
        return json.dumps({"category": category_of(request.last_text)})
    topic = category_of(request.last_text)
    return f"Thank you for your message. Our {topic} team has it and will write back today."


@dataclass
class _Instance:
    """One instance in the making; `facts` are known values by property name."""

    text: str
    facts: Json
    root: Json = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    @classmethod
    def about(cls, request: Request) -> _Instance:
        text = request.last_text
        facts: Json = {
            "confidence": confidence_of(text),
            "second": second_of(text),
            "reason": f"The words of the mail point to {category_of(text)}.",
            "explanation": f"The words of the mail point to {category_of(text)}.",
            "language": "en",
            "summary": " ".join(text.split())[:80] or "An empty mail.",
        }
        schema = request.schema or {}
        if not {"nonce", "echo"}.isdisjoint(schema.get("properties") or {}):
            facts |= _nonce_facts(request)
        if looks_like_invoice(schema):
            facts |= invoice_facts("\n".join(request.texts))
        return cls(text, facts, schema)

    def build(self, schema: Json, name: str = "", fact: Any = None, depth: int = 0) -> Any:
        schema = self._resolved(schema)
        if depth > MAX_DEPTH:
            return None
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self._choice(schema["enum"], fact)
        if options := schema.get("anyOf") or schema.get("any_of") or schema.get("oneOf"):
            return self._any_of(options, name, fact, depth)
        return self._of_type(schema, name, fact, depth)

    def _resolved(self, schema: Json) -> Json:
        seen = 0
        while (reference := schema.get("$ref")) and seen < MAX_DEPTH:
            seen += 1
            target: Any = self.root
            for step in reference.removeprefix("#/").split("/"):
                target = target.get(step, {})
            schema = target
        if len(merged := schema.get("allOf") or []) == 1:
            return self._resolved(merged[0])
        return schema

    def _any_of(self, options: list[Json], name: str, fact: Any, depth: int) -> Any:
        choices = [one for one in map(self._resolved, options) if _kind(one) != "null"]
        if not choices:
            return None
        # What the mail does not say is null wherever it may be; a choice is always made.
        if fact is None and len(choices) < len(options) and "enum" not in choices[0]:
            return None
        return self.build(choices[0], name, fact, depth)

    def _of_type(self, schema: Json, name: str, fact: Any, depth: int) -> Any:
        value: Any = None
        unsaid = fact is None and _nullable(schema)
        match "null" if unsaid else _kind(schema):
            case "object":
                value = self._object(schema, fact, depth)
            case "array":
                value = self._array(schema, name, fact, depth)
            case "string":
                value = _string(schema, fact)
            case "number" | "integer" as kind:
                value = self._number(schema, name, fact, kind)
            case "boolean":
                value = bool(fact)
        return value

    def _object(self, schema: Json, fact: Any, depth: int) -> Json:
        facts = fact if isinstance(fact, dict) else self.facts
        properties: Json = schema.get("properties") or {}
        return {
            name: self._within(facts).build(inner, name, facts.get(name), depth + 1)
            for name, inner in properties.items()
        }

    def _within(self, facts: Json) -> _Instance:
        return _Instance(self.text, facts, self.root)

    def _array(self, schema: Json, name: str, fact: Any, depth: int) -> list[Any]:
        items = schema.get("items") or {"type": "string"}
        least = int(schema.get("minItems") or schema.get("min_items") or 0)
        if isinstance(fact, list):
            return [self.build(items, "", one, depth + 1) for one in fact]
        wanted = max(least, 1 if _kind(self._resolved(items)) == "object" else least)
        return [self.build(items, name, None, depth + 1) for _ in range(wanted)]

    def _choice(self, options: list[Any], fact: Any) -> Any:
        by_name = {str(option).lower(): option for option in options}
        wanted = [category_of(self.text), _band(confidence_of(self.text))]
        if fact is not None:
            wanted.insert(0, str(fact).lower())
        for name in wanted:
            if name in by_name:
                return by_name[name]
        said = set(re.findall(r"\w+", self.text.lower()))
        return next((option for name, option in by_name.items() if name in said), options[0])

    def _number(self, schema: Json, name: str, fact: Any, kind: str) -> int | float:
        value = _as_number(fact)
        least, most = schema.get("minimum"), schema.get("maximum")
        if value is None and name in (*KEYWORDS, OTHERWISE):
            value = 0.91 if name == category_of(self.text) else 0.03
        if value is None:
            value = confidence_of(self.text) if most is not None and most <= 1 else 1.0
        elif most is not None and most >= 10 and 0 < value < 1:
            value = round(value * most, 4)  # a confidence in per cent
        value = value if most is None else min(value, most)
        value = value if least is None else max(value, least)
        return round(value) if kind == "integer" else value


def _nonce_facts(request: Request) -> Json:
    # Batch callers have the model repeat a nonce, to see that answers were not swapped.
    found = _NONCE.search(request.system + "\n" + request.text)
    return {"nonce": found[1], "echo": found[1]} if found else {}


def _kind(schema: Json) -> str:
    kinds = schema.get("type", "object" if "properties" in schema else "string")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return next((str(kind).lower() for kind in kinds if str(kind).lower() != "null"), "null")


def _nullable(schema: Json) -> bool:
    return bool(schema.get("nullable")) or "null" in (schema.get("type") or [])


def _string(schema: Json, fact: Any) -> str:
    value = _FORMATS.get(schema.get("format", ""), "n/a") if fact is None else str(fact)
    if fact is None and (pattern := schema.get("pattern")) and not re.search(pattern, value):
        value = next((try_ for try_ in _PATTERN_GUESSES if re.search(pattern, try_)), value)
    least = int(schema.get("minLength") or schema.get("min_length") or 0)
    most = schema.get("maxLength") or schema.get("max_length")
    return value.ljust(least, ".")[: int(most) if most else None]


_PATTERN_GUESSES = ("1.00", "1", "2026-11-20", "EUR", "eur", "FR", "A", "a", "A1", "ABC-1")


def _as_number(fact: Any) -> float | None:
    try:
        return None if fact is None else float(fact)
    except (TypeError, ValueError):
        return None


def _band(confidence: float) -> str:
    return "high" if confidence >= SURE else "medium" if confidence > TORN else "low"
