"""Planning: which runs there are, on which rows, and what changes their keys."""

from pathlib import Path

import pytest

from bench.runs.planning.keys import Code, why_stale
from tests.support.planning import CODE, planned, plugins

__all__ = ["plugins"]


CHANGES: dict[str, dict[str, object]] = {
    "a parameter": {"settings": ["odd.pause=0.5"]},
    "the seed": {"seeds": [1]},
    "the train limit": {"limit_train": 50},
    "the test limit": {"limit_test": 20},
    "the source": {"code": Code({"odd": "source 2"}, CODE.libraries)},
    "a library": {"code": Code(CODE.sources, {"odd": "libraries 2"})},
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_of_what_can_change_answers_changes_the_key(plugins: Path, what: str) -> None:
    assert planned(plugins)[0].key != planned(plugins, **CHANGES[what])[0].key  # type: ignore[arg-type]


def test_a_change_of_the_text_changes_the_key(plugins: Path) -> None:
    before = planned(plugins)[0].key
    file = plugins / "tasks" / "colours.py"
    file.write_text(file.read_text().replace('"grey"', '"gray"'))
    assert planned(plugins)[0].key != before


def test_the_same_request_gives_the_same_keys(plugins: Path) -> None:
    assert [r.key for r in planned(plugins)] == [r.key for r in planned(plugins)]


def test_a_limit_is_on_train_and_validation_together(plugins: Path) -> None:
    (rows,) = planned(plugins, limit_train=50, limit_test=20)[0].tasks
    assert len(rows.train) + len(rows.validation) == 50
    assert len(rows.test) == 20 and len(rows.validation) >= 1


def test_limits_are_nested(plugins: Path) -> None:
    def labelled(limit: int) -> set[int]:
        (rows,) = planned(plugins, limit_train=limit)[0].tasks
        return {*rows.train, *rows.validation}

    assert labelled(20) < labelled(50) < labelled(100)


def test_each_seed_draws_its_own_train_rows_and_the_same_test_rows(plugins: Path) -> None:
    first, second = planned(plugins, limit_train=50, limit_test=20, seeds=[0, 1])
    assert first.tasks[0].train_hash != second.tasks[0].train_hash
    assert first.tasks[0].test_hash == second.tasks[0].test_hash


def test_in_folds_every_row_is_tested_once_by_a_fit_without_it(plugins: Path) -> None:
    [run] = planned(plugins, folds=4)
    [rows] = run.tasks
    assert sorted(i for part in rows.folds for i in part.test) == list(range(200))
    for part in rows.folds:
        assert not {*part.test} & {*part.train, *part.validation}
        assert len(part.test) + len(part.train) + len(part.validation) == 200


def test_a_family_without_a_seed_runs_once_on_all_rows(plugins: Path) -> None:
    runs = planned(plugins, baselines=["unseeded"], seeds=[0, 1, 2])
    assert [(r.seed, r.seeded) for r in runs] == [(0, False)]


def test_a_family_without_a_seed_follows_the_drawn_rows(plugins: Path) -> None:
    runs = planned(plugins, baselines=["unseeded"], seeds=[0, 1, 2], limit_train=50)
    assert [r.seed for r in runs] == [0, 1, 2]


def test_a_cheap_family_gets_a_full_data_row_where_the_limit_binds(plugins: Path) -> None:
    code = Code({"naive_bayes": "s"}, {"naive_bayes": "l"})
    limited = planned(plugins, code, baselines=["naive_bayes"], limit_train=50)
    assert [r.full_data_row for r in limited] == [False, True]
    loose = planned(plugins, code, baselines=["naive_bayes"], limit_train=5000)
    assert [r.full_data_row for r in loose] == [False]


def test_a_sweep_gives_a_variant_for_each_value(plugins: Path, tmp_path: Path) -> None:
    file = tmp_path / "sweep.toml"
    file.write_text("[sweep.odd]\npause = [0.0, 0.1]\n[sweep.limits]\ntrain = [20, 50]\n")
    runs = planned(plugins, experiment=str(file))
    assert [r.variant for r in runs] == [
        "pause=0.0, train=20",
        "pause=0.0, train=50",
        "pause=0.1, train=20",
        "pause=0.1, train=50",
    ]


def test_the_main_metric_is_in_the_key_of_a_family_that_stops_by_it_alone(plugins: Path) -> None:
    measuring = Code(CODE.sources, CODE.libraries, measuring={"odd"})
    assert "main metric" in planned(plugins, measuring)[0].ingredients
    assert "main metric" not in planned(plugins)[0].ingredients


def test_why_names_what_changed(plugins: Path) -> None:
    old = planned(plugins)[0].ingredients
    assert why_stale(planned(plugins, seeds=[1])[0], [old]) == "changed: seed"
    assert why_stale(planned(plugins)[0], []) == "new"


def test_a_run_says_what_its_family_is(plugins: Path) -> None:
    file = plugins / "baselines" / "odd.py"
    file.write_text(
        file.read_text().replace(
            "full_data_entry =", 'single_task_twin = "a"\n    full_data_entry ='
        )
    )
    file.write_text(
        file.read_text().replace("full_data_entry =", "is_floor = True\n    full_data_entry =")
    )
    [odd], [plain] = planned(plugins), planned(plugins, baselines=["unseeded"])
    assert (odd.is_floor, odd.single_task_twin) == (True, "a")
    assert (plain.is_floor, plain.single_task_twin) == (False, "")
