"""Calibrate scores afterwards from stored log-likelihoods: no model runs.

A language model favours some labels whatever the text says. Calibration divides that bias out of
the probabilities: `batch` by their mean over the test texts (Zhou et al., ICLR 2024), `contextual`
by those of content-free texts (Zhao et al., ICML 2021). Each method makes an entry of its own.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax, logsumexp, softmax

from bench.data.prepare import PreparedTask, prepare
from bench.data.row_files import opinions
from bench.data.source import Source, data_folders
from bench.errors import UserError
from bench.leaderboard.odd_results import Broke, as_store_error, attempt
from bench.outputs import SingleLabel
from bench.prediction import Prediction
from bench.records import Result, TaskScores
from bench.registry import Registry
from bench.runs.cells.cell import TaskPart, scored_task
from bench.runs.cells.fit_predict import Answers, CellTask
from bench.runs.planning.run_spec import TaskRows
from bench.store.predictions import columns_of, read_predictions
from bench.store.store import Store, StoredResult

Method = Literal["batch", "contextual"]
SCORED, BLANK = "logprob_answer_and_end", "logprob_content_free"


@dataclass(frozen=True)
class Calibrated:
    """A calibrated entry: its origin, and its main metric before and after, in the tasks' order."""

    title: str
    before: Sequence[float]
    after: Sequence[float]


def calibrated(
    scores: NDArray[np.float64], method: Method, blank: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return (texts, labels) calibrated probabilities.

    Args:
        scores: (texts, labels) log-likelihoods.
        method: see the module docstring.
        blank: (labels,) log-probabilities for content-free texts.
    """
    logs = log_softmax(scores, axis=1)
    prior = blank if method == "contextual" else logsumexp(logs, axis=0) - np.log(len(logs))
    shares: NDArray[np.float64] = softmax(logs - prior, axis=1)
    return shares


def calibrate(results: Path, method: Method, source: Source) -> Iterator[Calibrated]:
    """Calibrate all stored cells that have log-likelihoods, and store them as entries of their own.

    Args:
        results: the results folder.
        method: see the module docstring.
        source: source of the tasks' examples.

    Raises:
        UserError: no cell has any, or a task's data is not available.
    """
    store = Store(results)
    usable = [s for s in store.contents().results if _fits(results, s)]
    if not usable:
        raise UserError(
            f"no result in {results} has log-likelihoods of labels; language models that score "
            "labels store them on tasks with one label per text "
            f"(columns {SCORED} and {BLANK} of the predictions)"
        )
    names = sorted({task.task for s in usable for task in s.result.results})
    tasks = _tasks(names, source)
    store.prepare()
    for stored in usable:
        yield _calibrate(store, stored, method, tasks)


def _fits(results: Path, stored: StoredResult) -> bool:
    result = stored.result
    if result.status != "done" or "calibration" in result.params:
        return False
    kinds = {task.output.get("kind") for task in result.results}
    if kinds != {SingleLabel.kind}:
        return False
    paths = [results / stored.folder / task.predictions for task in result.results]
    return all({SCORED, BLANK} <= _columns(path) for path in paths)


def _columns(path: Path) -> frozenset[str]:
    """Return the columns of a prediction file; none if it cannot be read."""
    names = attempt(lambda: columns_of(path))
    return frozenset() if isinstance(names, Broke) else names


def _tasks(names: Sequence[str], source: Source) -> dict[str, PreparedTask]:
    registry = Registry("tasks", source.plugins)
    material = prepare(names, registry, data_folders(source.data), offline=source.offline)
    for name, reason in (*material.missing.items(), *material.broken.items()):
        raise UserError(f"task {name}: {reason}")
    return dict(material.tasks)


def _calibrate(
    store: Store, stored: StoredResult, method: Method, tasks: dict[str, PreparedTask]
) -> Calibrated:
    result = stored.result
    parts = [
        _task(store.root / stored.folder, old, method, (tasks[old.task], number))
        for number, old in enumerate(result.results)
    ]
    key = hashlib.sha256(json.dumps([result.key, "calibration", method]).encode()).hexdigest()
    calibrated = result.model_copy(
        update={
            "key": key,
            "ingredients": {**result.ingredients, "calibration": method},
            "params": {**result.params, "calibration": method},
            "settings": {**result.settings, "calibration": method},
            "results": tuple(part.scores for part in parts),
            "artefacts": (),
            "files": {},
        }
    )
    store.write(
        calibrated, {n: data for part in parts for n, data in part.files.items()}, replace=True
    )
    pairs = [
        (old.scores, new.scores.scores) for old, new in zip(result.results, parts, strict=True)
    ]
    mains = [old.main_metric for old in result.results]
    return Calibrated(
        _title(result),
        [before[m] for m, (before, _) in zip(mains, pairs, strict=True)],
        [after[m] for m, (_, after) in zip(mains, pairs, strict=True)],
    )


def _title(result: Result) -> str:
    return f"{result.baseline} on {', '.join(result.tasks)}, seed {result.seed}"


def _task(
    folder: Path, old: TaskScores, method: Method, where: tuple[PreparedTask, int]
) -> TaskPart:
    prepared, number = where
    labels = prepared.task.output.labels
    with as_store_error(f"runs/{folder.name}/{old.predictions}"):
        table = read_predictions(folder / old.predictions, old.data.test).to_pydict()
        rows = _rows(prepared, old, table["id"])
        shares = calibrated(np.array(table[SCORED]), method, np.array(table[BLANK][0]))
        parts = [
            Prediction(labels[int(row.argmax())], tuple(row.tolist()), truncated=cut)
            for row, cut in zip(shares, table.get("cut") or [False] * len(shares), strict=True)
        ]
    cell = CellTask(prepared.task, rows, prepared.rows, opinions=opinions(prepared))
    return scored_task(cell, Answers(parts), number, ())


def _rows(prepared: PreparedTask, old: TaskScores, ids: Sequence[str]) -> TaskRows:
    """Return the examples that were scored.

    Raises:
        UserError: the task has changed since the cell was run.
    """
    positions = [prepared.position[id_] for id_ in ids if id_ in prepared.position]
    unchanged = (
        prepared.task.version == old.version and prepared.hash_of(positions) == old.data.test_hash
    )
    if len(positions) < len(ids) or not unchanged:
        raise UserError(f"task {old.task}: the test examples are not those that were scored")
    return TaskRows(
        task=old.task,
        suite=old.suite,
        train=(0,) * old.data.train,
        validation=(0,) * old.data.validation,
        test=tuple(positions),
        train_hash=old.data.train_hash,
        test_hash=old.data.test_hash,
        checks=old.data.checks,
        leaked=tuple(sorted(prepared.leaked & {*ids})),
        test_of=old.data.test_of,
        labelled=old.data.labelled,
    )
