"""Metrics of a part of a result, held against the same metric computed on that part alone."""

import numpy as np
import pytest

from bench.baseline import Prediction
from bench.metrics import (
    accuracy,
    character_f1,
    kilometres,
    macro_f1,
    mean_of,
    metrics_of,
    of_groups,
    of_part,
    of_rows,
    pair_f1,
    pearson,
)
from bench.metrics.aligned import Scored, align
from bench.metrics.geo import haversine
from bench.metrics.token_spans import of_tag, tag_macro_f1
from bench.outputs import (
    Answer,
    Fields,
    FreeText,
    MultiLabel,
    Output,
    Pairs,
    Regression,
    SingleLabel,
    Span,
    Spans,
)
from bench.scoring.evaluate import replicates
from bench.task import Example

BOTH = Fields("{kind} {size}", kind=SingleLabel("a", "b"), size=Regression(0, 9))


def scored(output: Output, rows: list[tuple[str, Answer, Answer | None]], **groups: str) -> Scored:
    test = [Example(id_, "x" * 30, gold, group=groups.get(id_)) for id_, gold, _ in rows]
    return align(output, test, [Prediction(value) for _, _, value in rows])


FIELDS = scored(
    BOTH,
    [("1", ("a", 1.0), ("a", 2.0)), ("2", ("b", 3.0), ("a", 5.0)), ("3", ("b", 8.0), ("b", 7.0))],
)


def test_a_metric_of_a_part_is_the_metric_of_that_part_alone() -> None:
    alone = scored(BOTH.parts["size"], [("1", 1.0, 2.0), ("2", 3.0, 5.0), ("3", 8.0, 7.0)])
    assert of_part("size", pearson).point(FIELDS) == pearson.point(alone)
    assert of_part("kind", accuracy).point(FIELDS) == pytest.approx(2 / 3)


def test_the_mean_of_metrics_is_drawn_from_the_same_units() -> None:
    kind, size = of_part("kind", accuracy), of_part("size", pearson)
    both = mean_of("both", kind, size)
    draws = replicates([kind, size, both], FIELDS)
    expected = (draws["kind_accuracy"] + draws["size_pearson"]) / 2
    np.testing.assert_allclose(draws["both"], expected, rtol=1e-5)


LABELS = SingleLabel("a", "b")
CORPORA = scored(LABELS, [("wn/1", "a", "a"), ("wn/2", "b", "a"), ("fic/1", "a", "a")])


def test_a_metric_of_a_corpus_sees_its_rows_only() -> None:
    assert of_rows("wn", accuracy).point(CORPORA) == 0.5
    assert of_rows("fic", accuracy).point(CORPORA) == 1.0


def test_a_corpus_without_a_row_has_no_score() -> None:
    assert np.isnan(of_rows("adg", accuracy).point(CORPORA))


def test_a_group_has_the_answer_that_most_of_its_rows_have() -> None:
    rows = [("1", "a", "a"), ("2", "a", "b"), ("3", "a", "a"), ("4", "b", "a"), ("5", "b", None)]
    found = scored(LABELS, rows, **{"1": "x", "2": "x", "3": "x", "4": "y", "5": "y"})
    assert of_groups(accuracy).point(found) == 0.5
    assert of_groups(macro_f1).point(found) == pytest.approx(1 / 3)


def test_a_group_without_a_readable_answer_is_wrong() -> None:
    found = scored(LABELS, [("1", "a", None), ("2", "a", None)], **{"1": "x", "2": "x"})
    assert of_groups(accuracy).point(found) == 0.0


def test_distances_on_the_earth_are_the_known_ones() -> None:
    # Rome to Milan, 477 km; a quarter of a meridian; the same place.
    one = np.array([[41.9028, 12.4964], [0, 0], [10, 20]], float)
    other = np.array([[45.4642, 9.19], [90, 0], [10, 20]], float)
    np.testing.assert_allclose(haversine(one, other), [477, 6371.0088 * np.pi / 2, 0], atol=1)


GEO = Fields(
    "{latitude} {longitude}", latitude=Regression(-90, 90), longitude=Regression(-180, 180)
)


def test_an_unreadable_place_is_half_the_earth_away() -> None:
    found = scored(GEO, [("1", (0.0, 0.0), None), ("2", (0.0, 0.0), (0.0, 0.0))])
    assert kilometres.point(found) == pytest.approx(6371.0088 * np.pi / 2)


def test_characters_are_counted_row_by_row() -> None:
    output = Spans("hate")
    rows: list[tuple[str, Answer, Answer | None]] = [
        ("1", ((0, 4, "hate"),), ((2, 6, "hate"),)),  # type: ignore[list-item]
        ("2", (), ()),
        ("3", (), ((0, 1, "hate"),)),  # type: ignore[list-item]
        ("4", (), None),
    ]
    test = [Example(i, "x" * 9, output.check(gold, "x" * 9)) for i, gold, _ in rows]
    found = align(output, test, [Prediction(value) for _, _, value in rows])
    assert character_f1.point(found) == pytest.approx((0.5 + 1 + 0 + 0) / 4)


def test_a_pair_is_right_as_a_whole() -> None:
    output = Pairs("result", "test")
    gold = output.check([((0, 1), (2, 3)), ((4, 5), (6, 7))], "x" * 9)
    value = output.check([((0, 1), (2, 3)), ((4, 5), (2, 3))], "x" * 9)
    found = align(output, [Example("1", "x" * 9, gold)], [Prediction(value)])
    assert pair_f1.point(found) == 0.5


def test_a_metric_of_a_part_or_a_corpus_names_it_and_a_mean_of_several_names_none() -> None:
    own = [of_rows("WN", accuracy), of_part("mood", accuracy)]
    assert [metric.of for metric in (*own, mean_of("both", *own))] == ["WN", "mood", ""]


OUTPUTS: dict[str, tuple[Output, Answer]] = {
    "single_label": (SingleLabel("a", "b"), "a"),
    "multi_label": (MultiLabel("a", "b"), frozenset({"a"})),
    "regression": (Regression(0, 1), 0.5),
    "spans": (Spans("A"), (Span(0, 4, "A"),)),
    "pairs": (Pairs("A", "B"), ()),
    "free_text": (FreeText(), "made"),
}


@pytest.mark.parametrize("kind", OUTPUTS)
def test_a_corpus_without_a_row_spoils_no_metric(kind: str) -> None:
    output, answer = OUTPUTS[kind]
    rows = [Example(f"wn/{i}", "made up", answer) for i in range(3)]
    scores = (0.5, 0.5) if kind.endswith("label") else None
    scored = align(output, rows, [Prediction(answer, scores)] * 3)
    found = [*metrics_of(output), *((tag_macro_f1, *of_tag("A", 0)) if kind == "spans" else ())]
    absent = [of_rows("fic", metric) for metric in found]
    draws = replicates(absent, scored)
    assert all(np.isnan(metric.point(scored)) for metric in absent)
    assert all(len(draws[metric.name]) == 2000 for metric in absent)
