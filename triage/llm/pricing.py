"""What an attempt cost. Prices are dated data of the package `genai-prices`, never code of ours."""

from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from triage.llm.contract import Usage

# A nanodollar: one token of the cheapest model costs a hundred of them.
QUANTUM = Decimal("0.000000001")


def cost(usage: Usage, *, model: str, provider: str, at: datetime) -> Decimal | None:
    """US dollars for `usage` of the model that *served*; None when tokens or price are unknown.

    Thinking is billed as output; cached input at its own rate.
    """
    if usage.input is None or usage.output is None:
        return None
    import genai_prices  # noqa: PLC0415 - its tables cost as much to load as all of Django

    tokens = genai_prices.Usage(
        input_tokens=usage.input,
        cache_read_tokens=usage.cached or 0,
        output_tokens=usage.output + (usage.thinking or 0),
    )
    try:
        price = genai_prices.calc_price(
            tokens, model, provider_id=_GENAI_PRICES_ID[provider], genai_request_timestamp=at
        )
    except LookupError:
        return None
    return price.total_price.quantize(QUANTUM)


@lru_cache
def is_known(model: str, provider: str) -> bool:
    """Whether `model` has a price at all."""
    import genai_prices  # noqa: PLC0415

    try:
        genai_prices.calc_price(
            genai_prices.Usage(input_tokens=1, output_tokens=1),
            model,
            provider_id=_GENAI_PRICES_ID[provider],
        )
    except LookupError:
        return False
    return True


_GENAI_PRICES_ID = {"gemini": "google"}
