"""The methods of a leaderboard as a paragraph for a paper: what was done with these results, and
nothing else."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from bench.leaderboard.board import HUMAN, Cell, Entry, Leaderboard
from bench.leaderboard.comparisons.means import scaled
from bench.leaderboard.wording.format import score, seeds
from bench.leaderboard.wording.names import listed
from bench.scoring.bootstrap import DRAWS, SMALL
from bench.scoring.permutation import has_rare

INTERVALS = {
    "percentile": "percentiles of the draws",
    "wilson": f"Wilson's score intervals for proportions of at most {SMALL} examples",
    "bias_corrected": "bias-corrected percentiles",
    "logit": "normal intervals on the logit scale for areas under curves",
    "macro_average": "normal intervals on the logit scale, corrected for bias, for macro averages",
    "calibration": "intervals net of what noise adds for calibration errors",
}
"""How an interval is made, by `Cell.interval_method`."""
STUDENT = {"bias_corrected", "logit", "macro_average", "calibration"}
"""Methods whose width follows the number of resampling units."""
ORIGINS = {
    "measured": "measured from several seeds and averaged with what is to be expected",
    "borrowed": "borrowed from the family's other results",
    "prior": "taken from values shipped with textbench",
}
"""Where the seed noise of a score comes from, by `Cell.training_sd_from`."""


def methods(board: Leaderboard) -> str:
    """Return the paragraph: data, seeds, intervals, tests, recommendation, caveats, versions."""
    done = [row for row in board.rows if any(c.status == "done" for c in row.cells.values())]
    entries = [row for row in done if row.id != HUMAN]
    cells = [cell for row in entries for cell in row.cells.values() if cell.status == "done"]
    if not cells:
        return "Nothing has been scored yet."
    sentences = (
        *_compared(board, entries),
        *_labelled(entries),
        *_tested(board, cells),
        *_intervals(board, cells),
        *_tests(board, entries, cells),
        *_means(board, entries),
        *_recommended(board),
        *(sentence for sentence in board.limits),
        *_versions(board),
    )
    return " ".join(sentences)


def _compared(board: Leaderboard, entries: Sequence[Entry]) -> Iterator[str]:
    yield (
        f"We compared {_counted(len(entries), 'entry', 'entries')} (baselines with their settings) "
        f"on {_counted(len(board.tasks), 'task', 'tasks')} with textbench."
    )
    if board.selection:
        yield board.selection.words[0]


def _labelled(entries: Sequence[Entry]) -> Iterator[str]:
    ranked = [c for row in entries if not row.outside for c in row.cells.values() if c.rank]
    if not ranked:
        return
    sizes = _span(c.train_rows + c.validation_rows for c in ranked)
    drawn = ""
    if any(c.limit_train is not None for c in ranked):
        drawn = ", drawn anew for each seed where their number was limited"
    yield (
        f"Ranked entries learnt from {sizes} labelled examples a task (training and validation "
        f"together{drawn})."
    )


def _tested(board: Leaderboard, cells: Sequence[Cell]) -> Iterator[str]:
    tasks = [task for task in board.tasks if task.test_rows]
    yield (
        f"They were scored on the same {_span(t.test_rows for t in tasks)} test examples of each "
        f"task{_seeds(cells)}."
    )
    if any(c.limit_test is not None and c.rank for c in cells):
        yield "Where test examples were limited, they are a part of the test split."
    if folded := [task for task in tasks if task.test_folds]:
        where = "" if len(folded) == len(tasks) else f" on {listed([t.name for t in folded])}"
        number = listed([str(count) for count in sorted({t.test_folds for t in folded})])
        yield f"Every example was tested{where}, in {number} folds."
    if cut := [task.name for task in tasks if task.test_of == "cut"]:
        yield f"The test split of {listed(cut)} was cut from the data here."


def _seeds(cells: Sequence[Cell]) -> str:
    seeded = [c for c in cells if c.seeded and not c.outside]
    used = sorted({seed for c in seeded for seed in c.seeds})
    if not used:
        return ""
    counts = {len(c.seeds) for c in seeded}
    most = "" if len(counts) == 1 else f", {min(counts)} to {max(counts)} of them each"
    noun = "seed" if len(used) == 1 else "seeds"
    return f", with {noun} {seeds(used)}{most}"


def _intervals(board: Leaderboard, cells: Sequence[Cell]) -> Iterator[str]:
    used = {c.interval_method for c in cells if c.main_metric in c.intervals}
    known = [words for name, words in INTERVALS.items() if name in used]
    if not known:
        return
    grouped = [t.name for t in board.tasks if t.test_groups != t.test_rows]
    whole = f", whole groups resampled on {listed(grouped)}" if grouped else ""
    student = " (Student's quantiles for the number of units)" if used & STUDENT else ""
    seeded = any(c.training_sd_from == "measured" for c in cells)
    noise = "; for scores over several seeds they include the noise of seeds" if seeded else ""
    yield (
        f"Intervals of main metrics are 95 %, from {DRAWS:,} bootstrap draws of the test examples"
        f"{whole}: {listed(known, most=len(known))}{student}{noise}."
    )


def _tests(board: Leaderboard, entries: Sequence[Entry], cells: Sequence[Cell]) -> Iterator[str]:
    ranked = Counter(c.task for row in entries for c in row.cells.values() if c.rank is not None)
    pairs = [count * (count - 1) // 2 for count in ranked.values() if count > 1]
    if pairs:
        number = f"{_span(pairs)} {'pair' if max(pairs) == 1 else 'pairs'}"
        yield (
            "On each task the ranked entries were compared in pairs on the same draws, by "
            "Student's t with Satterthwaite's degrees of freedom and Holm's correction over all "
            f"{number}.{_sources(cells)}"
        )
        if any(row.outside for row in entries if row.ranked):
            yield "Entries run here were corrected among themselves, as if no others existed."
        if any(not t.few_units and ranked[t.name] > 1 for t in board.tasks):
            yield (
                "Entries are tied with the best unless Hsu's multiple comparisons with the best "
                "find them below it at 5 %."
            )
    if any(c.above_floor is not None for c in cells):
        yield (
            "Whether an entry beats the floor, the better of those that ignore the text, was "
            "tested in a family of its own on each task."
        )
    if rare := _rare(cells):
        yield (
            f"On {listed(rare)}, where a label has few test examples, differences had to pass a "
            "paired permutation test, too."
        )
    if board.diagram is not None:
        yield "Mean ranks are compared by Nemenyi's critical difference."


def _rare(cells: Sequence[Cell]) -> list[str]:
    """Return the tasks ranked by a macro average of which a label is rare in the test."""
    ranked = (c for c in cells if c.rank is not None and c.interval_method == "macro_average")
    return sorted({c.task for c in ranked if has_rare(c.per_class)})


def _sources(cells: Sequence[Cell]) -> str:
    """Return a sentence on the noise of seeds in the tests, and where it comes from."""
    counts = Counter(c.training_sd_from for c in cells if c.comparable)
    told = [
        f"{words} ({_counted(counts[name], 'score', 'scores')})"
        for name, words in ORIGINS.items()
        if counts[name]
    ]
    if not told:
        return " Variances are those of the test examples."
    moderated = " (Smyth, 2004)" if counts["measured"] else ""
    return (
        " Variances add up those of the test examples and of seeds; the latter is "
        f"{listed(told)}{moderated}."
    )


def _means(board: Leaderboard, entries: Sequence[Entry]) -> Iterator[str]:
    covered = len(scaled([task for task in board.tasks if task.test_scored]))
    if not covered or all(row.mean is None for row in entries):
        return
    yield (
        f"Means are of (score − floor) / (perfect − floor) over "
        f"{_counted(covered, 'task', 'tasks')}, floors held fixed."
    )
    if any(pair.probability_equal is not None for pair in board.mean_comparisons):
        yield (
            "What to expect on other tasks is estimated by a Bayesian signed-rank test with a "
            "region of practical equivalence of .02."
        )


def _recommended(board: Leaderboard) -> Iterator[str]:
    taken = [one for one in board.advice if one.take]
    if not taken:
        return
    margins = {one.task: one.margin for one in taken if one.margin is not None}
    metrics = {task.name: task for task in board.tasks}
    common = [m for name, m in margins.items() if not name or metrics[name].perfect == 1]
    other = [
        f"{score(m)} {metrics[name].main_metric} on {name}"
        for name, m in margins.items()
        if name and metrics[name].perfect != 1
    ]
    known = [*([_values(common)] if common else []), *other]
    yield (
        "All finished entries compete for the recommendation. Of those whose expected loss against "
        f"the best is at most the margin ({listed(known)}), and which cost about as little as the "
        "cheapest of them (within a second, or under twice the time), it is the one that is "
        "expected to lose least. Losses are those in draws of the true scores under a hierarchical "
        "model of families and their variants, from the noise of test examples and of seeds."
    )


def _values(margins: Sequence[float]) -> str:
    return listed([score(one) for one in sorted({*margins})])


def _versions(board: Leaderboard) -> Iterator[str]:
    pattern = re.compile(r"(?:versions?|libraries|packages) (\S+)$")
    found = [(m.group(1), key) for key in board.environment if (m := pattern.search(key))]
    if found:
        told = [f"{name} {board.environment[key]}" for name, key in found]
        yield f"Versions: {', '.join(told)}."


def _span(numbers: Iterable[int]) -> str:
    """Return a number, or the range from the least to the largest."""
    values = sorted({*numbers})
    if not values:
        return "no"
    return f"{values[0]:,}" if len(values) == 1 else f"{values[0]:,} to {values[-1]:,}"


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
