"""A store of 12,500 synthetic results: time for the report, and for a `bench run` with nothing to
do.

Run: python perf/store.py FOLDER. It writes 100 synthetic tasks, 25 synthetic baselines and a result
for each pair with 5 seeds, under the keys that `bench run` plans; then it measures both commands.
"""

import hashlib
import io
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from bench.records import ClassScore, Confusion, Cost, Counts, DataFacts, Result, TaskScores
from bench.runs.loaded_experiment import RunOptions
from bench.runs.planning.experiment import RunRequest
from bench.runs.planning.run_spec import Run
from bench.runs.session import set_up
from bench.store.record_file import encode_array, seal

TASKS, BASELINES, SEEDS, ROWS, DRAWS = 100, 25, 5, 500, 2000
LABELS = ("business", "culture", "politics", "sport", "technology")
METRICS = (
    "macro_f1 accuracy micro_f1 weighted_f1 macro_precision macro_recall mcc roc_auc pr_auc "
    "log_loss brier ece"
)
TARGETS = {"report": (20.0, 1.5), "run": (10.0, 1.5)}
"""Targets in seconds of processor time and GiB."""


@dataclass(frozen=True)
class MadeTask:
    """A task's gold labels and the bootstrap weights that all its results share."""

    name: str
    gold: NDArray[np.int64]
    weights: NDArray[np.float32]


def made_task(number: int) -> MadeTask:
    """Return random gold labels; weights are (rows, draws) counts, each replicate with ROWS
    rows."""
    rng = np.random.default_rng(number)
    weights = rng.multinomial(ROWS, np.full(ROWS, 1 / ROWS), size=DRAWS).T.astype(np.float32)
    return MadeTask(f"made_task_{number:03d}", rng.integers(len(LABELS), size=ROWS), weights)


TASK = '''"""A made task."""

import random

from bench.metrics import macro_f1
from bench.outputs import SingleLabel
from bench.task import Example, Prompt, Task

LABELS = {labels!r}


def load(files):
    draw = random.Random({number})
    words = "made text {{}} of {name}"
    rows = [Example(str(n), words.format(n), draw.choice(LABELS)) for n in range(1500)]
    return {{"train": rows[:1000], "test": rows[1000:]}}


TASK = Task(
    name="{name}", output=SingleLabel(*LABELS), load=load, metrics=(macro_f1,),
    prompt=Prompt(instruction="made"), licence="made", citation="made", source="source {source}",
)
'''
BASELINE = '''"""A made baseline: never fitted here."""


class Made:
    multi_task, seeded, cheap, libraries = False, True, False, ()

    def fit(self, data, *, seed):
        raise RuntimeError("a cell of the made store was run")

    def predict(self, task, inputs):
        return []


BASELINE = Made
'''


def write_plugins(folder: Path) -> RunRequest:
    """Write the synthetic tasks and baselines; return a request for all of them."""
    tasks = [f"made_task_{n:03d}" for n in range(TASKS)]
    families = [f"made_family_{n:02d}" for n in range(BASELINES)]
    for kind in ("tasks", "baselines"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(tasks):
        text = TASK.format(name=name, number=number, labels=LABELS, source=number % 7)
        (folder / "tasks" / f"{name}.py").write_text(text)
    for name in families:
        (folder / "baselines" / f"{name}.py").write_text(BASELINE)
    return RunRequest(
        tasks=tasks, baselines=families, seeds=range(SEEDS), profile="full", plugins=[folder]
    )


def made_result(task: MadeTask, run: Run) -> tuple[Result, dict[str, bytes]]:
    """Return a planned run as if it had been executed: the record, and the files stored with it."""
    number = int(run.baseline[-2:])
    rng = np.random.default_rng([number, run.seed, *task.name.encode()])
    guess = rng.integers(len(LABELS), size=ROWS)
    value = np.where(rng.random(ROWS) < 0.3 + 0.025 * number, task.gold, guess)
    right = value == task.gold
    files = {
        "predictions-0.parquet": _predictions(task, value),
        "replicates-0.npy": encode_array((right.astype(np.float32) @ task.weights) / ROWS),
    }
    return _result(run, task, value), files


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


def _result(run: Run, task: MadeTask, value: NDArray[np.int64]) -> Result:
    return Result(
        key=run.key,
        ingredients=run.ingredients,
        status="done",
        baseline=run.baseline,
        params={},
        seed=run.seed,
        seeded=True,
        limit=run.limit,
        profile=run.profile,
        tasks=(task.name,),
        versions={task.name: 1},
        suites={task.name: None},
        results=(_scores(task, value, run),),
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
        started=f"2020-01-01T00:00:{run.seed:02d}.000000+00:00",
        seconds=2.0,
    )


def _scores(task: MadeTask, value: NDArray[np.int64], run: Run) -> TaskScores:
    right = value == task.gold
    point = float(right.mean())
    table = np.zeros((len(LABELS), len(LABELS)), np.int64)
    np.add.at(table, (task.gold, value), 1)
    cells = tuple((int(i), int(j), int(table[i, j])) for i, j in zip(*table.nonzero(), strict=True))
    share = table.diagonal() / np.maximum(table.sum(1), 1)
    return TaskScores(
        task=task.name,
        version=1,
        suite=None,
        source=f"source {int(task.name[-3:]) % 7}",
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
            train=900,
            validation=100,
            test=ROWS,
            groups=ROWS,
            test_hash=run.tasks[0].test_hash,
            train_hash=run.tasks[0].train_hash,
            checks={},
        ),
        right=np.packbits(right).tobytes().hex(),
        predictions="predictions-0.parquet",
        replicates="replicates-0.npy",
    )


