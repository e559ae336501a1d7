"""Which models can still reach the leader."""

from bench.runs.timed.contenders import CalibrationScore, contenders

LEADER = CalibrationScore(error=0.10, se=0.01, train=500)


def test_a_model_far_behind_at_the_same_size_is_out() -> None:
    scores = {"leader": LEADER, "far": CalibrationScore(error=0.60, se=0.01, train=500)}
    assert contenders(scores, 2000) == {"leader"}


def test_a_model_behind_that_has_learnt_from_few_may_still_reach_it() -> None:
    scores = {"leader": LEADER, "few": CalibrationScore(error=0.25, se=0.01, train=50)}
    assert contenders(scores, 2000) == {"leader", "few"}


def test_a_noisy_score_holds_little_against_a_model() -> None:
    scores = {"leader": LEADER, "noisy": CalibrationScore(error=0.30, se=0.12, train=2000)}
    assert contenders(scores, 2000) == {"leader", "noisy"}


def test_a_model_without_calibration_examples_stays() -> None:
    assert contenders({"leader": LEADER, "unknown": None}, 2000) == {"leader", "unknown"}
