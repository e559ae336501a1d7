"""Made-up results for tests of the board and the reports: no model, no real text."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.records import (
    ClassScore,
    Confusion,
    Cost,
    Counts,
    DataFacts,
    Irregular,
    Limit,
    ReadoutScores,
    Result,
    Status,
    TaskScores,
)
from bench.store.store import StoredResult

DRAWS = 400


def digest(*parts: object) -> str:
    """A sha256 of anything."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def fake_draws(task: str, score: float, *, noise: float = 0.02, own: str = "") -> NDArray[Any]:
    """Bootstrap draws around a score: most of the noise belongs to the test rows, so that cells
    share it, a tenth to `own`."""
    shared = np.random.default_rng(int(digest(task)[:8], 16)).normal(size=DRAWS)
    alone = np.random.default_rng(int(digest(task, own)[:8], 16)).normal(size=DRAWS)
    return np.asarray(score + noise * (shared + 0.1 * alone), dtype=np.float32)


def fake_scores(
    task: str,
    score: float,
    *,
    metric: str = "macro_f1",
    labels: Sequence[str] = ("bad", "good"),
    test: int = 200,
    **changes: Any,
) -> TaskScores:
    """One task's scores; `changes` replace fields of the record."""
    names = tuple(labels)
    share = test // len(names)
    right = round(share * 0.8)
    of_class = score if 0 <= score <= 1 else 0.5  # the score may be of any metric
    cells = [(i, i, right) for i in range(len(names))]
    cells += [(i, (i + 1) % len(names), share - right) for i in range(len(names))]
    fields: dict[str, Any] = {
        "task": task,
        "version": 1,
        "suite": None,
        "source": f"made-up source of {task}",
        "licence": "MIT",
        "citation": "Nobody, 2020",
        "output": {"kind": "single_label", "labels": list(names)},
        "seen_in_pretraining": "unknown",
        "main_metric": metric,
        "scores": {metric: score, "mcc": score - 0.1},
        "intervals": {metric: (score - 0.03, score + 0.03), "mcc": (score - 0.2, score)},
        "scores_without_leaks": {},
        "per_class": {
            n: ClassScore(precision=of_class, recall=of_class, f1=of_class, support=share)
            for n in names
        },
        "confusion": Confusion(rows=names, columns=names, cells=tuple(sorted(cells))),
        "counts": Counts(test=test),
        "data": DataFacts(
            train=100,
            validation=28,
            test=test,
            groups=test,
            test_hash=digest("test", task),
            train_hash=digest("train", task),
            checks={},
        ),
        "right": "",
        "predictions": "predictions-0.parquet",
        "replicates": "replicates-0.npy",
    }
    return TaskScores(**{**fields, **changes})


def fake_result(
    baseline: str = "naive_bayes",
    task: str = "reviews",
    score: float | None = 0.8,
    *,
    seed: int = 0,
    minute: int = 0,
    status: Status = "done",
    reason: str = "",
    scores: TaskScores | None = None,
    draws: NDArray[Any] | None = None,
    **changes: Any,
) -> StoredResult:
    """One stored run of one task.

    Args:
        baseline: its name.
        task: its task's name.
        score: the main metric; not used unless the status is done.
        seed: its seed.
        minute: when it started, in minutes after noon: later runs replace earlier ones.
        status: done, failed or skipped.
        reason: why it failed or was skipped.
        scores: the task's record, instead of one made from `score`.
        draws: bootstrap draws, instead of ones made from `score`.
        changes: fields of the record to replace.
    """
    done = status == "done"
    found: tuple[TaskScores, ...] = ()
    if done:
        found = (scores or fake_scores(task, score or 0.0),)
    key = digest(baseline, task, score, seed, minute, status, sorted(changes.items()), found)
    fields: dict[str, Any] = {
        "key": key,
        "ingredients": {"source": "s", "libraries": "l", "seed": str(seed)},
        "status": status,
        "reason": reason,
        "baseline": baseline,
        "params": {},
        "seed": seed,
        "seeded": True,
        "limit": Limit(),
        "profile": "quick",
        "tasks": (task,),
        "versions": {task: found[0].version} if done else {},
        "suites": {task: None},
        "results": found,
        "cost": fake_cost() if done else None,
        "provenance": {"python": "3.11", "device": "a made-up processor"},
        "started": f"2020-01-01T{12 + minute // 60:02d}:{minute % 60:02d}:00.000000+00:00",
        "seconds": 1.0,
    }
    if draws is None:
        draws = fake_draws(task, score or 0.0, own=baseline)
    return StoredResult(Result(**{**fields, **changes}), f"runs/{key}", (draws,) if done else ())


