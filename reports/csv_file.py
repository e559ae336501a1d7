"""The leaderboard as CSV: one row per cell and metric, the main metric first, safe in a
spreadsheet."""

import csv
import io
import math
from collections.abc import Iterator

from bench.guards.spreadsheet import quoted_cell
from bench.leaderboard.board import Cell, Entry, Leaderboard
from bench.leaderboard.findings import PairedComparison
from bench.leaderboard.wording import format as words
from bench.reports.tables import agreement as people
from bench.visible import visible

_CELL_FIRST = ("task", "version", "baseline", "variant", "limit_train", "limit_test")
_CELL_REST = ("rank", "rank_low", "rank_high", "tied", "above_floor", "comparable", "train_rows")
_ROW = ("params", "full_data_row", "outside", "seeds", "status", "reason")
_METRIC = ("metric", "is_main", "score", "low", "high", "seed_sd")
_COUNTS = ("test_rows", "unparsed", "refused", "leaked", "cut")
_READOUT = ("greedy", "sample", "sample_sd")
_GREEDY = ("irregular_rate", "unparsed", "refused", "foreign")
_TWIN = ("multi_minus_single", "multi_minus_single_low", "multi_minus_single_high")
_COST = ("fit_seconds", "predict_seconds_per_1000", "peak_bytes", "parameters", "model_bytes")
_COST_REST = ("examples_per_second", "device_bytes", "energy_joules", "workers")
_PROCESSORS = ("fit_cpu_seconds", "predict_cpu_seconds_per_1000")
_KAPPA = "kappa_with_people"
_BESIDE = (*_READOUT, *(f"greedy_{name}" for name in _GREEDY), *_TWIN, "stand_in_for", _KAPPA)
COLUMNS = (
    *(*_CELL_FIRST, "model", *_ROW, *_METRIC, *_CELL_REST, *_COUNTS, *_COST, *_COST_REST),
    *_BESIDE,
    *_PROCESSORS,
)
Value = str | int | float | bool | None


def render(board: Leaderboard) -> str:
    """Render one row per cell and metric; a cell without scores has one row with an empty metric.
    Answers published before have rows, too, under their name."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    twins = {(twin.multi, twin.task): twin for twin in board.twins}
    for entry in board.rows:
        for task in board.tasks:
            if task.name in entry.cells:
                twin = twins.get((entry.id, task.name))
                writer.writerows(_lines(entry, entry.cells[task.name], twin))
    writer.writerows(_published(board))
    return buffer.getvalue()


def _published(board: Leaderboard) -> Iterator[list[str]]:
    for task in board.tasks:
        for annotator in people.annotators(board, task):
            if annotator.earlier:
                values: dict[str, Value] = {"task": task.name, "baseline": annotator.name}
                values |= {"version": task.version, "status": "published"}
                values |= {_KAPPA: annotator.kappa, "test_rows": annotator.rows}
                yield [_text(values.get(name)) for name in COLUMNS]


def _lines(entry: Entry, cell: Cell, twin: PairedComparison | None) -> Iterator[list[str]]:
    shared = _of_cell(entry, cell)
    for metric in sorted(cell.scores, key=lambda m: m != cell.main_metric) or [""]:
        values = {**shared, **_of_metric(cell, metric), **_of_readouts(cell, metric)}
        if twin is not None and metric == twin.metric:
            values |= dict(zip(_TWIN, (twin.difference, *twin.interval), strict=True))
        yield [_text(values.get(name)) for name in COLUMNS]


def _of_cell(entry: Entry, cell: Cell) -> dict[str, Value]:
    names = (*_CELL_FIRST, "status", "reason", *_CELL_REST)
    values: dict[str, Value] = {name: getattr(cell, name) for name in names}
    values["train_rows"] = None if cell.outside else cell.train_rows
    values["params"] = words.params(cell.params)
    values["model"] = cell.model.name if cell.model else ""
    values["stand_in_for"] = cell.model.stand_in_for if cell.model else ""
    values[_KAPPA] = people.kappa(cell)
    values["full_data_row"], values["outside"] = entry.full_data_row, entry.outside
    values["seeds"] = " ".join(map(str, cell.seeds))
    if cell.counts:
        values |= {**cell.counts.model_dump(), "test_rows": cell.counts.test}
    if cell.cost:
        values |= vars(cell.cost)
    return values


def _of_metric(cell: Cell, metric: str) -> dict[str, Value]:
    main = metric != "" and metric == cell.main_metric
    low, high = cell.intervals.get(metric, (None, None))
    return {
        "metric": metric,
        "is_main": main,
        "score": cell.scores.get(metric),
        "low": low,
        "high": high,
        "seed_sd": cell.seed_sd if main else None,
    }


def _of_readouts(cell: Cell, metric: str) -> dict[str, Value]:
    """Return the metric under the other readouts, and the irregular answers of the greedy one."""
    values: dict[str, Value] = {}
    if greedy := cell.readouts.get("greedy"):
        values["greedy"] = greedy.scores.get(metric)
        values |= {f"greedy_{name}": getattr(greedy, name) for name in _GREEDY}
    if sample := cell.readouts.get("sample"):
        values["sample"], values["sample_sd"] = sample.scores.get(metric), sample.sd.get(metric)
    return values


def _text(value: Value) -> str:
    """Write numbers in full; text that a spreadsheet would execute as a formula gets a leading
    quote."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # csv does not quote a lone carriage return, which would end the row.
        text = value.replace("\r\n", "\n").replace("\r", "\n")
        return quoted_cell(visible(text))
    return repr(value)
