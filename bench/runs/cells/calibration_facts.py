"""Facts and file of a run's calibration examples, for its record."""

from collections.abc import Sequence

from bench.records import CalibrationFacts
from bench.runs.cells.calibration import Calibration
from bench.runs.cells.cell_task import CellTask
from bench.store.prediction_files import predictions_file


def calibration_facts(found: Sequence[Calibration], name: str) -> CalibrationFacts | None:
    """Return the facts of a task's calibration examples; None where no fit had any to predict.

    Args:
        found: the calibration examples of each fit; several with folds.
        name: the name of their file.
    """
    if not found:
        return None
    first = next((part for part in found if part.rows), found[0])
    examples = sum(len(part.rows) for part in found)
    return CalibrationFacts(
        method=first.method if examples else "none",
        reason="" if examples else first.reason,
        examples=examples,
        fits=sum(part.fits for part in found),
        left_out=found[0].left_out,
        predictions=name if examples else "",
    )


def calibration_file(cell: CellTask, found: Sequence[Calibration]) -> bytes:
    """Return the predictions as a Parquet file, like that of the test split; with folds also
    `fold`, the number of the fold whose fit predicted."""
    rows = [row for part in found for row in part.rows]
    predictions = [prediction for part in found for prediction in part.predictions]
    folds = [number for number, part in enumerate(found) for _ in part.rows]
    return predictions_file(
        cell.task, cell.pick(rows), predictions, rows, folds=folds if len(found) > 1 else ()
    )
