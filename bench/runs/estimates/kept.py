"""What was measured of a machine, kept in the cache folder."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

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
    """

    cells: tuple[Observation, ...] = ()
    loading: float = 1.0

    def with_newer(self, newer: "Measured") -> "Measured":
        """Return both, the newer for families that both have."""
        again = {cell.baseline for cell in newer.cells}
        old = tuple(cell for cell in self.cells if cell.baseline not in again)
        return Measured((*old, *newer.cells), newer.loading if newer.cells else self.loading)


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
        text = read_bytes(_place(machine), LONGEST)
        return _File.model_validate_json(text).measured
    except (OSError, Odd, ValidationError, RecursionError):
        return Measured()


def keep(machine: Machine, measured: Measured) -> bool:
    """Keep what was measured; return False where the cache folder cannot be written to."""
    place = _place(machine)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        write_whole(place, _File(form=FORM, measured=measured).model_dump_json().encode())
    except OSError:
        return False
    return True
