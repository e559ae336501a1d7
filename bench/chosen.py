"""Which rows of a task a run uses: limited and divided."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from bench.outputs import Output
from bench.prepare import Prepared
from bench.run import TaskRows
from bench.split import labelled_split, sample
from bench.task import Example, Input


def labelled(prepared: Prepared) -> int:
    """How many rows there are to learn from, validation among them."""
    return len(prepared.loaded.train) + len(prepared.loaded.validation)


def choose(prepared: Prepared, train: int | None, test: int | None, seed: int) -> TaskRows:
    """Train rows at a limit, drawn by the seed, and test rows at another, the same for all seeds.

    Args:
        prepared: the task.
        train: labelled rows, validation among them; None: all.
        test: test rows; None: all.
        seed: draws the train rows where there is a limit.
    """
    loaded, output = prepared.loaded, prepared.task.output
    labelled = [*loaded.train, *loaded.validation]
    if train is not None and train < len(labelled):
        fit, validation = limited(labelled, output, train, seed)
    elif loaded.validation:
        fit, validation = loaded.train, loaded.validation
    else:
        split = labelled_split(loaded.train, seed=0)
        fit, validation = split.train, split.validation
    tested = loaded.test if test is None else sample(loaded.test, output, test, seed=0)
    where = prepared.position
    fit_at, validation_at = ([where[e.id] for e in part] for part in (fit, validation))
    test_at = sorted((where[e.id] for e in tested), key=lambda i: prepared.rows[i].id)
    return TaskRows(
        task=prepared.task.name,
        suite=prepared.suite,
        train=tuple(fit_at),
        validation=tuple(validation_at),
        test=tuple(test_at),
        train_hash=prepared.hash_of([*fit_at, *validation_at]) + f"/{len(fit_at)}",
        test_hash=prepared.hash_of(test_at),
        checks=dict(prepared.checks),
        leaked=tuple(sorted(prepared.leaked & {e.id for e in tested})),
        test_of="cut" if loaded.cut else "task",
    )


def limited(
    labelled: Sequence[Example], output: Output, train: int, seed: int
) -> tuple[Sequence[Example], Sequence[Example]]:
    """So many labelled rows, divided into train and validation."""
    split = labelled_split(sample(labelled, output, train, seed=seed), seed=seed)
    return split.train, split.validation


def hash_of_texts(rows: Iterable[Input]) -> str:
    """sha256 over texts without gold, in their order."""
    return hashed([[row.id, row.text, row.pair] for row in rows])


def hashed(parts: Any) -> str:
    """sha256 of plain JSON data."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
