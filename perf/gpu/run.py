"""A comparison in parts and sides, each of which may fail without stopping the others."""

import json
import platform
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch

from perf.gpu.measure import clean

LIBRARIES = ("torch", "transformers", "trl", "peft", "bitsandbytes", "liger-kernel", "triton")
Found = dict[str, Any]


@dataclass
class Run:
    """The selection of measurements, and their results.

    Args:
        toy: tiny sizes, for testing the code.
        sides: the selected sides, as patterns of their names; none: all.
        budget: seconds after which no further side is started.
        out: file for the results, written after each side.
        unsloth_python, lm_eval_python: interpreters of the peers' environments; "": the peer is
            left out.
        results: by part and side.
    """

    toy: bool
    sides: tuple[str, ...]
    budget: float
    out: Path | None
    unsloth_python: str = ""
    lm_eval_python: str = ""
    results: dict[str, dict[str, Found]] = field(default_factory=dict)
    began: float = field(default_factory=time.perf_counter)

    @property
    def left(self) -> float:
        """Remaining seconds of the budget."""
        return self.budget - (time.perf_counter() - self.began)

    def side(self, part: str, name: str, work: Callable[[], Found]) -> None:
        """Measure one side of a part, and store its result or the reason of its failure."""
        if self.sides and not any(fnmatchcase(name, wanted) for wanted in self.sides):
            return
        began = time.perf_counter()
        if self.left <= 0:
            found: Found = {"failed": "no time left"}
        else:
            print(f"{part}: {name} …", flush=True)
            found = _tried(work)
        found["took"] = time.perf_counter() - began
        print(f"{part}: {name} took {found['took']:.1f} s; {_short(found)}", flush=True)
        self.results.setdefault(part, {})[name] = found
        self.write()
        # Outside of the handler: its traceback keeps the failed attempt's tensors alive.
        clean()

    def write(self) -> None:
        """Write all results to the file."""
        if self.out is not None:
            told = {"machine": machine(), "results": self.results}
            self.out.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def _tried(work: Callable[[], Found]) -> Found:
    try:
        return work()
    except Exception as error:  # noqa: BLE001  # whatever a peer's library raises
        traceback.clear_frames(error.__traceback__)
        told = "".join(traceback.format_exception(error))
        return {"failed": f"{type(error).__name__}: {str(error)[-600:]}", "traceback": told[-6000:]}


def _short(found: Found) -> str:
    if "failed" in found:
        return f"FAILED {found['failed'][-400:]}"
    return ", ".join(f"{k} {v:.4g}" for k, v in found.items() if isinstance(v, float))


def machine() -> dict[str, Any]:
    """Return the hardware and software that was measured on."""
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else "none"
    known: dict[str, Any] = {"python": platform.python_version(), "gpu": gpu}
    for name in LIBRARIES:
        try:
            known[name] = version(name)
        except PackageNotFoundError:
            known[name] = None
    return known
