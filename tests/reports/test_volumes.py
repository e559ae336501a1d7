"""Costs by the number of texts, in the tables that every report shows."""

from dataclasses import replace
from typing import Any

from bench.leaderboard.board import Leaderboard
from bench.leaderboard.compute import compute
from bench.records import Latency
from bench.reports.tables import volumes
from bench.store.store import StoredResult
from tests.support.boards import entry, floor
from tests.support.costs import spent


def result(name: str, task: str = "reviews", **changes: Any) -> StoredResult:
    """An entry that takes 10 s to fit, 2 s for 1,000 texts and 20 ms for one."""
    latency = Latency(texts=50, p50=0.01, p95=0.02)
    cost = spent(10.0, **{"predict_seconds": 1.0, "predicted": 500, **changes})
    return entry(name, 0.8, task=task, cost=cost, facts={"latency": latency})


def words(board: Leaderboard, name: str) -> dict[str, str]:
    """What a line of the costs says."""
    table = volumes.costs(board)
    (line,) = [line for line in table.lines if line.name == name]
    return dict(zip(table.head[1:], line.words, strict=True))


def test_a_line_has_the_cost_of_each_preset_and_the_latency() -> None:
    assert words(compute([floor(), result("bert")], []), "bert") == {
        "1,000 texts": "12.0 s",
        "100,000 texts": "3.5 min",
        "10 million texts": "5.6 h",
        "one text, median": "10 ms",
        "one text, 95 %": "20 ms",
    }


def test_another_volume_has_a_column_in_its_place() -> None:
    board = compute([floor(), result("bert")], [])
    board = replace(board, needs=replace(board.needs, volume=2_000))
    assert list(words(board, "bert"))[:2] == ["1,000 texts", "2,000 texts"]


def test_what_was_paid_once_while_predicting_is_not_multiplied() -> None:
    compiled = result("bert", predict_seconds=21.0, predict_once_seconds=20.0)
    assert words(compute([floor(), compiled], []), "bert")["1,000 texts"] == "32.0 s"


def test_energy_is_that_of_the_fit_and_of_the_texts() -> None:
    drawing = result("bert", energy_joules=150.0, fit_energy_joules=100.0)
    assert words(compute([floor(), drawing], []), "bert")["1,000 texts"] == "12.0 s, 200 J"


def test_energy_that_is_not_known_apart_is_not_told() -> None:
    drawing = result("bert", energy_joules=150.0)
    assert words(compute([floor(), drawing], []), "bert")["1,000 texts"] == "12.0 s"


def test_over_tasks_costs_are_means_and_the_slowest_latency_counts() -> None:
    slow = entry(
        "bert",
        0.8,
        task="b",
        cost=spent(30.0, predict_seconds=1.0, predicted=500),
        facts={"latency": Latency(texts=50, p50=0.03, p95=0.5)},
    )
    board = compute([floor("a"), floor("b"), result("bert", "a"), slow], [])
    line = words(board, "bert")
    assert (line["1,000 texts"], line["one text, 95 %"]) == ("22.0 s", "500 ms")
    assert line["one text, median"] == "20 ms"


def test_folds_cost_what_one_fit_costs() -> None:
    folded = entry("bert", 0.8, cost=spent(50.0, predict_seconds=1.0, predicted=500), folds=5)
    cells = [row.cells["reviews"] for row in compute([folded], []).rows]
    assert [cell.cost and cell.cost.fit_seconds for cell in cells] == [10.0]


def test_a_recommendation_has_a_line_with_each_volume() -> None:
    table = volumes.advice(compute([floor(), result("bert")], []))
    assert [(line.name, line.words[0]) for line in table.lines] == [("reviews", "bert: 12.0 s")]
