"""A bounded number as an answer."""

import math
import re
from dataclasses import dataclass
from typing import Any

from bench.errors import DataError, quoted
from bench.outputs.base import NAMES, Answer, Words
from bench.outputs.labels import normal

NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?", re.ASCII)


@dataclass(frozen=True)
class Regression:
    """A number from `low` to `high`."""

    low: float
    high: float
    kind: str = "regression"
    labels: tuple[str, ...] = ()

    def check(self, answer: Any, text: str) -> Answer:
        try:
            number = float(answer)
        except (TypeError, ValueError):
            raise DataError(f"answer {quoted(answer)} is not a number") from None
        if not (math.isfinite(number) and self.low <= number <= self.high):
            raise DataError(f"answer {quoted(answer)} is outside {self.low:g} to {self.high:g}")
        return number

    def encode(self, answer: Answer, text: str, *, words: Words = NAMES) -> str:
        short = f"{answer:.2f}"
        return short if float(short) == answer else repr(answer)

    def decode(self, said: str, text: str, *, words: Words = NAMES) -> Answer | None:
        if not NUMBER.fullmatch(normal(said)):
            return None
        number = float(normal(said).replace(",", "."))
        return number if self.low <= number <= self.high else None

    def to_json(self, answer: Answer) -> Any:
        return answer

    def from_json(self, data: Any) -> Answer:
        return float(data)

    def fallback_answer(self) -> Answer:
        return (self.low + self.high) / 2

    def stratum(self, answer: Answer) -> str:
        """Return the number of one of ten equal parts of the scale."""
        assert isinstance(answer, float)
        width = (self.high - self.low) / 10 or 1.0
        return str(min(9, int((answer - self.low) / width)))

    def spec(self) -> dict[str, Any]:
        return {"kind": self.kind, "low": self.low, "high": self.high}
