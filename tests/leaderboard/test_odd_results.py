"""A result that breaks what nobody thought of is left out and named; the others are shown."""

import json
import random
import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bench.errors import StoreError, UserError
from bench.leaderboard.board import Leaderboard
from bench.leaderboard.compute import compute
from bench.leaderboard.mistakes.collect import mistakes
from bench.leaderboard.odd_results import apart, show
from bench.store.store import Contents, StoredResult
from perf.faults.records import changed, seal_anew, show_all
from tests.cli.test_recommend import keep
from tests.support.fakes import fake_result, fake_scores, fake_store


def odd() -> StoredResult:
    """A result with a parameter that no JSON can name: it would not come through the store."""
    made = fake_result("odd", "task_0")
    return replace(made, result=made.result.model_copy(update={"params": {("no", "name"): 1}}))


def test_a_result_that_breaks_the_board_is_left_out_and_named() -> None:
    sound = fake_store()
    shown = show(Contents((*sound, odd()), ()), lambda board: len(board.rows))
    (problem,) = shown.board.problems
    assert problem.where == odd().folder
    assert "not used: it cannot be put on the board (TypeError: " in problem.what
    assert shown.made == len(compute(sound, ()).rows)


def test_a_result_that_breaks_a_report_alone_is_left_out_of_it() -> None:
    def page(board: Leaderboard) -> int:
        return sum(1 // (row.baseline != "lstm") for row in board.rows)

    shown = show(Contents(tuple(fake_store()), ()), page)
    assert {p.what.partition("(")[2][:17] for p in shown.board.problems} == {"ZeroDivisionError"}
    assert "lstm" not in {row.baseline for row in shown.board.rows}


def test_of_two_results_that_break_only_together_the_first_stays() -> None:
    results = [fake_result(f"b{n}") for n in range(20)]

    def use(some: Sequence[StoredResult]) -> None:
        names = {stored.result.baseline for stored in some}
        if {"b3", "b11"} <= names or {"b3", "b17"} <= names:
            raise ValueError("not together")

    kept, problems = apart(results, use)
    assert [p.where for p in problems] == [results[11].folder, results[17].folder]
    assert kept == [r for r in results if r.result.baseline not in ("b11", "b17")]


def test_a_mistake_in_what_was_asked_for_is_no_result_s_fault() -> None:
    def refuse(board: Leaderboard) -> None:
        raise UserError("no such task")

    with pytest.raises(UserError, match="no such task"):
        show(Contents(tuple(fake_store()), ()), refuse)


def test_a_run_of_no_task_is_named() -> None:
    nothing = fake_result("nothing", status="failed", tasks=())
    assert "it names no task" in compute([nothing], ()).problems[0].what


def test_predictions_that_cannot_be_read_leave_a_cell_without_examples(tmp_path: Path) -> None:
    folder = keep(tmp_path / "results", [fake_result()])
    found = mistakes(compute([fake_result()], ()), folder)
    assert found.cells == ()
    told = found.left_out[0].what
    assert told.startswith("no examples: runs/") and "Parquet file size" in told


def test_stored_answers_that_cannot_be_read_are_one_line(tmp_path: Path) -> None:
    from bench.data.source import Source
    from bench.exchange.official_files import decode
    from tests.support.plugins_for_tests import add_task

    add_task(tmp_path, "tints")
    scores = fake_scores("tints", 0.8, labels=("warm", "cold"))
    folder = keep(tmp_path / "results", [fake_result("lstm", "tints", scores=scores)])
    with pytest.raises(StoreError, match=r"predictions-0\.parquet: not used: Parquet file size"):
        decode(folder, "lstm/tints", tmp_path / "out", Source([tmp_path], [], offline=True))


@pytest.mark.parametrize("seed", range(24))
def test_no_change_to_sealed_records_ends_a_report(tmp_path: Path, seed: int) -> None:
    folder = keep(tmp_path / "results", fake_store(tasks=2))
    rng = random.Random(seed)
    for run in sorted((folder / "runs").iterdir())[:: rng.choice((1, 2, 3))]:
        file = run / "result.json"
        file.write_bytes(seal_anew(changed(json.loads(file.read_bytes())["result"], rng)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        show_all(folder)
