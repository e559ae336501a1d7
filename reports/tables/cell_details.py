"""Details of a cell: facts and tables in words, the same for every format."""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.leaderboard.board import Cell, Entry, Leaderboard
from bench.leaderboard.wording import format as words
from bench.records import CalibrationFacts, ClassScore, Confusion, ModelFacts, Outside
from bench.reports.tables import costs, readouts

WIDEST = 24
"""Maximum number of labels for a confusion matrix; above, its most frequent mistakes are listed."""
MISTAKES = 40


@dataclass(frozen=True)
class TableView:
    """A table of words; the first word of each line is its heading."""

    caption: str
    head: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Detail:
    """All known facts about a cell."""

    anchor: str
    task: str
    title: str
    status: str
    facts: tuple[tuple[str, str], ...]
    files: tuple[str, ...]
    """Paths of its prediction files in the results folder."""
    tables: tuple[TableView, ...]


def details(board: Leaderboard) -> Iterator[Detail]:
    """Yield the details of every cell, task by task, best entries first."""
    for number, task in enumerate(board.tasks):
        for entry in board.rows:
            cell = entry.cells.get(task.name)
            if cell is not None:
                yield _detail(entry, cell, f"{entry.id}-{number}")


def _detail(entry: Entry, cell: Cell, anchor: str) -> Detail:
    if cell.status != "done":
        facts: tuple[tuple[str, str], ...] = (("status", cell.status), ("reason", cell.reason))
        return Detail(anchor, cell.task, words.title(entry), cell.status, facts, (), ())
    tables = [_metrics(cell), _irregular(cell), _classes(cell), _confusion(cell), _history(cell)]
    filled = tuple(table for table in tables if table.lines)
    facts = tuple(_facts(cell))
    files = cell.predictions
    return Detail(anchor, cell.task, words.title(entry), cell.status, facts, files, filled)


def _facts(cell: Cell) -> Iterator[tuple[str, str]]:
    if cell.model:
        yield "model", words.model(cell.model)
        yield "weights", _weights(cell.model)
    yield from _outside(cell.outside) if cell.outside else _learnt(cell)
    if cell.seed_sd is not None:
        yield "spread over seeds", f"standard deviation {words.score(cell.seed_sd)}"
    if cell.counts:
        yield "test examples", f"{cell.counts.test:,}"
        runs = " over all seeds" if len(cell.seeds) > 1 else ""
        if cell.counts.unparsed or cell.counts.refused:
            unread = f"{cell.counts.unparsed:,} unparsed, {cell.counts.refused:,} refused{runs}"
            yield "answers counted as wrong", unread
        if cell.counts.leaked:
            yield "test examples also, or nearly, in training data", f"{cell.counts.leaked:,}"
        if cell.counts.cut:
            yield "truncated texts", f"{cell.counts.cut:,}"
    if cell.estimated is not None:
        whole = "on the whole test, by its difference to an entry that has all, on what both have"
        yield "estimated", f"{words.score(cell.estimated)} {whole}"
    elif not cell.comparable:
        yield "not ranked", "other test examples or another metric than the other entries"
    if cell.reduction:
        yield "how it answers", cell.reduction
    yield from zip(costs.HEADS, costs.of_cell(cell), strict=False)
    yield from costs.of_processors(cell)
    if cell.cost:
        if cell.latency:
            yield "one text at a time", costs.of_one_text(cell.latency)
        yield "hardware", f"{cell.cost.device}, {_counted(cell.cost.threads, 'thread')}"
        if cell.cost.device_bytes:
            yield "peak GPU memory", words.size(cell.cost.device_bytes)
        if cell.cost.energy_joules is not None:
            yield "GPU energy, fit and predict", words.energy(cell.cost.energy_joules)
        yield from costs.of_one_off(cell.cost)
        if cell.cost.fits > 1:
            yield "fit is the mean of", f"{cell.cost.fits} fits, one for each fold"
        if cell.cost.tasks > 1:
            yield "cost covers", f"one fit over {cell.cost.tasks} tasks"
        if cell.cost.workers > 1:
            yield "parallel worker processes", str(cell.cost.workers)
        measured, all_ = cell.cost.runs
        if measured < all_:
            yield (
                "costs measured on",
                f"{measured} of {all_} runs, those with the fewest parallel workers",
            )
    if cell.command:
        yield "reproduce", cell.command


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _learnt(cell: Cell) -> Iterator[tuple[str, str]]:
    yield "settings", words.params(cell.settings or cell.params) or "defaults"
    train, validation = cell.train_rows, cell.validation_rows
    yield "labelled examples", f"{train:,} train and {validation:,} validation"
    if cell.used:
        yield "examples used", cell.used
    if cell.calibration:
        yield "calibration examples", _calibration(cell.calibration)
    yield "seeds", words.seeds(cell.seeds) if cell.seeded else "none (deterministic)"


def _calibration(facts: CalibrationFacts) -> str:
    if not facts.examples:
        return f"none: {facts.reason}"
    how = {
        "cross_fitted": f"predicted by {facts.fits} fits that had not learnt from them",
        "reserved": "reserved: the fit did not learn from them",
        "never_learnt": "the model learns from none of them",
    }
    return f"{facts.examples:,}, {how.get(facts.method, facts.method)}"


