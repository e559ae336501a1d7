"""Merge the runs of one cell of the leaderboard: means over seeds, summed confusion, cost."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from bench.data.licences import free
from bench.errors import StoreError
from bench.leaderboard.board import Cell, TaskColumn
from bench.leaderboard.comparisons.main_metric import mean_replicates
from bench.leaderboard.comparisons.task_tests import TaskTests
from bench.leaderboard.entry_key import EntryKey
from bench.leaderboard.gather import CellParts, TaskRun
from bench.leaderboard.merging.agreement import over_seeds
from bench.leaderboard.merging.costs import cost_of, latency_of
from bench.leaderboard.merging.readouts import merged
from bench.leaderboard.older_results import interval_facts
from bench.leaderboard.reproduce import command
from bench.leaderboard.rescoring import known_metric
from bench.records import ClassScore, Confusion, Counts, TaskScores
from bench.scoring.bootstrap import SMALL
from bench.scoring.intervals import interval_of
from bench.scoring.score_curves import pooled
from bench.scoring.seed_noise import SeedParts
from bench.scoring.two_way import widened

Interval = tuple[float, float]


def cell_of(key: EntryKey, parts: CellParts, column: TaskColumn, standing: TaskTests) -> Cell:
    """Merge an entry's runs on a task.

    Args:
        key: the entry.
        parts: its runs.
        column: the task.
        standing: the outcome of the task's tests.
    """
    if not parts.done:
        last = parts.others[-1]
        return replace(_unmeasured(key, last, column), command=command([last.run]))
    newest = max(parts.done, key=lambda p: p.age)
    cell = _fitted(_unmeasured(key, newest, column), parts, newest)
    cell = replace(cell, command=command([p.run for p in parts.done], standing.points))
    scored = _scored(cell, parts.done, newest.facts, column.licence)
    return _placed(_noisy(scored, key, standing, newest.facts.data.groups), key, standing)


def _unmeasured(key: EntryKey, part: TaskRun, column: TaskColumn) -> Cell:
    """Return a cell without scores: its entry, its task, and the status of the run."""
    return Cell(
        task=column.name,
        version=column.version,
        baseline=key.baseline,
        variant=key.variant,
        limit_train=key.limit_train,
        limit_test=part.run.limit.test,
        params=json.loads(key.params),
        seeds=(),
        status=part.run.status,
        reason=part.run.reason,
        main_metric=column.main_metric,
        seeded=part.run.seeded,
    )


def _fitted(cell: Cell, parts: CellParts, newest: TaskRun) -> Cell:
    """Add the facts about the fits."""
    return replace(
        cell,
        status="done",
        reason="",
        seeds=tuple(p.run.seed for p in parts.done),
        train_rows=newest.facts.data.train,
        validation_rows=newest.facts.data.validation,
        cost=cost_of(parts.done),
        latency=latency_of(parts.done),
        reduction=newest.run.reduction,
        used=newest.run.used,
        calibration=newest.facts.calibration,
        settings=newest.run.settings,
        model=newest.run.model,
        outside=newest.run.outside,
        history=min(parts.done, key=lambda p: p.run.seed).run.history,
        comparable=parts.comparable,
        predictions=tuple(f"{p.folder}/{p.facts.predictions}" for p in parts.done),
    )


def _scored(cell: Cell, parts: Sequence[TaskRun], newest: TaskScores, licence: str) -> Cell:
    """Add the scores."""
    scored = [p.facts for p in parts]
    first = min(parts, key=lambda p: p.run.seed).facts
    whole = free(licence, *(s.licence for s in scored))
    return replace(
        cell,
        version=newest.version,
        main_metric=newest.main_metric,
        scores=_means([s.scores for s in scored]),
        intervals=_intervals(parts),
        interval_method=_interval_method(scored),
        seed_sd=_seed_sd(scored),
        scores_without_leaks=_means([s.scores_without_leaks for s in scored]),
        per_class=_per_class(scored),
        confusion=_confusion([s.confusion for s in scored if s.confusion]),
        counts=_counts(scored),
        readouts=merged([s.readouts for s in scored], rows=newest.counts.test, whole=whole),
        curves=first.curves,
        reliability=pooled([s.reliability for s in scored if s.reliability]),
        right=first.right,
        people=over_seeds(newest.people, [s.people for s in scored]),
        train_scores=_means([s.train_scores for s in scored]),
    )


def _noisy(cell: Cell, key: EntryKey, standing: TaskTests, units: int) -> Cell:
    """Add the noise of seeds, in the main metric's interval where it was measured."""
    noise = standing.noises.get(key)
    if noise is None or cell.main_metric not in cell.intervals:
        return cell
    cell = replace(cell, training_sd=noise.variance**0.5, training_sd_from=noise.origin)
    if noise.origin != "measured":
        return cell
    draws = standing.draws[key]
    low, high = widened(
        np.array(cell.intervals[cell.main_metric]),
        np.array(cell.scores[cell.main_metric]),
        np.asarray(np.var(draws[np.isfinite(draws)])),
        seeds=SeedParts.of([noise]).summed(np.ones(1)),
        units=units,
    ).tolist()
    return replace(cell, intervals={**cell.intervals, cell.main_metric: (low, high)})


