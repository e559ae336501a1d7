"""kill -9 at random moments: of `bench run`, of commands that write, and within the store.

Run: python -m perf.faults kills [--count N] [--store M] [--seed S]. Of N kills of commands two
thirds hit `bench run` (its parent, its worker or both), a quarter of them at a cold start; the
others hit `report -o`, `score`, `calibrate` and `encode`. A killed command is run again until it
ends; then the leaderboard must equal that of an undisturbed run, and nothing may be left over. M
kills hit a process that does nothing but prepare and write a store.
"""

import argparse
import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from bench.store.store import Store
from perf.faults.command_kills import command_kills, commands
from perf.faults.figures import Figures, finished, left_over, show
from perf.faults.processes import ended, poll, survivors
from perf.faults.setting import Setting, made_setting
from perf.faults.store_kills import store_kills

RUNS = 10
"""Number of results of the setting's `bench run`, excluding runs with several tasks."""


def run_kills(setting: Setting, count: int, rng: random.Random, *, cold: bool) -> Figures:
    """Kill `bench run` that many times, at its start or anywhere."""
    line = Figures(f"kill -9 of `bench run`, {'cold start' if cold else 'warm'}")
    whole, again, struck = (
        setting.whole,
        0,
        {"parent": 0, "worker": 0, "both": 0},
    )
    results = setting.new("killed")
    while line.tried < count:
        words, before = setting.run(results), finished(results)
        pid = setting.cold(words) if cold else setting.warm(words)
        target = _strike(pid, results, rng, cold=cold)
        if target is not None:
            line.tried += 1
            struck[target] += 1
        line.wrong += target == "worker" and ended(pid) not in (0, 1)
        line.left += survivors()
        _compare(line, before, results)
        if target is None or rng.random() < 0.3 or line.tried == count:
            again += 1
            before = finished(results)
            line.wrong += ended(setting.warm(words)) != 0 or setting.board(results) != whole
            _compare(line, before, results)
            line.left += len(left_over(results)) + survivors()
            results = setting.new("killed")
    parts = ", ".join(f"{name} {number}" for name, number in struck.items())
    line.note = f"{parts}; {again} runs to the end compared"
    return line


def _compare(line: Figures, before: dict[str, bytes], results: Path) -> None:
    """Count finished results that have disappeared or changed."""
    after = finished(results)
    line.lost += len(before.keys() - after.keys())
    line.wrong += sum(after[key] != raw for key, raw in before.items() if key in after)
    line.torn += len(Store(results).contents().problems)


def _strike(pid: int, results: Path, rng: random.Random, *, cold: bool) -> str | None:
    """Kill at a random moment; return the processes killed, None if the run had ended before."""
    stands = len(Store(results).stored_keys())
    wanted, end = 0 if cold else rng.randint(min(stands, RUNS - 1), RUNS - 1), time.monotonic() + 60
    while time.monotonic() < end and len(Store(results).stored_keys()) < wanted:
        if poll(pid) is not None:
            return None
        time.sleep(0.01)
    time.sleep(rng.uniform(0, 8 if cold else 0.4))
    if poll(pid) is not None:
        return None
    workers = psutil.Process(pid).children(recursive=True)
    target = rng.choice(("parent", "worker", "both")) if workers else "parent"
    for process in workers if target != "parent" else ():
        with suppress(psutil.NoSuchProcess):
            process.kill()
    if target != "worker":
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return target


def measured(setting: Setting, given: argparse.Namespace) -> Iterator[Figures]:
    """Yield the lines of the table."""
    rng, third = random.Random(given.seed), given.count // 3
    yield store_kills(setting.new("store"), given.store, rng)
    for command in commands(setting):
        yield command_kills(setting, command, max(1, third // 4), rng)
    yield run_kills(setting, third // 2, rng, cold=True)
    yield run_kills(setting, given.count - third - third // 2, rng, cold=False)
    yield setting.tracebacks()


def main(words: list[str]) -> None:
    """Print the table; exit with 1 where anything was lost, torn, wrong or left over."""
    parser = argparse.ArgumentParser(prog="python -m perf.faults kills")
    parser.add_argument("--count", type=int, default=60, help="kills of commands")
    parser.add_argument("--store", type=int, default=500, help="kills within the store")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(words)
    with made_setting() as setting:
        show(measured(setting, given))
