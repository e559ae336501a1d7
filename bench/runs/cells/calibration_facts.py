"""Facts and file of a run's calibration examples, for its record."""

from bench.records import CalibrationFacts
from bench.runs.cells.calibration import Calibration
from bench.runs.cells.cell_task import CellTask
from bench.store.prediction_files import predictions_file


def calibration_facts(found: Calibration, name: str) -> CalibrationFacts:
    """Return the facts of a task's calibration examples.

    Args:
        found: the calibration examples.
        name: the name of their file.
    """
    return CalibrationFacts(
        method=found.method if found.rows else "none",
        reason=found.reason,
        examples=len(found.rows),
        fits=found.fits,
        left_out=found.left_out,
        predictions=name if found.rows else "",
    )


def calibration_file(cell: CellTask, found: Calibration) -> bytes:
    """Return the predictions as a Parquet file like that of the test split."""
    examples = cell.pick(found.rows)
    return predictions_file(cell.task, examples, found.predictions, found.rows, folds=found.folds)
