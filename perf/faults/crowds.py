"""Many concurrent `bench run` on one results folder, from one pid namespace and from two.

Run: python -m perf.faults crowds [--seconds S] [--seed N]. Groups of 2, 4 and 8 runs are started
repeatedly until S seconds have passed; a report is made whenever there are results. All must end
well, and the leaderboard must equal that of a single run. Then writers compete with a process of
another namespace that keeps preparing the same store. A second namespace needs root or the right to
create one.
"""

import argparse
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from bench.errors import BenchError
from bench.store.store import Store
from perf.faults.figures import Figures, left_over, show
from perf.faults.processes import ended, poll, survivors
from perf.faults.setting import Setting, made_setting
from perf.faults.store_kills import record

APART = ("unshare", "--pid", "--fork", "--mount-proc")
PREPARE = "import sys; from pathlib import Path; from bench.store.store import Store\n"
PREPARE += "while True: Store(Path(sys.argv[1])).prepare()"


def crowd(setting: Setting, size: int, rng: random.Random, line: Figures, *, apart: bool) -> int:
    """Start that many runs at once and wait for all; return the number of reports made
    meanwhile."""
    results, reports, waiting = setting.new("crowd"), 0, []
    for number in range(size):
        waiting.append(setting.cold(setting.run(results), *(APART if apart and number % 2 else ())))
        time.sleep(rng.uniform(0, 0.5))
    line.tried += size
    end = time.monotonic() + 600
    while waiting and time.monotonic() < end:
        codes = {pid: poll(pid) for pid in waiting}
        line.wrong += sum(code not in (0, None) for code in codes.values())
        waiting = [pid for pid, code in codes.items() if code is None]
        if Store(results).stored_keys():
            reports += 1
            board = setting.board(results)
            line.torn += board is None or bool(board[2])
        time.sleep(0.1)
    line.wrong += len(waiting) + (setting.board(results) != setting.whole)
    line.left += len(left_over(results)) + survivors()
    return reports


def crowds(setting: Setting, seconds: float, rng: random.Random, *, apart: bool) -> list[Figures]:
    """Run groups of each size, as often as time allows."""
    where = ", two pid namespaces" if apart else ""
    table = {size: Figures(f"{size} `bench run` at once{where}") for size in (2, 4, 8)}
    end, reports = time.monotonic() + seconds, dict.fromkeys(table, 0)
    while not all(reports.values()) or time.monotonic() < end:
        for size, line in table.items():
            reports[size] += crowd(setting, size, rng, line, apart=apart)
            line.note = f"{reports[size]} reports meanwhile"
    return list(table.values())


def store_race(results: Path, seconds: float, *, apart: bool) -> Figures:
    """Let two processes write while another prepares the same store."""
    where = "another pid namespace" if apart else "the same pid namespace"
    line = Figures(f"writes beside a process of {where}")
    Store(results).prepare()
    command = [*(APART if apart else ()), sys.executable, "-P", "-c", PREPARE, str(results)]
    with subprocess.Popen(command) as other:
        time.sleep(3)  # wait until it has imported its modules
        reader, writer = os.pipe()
        pids = [os.fork() or _write_on(results, seconds, number, writer) for number in range(2)]
        os.close(writer)
        line.wrong += sum(ended(pid, seconds + 60) != 0 for pid in pids)
        line.wrong += other.poll() is not None
        other.kill()  # `unshare` ignores other signals
    with os.fdopen(reader) as answers:
        for text in answers:
            tried, failed = map(int, text.split())
            line.tried, line.lost = line.tried + tried, line.lost + failed
    survivors(0)  # reap the process that it started
    Store(results).prepare()
    line.torn += len(Store(results).contents().problems)
    line.left += len(left_over(results))
    return line


def _write_on(results: Path, seconds: float, number: int, writer: int) -> NoReturn:
    """Write results for that long, and report how many were written and how many failed; body of a
    child process."""
    tried = failed = 0
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            tried, number = tried + 1, number + 2
            try:
                Store(results).write(record(number), {"one.bin": b"x" * 20000}, replace=True)
            except BenchError:
                failed += 1
        os.write(writer, f"{tried} {failed}\n".encode())
        os._exit(0)
    finally:
        os._exit(1)


def measured(setting: Setting, seconds: float, rng: random.Random) -> Iterator[Figures]:
    """Yield the lines of the table."""
    for apart in (False, True):
        if apart and subprocess.run([*APART, "true"], capture_output=True, check=False).returncode:
            print("a second pid namespace: skipped, this user may not make one")
            break
        yield from crowds(setting, seconds, rng, apart=apart)
        yield store_race(setting.new("race"), 10, apart=apart)
    yield setting.tracebacks()


def main(words: list[str]) -> None:
    """Print the table; exit with 1 where anything was lost, torn, wrong or left over."""
    parser = argparse.ArgumentParser(prog="python -m perf.faults crowds")
    parser.add_argument("--seconds", type=float, default=0, help="at least, for either namespace")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(words)
    with made_setting() as setting:
        show(measured(setting, given.seconds, random.Random(given.seed)))
