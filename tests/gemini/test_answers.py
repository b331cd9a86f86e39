"""The default rule, asked by the real SDK over the socket."""

from __future__ import annotations

import json
from enum import Enum
from typing import Any

import pytest
from google import genai
from google.genai import types
from pydantic import BaseModel

from tests.gemini.asking import FLASH, classify, triage_config


class Queue(Enum):
    SUPPORT = "support"
    BILLING = "billing"


class Triage(BaseModel):
    category: Queue
    confidence: float
    note: str | None


@pytest.mark.parametrize(
    ("mail", "category"),
    [
        ("Hello, invoice F-2026-041 shows the wrong address.", "billing"),
        ("Bonjour, je n'ai pas reçu la facture d'octobre.", "billing"),
        ("Ihre Rechnungsnummer 4711 haben wir bezahlt.", "billing"),
        ("Could you send a quote for 40 oak shelves?", "sales"),
        ("Merci de nous envoyer un devis.", "sales"),
        ("You are the WINNER of our lottery, send a payment of 5 EUR.", "spam"),
        ("Your password expires today.", "spam"),
        ("The door of the Seoul depot does not lock any more.", "support"),
    ],
)
def test_the_words_of_the_mail_decide_the_category(
    client: genai.Client, mail: str, category: str
) -> None:
    answer = classify(client, mail)

    assert answer["category"] == category
    assert 0 <= answer["confidence"] <= 1
    assert answer["reason"]


def test_only_the_last_user_part_counts_as_the_mail(client: genai.Client) -> None:
    contents = [types.Part(text="Examples: invoice -> billing"), types.Part(text="It leaks.")]

    response = client.models.generate_content(
        model=FLASH, contents=types.Content(role="user", parts=contents), config=triage_config()
    )

    assert json.loads(response.text or "")["category"] == "support"


def test_confidence_falls_when_the_words_point_two_ways(client: genai.Client) -> None:
    torn = classify(client, "Your offer and your invoice differ.")
    sure = classify(client, "Your invoice is wrong.")

    assert torn["confidence"] < 0.6
    assert sure["confidence"] > 0.9


def test_a_pydantic_schema_is_parsed_by_the_sdk(client: genai.Client) -> None:
    response = client.models.generate_content(
        model=FLASH,
        contents="Please pay back: refund for order 88.",
        config=types.GenerateContentConfig(
            response_mime_type="application/json", response_schema=Triage
        ),
    )

    assert isinstance(response.parsed, Triage)
    assert response.parsed.category is Queue.BILLING


def test_an_enum_answer_is_the_bare_value(client: genai.Client) -> None:
    response = client.models.generate_content(
        model=FLASH,
        contents="The pump is broken.",
        config=types.GenerateContentConfig(response_mime_type="text/x.enum", response_schema=Queue),
    )

    assert response.text == "support"


def answer_for(client: genai.Client, schema: dict[str, Any], mail: str = "Hello") -> Any:
    response = client.models.generate_content(
        model=FLASH,
        contents=mail,
        config=types.GenerateContentConfig(
            response_mime_type="application/json", response_json_schema=schema
        ),
    )
    return json.loads(response.text or "")


def schema_of(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "integer", "minimum": 5}, 5),
        ({"type": "number", "maximum": 0.5}, 0.5),
        ({"type": "string", "maxLength": 2}, "n/"),
        ({"type": "string", "minLength": 5}, "n/a.."),
        ({"type": "string", "pattern": r"^\d+\.\d\d$"}, "1.00"),
        ({"type": "string", "format": "date"}, "2026-11-20"),
        ({"type": "string", "enum": ["low", "medium", "high"]}, "medium"),
        ({"type": ["string", "null"]}, None),
        ({"type": "STRING", "nullable": True}, None),
        ({"anyOf": [{"type": "null"}, {"enum": ["spam", "support"]}]}, "support"),
        ({"type": "array", "items": {"type": "string"}}, []),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 2}, [1, 1]),
        ({"type": "boolean"}, False),
        ({"type": "null"}, None),
        ({"const": 3}, 3),
    ],
)
def test_every_kind_of_property_gets_a_valid_value(
    client: genai.Client, schema: dict[str, Any], value: object
) -> None:
    assert answer_for(client, schema_of(field=schema)) == {"field": value}


def test_a_confidence_in_per_cent_and_a_second_guess(client: genai.Client) -> None:
    queues = {"type": "string", "enum": ["support", "billing", "sales", "spam"]}
    per_cent = {"type": "integer", "minimum": 0, "maximum": 100}

    answer = answer_for(
        client,
        schema_of(category=queues, confidence=per_cent, second=queues),
        "The invoice and the offer differ.",
    )

    assert answer == {"category": "billing", "confidence": 55, "second": "sales"}


def test_a_share_for_each_category_favours_the_chosen_one(client: genai.Client) -> None:
    share = {"type": "number", "minimum": 0, "maximum": 1}

    answer = answer_for(
        client, schema_of(support=share, billing=share, sales=share, spam=share), "A quote, please"
    )

    assert max(answer, key=answer.__getitem__) == "sales"
    assert sum(answer.values()) == pytest.approx(1)


def test_a_list_of_the_companys_own_is_answered_from_the_list(client: genai.Client) -> None:
    queues = {"type": "string", "enum": ["Workshop", "Garden", "Office"]}

    assert answer_for(client, schema_of(category=queues), "The garden gate.") == {
        "category": "Garden"
    }
    assert answer_for(client, schema_of(category=queues)) == {"category": "Workshop"}


@pytest.mark.parametrize(
    ("mail", "band"),
    [("Your invoice.", "high"), ("Hello", "medium"), ("Invoice or offer?", "low")],
)
def test_a_confidence_in_bands_follows_the_figure(
    client: genai.Client, mail: str, band: str
) -> None:
    bands = {"type": "string", "enum": ["low", "medium", "high"]}

    assert answer_for(client, schema_of(confidence=bands), mail) == {"confidence": band}


def test_a_nonce_is_repeated(client: genai.Client) -> None:
    answer = answer_for(client, schema_of(nonce={"type": "string"}), "Nonce: k7f3-x9\n\nHello")

    assert answer == {"nonce": "k7f3-x9"}


def test_a_schema_that_refers_to_itself_comes_to_an_end(client: genai.Client) -> None:
    part = schema_of(parts={"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/Part"}})

    answer = answer_for(client, part | {"$defs": {"Part": part}})

    assert answer["parts"][0]["parts"]


def test_the_same_question_gets_the_same_answer(client: genai.Client) -> None:
    first, second = (classify(client, "Invoice and offer.") for _ in range(2))

    assert first == second
