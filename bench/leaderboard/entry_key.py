"""The key that distinguishes one entry of the leaderboard from another."""

import hashlib
import json
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class EntryKey:
    """The identity of an entry; `params` is JSON with sorted keys."""

    baseline: str
    params: str
    variant: str | None
    limit_train: int | None
    full_data_row: bool
    recipe: str = ""
    outside: bool = False
    """True for submitted predictions."""
    larger: bool = False
    """True for an entry of a plan that learnt from more than its ranking's examples."""

    @property
    def beside(self) -> bool:
        """True for an entry that stands beside the ranking: it learnt from more examples."""
        return self.full_data_row or self.larger

    @property
    def title(self) -> str:
        """Name of the entry in sentences."""
        extra = [self.variant] if self.variant else []
        extra += [f"{k}={v}" for k, v in json.loads(self.params).items() if not self.variant]
        extra += ["all examples"] if self.full_data_row else []
        extra += ["outside"] if self.outside else []
        return self.baseline + (f" ({', '.join(extra)})" if extra else "")

    @property
    def order(self) -> tuple[str, ...]:
        """Sort key that differs for any two entries."""
        limit = "" if self.limit_train is None else f"{self.limit_train:012d}"
        variant, full = self.variant or "", str(self.full_data_row)
        parts = (self.baseline, variant, self.params, limit, full, self.recipe)
        more = (*(["larger"] if self.larger else []), *(["outside"] if self.outside else []))
        return (*parts, *more)

    @property
    def anchor(self) -> str:
        """Unique, stable anchor made of [a-z0-9-]."""
        words = re.sub(r"[^a-z0-9]+", "-", f"{self.baseline} {self.variant or ''}".lower())
        digest = hashlib.sha256(repr(self.order).encode()).hexdigest()
        return f"{words.strip('-')[:40]}-{digest[:8]}".lstrip("-")
