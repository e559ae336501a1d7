"""What tells one line of the board from another."""

import hashlib
import json
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class RowKey:
    """What makes a line of the board; `params` is JSON with sorted keys."""

    baseline: str
    params: str
    variant: str | None
    limit_train: int | None
    full_data_row: bool
    recipe: str = ""
    outside: bool = False
    """Its predictions were brought as a file."""

    @property
    def title(self) -> str:
        """How sentences name the row."""
        extra = [self.variant] if self.variant else []
        extra += [f"{k}={v}" for k, v in json.loads(self.params).items() if not self.variant]
        extra += ["all rows"] if self.full_data_row else []
        extra += ["outside"] if self.outside else []
        return self.baseline + (f" ({', '.join(extra)})" if extra else "")

    @property
    def order(self) -> tuple[str, ...]:
        """A sorting key that tells any two rows apart."""
        limit = "" if self.limit_train is None else f"{self.limit_train:012d}"
        variant, full = self.variant or "", str(self.full_data_row)
        told = (self.baseline, variant, self.params, limit, full, self.recipe)
        return (*told, "outside") if self.outside else told

    @property
    def anchor(self) -> str:
        """Unique, stable, made of [a-z0-9-]."""
        words = re.sub(r"[^a-z0-9]+", "-", f"{self.baseline} {self.variant or ''}".lower())
        digest = hashlib.sha256(repr(self.order).encode()).hexdigest()
        return f"{words.strip('-')[:40]}-{digest[:8]}".lstrip("-")
