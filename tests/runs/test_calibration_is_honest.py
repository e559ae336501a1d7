"""What is seen on calibration examples holds on fresh ones: a small part of the simulation
`perf.simulate.calibration_examples`."""

import pytest

from bench.baselines.naive_bayes import NaiveBayes
from perf.simulate.calibration_examples import TARGET, Reserving, mean


@pytest.mark.parametrize("family", [NaiveBayes, Reserving])
def test_accuracy_and_thresholds_hold_on_fresh_examples(family: type[NaiveBayes]) -> None:
    found = mean(family, 600, 4)
    gap, above = found["calibration examples"]
    assert abs(gap) < 0.04 and abs(above - TARGET) < 0.06
    # On the examples that were learnt from neither holds.
    gap, above = found["examples learnt from"]
    assert gap > 0.15 and above < TARGET - 0.1
