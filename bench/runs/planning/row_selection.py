"""Select the examples of a task that a run uses: limits and splits."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from bench.data.checks import marks
from bench.data.prepare import PreparedTask
from bench.data.split import fold_numbers, labelled_split, sample
from bench.errors import DataError
from bench.example import Example, Input
from bench.outputs import Output
from bench.runs.planning.run_spec import FoldRows, TaskRows


def labelled(prepared: PreparedTask) -> int:
    """Return the number of labelled examples, validation included."""
    return len(prepared.loaded.train) + len(prepared.loaded.validation)


def choose(prepared: PreparedTask, train: int | None, test: int | None, seed: int) -> TaskRows:
    """Select training examples within a limit, sampled by the seed, and test examples within
    another, the same for all seeds.

    Args:
        prepared: the task.
        train: maximum number of labelled examples, validation included; None: all.
        test: maximum number of test examples; None: all.
        seed: seed for sampling training examples where there is a limit.
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
        labelled=len(labelled),
    )


def limited(
    labelled: Sequence[Example], output: Output, train: int, seed: int
) -> tuple[Sequence[Example], Sequence[Example]]:
    """Return that many labelled examples, divided into train and validation."""
    split = labelled_split(sample(labelled, output, train, seed=seed), seed=seed)
    return split.train, split.validation


def hash_of_texts(rows: Iterable[Input]) -> str:
    """Return the sha256 over texts without gold, in their order."""
    return hashed([[row.id, row.text, row.pair] for row in rows])


def hashed(parts: Any) -> str:
    """Return the sha256 of plain JSON data."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


_OF_A_SPLIT = (
    "exact_leaks",
    "normalised_leaks",
    "near_leaks",
    "near_twins_in_test",
    "unseen_labels",
    "untested_labels",
    "group_straddles",
    "removed_in_other_test",
)
"""Findings about the train and test split of a task, which folds do not have."""


def folded(
    prepared: PreparedTask, train: int | None, folds: int, seed: int, *, test: int | None = None
) -> TaskRows:
    """Divide all examples into folds; each fold is tested by a model trained on the others.

    Args:
        prepared: the task; its own splits are joined.
        train: maximum number of labelled examples per fit; None: all of the other folds.
        folds: number of folds.
        seed: seed for assigning examples to folds.
        test: maximum number of tested examples over all folds, the same for all seeds; None: all.

    Raises:
        DataError: there are fewer groups than folds.
    """
    rows, where, output = prepared.rows, prepared.position, prepared.task.output
    number, parts = dealt(prepared, folds, seed), list[FoldRows]()
    drawn = rows if test is None else sample(rows, output, test, seed=0)
    scored = {where[row.id] for row in drawn}
    for fold in range(folds):
        fitted = [row for row, assigned in zip(rows, number, strict=True) if assigned != fold]
        limit = len(fitted) if train is None else min(train, len(fitted))
        fit, validation = limited(fitted, output, limit, seed)
        tested = tuple(i for i, assigned in enumerate(number) if assigned == fold and i in scored)
        places = [tuple(where[row.id] for row in part) for part in (fit, validation)]
        parts.append(FoldRows(train=places[0], validation=places[1], test=tested))
    every = tuple(sorted(scored, key=lambda i: rows[i].id))
    return TaskRows(
        task=prepared.task.name,
        suite=prepared.suite,
        train=parts[0].train,
        validation=parts[0].validation,
        test=every,
        train_hash=_learnt(prepared, parts),
        test_hash=prepared.hash_of(every),
        checks={n: count for n, count in prepared.checks.items() if n not in _OF_A_SPLIT},
        leaked=_near_leaks(prepared, parts, number),
        folds=tuple(parts),
        test_of="folds",
        labelled=len(rows) - number.count(0),
        left_untested=len(rows) - len(every),
    )


def dealt(prepared: PreparedTask, folds: int, seed: int) -> list[int]:
    """Return the fold of each of the task's examples.

    Raises:
        DataError: there are fewer groups than folds.
    """
    try:
        return fold_numbers(prepared.rows, prepared.task.output, folds, seed=seed)
    except DataError as error:
        raise DataError(f"task {prepared.task.name}: {error}; give fewer folds") from None


def _near_leaks(
    prepared: PreparedTask, parts: Sequence[FoldRows], number: Sequence[int]
) -> tuple[str, ...]:
    """Return the ids of tested examples with a near twin in another fold; equal texts are in one
    fold."""
    leaked = list[str]()
    for fold, part in enumerate(parts):
        others = [i for i, assigned in enumerate(number) if assigned != fold]
        leaked += [prepared.rows[i].id for i in prepared.sketches.twins(part.test, others)]
    return tuple(sorted(leaked))


def _learnt(prepared: PreparedTask, parts: Sequence[FoldRows]) -> str:
    every = sorted(range(len(prepared.rows)), key=lambda i: prepared.rows[i].id)
    learnt = [[*part.train, -1, *part.validation] for part in parts]
    return hashed([prepared.hash_of(every), learnt])


def apart(prepared: Sequence[PreparedTask], rows: Sequence[TaskRows]) -> tuple[TaskRows, ...]:
    """Align the folds of a multi-task run: an example (or its group) tested in fold k of one task
    is never trained on in fold k of another.

    Args:
        prepared: the tasks.
        rows: the folds of each task; all tasks have the same number.
    """
    tested = [
        [{m for i in part.test for m in marks(task.rows[i], task.task.source)} for part in of.folds]
        for task, of in zip(prepared, rows, strict=True)
    ]
    return tuple(
        _without(task, of, [set().union(*fold) for fold in zip(*other_folds, strict=True)])
        for k, (task, of) in enumerate(zip(prepared, rows, strict=True))
        if (other_folds := [*tested[:k], *tested[k + 1 :]])
    )


def _without(prepared: PreparedTask, rows: TaskRows, tested: Sequence[set[object]]) -> TaskRows:
    source = prepared.task.source

    def kept(positions: Sequence[int], held: set[object]) -> tuple[int, ...]:
        return tuple(i for i in positions if held.isdisjoint(marks(prepared.rows[i], source)))

    parts = [
        FoldRows(train=kept(p.train, held), validation=kept(p.validation, held), test=p.test)
        for p, held in zip(rows.folds, tested, strict=True)
    ]
    return rows.model_copy(
        update={
            "folds": tuple(parts),
            "train": parts[0].train,
            "validation": parts[0].validation,
            "train_hash": _learnt(prepared, parts),
        }
    )
