"""Makes a store of 12,500 results and measures the report over it, and `bench run` with nothing
to do.

    python perf/store.py FOLDER                 make what is missing, then measure
    python perf/store.py FOLDER -- bench run …  also time that command over the store, run twice:
                                                the second one is warm
"""

import argparse
import hashlib
import io
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from bench.records import (
    ClassScore,
    Confusion,
    Cost,
    Counts,
    DataFacts,
    Limit,
    Result,
    TaskScores,
)
from bench.sealed import encode_array, seal

TASKS, BASELINES, SEEDS, ROWS, DRAWS = 100, 25, 5, 500, 2000
LABELS = ("business", "culture", "politics", "sport", "technology")
FLOOR = ("majority", "stratified_random")
METRICS = (
    "macro_f1 accuracy micro_f1 weighted_f1 macro_precision macro_recall mcc roc_auc pr_auc "
    "log_loss brier ece"
)
TARGETS = {"report": (20.0, 1.5), "run": (10.0, 1.5)}
"""Seconds and GiB."""


@dataclass(frozen=True)
class MadeTask:
    """A task's gold labels and the bootstrap weights that all its results share."""

    name: str
    gold: NDArray[np.int64]
    weights: NDArray[np.float32]


def made_task(number: int) -> MadeTask:
    """Random gold labels; weights are (rows, draws) counts, each draw of ROWS rows."""
    rng = np.random.default_rng(number)
    weights = rng.multinomial(ROWS, np.full(ROWS, 1 / ROWS), size=DRAWS).T.astype(np.float32)
    return MadeTask(f"made_task_{number:03d}", rng.integers(len(LABELS), size=ROWS), weights)


def made_results(task: MadeTask) -> Iterator[tuple[Result, dict[str, bytes]]]:
    """Every baseline and seed on the task: the record, and the files beside it."""
    for number in range(BASELINES):
        name = FLOOR[number] if number < len(FLOOR) else f"made_family_{number:02d}"
        for seed in range(SEEDS):
            rng = np.random.default_rng([number, seed, *task.name.encode()])
            skill = 0.0 if number < len(FLOOR) else 0.3 + 0.025 * number
            guess = rng.integers(len(LABELS), size=ROWS)
            value = np.where(rng.random(ROWS) < skill, task.gold, guess)
            right = value == task.gold
            files = {
                "predictions-0.parquet": _predictions(task, value),
                "replicates-0.npy": encode_array((right.astype(np.float32) @ task.weights) / ROWS),
            }
            yield _result(name, task, value, seed), files


def _predictions(task: MadeTask, value: NDArray[np.int64]) -> bytes:
    scores = np.full((ROWS, len(LABELS)), 0.1)
    scores[np.arange(ROWS), value] = 0.6
    words = [f'"{label}"' for label in LABELS]
    table = pa.table(
        {
            "id": [f"{task.name}/{i}" for i in range(ROWS)],
            "gold": [words[i] for i in task.gold],
            "value": [words[i] for i in value],
            "scores": pa.array(scores.tolist(), pa.list_(pa.float64())),
            "raw": pa.array([None] * ROWS, pa.string()),
            "status": ["ok"] * ROWS,
        }
    )
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()


