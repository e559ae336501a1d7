"""kill -9 within the store: of a process that keeps preparing and writing."""

import os
import random
import signal
import time
from pathlib import Path
from typing import NoReturn

from bench.records import Limit, Result
from bench.store.store import Store
from perf.faults.figures import Figures, left_over

KEYS = tuple(letter * 64 for letter in "abcd")


def store_kills(results: Path, count: int, rng: random.Random) -> Figures:
    """Kill a writer that many times; for each key the store must hold the last result written, or
    the one being written."""
    line, first, judged = Figures("kill -9 within Store.prepare, write, replace"), 0, 0
    may_stand: dict[str, set[int]] = {}
    for line.tried in range(1, count + 1):
        said = _killed_writer(results, first, rng)
        for number in said:
            may_stand[KEYS[number % len(KEYS)]] = {number}
        under_way = max([first - 1, *said]) + 1
        may_stand.setdefault(KEYS[under_way % len(KEYS)], {-1}).add(under_way)
        first = under_way + 1
        if rng.random() < 0.5 or line.tried == count:  # else left for the next writer
            judged += 1
            Store(results).prepare()
            _judge(line, results, may_stand)
    line.note = f"{first} writes, looked at {judged} times"
    return line


def _killed_writer(results: Path, first: int, rng: random.Random) -> list[int]:
    """Let a writer work for a moment; return the numbers that it had written."""
    reader, writer = os.pipe()
    pid = os.fork()
    if not pid:
        _write_on(results, first, writer)
    os.close(writer)
    os.read(reader, 1)
    time.sleep(rng.uniform(0, 0.15))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    with os.fdopen(reader) as answers:
        return [int(text) for text in answers.read().split()]


def _write_on(results: Path, number: int, writer: int) -> NoReturn:
    """Write one result after another, reporting each; body of a child process."""
    store = Store(results)
    os.write(writer, b"\n")
    try:
        while True:
            if number % 3 == 0:
                store.prepare()
            data = f"{number} ".encode() * 2000
            store.write(record(number), {"one.bin": data, "two.bin": data}, replace=True)
            os.write(writer, f"{number}\n".encode())
            number += 1
    finally:
        os._exit(1)


def record(number: int) -> Result:
    """Return a synthetic result with that number."""
    return Result(
        key=KEYS[number % len(KEYS)],
        ingredients={},
        status="done",
        baseline="made_up",
        params={},
        seed=0,
        seeded=False,
        limit=Limit(),
        profile="quick",
        tasks=(),
        versions={},
        suites={},
        provenance={},
        started="2026-01-01T00:00:00+00:00",
        seconds=float(number),
    )


def _judge(line: Figures, results: Path, may_stand: dict[str, set[int]]) -> None:
    store = Store(results)
    contents = store.contents()
    numbers = {s.result.key: int(s.result.seconds) for s in contents.results}
    line.torn += len(contents.problems)
    line.lost += sum(key not in numbers and -1 not in may_stand[key] for key in may_stand)
    for key, number in numbers.items():
        data = (store.runs / key / "two.bin").read_bytes()
        line.wrong += number not in may_stand[key] or data.split()[0] != str(number).encode()
    line.left += len(left_over(results))