def make(folder: Path) -> int:
    """Write missing results, in the store's own format but without waiting for the disk; return the
    number of runs."""
    request = write_plugins(folder / "plugins")
    setup = set_up(request, RunOptions(results=folder))
    made: dict[str, MadeTask] = {}
    for run in setup.todo:
        name = run.tasks[0].task
        if name not in made:
            made = {name: made_task(int(name[-3:]))}
        result, files = made_result(made[name], run)
        place = folder / "runs" / run.key
        place.mkdir(parents=True, exist_ok=True)
        hashes = {file: hashlib.sha256(data).hexdigest() for file, data in files.items()}
        for file, data in files.items():
            (place / file).write_bytes(data)
        (place / "result.json").write_bytes(seal(result.model_copy(update={"files": hashes})))
    return len(setup.runs)


@dataclass(frozen=True)
class Measured:
    """Time and peak memory of a command with all its children.

    Args:
        cpu: seconds of processor time, which a busy machine does not change much.
        seconds: seconds on the clock.
        gib: peak memory.
        status: exit status.
    """

    cpu: float
    seconds: float
    gib: float
    status: int


def measure(command: Sequence[str]) -> Measured:
    """Run a command to its end, sampling its memory twenty times a second."""
    clock, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    watched, peak = psutil.Process(process.pid), 0
    while process.poll() is None:
        try:
            family = [watched, *watched.children(recursive=True)]
            peak = max(peak, sum(p.memory_info().rss for p in family))
        except psutil.NoSuchProcess:
            pass
        time.sleep(0.05)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(cpu, time.perf_counter() - clock, peak / 2**30, process.returncode)


def say(name: str, found: Measured) -> None:
    """Print a measurement with its target, as ratios."""
    seconds, gib = TARGETS[name]
    print(
        f"{name}: {found.cpu:.1f} s of CPU = {found.cpu / seconds:.2f} of {seconds:.0f} s "
        f"({found.seconds:.1f} s on the clock), "
        f"{found.gib:.2f} GiB = {found.gib / gib:.2f} of {gib} GiB, exit {found.status}"
    )


def main() -> None:
    """Create the store, then measure."""
    folder = Path(sys.argv[1])
    print(f"{make(folder):,} runs in {folder}")
    bench = [sys.executable, "-m", "bench"]
    page = folder / "leaderboard.html"
    say(
        "report",
        measure([*bench, "report", "--results", str(folder), "--format", "html", "-o", str(page)]),
    )
    print(f"page: {page.stat().st_size / 2**20:.1f} MiB")
    names = [f"--task=made_task_{n:03d}" for n in range(TASKS)]
    names += [f"--baseline=made_family_{n:02d}" for n in range(BASELINES)]
    names += [f"--seed={seed}" for seed in range(SEEDS)]
    words = ["--profile", "full", "--plugins", str(folder / "plugins"), "--results", str(folder)]
    say("run", measure([*bench, "run", *names, *words]))


if __name__ == "__main__":
    main()