def _placed(cell: Cell, key: EntryKey, standing: TaskTests) -> Cell:
    """Add the rank."""
    cell = replace(cell, above_floor=standing.above_floor.get(key))
    place = standing.places.get(key)
    if place is None:
        return cell
    return replace(cell, rank=place.rank, rank_low=place.low, rank_high=place.high, tied=place.tied)


def _means(tables: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return the mean over seeds of each name that every seed has, in the first seed's order."""
    names = [n for n in tables[0] if all(n in t for t in tables)]
    if not names:
        return {}
    means = np.mean([[t[n] for t in tables] for n in names], axis=1)
    return dict(zip(names, means.tolist(), strict=True))


def _intervals(parts: Sequence[TaskRun]) -> dict[str, Interval]:
    """Return mean bounds over seeds; for the main metric of several seeds, the bounds of their mean
    score."""
    tables = [p.facts.intervals for p in parts]
    low = _means([{n: bounds[0] for n, bounds in t.items()} for t in tables])
    high = _means([{n: bounds[1] for n, bounds in t.items()} for t in tables])
    intervals = {n: (low[n], high[n]) for n in low}
    main = parts[0].facts.main_metric
    if len(parts) > 1 and main in intervals:
        point = float(np.mean([p.facts.scores[main] for p in parts]))
        facts = interval_facts([p.facts for p in parts])
        bounds = interval_of(point, mean_replicates(parts), facts)
        intervals[main] = (bounds.low, bounds.high)
    return intervals


def _interval_method(scored: Sequence[TaskScores]) -> str:
    """Return how the main metric's interval was made. Older results do not store it: by
    percentiles, but for a proportion of few ungrouped examples in one seed."""
    facts = scored[0]
    if all(one.interval is not None for one in scored):
        return interval_facts(scored).method
    try:
        proportion = known_metric(facts).proportion
    except StoreError:  # a metric or an answer space of somebody else's
        proportion = False
    few = facts.data.groups == facts.data.test <= SMALL
    return "wilson" if proportion and few and len(scored) == 1 else "percentile"


def _seed_sd(scored: Sequence[TaskScores]) -> float | None:
    values = [s.scores[s.main_metric] for s in scored]
    return float(np.std(values, ddof=1)) if len(values) > 1 else None


def _per_class(scored: Sequence[TaskScores]) -> dict[str, ClassScore]:
    tables = [s.per_class for s in scored]
    names = [n for n in tables[0] if all(n in t for t in tables)]
    if not names:
        return {}
    shares = [
        [[getattr(t[n], share) for t in tables] for share in ("precision", "recall", "f1")]
        for n in names
    ]
    return {
        name: ClassScore(
            precision=precision,
            recall=recall,
            f1=f1,
            support=tables[0][name].support,
            predicted=_predicted([t[name] for t in tables]),
        )
        for name, (precision, recall, f1) in zip(
            names, np.mean(shares, axis=2).tolist(), strict=True
        )
    }


def _predicted(scores: Sequence[ClassScore]) -> int | None:
    known = [score.predicted for score in scores if score.predicted is not None]
    return round(float(np.mean(known))) if len(known) == len(scores) else None


def _confusion(tables: Sequence[Confusion]) -> Confusion | None:
    if not tables:
        return None
    # One seed may have unparsed answers where another has none.
    rows = tuple(dict.fromkeys(name for t in tables for name in t.rows))
    columns = sorted({name for t in tables for name in t.columns}, key=_column_order(tables))
    total: Counter[tuple[int, int]] = Counter()
    for table in tables:
        for i, j, count in table.cells:
            total[rows.index(table.rows[i]), columns.index(table.columns[j])] += count
    cells = tuple((i, j, n) for (i, j), n in sorted(total.items()))
    return Confusion(rows=rows, columns=tuple(columns), cells=cells)


def _column_order(tables: Sequence[Confusion]) -> Callable[[str], int]:
    longest = max(tables, key=lambda t: len(t.columns)).columns
    return lambda name: longest.index(name) if name in longest else len(longest)


def _counts(scored: Sequence[TaskScores]) -> Counts:
    """Count the test examples, and unparsed and refused answers summed over seeds."""
    return Counts(
        test=scored[0].counts.test,
        leaked=max(s.counts.leaked for s in scored),
        cut=max(s.counts.cut for s in scored),
        unparsed=sum(s.counts.unparsed for s in scored),
        refused=sum(s.counts.refused for s in scored),
    )