def fake_cost(workers: int = 1) -> Cost:
    """A made-up cost."""
    return Cost(
        fit_seconds=1.5,
        predict_seconds=0.25,
        predicted=500,
        peak_bytes=300 * 2**20,
        parameters=41_000,
        model_bytes=2**20,
        device="a made-up processor",
        threads=2,
        workers=workers,
    )


def fake_store(*, tasks: int = 3, seeds: int = 1) -> list[StoredResult]:
    """A small store with floor rows, two families, a failure, a skip and a full-data row."""
    found = []
    for number in range(tasks):
        task = f"task_{number}"
        skill = {"majority": 0.3, "stratified_random": 0.33, "naive_bayes": 0.7, "lstm": 0.705}
        for seed in range(seeds):
            for name, base in skill.items():
                score = base + 0.03 * number + 0.01 * seed
                found.append(fake_result(name, task, score, seed=seed, limit=Limit(train=128)))
        found.append(fake_result("naive_bayes", task, 0.86, full_data_row=True))
    limit = Limit(train=128)
    why = "MemoryError: 4 GiB were asked for"
    found.append(fake_result("bert", "task_0", status="failed", reason=why, limit=limit))
    for name in ("majority", "naive_bayes"):
        found.append(fake_blocked(name, "far_away", "put its files in a folder", limit=limit))
    return found


def fake_blocked(baseline: str, task: str, reason: str, **changes: Any) -> StoredResult:
    """A record of a run that could not begin, as `bench run` writes it."""
    fields = {"status": "skipped", "reason": reason, "ingredients": {}, "blocked": True}
    return fake_result(baseline, task, **{"seeded": False, **fields, **changes})


def fake_greedy(score: float = 0.6, **changes: Any) -> ReadoutScores:
    """A greedy readout with five irregular answers, two of them refusals."""
    listed = (("bad, or good", False, 3), ("I cannot answer.", True, 2))
    fields: dict[str, Any] = {
        "scores": {"macro_f1": score, "accuracy": score + 0.1},
        "unparsed": 3,
        "refused": 2,
        "irregular": tuple(Irregular(answer=a, refused=r, count=n) for a, r, n in listed),
    }
    return ReadoutScores(**{**fields, **changes})


def fake_sample(score: float = 0.5, sd: float = 0.02) -> ReadoutScores:
    """Answers drawn three times a row."""
    return ReadoutScores(scores={"macro_f1": score}, sd={"macro_f1": sd}, draws=3)


def fake_multi(*parts: StoredResult, baseline: str = "qlora_multi") -> StoredResult:
    """One run over the tasks of several results, otherwise like the first of them."""
    runs = [part.result for part in parts]
    fields = {
        "key": digest(baseline, *(run.key for run in runs)),
        "baseline": baseline,
        "tasks": tuple(run.tasks[0] for run in runs),
        "results": tuple(run.results[0] for run in runs),
        "versions": {run.tasks[0]: 1 for run in runs},
        "suites": {run.tasks[0]: None for run in runs},
    }
    run = runs[0].model_copy(update=fields)
    return StoredResult(run, f"runs/{run.key}", tuple(part.replicates[0] for part in parts))
