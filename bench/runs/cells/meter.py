"""Count what a run uses up: time, memory, energy."""

import sys
from dataclasses import dataclass, field

from bench.baseline import Fit
from bench.hardware import device_name
from bench.records import Cost
from bench.runs.cells.memory import PeakMemory, Stopwatch
from bench.runs.gpus import EnergyMeter


@dataclass
class Meter:
    """What a run uses up.

    Args:
        threads: that the computing libraries may use, for the record.
        workers: processes that do runs at once, for the record.
    """

    threads: int
    workers: int = 1
    fit: Stopwatch = field(default_factory=Stopwatch)
    predict: Stopwatch = field(default_factory=Stopwatch)
    predicted: int = 0
    memory: PeakMemory = field(default_factory=PeakMemory)
    energy: EnergyMeter = field(default_factory=EnergyMeter)

    def cost(self, fit: Fit) -> Cost:
        """As the record has it."""
        return Cost(
            fit_seconds=self.fit.wall,
            predict_seconds=self.predict.wall,
            predicted=self.predicted,
            peak_bytes=self.memory.peak_bytes(),
            parameters=fit.parameters,
            model_bytes=fit.model_bytes,
            device=device_name(),
            threads=_threads(self.threads),
            examples_per_second=fit.examples_per_second,
            device_bytes=self.memory.device_bytes(),
            energy_joules=self.energy.joules,
            workers=self.workers,
            fit_cpu_seconds=self.fit.cpu,
            predict_cpu_seconds=self.predict.cpu,
        )


def _threads(settled: int) -> int:
    """Return the threads that computed. A fit that goes on from a checkpoint keeps those it began
    with, so torch is asked where it is loaded."""
    torch = sys.modules.get("torch")
    return settled if torch is None else int(torch.get_num_threads())
