"""Compare a fit of `bert` (minilm-l6, 128 examples) whose OpenMP threads wait passively with one
that uses OpenMP's default.

Run: python perf/waiting.py [PAIRS] [EPOCHS]. In each pair one fit follows the other, each in a
process of its own with as many threads as a worker gets; the order alternates. Measured on the
machine as it is, then with a process that keeps one core busy. Output: medians of elapsed and
processor seconds, and of the pairs' ratios with their range.
"""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence

from bench.runs.workers.process import PASSIVE

WAYS: Mapping[str, Mapping[str, str]] = {"OpenMP's own": {}, "passive": PASSIVE}
Seconds = tuple[float, float]


def fit(epochs: int) -> None:
    """Print the seconds of one fit in this process."""
    from bench.baseline import TaskData
    from bench.baselines.bert import Bert
    from bench.data.load import load_task as load_rows
    from bench.files import Files
    from bench.registry import Registry, load_task
    from bench.run_context import RunContext, running_in
    from bench.runs.cells.memory import Stopwatch
    from bench.runs.cores import available

    plugin = Registry("tasks")["vader_tweets"]
    task = load_task(plugin)
    rows = load_rows(task, Files(plugin.name, plugin.suite, ())).train
    watch = Stopwatch()
    with running_in(RunContext(threads=available().count)):
        # Imports and loading in the first fit are excluded from the figures.
        Bert(model="minilm-l6", epochs=1).fit([TaskData(task, rows[:8], rows[8:16])], seed=0)
        family = Bert(model="minilm-l6", epochs=epochs, patience=epochs)
        with watch:
            family.fit([TaskData(task, rows[:115], rows[115:128])], seed=0)
    print(json.dumps([watch.wall, watch.cpu]))


def timed(epochs: int, way: Mapping[str, str]) -> Seconds:
    """Return one fit's elapsed and processor seconds."""
    others = {name: value for name, value in os.environ.items() if name not in PASSIVE}
    command = [sys.executable, __file__, "--fit", str(epochs)]
    done = subprocess.run(command, env={**others, **way}, capture_output=True, check=True)
    wall, cpu = json.loads(done.stdout.splitlines()[-1])
    return wall, cpu


def pairs(count: int, epochs: int) -> dict[str, list[Seconds]]:
    """Return the fits under each setting, in the order of the pairs."""
    found: dict[str, list[Seconds]] = {name: [] for name in WAYS}
    for number in range(count):
        for name in list(WAYS)[:: -1 if number % 2 else 1]:
            found[name].append(timed(epochs, WAYS[name]))
            print(f"  {name}: {found[name][-1][0]:.2f} s, processors {found[name][-1][1]:.2f} s")
    return found


def show(title: str, found: Mapping[str, Sequence[Seconds]]) -> None:
    """Print the figures for one state of the machine."""
    print(f"{title} (load {os.getloadavg()[0]:.1f})")
    for name, seconds in found.items():
        wall, cpu = (statistics.median(part) for part in zip(*seconds, strict=True))
        print(f"  {name:12} {wall:6.2f} s on the clock, {cpu:6.2f} s of processors")
    for place, what in enumerate(("clock", "processors")):
        both = zip(found["passive"], found["OpenMP's own"], strict=True)
        ratios = sorted(passive[place] / own[place] for passive, own in both)
        middle = statistics.median(ratios)
        print(f"  passive / own, {what}: {middle:.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})")


def main() -> None:
    """Measure on the machine as it is, then with a busy process running."""
    if sys.argv[1:2] == ["--fit"]:
        fit(int(sys.argv[2]))
        return
    numbers = [*map(int, sys.argv[1:]), *(5, 1)[len(sys.argv) - 1 :]]
    show("as it is", pairs(*numbers))
    busy = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        show("beside a busy core", pairs(*numbers))
    finally:
        busy.kill()
        busy.wait()


if __name__ == "__main__":
    main()
