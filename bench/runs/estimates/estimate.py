"""What one run is expected to take."""

from dataclasses import dataclass, replace
from typing import Literal

Origin = Literal["stored", "calibrated", "arithmetic"]
"""Where the speed of an estimate comes from: stored cells of this machine, small fits made on it to
measure it, or the number of operations and the speed at which it multiplies."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What one run is expected to take on a machine.

    Args:
        fit_seconds: fitting, over all folds.
        predict_seconds: predicting the test examples.
        other_seconds: everything else: loading libraries and weights, predicting calibration
            examples (with the fits that this needs), scoring and storing.
        memory_bytes: peak memory of the worker process, or of the GPU where there is one.
        download_bytes: weights that are not at hand yet; 0 also where their size is unknown.
        origin: where the speed comes from.
    """

    fit_seconds: float
    predict_seconds: float
    other_seconds: float
    memory_bytes: int
    download_bytes: int
    origin: Origin

    @property
    def seconds(self) -> float:
        """The whole run, without its download."""
        return self.fit_seconds + self.predict_seconds + self.other_seconds

    def after(self, seconds: float) -> "Estimate":
        """Return the estimate with seconds of loading before it."""
        return replace(self, other_seconds=self.other_seconds + seconds)
