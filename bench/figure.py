"""What a bench yields."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One measured number: `Figure("ingest", 412.0, "mails/s", n=2000)`."""

    name: str
    value: float
    unit: str
    n: int = 1  # how many things were done to measure it

    def as_json(self) -> dict[str, Any]:
        return asdict(self)