def _hash(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _result(name: str, task: MadeTask, value: NDArray[np.int64], seed: int) -> Result:
    return Result(
        key=_hash(name, task.name, seed),
        ingredients={"task": task.name, "baseline": name, "seed": str(seed), "source": "made"},
        status="done",
        baseline=name,
        params={},
        seed=seed,
        seeded=True,
        limit=Limit(train=1000, test=ROWS),
        profile="quick",
        tasks=(task.name,),
        versions={task.name: 1},
        suites={task.name: "made"},
        results=(_scores(task, value),),
        cost=Cost(
            fit_seconds=1.0,
            predict_seconds=0.5,
            predicted=ROWS,
            peak_bytes=2**28,
            parameters=100_000,
            model_bytes=2**20,
            device="made up",
            threads=1,
        ),
        provenance={"python": "3.11"},
        started=f"2030-01-01T00:00:{seed:02d}.000000+00:00",
        seconds=2.0,
    )


def _scores(task: MadeTask, value: NDArray[np.int64]) -> TaskScores:
    right = value == task.gold
    point = float(right.mean())
    table = np.zeros((len(LABELS), len(LABELS)), np.int64)
    np.add.at(table, (task.gold, value), 1)
    cells = tuple((int(i), int(j), int(table[i, j])) for i, j in zip(*table.nonzero(), strict=True))
    share = table.diagonal() / np.maximum(table.sum(1), 1)
    return TaskScores(
        task=task.name,
        version=1,
        suite="made",
        source=f"source {int(_hash(task.name)[:8], 16) % 7}",
        licence="MIT",
        citation="made up",
        output={"kind": "single_label", "labels": list(LABELS)},
        seen_in_pretraining="no",
        main_metric="macro_f1",
        scores=dict.fromkeys(METRICS.split(), point),
        intervals=dict.fromkeys(METRICS.split(), (point - 0.04, point + 0.04)),
        scores_without_leaks={},
        per_class={
            label: ClassScore(
                precision=float(share[i]),
                recall=float(share[i]),
                f1=float(share[i]),
                support=int(table[i].sum()),
            )
            for i, label in enumerate(LABELS)
        },
        confusion=Confusion(rows=LABELS, columns=LABELS, cells=cells),
        counts=Counts(test=ROWS),
        data=DataFacts(
            train=800,
            validation=200,
            test=ROWS,
            groups=ROWS,
            test_hash=_hash("test", task.name),
            train_hash=_hash("train", task.name),
            checks={},
        ),
        right=np.packbits(right).tobytes().hex(),
        predictions="predictions-0.parquet",
        replicates="replicates-0.npy",
    )


def make(folder: Path) -> int:
    """Write what is missing, in the store's own form but without waiting for the disk; returns
    the number of runs that are there."""
    for number in range(TASKS):
        mark = folder / f"made-{number}"
        if mark.exists():
            continue
        for result, files in made_results(made_task(number)):
            place = folder / "runs" / result.key
            place.mkdir(parents=True, exist_ok=True)
            hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
            for name, data in files.items():
                (place / name).write_bytes(data)
            (place / "result.json").write_bytes(seal(result.model_copy(update={"files": hashes})))
        mark.touch()
    return sum(1 for _ in (folder / "runs").iterdir())


@dataclass(frozen=True)
class Measured:
    """Time and peak memory of a command with all its children."""

    seconds: float
    gib: float
    status: int


def measure(command: Sequence[str]) -> Measured:
    """Run a command to its end, asking for its memory twenty times a second."""
    clock = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    watched, peak = psutil.Process(process.pid), 0
    while process.poll() is None:
        try:
            family = [watched, *watched.children(recursive=True)]
            peak = max(peak, sum(p.memory_info().rss for p in family))
        except psutil.NoSuchProcess:
            pass
        time.sleep(0.05)
    return Measured(time.perf_counter() - clock, peak / 2**30, process.returncode)


def say(name: str, found: Measured) -> None:
    """Print a measurement beside its target, as ratios."""
    seconds, gib = TARGETS[name]
    print(
        f"{name}: {found.seconds:.1f} s = {found.seconds / seconds:.2f} of {seconds:.0f} s, "
        f"{found.gib:.2f} GiB = {found.gib / gib:.2f} of {gib} GiB, exit {found.status}"
    )


def main() -> None:
    """Make, then measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("command", nargs="*", help="a `bench run …` over the store")
    asked = parser.parse_args()
    print(f"{make(asked.folder):,} runs in {asked.folder}")
    page = str(asked.folder / "leaderboard.html")
    report = ["report", "--results", str(asked.folder), "--format", "html", "-o", page]
    say("report", measure([sys.executable, "-m", "bench", *report]))
    print(f"page: {Path(page).stat().st_size / 2**20:.1f} MiB")
    if asked.command:
        measure(asked.command)
        say("run", measure(asked.command))


if __name__ == "__main__":
    main()