def _outside(submission: Outside) -> Iterator[tuple[str, str]]:
    yield "submitted file", f"{submission.file}, sha256 {submission.sha256}"
    if submission.note:
        yield "note of the submitter", submission.note
    yield "training data", "unknown"


def _metrics(cell: Cell) -> TableView:
    clean = cell.scores_without_leaks
    names = sorted(cell.scores, key=lambda name: name != cell.main_metric)
    greedy, sample = cell.readouts.get("greedy"), cell.readouts.get("sample")
    learnt = cell.train_scores
    head = ("metric", "score", "95 % interval", *(["without leaked examples"] if clean else []))
    head += ("on training data",) if learnt else ()
    head += (*(["greedy"] if greedy else []), *(["sample"] if sample else []))
    return TableView(
        "All metrics",
        head,
        tuple(
            (
                name,
                words.score(cell.scores[name]),
                words.interval(cell.intervals.get(name)),
                *([words.score(clean.get(name))] if clean else []),
                *([words.score(learnt.get(name))] if learnt else []),
                *([words.score(greedy.scores.get(name))] if greedy else []),
                *([readouts.sample(cell, name)] if sample else []),
            )
            for name in names
        ),
    )


def _irregular(cell: Cell) -> TableView:
    greedy = cell.readouts.get("greedy")
    lines = tuple(readouts.irregular_lines(greedy)) if greedy else ()
    runs = " over all seeds" if len(cell.seeds) > 1 else ""
    caption = f"Unreadable greedy answers{runs}"
    if greedy and greedy.irregular_note:
        caption += f". {greedy.irregular_note}"
    return TableView(caption, ("answer", "read as", "count"), lines)


def _classes(cell: Cell) -> TableView:
    head = (
        "label",
        "precision",
        "recall",
        "F1",
        "test examples",
        "true positives",
        "false negatives",
        "false positives",
    )
    lines = [
        (label, *map(words.score, (c.precision, c.recall, c.f1)), f"{c.support:,}", *_outcomes(c))
        for label, c in cell.per_class.items()
    ]
    known = all(c.predicted is not None for c in cell.per_class.values())
    width = len(head) if known else len(head) - 3
    return TableView("Scores per label", head[:width], tuple(x[:width] for x in lines))


def _outcomes(score: ClassScore) -> tuple[str, str, str]:
    """Return true positives, false negatives and false positives of a label."""
    true_positives = round(score.recall * score.support)
    false_positives = (score.predicted or 0) - true_positives
    return f"{true_positives:,}", f"{score.support - true_positives:,}", f"{false_positives:,}"


def _confusion(cell: Cell) -> TableView:
    confusion = cell.confusion
    if confusion is None:
        return TableView("", (), ())
    runs = ", summed over seeds" if len(cell.seeds) > 1 else ""
    if max(len(confusion.rows), len(confusion.columns)) > WIDEST:
        return _mistakes(confusion, runs)
    counts = {(i, j): n for i, j, n in confusion.cells}
    lines = tuple(
        (gold, *(_share(counts.get((i, j), 0), total) for j in range(len(confusion.columns))))
        for i, gold in enumerate(confusion.rows)
        for total in [sum(n for (row, _), n in counts.items() if row == i)]
    )
    head = ("gold ↓ predicted →", *confusion.columns)
    return TableView(
        f"Confusion matrix (counts{runs}, and percentages of each gold label)", head, lines
    )


def _share(count: int, total: int) -> str:
    return f"{count:,} ({count / total:.0%})" if count else "0"


def _weights(model: ModelFacts) -> str:
    hashes = ", ".join(f"{name} sha256 {digest}" for name, digest in model.sha256.items())
    return f"{model.of}, {model.revision}; {hashes}"


def _history(cell: Cell) -> TableView:
    names = tuple(dict.fromkeys(name for row in cell.history for name in row))
    head = tuple(name.replace("_", " ") for name in names)
    lines = tuple(tuple(_figure(name, row) for name in names) for row in cell.history)
    seed = f" (seed {min(cell.seeds)})" if len(cell.seeds) > 1 else ""
    return TableView(f"Training history{seed}", head, lines)


def _figure(name: str, row: dict[str, float]) -> str:
    if name not in row:
        return words.NONE
    if name in ("epoch", "step"):
        return f"{row[name]:.0f}"
    return words.score(row[name]) if row[name] < 100 else words.number(row[name])


def _mistakes(confusion: Confusion, runs: str) -> TableView:
    wrong = [c for c in confusion.cells if confusion.rows[c[0]] != confusion.columns[c[1]]]
    wrong.sort(key=lambda c: (-c[2], c[0], c[1]))
    lines = tuple(
        (confusion.rows[i], confusion.columns[j], f"{n:,}") for i, j, n in wrong[:MISTAKES]
    )
    which = f"the {MISTAKES} most frequent of {len(wrong)}" if len(wrong) > MISTAKES else "all"
    caption = f"Mistakes ({which} pairs of labels{runs}; the JSON report has every count)"
    return TableView(caption, ("gold", "predicted", "count"), lines)
