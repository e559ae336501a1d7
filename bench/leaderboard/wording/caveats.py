"""Caveats that a reader needs before trusting the table, as sentences that hold for this
leaderboard."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from bench.leaderboard.board import Cell, Entry, TaskColumn
from bench.leaderboard.comparisons.means import scaled
from bench.leaderboard.findings import Comparison
from bench.leaderboard.wording.costs import unlike_machines
from bench.leaderboard.wording.like_these import on_tasks_like_these
from bench.leaderboard.wording.names import listed
from bench.records import ModelFacts


def limits_in_words(
    rows: Sequence[Entry], tasks: Sequence[TaskColumn], means: Sequence[Comparison] = ()
) -> tuple[str, ...]:
    """Return the sentences above the table, most important first.

    Args:
        rows: the entries.
        tasks: the tasks.
        means: comparisons of the entries' means.
    """
    done = [cell for row in rows for cell in row.cells.values() if cell.status == "done"]
    if not done:
        return ("Nothing has been scored yet.",)
    ranked = [c for row in rows for c in row.cells.values() if c.rank is not None]
    ran = [c for c in done if c.outside is None]
    found = [
        _limited(ranked or done),
        *_stand_ins(done),
        _outside(rows),
        _small_tests(tasks),
        _full_data(rows),
        _estimated(done),
        _several_limits(rows),
        _seeds(ran),
        _closed_form(ran),
        _unanswered(rows, tasks),
        _no_mean(tasks),
        _these_tasks(rows, tasks, means),
        _ranks_only(tasks),
        _leaks(done),
        _shared_fits(done),
        _beside(done),
        unlike_machines(rows),
    ]
    return tuple(sentence for sentence in found if sentence)


def _span(numbers: Iterable[int | None]) -> str:
    values = sorted({n for n in numbers if n is not None})
    if not values:
        return ""
    return f"{values[0]:,}" if len(values) == 1 else f"{values[0]:,} to {values[-1]:,}"


def limited(done: Sequence[Cell]) -> str:
    """Return the limits in words: `at most 128 labelled and 150 test examples`, `100 to 1,000
    labelled examples`; empty where nothing was limited."""
    train = _span(c.limit_train for c in done)
    test = _span(c.limit_test for c in done)
    parts = [f"{_most(train)} labelled"] if train else []
    parts += [f"{_most(test) if not train else test} test"] if test else []
    return f"{' and '.join(parts)} examples" if parts else ""


def _most(span: str) -> str:
    """Return `at most 128`; for several limits, the range from the lowest to the highest."""
    return span if " to " in span else f"at most {span}"


def _limited(done: Sequence[Cell]) -> str:
    most = limited(done)
    if not most:
        return ""
    return f"The ranking uses {most} a task; with all examples, scores and ranks can differ."


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


def _outside(rows: Sequence[Entry]) -> str:
    if not any(row.outside for row in rows):
        return ""
    return (
        "Entries marked outside were not run here: their predictions came as a file; what they "
        "learnt from and what they cost is unknown. They do not weaken the tests between other "
        "entries."
    )


def _full_data(rows: Sequence[Entry]) -> str:
    if any(row.larger for row in rows):
        return (
            "Models also ran with more labelled examples, each with as many as the given time "
            "allowed: those entries compete for the recommendation and are not ranked."
        )
    if not any(row.full_data_row for row in rows):
        return ""
    return (
        "Cheap models also ran with all labelled examples: those entries compete for the "
        "recommendation and are not ranked beside entries that had fewer."
    )


def _estimated(done: Sequence[Cell]) -> str:
    count = sum(c.estimated is not None for c in done)
    if not count:
        return ""
    which, they = ("1 result was", "it is") if count == 1 else (f"{count} results were", "they are")
    return (
        f"{which} scored on only a part of the test examples: {they} estimated by comparison with "
        "an entry that has all of them, and not ranked."
    )


def _several_limits(rows: Sequence[Entry]) -> str:
    limits = {row.limit_train for row in rows if row.ranked and not row.outside}
    if len(limits) < 2:
        return ""
    return (
        "Ranked entries learnt from different numbers of labelled examples: compare models at the "
        "same number."
    )


def _seeds(done: Sequence[Cell]) -> str:
    seeded = [c for c in done if c.seeded]
    single = sum(len(c.seeds) == 1 for c in seeded)
    if not single:
        return ""
    which = "All" if single == len(done) > 1 else f"{single} of {len(done)}"
    results = "result" if len(done) == 1 else "results"
    verb = f"{results} {'has' if single == 1 else 'have'}"
    return (
        f"{which} {verb} one seed: how much training varies is not measured there, and intervals "
        f"do not include it.{_noise_of([c for c in seeded if len(c.seeds) == 1])}"
    )


def _noise_of(single: Sequence[Cell]) -> str:
    """Say where tests and recommendations take the seed noise of cells with one seed from."""
    origins = {cell.training_sd_from for cell in single}
    sources = {"borrowed": "the family's other results", "prior": "values shipped with textbench"}
    known = [words for name, words in sources.items() if name in origins]
    return f" Tests and recommendations take it from {' or '.join(known)}." if known else ""


def _closed_form(done: Sequence[Cell]) -> str:
    if all(c.seeded for c in done):
        return ""
    return "Deterministic models ran once."


def _unanswered(rows: Sequence[Entry], tasks: Sequence[TaskColumn]) -> str:
    missing = sum(not t.test_scored for t in tasks)
    parts = [sentence] if (sentence := _incomplete([row for row in rows if row.ranked])) else []
    if missing:
        count = f"{missing} of {len(tasks)} tasks"
        parts.append(f"Nothing has a score on {count}, which count nowhere.")
    return " ".join(parts)


def _incomplete(ranked: Sequence[Entry]) -> str:
    """Explain how entries without a rank on some task are treated."""
    tasks = {c.task for row in ranked for c in row.cells.values() if c.rank is not None}
    lacking = sum(row.tasks_ranked < len(tasks) for row in ranked)
    if not lacking:
        return ""
    why = "(failed, skipped, never run, or not comparable)"
    if lacking == len(ranked):
        return (
            f"Every ranked entry lacks a rank on some task {why}, so there are no mean ranks and "
            "no win rates."
        )
    lack = "lacks" if lacking == 1 else "lack"
    return (
        f"{lacking} of {len(ranked)} ranked entries {lack} a rank on some task {why}: mean ranks "
        "and win rates compare the others."
    )


def _no_mean(tasks: Sequence[TaskColumn]) -> str:
    scaled = [t for t in tasks if t.test_scored and t.perfect is not None]
    bare = [t.name for t in scaled if t.floor is None]
    if not bare:
        return ""
    if len(bare) == len(scaled):
        return (
            "There is no mean, since nothing shows what guessing scores: run majority and "
            "stratified_random too."
        )
    return f"Not in the mean, since nothing shows what guessing scores there: {_list(bare)}."


def _these_tasks(
    rows: Sequence[Entry], tasks: Sequence[TaskColumn], means: Sequence[Comparison]
) -> str:
    """Say for what the tests of the means hold, and what to expect on other tasks."""
    covered = scaled([task for task in tasks if task.test_scored])
    if len(covered) < 2 or sum(row.mean is not None for row in rows) < 2:
        return ""
    held = f"Means, their intervals and their tests hold for these {len(covered)} tasks."
    return f"{held} {on_tasks_like_these(rows, means)}".strip()


def _ranks_only(tasks: Sequence[TaskColumn]) -> str:
    names = [t.name for t in tasks if t.test_scored and t.perfect is None]
    if not names:
        return ""
    return (
        "Only in mean rank and win rate, since the scale of their metric is unbounded: "
        f"{_list(names)}."
    )


def _small_tests(tasks: Sequence[TaskColumn]) -> str:
    small = [t.name for t in tasks if t.test_scored and t.few_units]
    if not small:
        return ""
    return f"Too few test examples to recommend or to mark a best score (under 30): {_list(small)}."


def _leaks(done: Sequence[Cell]) -> str:
    names = sorted({c.task for c in done if c.counts and c.counts.leaked})
    if not names:
        return ""
    return (
        f"{_list(names)}: some test texts also, or nearly, appear in training; the details of a "
        "score give the result without them."
    )


def _shared_fits(done: Sequence[Cell]) -> str:
    if all(c.cost is None or c.cost.tasks == 1 for c in done):
        return ""
    return "The fit of a multi-task model is divided equally among its tasks."


def _beside(done: Sequence[Cell]) -> str:
    """Say which cells were timed while other processes competed with them."""
    several = [c.cost.workers for c in done if c.cost and c.cost.workers > 1]
    if not several:
        return ""
    some = f"The times of {len(several)} result{'' if len(several) == 1 else 's'}"
    which = "Times" if len(several) == len(done) else some
    return (
        f"{which} were measured with up to {max(several)} jobs sharing the machine, so they are "
        "upper bounds."
    )


def _list(names: Sequence[str]) -> str:
    shown = ", ".join(names[:8])
    return shown if len(names) <= 8 else f"{shown} and {len(names) - 8} more"
