"""Every fault of the service as a table: what the books say, and what happens next."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from pytest_django.fixtures import Settings

from tests.gemini import GeminiDouble, replies
from tests.gemini import Reply as Line
from triage.llm import gateway
from triage.llm.contract import Prompt, Reply
from triage.llm.errors import (
    AttemptError,
    Blocked,
    CreditSpent,
    KeyRefused,
    NoAnswer,
    OutsideList,
    Refused,
    Unusable,
)
from triage.llm.models import Call, RetiredModel

pytestmark = pytest.mark.django_db

SCHEMA = {
    "type": "object",
    "properties": {"category": {"type": "string", "enum": ["support", "billing"]}},
    "required": ["category"],
}


def question(text: str = "Our invoice is wrong", *, timeout: float = 5.0) -> Prompt:
    return Prompt(
        purpose="classification",
        version="test-1",
        system="Sort the mail.",
        text=text,
        schema=SCHEMA,
        max_output_tokens=100,
        timeout_seconds=timeout,
    )


def read(reply: Reply) -> str:
    if "support" not in reply.text and "billing" not in reply.text:
        raise OutsideList(reply.text)
    if not reply.text.endswith("}"):
        raise Unusable("the answer is not JSON")
    return reply.text


def ask(prompt: Prompt | None = None) -> gateway.Answer[str]:
    return gateway.answer(prompt or question(), read=read)


def outcomes() -> list[tuple[str, str]]:
    return list(Call.objects.order_by("pk").values_list("model_asked", "outcome"))


def test_an_answer_is_one_call_with_its_tokens_and_its_price(gemini: GeminiDouble) -> None:
    answer = ask()
    call = Call.objects.get()
    entry = gemini.book.rows[0]
    assert answer.error is None
    assert answer.call == call
    assert (call.outcome, call.model_asked, call.model_served, call.attempt) == (
        "ok",
        "gemini-2.5-flash",
        "gemini-2.5-flash",
        1,
    )
    assert (call.input_tokens, call.output_tokens) == (entry.prompt, entry.candidates)
    # 2.5 Flash: 0.30 dollars a million tokens in, 2.50 out.
    assert call.cost == Decimal(entry.prompt * 300 + entry.candidates * 2500) / 10**9
    assert call.latency_ms is not None


def test_the_model_that_served_is_the_one_that_is_billed(gemini: GeminiDouble) -> None:
    gemini.serve_as("gemini-2.5-flash", "gemini-2.5-flash-lite")
    ask()
    call, entry = Call.objects.get(), gemini.book.rows[0]
    assert (call.model_asked, call.model_served) == ("gemini-2.5-flash", "gemini-2.5-flash-lite")
    assert call.cost == Decimal(entry.prompt * 100 + entry.candidates * 400) / 10**9


def test_an_unknown_price_is_unknown_not_nothing(gemini: GeminiDouble) -> None:
    gemini.enqueue(replies.json({"category": "billing"}).served(model="gemini-9-flash-nobody"))
    ask()
    assert Call.objects.get().cost is None


def test_the_request_carries_what_the_model_takes(gemini: GeminiDouble) -> None:
    ask()
    body = gemini.requests[0].body
    config = body["generationConfig"]
    assert gemini.requests[0].path == "/v1beta/models/gemini-2.5-flash:generateContent"
    assert config["temperature"] == 0
    assert config["responseMimeType"] == "application/json"
    assert config["responseJsonSchema"] == SCHEMA
    assert config["maxOutputTokens"] == 100
    assert config["thinkingConfig"] == {"thinkingBudget": 0}
    assert body["store"] is False
    assert "tools" not in body


def test_a_model_that_ignores_temperature_is_not_sent_one(
    gemini: GeminiDouble, settings: Settings
) -> None:
    settings.MODELS = ["gemini-3.5-flash-lite"]
    assert ask().error is None
    config = gemini.requests[0].body["generationConfig"]
    assert "temperature" not in config
    assert config["thinkingConfig"]["thinkingLevel"].upper() == "MINIMAL"


def test_a_retired_model_is_passed_over_and_remembered(gemini: GeminiDouble) -> None:
    gemini.retire("gemini-2.5-flash")
    assert ask().error is None
    assert outcomes() == [("gemini-2.5-flash", "failed"), ("gemini-3.5-flash-lite", "ok")]
    assert RetiredModel.objects.get().name == "gemini-2.5-flash"
    assert ask().error is None
    assert outcomes()[2:] == [("gemini-3.5-flash-lite", "ok")]


def test_without_a_model_left_the_prompt_is_answered_with_that(
    gemini: GeminiDouble, settings: Settings
) -> None:
    settings.MODELS = ["gemini-2.5-flash"]
    gemini.retire("gemini-2.5-flash")
    assert ask().error is not None
    answer = ask()
    assert isinstance(answer.error, gateway.NoModelLeft)
    assert Call.objects.count() == 1


# Fault, outcome in the ledger of its attempt, cost in the ledger (None: unknown), when the next
# attempt works.
PASSING: dict[str, tuple[Callable[[], Line], str, int | None]] = {
    "429 with RetryInfo": (lambda: replies.too_many_requests(retry_delay=0.05), "failed", 0),
    "500": (lambda: replies.error(500), "failed", 0),
    "503": (lambda: replies.error(503), "failed", 0),
    "502 in HTML": (replies.html, "failed", 0),
    "400 of this model": (lambda: replies.error(400), "refused", 0),
    "cut connection": (replies.cut, "failed", None),
    "garbage": (replies.garbage, "failed", None),
}


@pytest.mark.parametrize("name", PASSING)
def test_a_passing_fault_is_booked_and_asked_again(name: str, gemini: GeminiDouble) -> None:
    line, outcome, cost = PASSING[name]
    gemini.enqueue(line())
    assert ask().error is None
    first, second = Call.objects.order_by("pk")
    assert (first.outcome, first.attempt) == (outcome, 1)
    assert first.cost == cost
    assert first.error
    assert (second.outcome, second.attempt) == ("ok", 2)


# An answer came and was charged, but is of no use: the next model is asked once.
USELESS: dict[str, tuple[Callable[[], Line], str]] = {
    "no candidates": (replies.no_candidates, "invalid"),
    "STOP without parts": (replies.stop_without_parts, "invalid"),
    "only thoughts": (replies.thoughts_only, "truncated"),
    "cut short": (replies.cut_short, "truncated"),
    "blocked prompt": (replies.blocked_prompt, "blocked"),
    "blocked answer": (replies.safety, "blocked"),
    "an unknown ending": (replies.unknown_finish, "invalid"),
    "not JSON": (lambda: replies.text("It is about billing."), "invalid"),
}


@pytest.mark.parametrize("name", USELESS)
@pytest.mark.filterwarnings("ignore:.*is not a valid FinishReason")
def test_a_useless_answer_is_charged_and_the_next_model_asked(
    name: str, gemini: GeminiDouble
) -> None:
    line, outcome = USELESS[name]
    gemini.enqueue(line())
    assert ask().error is None
    first, second = Call.objects.order_by("pk")
    assert (first.outcome, first.model_asked) == (outcome, "gemini-2.5-flash")
    assert first.input_tokens == gemini.book.rows[0].prompt
    assert first.cost is not None
    assert first.cost > 0
    assert (second.outcome, second.model_asked) == ("ok", "gemini-3.5-flash-lite")


def test_an_answer_outside_the_list_is_kept_and_nobody_else_is_asked(
    gemini: GeminiDouble,
) -> None:
    gemini.enqueue(replies.outside_category("warranty"))
    answer = ask()
    assert isinstance(answer.error, OutsideList)
    assert "warranty" in answer.error.said
    assert outcomes() == [("gemini-2.5-flash", "invalid")]


def test_a_service_that_hangs_costs_an_unknown_amount(
    gemini: GeminiDouble, settings: Settings
) -> None:
    settings.MAX_ATTEMPTS = 1
    gemini.enqueue(replies.hang())
    answer = ask(question(timeout=0.3))
    assert isinstance(answer.error, NoAnswer)
    assert Call.objects.get().cost is None


@pytest.mark.parametrize(
    ("status", "error"), [(402, CreditSpent), (401, KeyRefused), (403, KeyRefused)]
)
def test_a_refused_key_stops_the_whole_run(
    status: int, error: type[AttemptError], gemini: GeminiDouble, settings: Settings
) -> None:
    settings.MAX_IN_FLIGHT = 1
    gemini.enqueue(replies.error(status))
    waiting = [question("one"), question("two"), question("three")]

    def more(room: int) -> list[Prompt]:
        return [waiting.pop(0)] if waiting else []

    answers = [each for batch in gateway.answers(more, read=read) for each in batch]
    assert [type(each.error) for each in answers] == [error] * 3
    assert Call.objects.count() == 1


def test_attempts_end_and_every_one_is_on_the_books(
    gemini: GeminiDouble, settings: Settings
) -> None:
    settings.MAX_ATTEMPTS = 3
    gemini.enqueue(*[replies.error(400) for _ in range(9)])
    answer = ask()
    assert isinstance(answer.error, Refused)
    assert [model for model, _ in outcomes()] == settings.MODELS


def test_a_long_wait_asked_for_is_not_waited_when_the_deadline_is_nearer(
    gemini: GeminiDouble,
) -> None:
    gemini.enqueue(replies.too_many_requests(retry_delay=600))
    assert ask().error is not None
    assert Call.objects.count() == 1


def test_many_prompts_get_their_own_answers(gemini: GeminiDouble) -> None:
    gemini.follow(lambda request: replies.json({"category": "billing", "echo": request.text}))
    waiting = [question(f"mail number {number}") for number in range(300)]
    asked = list(waiting)

    def more(room: int) -> list[Prompt]:
        batch, waiting[:] = waiting[:room], waiting[room:]
        return batch

    answers = [each for batch in gateway.answers(more, read=read) for each in batch]
    assert len(answers) == len(asked)
    for each in answers:
        assert each.value is not None
        assert f'"{each.prompt.text}"' in each.value
    total = sum((call.cost or Decimal(0) for call in Call.objects.all()), Decimal(0))
    sums = gemini.book.total
    assert total == Decimal(sums.prompt * 300 + sums.candidates * 2500) / 10**9


def test_calls_of_a_dead_process_are_closed_with_their_cost_unknown(
    gemini: GeminiDouble, settings: Settings
) -> None:
    settings.CLAIM_SECONDS = 0
    Call.objects.create(
        at="2026-11-20T08:00Z", purpose="classification", provider="gemini", model_asked="m"
    )
    assert gateway.settle_abandoned() == 1
    call = Call.objects.get()
    assert (call.outcome, call.cost) == ("failed", None)


def test_a_blocked_answer_names_what_blocked_it(gemini: GeminiDouble, settings: Settings) -> None:
    settings.MODELS = ["gemini-2.5-flash"]
    gemini.enqueue(replies.safety("PROHIBITED_CONTENT"))
    answer = ask()
    assert isinstance(answer.error, Blocked)
    assert "PROHIBITED_CONTENT" in str(answer.error)
