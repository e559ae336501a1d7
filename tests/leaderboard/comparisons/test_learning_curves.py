"""Learning curves: which rows of the board make a line, and where their points stand."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from bench.leaderboard.comparisons.learning_curves import ROWS
from bench.leaderboard.compute import compute
from bench.leaderboard.findings import Curve, CurveLine
from bench.records import DataFacts, Limit, PeopleFacts
from bench.reports.charts.learning_curves import drawings
from bench.store.store import StoredResult
from tests.support.fakes import digest, fake_result, fake_scores

PEOPLE = PeopleFacts(
    people=3,
    rows=9,
    score=0.9,
    interval=(0.8, 1.0),
    kappa=0.5,
    fleiss=None,
    alpha=0.5,
    model_kappa=0.4,
)


def point(
    train: int,
    score: float = 0.5,
    *,
    name: str = "bert",
    task: str = "reviews",
    test: str = "",
    **fields: Any,
) -> StoredResult:
    """A result that learnt from nine tenths of `train` rows and watched the rest."""
    data = DataFacts(
        train=train - train // 10,
        validation=train // 10,
        test=200,
        groups=200,
        test_hash=digest("test", task, test),
        train_hash=digest("train", train),
        checks={},
    )
    facts = fake_scores(task, score, data=data, **fields.pop("facts", {}))
    return fake_result(name, task, scores=facts, **fields)


def sized(train: int, score: float = 0.5, *, variant: str = "", **fields: Any) -> StoredResult:
    """A point of a sweep over train sizes."""
    said = ", ".join(filter(None, [variant, f"train={train}"]))
    return point(train, score, variant=said, limit=Limit(train=train), **fields)


def tuned(epochs: object, score: float = 0.5, *, more: str = "", **fields: Any) -> StoredResult:
    """A point of a sweep over epochs."""
    given = {"epochs": epochs, **fields.pop("settings", {})}
    said = ", ".join(filter(None, [f"epochs={epochs}", more]))
    words = {"params": given, "settings": given, "variant": said, "limit": Limit(train=100)}
    return point(100, score, **{**words, **fields})


def curves(*results: StoredResult) -> tuple[Curve, ...]:
    return compute(results, []).curves


def lines(*results: StoredResult) -> tuple[CurveLine, ...]:
    [curve] = curves(*results)
    return curve.lines


def xs(line: CurveLine) -> list[float]:
    return [p.x for p in line.points]


def test_a_line_has_a_baselines_points_in_the_order_of_their_rows() -> None:
    [curve] = curves(sized(1000, 0.9), sized(100, 0.5), sized(500, 0.7))
    assert (curve.task, curve.metric, curve.axis) == ("reviews", "macro_f1", ROWS)
    [line] = curve.lines
    assert [(p.x, p.score) for p in line.points] == [(100, 0.5), (500, 0.7), (1000, 0.9)]


def test_each_baseline_has_a_line_the_longest_first() -> None:
    found = lines(*(sized(n) for n in (100, 500)), *(sized(n, name="lstm") for n in (20, 50, 90)))
    assert [(line.baseline, len(line.points)) for line in found] == [("lstm", 3), ("bert", 2)]


def test_a_point_carries_its_interval_its_train_score_and_its_row() -> None:
    learnt = {"facts": {"train_scores": {"macro_f1": 0.95}}}
    board = compute([sized(100, 0.6, **learnt), sized(500, 0.7)], [])
    first, second = board.curves[0].lines[0].points
    assert (first.low, first.high) == pytest.approx((0.57, 0.63))
    assert (first.train, second.train) == (0.95, None)
    assert {first.row, second.row} == {row.id for row in board.rows}


def test_over_seeds_a_point_is_their_mean() -> None:
    found = lines(*(sized(100, s, seed=i) for i, s in enumerate((0.4, 0.6))), sized(500, 0.7))
    assert [p.score for p in found[0].points] == pytest.approx([0.5, 0.7])


def test_one_size_alone_makes_no_curve() -> None:
    assert curves(sized(100), sized(100, name="lstm")) == ()


def test_a_baseline_of_one_size_stands_as_a_point_beside_a_line() -> None:
    found = lines(sized(100), sized(500), sized(100, name="lstm"))
    assert [xs(line) for line in found] == [[100, 500], [100]]


def test_the_row_on_all_data_ends_a_line_but_alone_makes_no_curve() -> None:
    full = point(5000, 0.95, full_data_row=True)
    assert curves(point(128, limit=Limit(train=128)), full) == ()
    assert [xs(line) for line in lines(sized(100), sized(500), full)] == [[100, 500, 5000]]


def test_a_parameter_that_varies_is_an_axis_of_its_own() -> None:
    [curve] = curves(tuned(50, 0.9), tuned(1, 0.5), tuned(10, 0.7))
    assert (curve.axis, [xs(line) for line in curve.lines]) == ("epochs", [[1, 10, 50]])


SIZES = (100, 500)
APART: dict[str, Sequence[StoredResult]] = {
    "another parameter": [sized(n, settings={"lr": n}, params={"lr": n}) for n in SIZES],
    "a parameter that only older records have": [sized(n, params={"lr": n}) for n in SIZES],
    "another swept value": [sized(n, variant=f"word={n}") for n in SIZES],
    "another recipe": [sized(n, recipe=r) for n, r in zip(SIZES, ("quick", ""), strict=True)],
    "other test rows": [sized(n, test=str(n)) for n in SIZES],
    "another number of folds": [point(n, variant=f"{n} folds") for n in SIZES],
    "the train size beside the parameter": [
        tuned(n, more=f"train={n}", limit=Limit(train=n)) for n in SIZES
    ],
    "the limit beside the parameter": [tuned(n, limit=Limit(train=n)) for n in SIZES],
    "a parameter beside the parameter": [tuned(n, settings={"lr": n}) for n in SIZES],
    "another baseline": [sized(100), sized(500, name="lstm")],
    "another task": [sized(n, task=f"task-{n}") for n in SIZES],
}


@pytest.mark.parametrize("what", APART)
def test_nothing_is_drawn_where_more_than_one_thing_varies(what: str) -> None:
    assert curves(*APART[what]) == ()


@pytest.mark.parametrize("values", [("a", "b"), (True, False), ([1], [2])])
def test_what_is_no_number_is_no_axis(values: tuple[object, object]) -> None:
    assert curves(*(tuned(value) for value in values)) == ()


def test_two_settings_make_two_lines_that_are_named_apart() -> None:
    results = [sized(n, variant=f"word={w}", settings={"word": w}) for n in SIZES for w in "ab"]
    assert [(line.about, xs(line)) for line in lines(*results)] == [
        ("word=a", [100, 500]),
        ("word=b", [100, 500]),
    ]


def test_two_numbers_of_folds_make_two_lines_that_are_named_apart() -> None:
    results = [sized(n, variant=f"{k} folds", settings={}) for n in SIZES for k in (5, 10)]
    assert [line.about for line in lines(*results)] == ["10 folds", "5 folds"]


def test_full_data_rows_along_a_parameter_are_a_line_that_is_named_so() -> None:
    full = [tuned(n, limit=Limit(), full_data_row=True) for n in (1, 10)]
    found = lines(tuned(1), tuned(10), *full)
    assert [line.about for line in found] == ["", "all examples"]


def test_floors_people_and_what_failed_have_no_point() -> None:
    failed = fake_result(
        "bert", status="failed", reason="x", variant="train=900", limit=Limit(train=900)
    )
    floors = [sized(n, name="majority") for n in SIZES]
    people = {"facts": {"people": PEOPLE}}
    found = lines(*(sized(n, **people) for n in SIZES), *floors, failed)
    assert [(line.baseline, xs(line)) for line in found] == [("bert", [100, 500])]


def test_a_row_on_other_test_rows_has_no_point() -> None:
    results = [sized(n) for n in (100, 500, 700)]
    assert [xs(line) for line in lines(*results, sized(900, test="other"))] == [[100, 500, 700]]


def test_a_score_that_is_no_number_is_drawn_by_no_mark() -> None:
    odd = sized(900, float("nan"), draws=np.full(400, np.nan, np.float32))
    (drawing,) = drawings(compute([sized(100), sized(500), odd], []))
    assert len(drawing.lines[0].marks) == 2 and "nan" not in drawing.lines[0].path
