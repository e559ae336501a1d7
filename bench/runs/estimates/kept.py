"""What was measured of a machine, kept in the cache folder."""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from bench.files.assets import cache_root
from bench.guards.guarded import Odd, read_bytes
from bench.runs.estimates.machine import Machine
from bench.runs.estimates.observed import Observation
from bench.store.written import write_whole

FORM: Literal[1] = 1
"""Changes with what is expected of a family, with which the measured seconds are compared."""
LONGEST = 1 << 20
"""Bytes of a file that are read."""


@dataclass(frozen=True)
class Measured:
    """What small fits took on a machine.

    Args:
        cells: one of each family.
        loading: factor on the seconds that loading libraries and weights is expected to take.
        products_per_second: see `Machine`; what was expected of the cells was computed with it. 0:
            nothing was measured.
    """

    cells: tuple[Observation, ...] = ()
    loading: float = 1.0
    products_per_second: float = 0.0

    def with_newer(self, newer: "Measured") -> "Measured":
        """Return both, the newer for families that both have."""
        again = {cell.baseline for cell in newer.cells}
        old = tuple(cell for cell in self.cells if cell.baseline not in again)
        newest = newer if newer.cells else self
        return Measured((*old, *newer.cells), newest.loading, newest.products_per_second)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    form: Literal[1]
    measured: Measured


def _place(machine: Machine) -> Path:
    name = hashlib.sha256(f"{machine.name}|{machine.threads}".encode()).hexdigest()[:12]
    return cache_root() / "machines" / f"{name}.json"


def recall(machine: Machine) -> Measured:
    """Return what was measured of a machine; nothing where there is no file, or one that somebody
    else or another version made."""
    try:
        found = _File.model_validate_json(read_bytes(_place(machine), LONGEST)).measured
        return found if all(map(_is_amount, _numbers(asdict(found)))) else Measured()
    except (OSError, Odd, ValidationError, RecursionError):
        return Measured()


def _numbers(found: Any) -> Iterator[float]:
    """Yield every number of a nested record."""
    if isinstance(found, dict):
        found = list(found.values())
    if isinstance(found, list | tuple):
        for part in found:
            yield from _numbers(part)
    elif isinstance(found, float | int):
        yield found


def _is_amount(number: float) -> bool:
    return 0 <= number < 1e18


def keep(machine: Machine, measured: Measured) -> bool:
    """Keep what was measured; return False where the cache folder cannot be written to."""
    place = _place(machine)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        write_whole(place, _File(form=FORM, measured=measured).model_dump_json().encode())
    except OSError:
        return False
    return True
