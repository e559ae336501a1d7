"""Submitted numbers: what cannot be is refused, what is odd is told."""

from typing import Any

import pytest

from bench.errors import DataError
from bench.exchange.plausible import refuse_odd, remarks
from bench.outputs import Fields, MultiLabel, Regression, SingleLabel, Span, Spans
from bench.outputs.base import Output
from bench.prediction import Prediction

ONE, SETS, SCALE = SingleLabel("a", "b"), MultiLabel("a", "b"), Regression(1, 7)
SPANS, PARTS = Spans("a", "b"), Fields("{kind} {size}", kind=ONE, size=SCALE)
A_SPAN = (Span(0, 1, "a"),)
REFUSED: dict[str, tuple[Output, Any, tuple[float, ...] | None]] = {
    "logits of one label": (ONE, "a", (2.5, -1.0)),
    "an overflow": (ONE, "a", (1e200, 0.1)),
    "logits of a set": (SETS, frozenset("a"), (3.1, 0.2)),
    "negative logits of a set": (SETS, frozenset(), (-3.1, 0.2)),
    "scores of spans": (SPANS, A_SPAN, (12.0, 0.0)),
    "a percentage": (SCALE, 64.0, None),
    "a number below": (SCALE, -90.0, None),
    "a number among parts": (PARTS, ("a", 1e30), None),
    "scores of parts": (PARTS, ("a", 3.0), (1.5, 0.1)),
}


@pytest.mark.parametrize("case", REFUSED)
def test_numbers_far_outside_their_range_are_refused(case: str) -> None:
    output, value, scores = REFUSED[case]
    with pytest.raises(DataError, match=r"is not a probability|is far outside 1 to 7"):
        refuse_odd(output, Prediction(value, scores))


@pytest.mark.parametrize(
    ("output", "value", "scores"),
    [(ONE, "a", (3.0, 1.0)), (SETS, frozenset(), (0.0, 1.0000001)), (SCALE, 7.4, None)],
)
def test_shares_rounding_and_numbers_just_outside_are_taken(
    output: Output, value: Any, scores: tuple[float, ...] | None
) -> None:
    refuse_odd(output, Prediction(value, scores))


def told(output: Output, *pairs: tuple[Any, tuple[float, ...] | None]) -> list[str]:
    return remarks(output, [Prediction(value, scores) for value, scores in pairs])


def test_a_higher_score_of_another_label_is_told() -> None:
    (line,) = told(ONE, ("a", (0.2, 0.8)), ("b", (0.2, 0.8)))
    assert "in 1 of 2 examples the highest score is that of another label" in line


def test_a_higher_score_of_another_label_of_a_part_is_told() -> None:
    (line,) = told(PARTS, (("a", 3.0), (0.2, 0.8)))
    assert "in 1 of 1 examples" in line


@pytest.mark.parametrize(
    ("output", "there", "none"), [(SETS, frozenset("a"), frozenset()), (SPANS, A_SPAN, ())]
)
def test_scores_that_are_lower_where_the_label_is_predicted_are_told(
    output: Output, there: Any, none: Any
) -> None:
    (line,) = told(output, (there, (0.1, 0.5)), (none, (0.9, 0.5)))
    assert "lower where the label is predicted" in line and line.endswith(": a")


def test_labels_left_out_of_most_sets_with_higher_scores_are_told() -> None:
    odd, sound = (frozenset("a"), (0.1, 0.9)), (frozenset("a"), (0.9, 0.1))
    (line,) = told(SETS, odd, odd, sound)
    assert "in 2 of 3 examples a label that is not predicted scores higher" in line
    assert told(SETS, odd, sound, sound, (frozenset(), (0.4, 0.3))) == []


def test_scores_that_do_not_add_up_are_told() -> None:
    (line,) = told(ONE, ("a", (0.9, 0.3)), ("b", (0.1, 0.9)))
    assert "the scores of 1 of 2 examples do not add up to 1" in line


def test_numbers_just_outside_the_scale_are_told() -> None:
    (line,) = told(SCALE, (0.5, None), (7.5, None), (4.0, None))
    assert "2 of 3 predicted numbers lie outside the scale (0.5 to 7.5)" in line


def test_sound_predictions_are_not_remarked_on() -> None:
    assert told(ONE, ("a", (0.9, 0.1)), ("b", (0.33, 0.67)), (None, (0.5, 0.5))) == []
    assert told(SETS, (frozenset("a"), (0.4, 0.1)), (frozenset(), (0.3, 0.2))) == []
