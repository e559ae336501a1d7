"""Free text as an answer; gold may have several references."""

from dataclasses import dataclass
from typing import Any

from bench.errors import DataError, quoted
from bench.outputs.base import NAMES, Answer, Words


@dataclass(frozen=True)
class FreeText:
    """Any text; gold is one reference or a tuple of several."""

    kind: str = "free_text"
    labels: tuple[str, ...] = ()

    def check(self, answer: Any, text: str) -> Answer:
        several = tuple(answer) if isinstance(answer, list | tuple) else ()
        references = (answer,) if isinstance(answer, str) else several
        if not references or not all(isinstance(r, str) for r in references):
            raise DataError(
                f"answer {quoted(answer)}: free text is a string, or several references"
            )
        return references[0] if len(references) == 1 else references

    def encode(self, answer: Answer, text: str, *, words: Words = NAMES) -> str:
        return self.references(answer)[0]

    def decode(self, said: str, text: str, *, words: Words = NAMES) -> Answer | None:
        return said

    def to_json(self, answer: Answer) -> Any:
        return list(answer) if isinstance(answer, tuple) else answer

    def from_json(self, data: Any) -> Answer:
        return tuple(data) if isinstance(data, list) else str(data)

    def fallback_answer(self) -> Answer:
        return ""

    def stratum(self, answer: Answer) -> str:
        return ""

    def spec(self) -> dict[str, Any]:
        return {"kind": self.kind}

    @staticmethod
    def references(answer: Answer) -> tuple[str, ...]:
        """Return all references of a gold answer, at least one."""
        return (answer,) if isinstance(answer, str) else tuple(map(str, answer))  # type: ignore[arg-type]
