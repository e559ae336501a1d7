"""Caveats that a reader needs before trusting the table, as sentences that hold for this
leaderboard."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from bench.leaderboard.board import Cell, Row, TaskColumn
from bench.leaderboard.comparisons.means import scaled
from bench.leaderboard.comparisons.task_tests import FEW_UNITS
from bench.leaderboard.wording.names import listed
from bench.records import ModelFacts


def limits_in_words(rows: Sequence[Row], tasks: Sequence[TaskColumn]) -> tuple[str, ...]:
    """Return the sentences above the table, most important first."""
    done = [cell for row in rows for cell in row.cells.values() if cell.status == "done"]
    if not done:
        return ("Nothing has been scored yet.",)
    ranked = [c for row in rows if row.ranked for c in row.cells.values() if c.status == "done"]
    ran = [c for c in done if c.outside is None]
    found = [
        _limited(ranked or done),
        *_stand_ins(done),
        _outside(rows),
        _full_data(rows),
        _several_limits(rows),
        _seeds(ran),
        _few_units(tasks),
        _closed_form(ran),
        _unanswered(rows, tasks),
        _no_mean(tasks),
        _these_tasks(rows, tasks),
        _ranks_only(tasks),
        _leaks(done),
        _shared_fits(done),
        _beside(done),
    ]
    return tuple(sentence for sentence in found if sentence)


def _span(numbers: Iterable[int | None]) -> str:
    values = sorted({n for n in numbers if n is not None})
    if not values:
        return ""
    return f"{values[0]:,}" if len(values) == 1 else f"{values[0]:,} to {values[-1]:,}"


def limited(done: Sequence[Cell]) -> str:
    """Return the limits in words: `at most 128 labelled and at most 150 test rows`, `100 to 1,000
    labelled rows`; empty where nothing was limited."""
    train = _span(c.limit_train for c in done)
    test = _span(c.limit_test for c in done)
    parts = [f"{_most(train)} labelled"] if train else []
    parts += [f"{_most(test)} test"] if test else []
    return f"{' and '.join(parts)} rows" if parts else ""


def _most(span: str) -> str:
    """Return `at most 128`; for several limits, the range from the lowest to the highest."""
    return span if " to " in span else f"at most {span}"


def _limited(done: Sequence[Cell]) -> str:
    most = limited(done)
    if not most:
        return ""
    return (
        f"Limited: {most} a task; where a task has more, the "
        "rest was left out, and with all rows scores and ranks can differ."
    )


def _stand_ins(done: Sequence[Cell]) -> list[str]:
    """Return a sentence for each small model that stands in for a larger one."""
    users: dict[tuple[str, str], set[str]] = defaultdict(set)
    for cell in done:
        if cell.model and cell.model.stand_in_for:
            users[_stand_in(cell.model), cell.model.stand_in_for].add(cell.baseline)
    return [
        f"{listed(sorted(names))} ran with {model}, a small stand-in for {larger}: "
        f"{'its' if len(names) == 1 else 'their'} scores say nothing of {larger}'s."
        for (model, larger), names in sorted(users.items())
    ]


def _stand_in(model: ModelFacts) -> str:
    of = f"{model.of}, " if model.of != model.name else ""
    return f"{model.name} ({of}{model.parameters / 1e6:,.0f} M parameters)"


def _outside(rows: Sequence[Row]) -> str:
    if not any(row.outside for row in rows):
        return ""
    return (
        "Rows marked outside were not run here: somebody brought their predictions as a file. "
        "Nothing is known of what they learnt from, or of what they cost. They take nothing from "
        "the tests of the other rows: only pairs with such a row are Holm-corrected over all pairs."
    )


def _full_data(rows: Sequence[Row]) -> str:
    if not any(row.full_data_row for row in rows):
        return ""
    return (
        "Full-data rows learnt from all labelled rows, not the limited ones: they show what a "
        "cheap family can do with them, and are not ranked."
    )


def _several_limits(rows: Sequence[Row]) -> str:
    limits = {row.limit_train for row in rows if row.ranked and not row.outside}
    if len(limits) < 2:
        return ""
    return (
        "Ranked rows differ in how many labelled rows they were given: compare families within "
        "one limit."
    )


def _seeds(done: Sequence[Cell]) -> str:
    seeded = [c for c in done if c.seeded]
    single = sum(len(c.seeds) == 1 for c in seeded)
    if not single:
        return ""
    which = "One seed" if single == len(seeded) else f"One seed in {single} of {len(done)} cells"
    sentence = (
        f"{which}: training noise not measured; intervals cover the choice of test rows only."
    )
    return f"{sentence}{_noise_of([c for c in seeded if len(c.seeds) == 1])}"


def _noise_of(single: Sequence[Cell]) -> str:
    """Say where the tests take the training noise of cells with one seed from."""
    found = {cell.training_sd_from for cell in single}
    sources = {"borrowed": "the family's other cells", "prior": "values shipped with textbench"}
    known = [words for name, words in sources.items() if name in found]
    return f" Tests take it from {' or '.join(known)}." if known else ""


def _few_units(tasks: Sequence[TaskColumn]) -> str:
    names = [task.name for task in tasks if task.few_units]
    if not names:
        return ""
    return (
        f"Fewer than {FEW_UNITS} test units, too few to mark a best score or ties: {_list(names)}."
    )


def _closed_form(done: Sequence[Cell]) -> str:
    if all(c.seeded for c in done):
        return ""
    return "Families that a seed cannot change ran once and show no spread over seeds."


def _unanswered(rows: Sequence[Row], tasks: Sequence[TaskColumn]) -> str:
    missing = sum(not t.test_scored for t in tasks)
    parts = [sentence] if (sentence := _incomplete([row for row in rows if row.ranked])) else []
    if missing:
        parts.append(f"No row has scored {missing} of {len(tasks)} tasks: they count nowhere.")
    return " ".join(parts)


def _incomplete(ranked: Sequence[Row]) -> str:
    """Explain how entries without a rank on some task are treated."""
    tasks = {c.task for row in ranked for c in row.cells.values() if c.rank is not None}
    lacking = sum(row.tasks_ranked < len(tasks) for row in ranked)
    if not lacking:
        return ""
    why = "(failed, skipped, never run, or not comparable)"
    if lacking == len(ranked):
        return (
            f"Every row that competes lacks a rank on some task {why}: no mean ranks, no win rates."
        )
    lack, have = ("lacks", "has") if lacking == 1 else ("lack", "have")
    return (
        f"{lacking} of {len(ranked)} rows that compete {lack} a rank on some task {why}, and so "
        f"{have} no mean rank and no win rate; those of the others are among themselves."
    )


def _no_mean(tasks: Sequence[TaskColumn]) -> str:
    scaled = [t for t in tasks if t.test_scored and t.perfect is not None]
    bare = [t.name for t in scaled if t.floor is None]
    if not bare:
        return ""
    if len(bare) == len(scaled):
        return "No mean: it needs a floor, so run majority and stratified_random too."
    return f"Not in the mean, since no floor row was scored there: {_list(bare)}."


def _these_tasks(rows: Sequence[Row], tasks: Sequence[TaskColumn]) -> str:
    """Say for what the tests of the means hold."""
    covered = scaled([task for task in tasks if task.test_scored])
    if len(covered) < 2 or sum(row.mean is not None for row in rows) < 2:
        return ""
    return (
        f"Means, their intervals and their tests hold for these {len(covered)} tasks; the "
        "probabilities beside a comparison of means say what to expect on others like them."
    )


def _ranks_only(tasks: Sequence[TaskColumn]) -> str:
    names = [t.name for t in tasks if t.test_scored and t.perfect is None]
    if not names:
        return ""
    return (
        f"In mean rank and win rate only, since their metric has no perfect score: {_list(names)}."
    )


def _leaks(done: Sequence[Cell]) -> str:
    names = sorted({c.task for c in done if c.counts and c.counts.leaked})
    if not names:
        return ""
    return (
        f"Some test texts also stand among the labelled rows of {_list(names)}; scores without "
        "them are given behind each cell."
    )


def _shared_fits(done: Sequence[Cell]) -> str:
    if all(c.cost is None or c.cost.tasks == 1 for c in done):
        return ""
    return (
        "A multi-task row is fitted once for all its tasks: each of its cells shows the cost of "
        "that whole fit."
    )


def _beside(done: Sequence[Cell]) -> str:
    """Say which cells were timed while other processes competed with them."""
    several = [c.cost.workers for c in done if c.cost and c.cost.workers > 1]
    if not several:
        return ""
    return (
        f"The seconds of {len(several)} of {len(done)} cells are those beside others, up to "
        f"{max(several)} worker processes at once: alone, where they shared a processor or a GPU, "
        "they are fewer."
    )


def _list(names: Sequence[str]) -> str:
    shown = ", ".join(names[:8])
    return shown if len(names) <= 8 else f"{shown} and {len(names) - 8} more"
