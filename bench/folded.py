"""A task's rows in folds, each tested by a fit on the others."""

from collections.abc import Sequence

from bench.checks import marks
from bench.chosen import hashed, limited
from bench.errors import DataError
from bench.prepare import Prepared
from bench.run import FoldRows, TaskRows
from bench.split import fold_numbers


def folded(prepared: Prepared, train: int | None, folds: int, seed: int) -> TaskRows:
    """All rows, each tested by a fit on the other folds.

    Args:
        prepared: the task; its own splits are laid together.
        train: labelled rows of each fit, at most; None: all of the other folds.
        folds: how many.
        seed: deals the rows out.

    Raises:
        DataError: there are fewer groups than folds.
    """
    rows, where, output = prepared.rows, prepared.position, prepared.task.output
    number, parts = _dealt(prepared, folds, seed), list[FoldRows]()
    for fold in range(folds):
        rest = [row for row, its in zip(rows, number, strict=True) if its != fold]
        limit = len(rest) if train is None else min(train, len(rest))
        fit, validation = limited(rest, output, limit, seed)
        tested = tuple(i for i, its in enumerate(number) if its == fold)
        at = [tuple(where[row.id] for row in part) for part in (fit, validation)]
        parts.append(FoldRows(train=at[0], validation=at[1], test=tested))
    every = tuple(sorted(range(len(rows)), key=lambda i: rows[i].id))
    return TaskRows(
        task=prepared.task.name,
        suite=prepared.suite,
        train=parts[0].train,
        validation=parts[0].validation,
        test=every,
        train_hash=_learnt(prepared, every, parts),
        test_hash=prepared.hash_of(every),
        checks=dict(prepared.checks),
        leaked=(),
        folds=tuple(parts),
        test_of="folds",
    )


def _dealt(prepared: Prepared, folds: int, seed: int) -> list[int]:
    try:
        return fold_numbers(prepared.rows, prepared.task.output, folds, seed=seed)
    except DataError as error:
        raise DataError(f"task {prepared.task.name}: {error}; give fewer folds") from None


def _learnt(prepared: Prepared, every: Sequence[int], parts: Sequence[FoldRows]) -> str:
    learnt = [[*part.train, -1, *part.validation] for part in parts]
    return hashed([prepared.hash_of(every), learnt])


def apart(prepared: Sequence[Prepared], rows: Sequence[TaskRows]) -> tuple[TaskRows, ...]:
    """The folds of several tasks that one fit learns: what a fold tests in any of them, its text or
    its group, is learnt in none.

    Args:
        prepared: the tasks.
        rows: the folds of each, as many for all.
    """
    tested = [
        [{m for i in part.test for m in marks(task.rows[i], task.task.source)} for part in of.folds]
        for task, of in zip(prepared, rows, strict=True)
    ]
    return tuple(
        _without(task, of, [set().union(*fold) for fold in zip(*others, strict=True)])
        for k, (task, of) in enumerate(zip(prepared, rows, strict=True))
        if (others := [*tested[:k], *tested[k + 1 :]])
    )


def _without(prepared: Prepared, rows: TaskRows, tested: Sequence[set[object]]) -> TaskRows:
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
            "train_hash": _learnt(prepared, rows.test, parts),
        }
    )
