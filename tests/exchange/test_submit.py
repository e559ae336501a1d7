"""`bench score`: a file of predictions as a row of the board, by the functions that score ours."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from bench.baselines.majority import BASELINE as MAJORITY
from bench.cli.main import app
from bench.data.source import Source, prepared_task
from bench.errors import BenchError
from bench.exchange.prediction_template import Scope, scope_of
from bench.exchange.submit import Entered, Offer, score
from bench.leaderboard.board import Entry, Leaderboard
from bench.leaderboard.compute import compute
from bench.records import DataFacts, Limit, Result
from bench.reports import terminal
from bench.reports.render import render
from bench.reports.tables.board_table import entry_views
from bench.reports.tables.cell_details import details
from bench.runs.cells.cell import run_cell
from bench.runs.cells.fit_predict import CellTask
from bench.runs.cells.meter import Meter
from bench.runs.planning.row_selection import choose
from bench.runs.planning.run_spec import Run
from bench.store.store import Store
from tests.support.fakes import digest
from tests.support.plugins_for_tests import add_task

FULL = Scope(None, "full")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with the task colours, 80 rows, of which 20 are its test."""
    add_task(tmp_path / "plugins", "colours")
    return tmp_path


def source(place: Path) -> Source:
    return Source([place / "plugins"], (), True)


def file_of(place: Path, answer: Callable[[str], str], limit: int | None = None) -> Path:
    """A file with an answer, made of its gold, for each test row of a limit."""
    prepared = prepared_task("colours", source(place))
    rows = [prepared.rows[i] for i in choose(prepared, None, limit, 0).test]
    lines = ["id,prediction", *(f"{row.id},{answer(str(row.target))}" for row in rows)]
    (place / "mine.csv").write_text("\n".join(lines) + "\n")
    return place / "mine.csv"


def enter(
    place: Path,
    answer: Callable[[str], str] = str,
    *,
    name: str = "mine",
    note: str = "",
    scope: Scope = FULL,
) -> Entered:
    offer = Offer(file_of(place, answer), "colours", name, note)
    return score(offer, place / "results", scope=scope, source=source(place))


def run_majority(place: Path, limit: int | None = None) -> None:
    """Store what `bench run -b majority` does, without its worker process."""
    prepared = prepared_task("colours", source(place))
    rows = choose(prepared, None, limit, 0)
    run = Run(
        key=digest(limit),
        ingredients={"source": "s"},
        baseline="majority",
        params={},
        changed={},
        seed=0,
        seeded=False,
        is_floor=True,
        limit=Limit(test=limit),
        profile="full",
        tasks=(rows,),
    )
    done = run_cell(run, MAJORITY, [CellTask(prepared.task, rows, prepared.rows)], Meter(1))
    store = Store(place / "results")
    store.prepare()
    store.write(done.result, done.files)


def board(place: Path) -> Leaderboard:
    contents = Store(place / "results").contents()
    return compute(contents.results, contents.problems)


def outside(place: Path) -> Entry:
    [row] = [row for row in board(place).rows if row.outside]
    return row


def bench(place: Path, *words: object) -> Any:
    options = ["--plugins", place / "plugins", "--task", "colours", "--profile", "full"]
    if "--template" not in words:
        options += ["--results", place / "results"]
    return CliRunner().invoke(app, ["score", *(str(word) for word in (*words, *options))])


def test_right_answers_score_one_and_rank_first(place: Path) -> None:
    run_majority(place)
    enter(place)
    cell = outside(place).cells["colours"]
    assert (cell.scores["accuracy"], cell.rank, cell.above_floor) == (1.0, 1, True)


def test_the_rows_are_those_of_our_own_results(place: Path) -> None:
    run_majority(place)
    assert enter(place).hint == ""
    stored = Store(place / "results").contents().results
    assert len({s.result.results[0].data.test_hash for s in stored}) == 1
    assert len({len(s.replicates[0]) for s in stored}) == 1


def test_the_same_answers_score_as_ours_do_to_the_last_bit(place: Path) -> None:
    run_majority(place)
    common = {"warm": "warm", "cold": "warm"}
    ours = board(place).rows[0].cells["colours"]
    given = "warm" if ours.per_class["warm"].predicted else "cold"
    theirs = enter(place, lambda gold: common[gold] if given == "warm" else "cold").scores
    mains = ("accuracy", "macro_f1")
    assert [theirs.scores[m] for m in mains] == [ours.scores[m] for m in mains]
    assert theirs.intervals["accuracy"] == ours.intervals["accuracy"]


def test_its_cost_is_a_dash_in_every_format(place: Path) -> None:
    enter(place)
    [line] = csv.DictReader(io.StringIO(render(board(place), "csv")).readlines()[:2])
    assert (line["fit_seconds"], line["train_rows"], line["outside"]) == ("", "", "true")
    [cell] = json.loads(render(board(place), "json"))["results"]
    assert (cell["cost"], cell["train_rows"]) == (None, None)
    assert set(entry_views(board(place))[0].cost) == {"–"}


def test_its_name_is_marked_once(place: Path) -> None:
    enter(place)
    [row] = entry_views(board(place))
    assert row.name == "mine outside" and row.marks == ()


@pytest.mark.parametrize("format", ["html", "md", "terminal"])
def test_every_report_marks_its_name(place: Path, format: str) -> None:
    enter(place)
    assert "mine outside" in shown(board(place), format)


def shown(found: Leaderboard, format: str) -> str:
    if format != "terminal":
        return render(found, format)  # type: ignore[arg-type]
    console = Console(width=250, file=io.StringIO(), force_terminal=False)
    console.print(terminal.everything(found))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_json_report_says_which_file_it_was(place: Path) -> None:
    enter(place, note="a rule,\n by hand")
    data = json.loads(render(board(place), "json"))
    found = data["results"][0]["outside"]
    assert (found["file"], found["note"]) == ("mine.csv", "a rule, by hand")
    assert len(found["sha256"]) == 64 and data["rows"][0]["outside"] is True


def test_a_sentence_says_that_nothing_is_known_of_what_it_learnt_from(place: Path) -> None:
    enter(place)
    told = "what they learnt from and what they cost is unknown"
    assert any(told in sentence for sentence in board(place).limits)
    [one] = details(board(place))
    assert ("training data", "unknown") in one.facts


def test_no_sentence_or_problem_speaks_of_it_as_of_a_run(place: Path) -> None:
    run_majority(place)
    enter(place)
    found = board(place)
    assert not any("ranked rows differ" in s.lower() for s in found.limits)
    assert found.problems == () and found.curves == ()


def test_the_environment_is_that_of_what_ran(place: Path) -> None:
    run_majority(place)
    enter(place)
    ran = [r for r in Store(place / "results").contents().results if not r.result.outside]
    assert board(place).environment["bench"] == ran[0].result.provenance["bench"]


def test_the_same_file_again_does_nothing(place: Path) -> None:
    assert enter(place).new
    [before] = Store(place / "results").contents().results
    assert not enter(place).new
    assert Store(place / "results").contents().results[0].result == before.result


def test_a_changed_file_of_one_name_takes_the_place(place: Path) -> None:
    enter(place)
    enter(place, lambda gold: "warm")
    assert outside(place).cells["colours"].scores["accuracy"] < 1


def test_the_file_of_before_counts_again_when_it_is_scored_again(place: Path) -> None:
    for answer in (str, lambda gold: "warm", str):
        assert enter(place, answer).new
    assert outside(place).cells["colours"].scores["accuracy"] == 1


def test_one_file_under_two_names_is_two_rows(place: Path) -> None:
    enter(place)
    enter(place, name="yours")
    assert sorted(row.baseline for row in board(place).rows) == ["mine", "yours"]


def test_an_empty_prediction_is_unparsed_and_wrong(place: Path) -> None:
    scores = enter(place, lambda gold: "" if gold == "warm" else gold).scores
    assert scores.counts.unparsed == scores.per_class["warm"].support > 0
    assert scores.scores["accuracy"] == 1 - scores.counts.unparsed / 20


def test_of_a_whole_file_only_the_limited_rows_are_scored(place: Path) -> None:
    run_majority(place, 10)
    done = enter(place, scope=Scope(10, "quick"))
    assert (done.scores.data.test, done.of, done.unused, done.hint) == (10, 20, 10, "")
    assert outside(place).cells["colours"].rank == 1


def test_exactly_the_limited_sample_is_taken(place: Path) -> None:
    offer = Offer(file_of(place, str, 10), "colours", "mine")
    scope = Scope(10, "quick")
    done = score(offer, place / "results", scope=scope, source=source(place))
    assert (done.scores.data.test, done.unused) == (10, 0)


def test_a_part_of_the_test_is_refused_and_its_option_named(place: Path) -> None:
    offer = Offer(file_of(place, str, 10), "colours", "mine")
    with pytest.raises(BenchError, match=r"10 of the 20 test examples.*--limit-test 10: add it"):
        score(offer, place / "results", scope=FULL, source=source(place))


def test_a_missing_row_is_named(place: Path) -> None:
    path = file_of(place, str)
    lines = path.read_text().splitlines()
    path.write_text("\n".join(lines[:-2]))
    with pytest.raises(BenchError, match=rf"2 of the 20 examples.*'{lines[-2].split(',')[0]}'"):
        score(Offer(path, "colours", "mine"), place / "r", scope=FULL, source=source(place))


def test_other_rows_than_the_stores_are_said_with_what_matches(place: Path) -> None:
    run_majority(place, 10)
    assert "score again with --limit-test 10" in enter(place).hint


@pytest.mark.parametrize("name", ["naive_bayes", "human", "no name", "../up", "", "x" * 61])
def test_a_name_of_our_own_or_no_name_is_refused(place: Path, name: str) -> None:
    with pytest.raises(BenchError, match="--name"):
        enter(place, name=name)


def test_a_name_whose_results_are_in_the_store_is_refused(place: Path) -> None:
    run_majority(place)
    stored = Store(place / "results").contents().results[0].result
    gone = stored.model_copy(update={"baseline": "gone", "key": digest("gone"), "files": {}})
    Store(place / "results").write(gone.model_copy(update={"results": (), "tasks": ()}), {})
    with pytest.raises(BenchError, match="choose another"):
        enter(place, name="gone")


def test_tokens_in_a_note_are_taken_out(place: Path) -> None:
    enter(place, note="made with hf_abcdefghijklmnop")
    found = outside(place).cells["colours"].outside
    assert found is not None and found.note == "made with [redacted]"


def test_the_command_tells_score_rows_and_place(place: Path) -> None:
    run_majority(place)
    done = bench(place, file_of(place, str), "--name", "mine")
    assert done.exit_code == 0, done.output
    said = " ".join(done.output.split())
    assert "accuracy 1.000" in said and "20 of 20 test examples (--profile full)" in said
    assert "mine outside on colours is on the leaderboard" in said


def test_a_template_filled_in_is_scored(place: Path) -> None:
    for ending in ("csv", "tsv", "jsonl"):
        path = place / f"form.{ending}"
        assert bench(place, "--template", "-o", path).exit_code == 0
        text = path.read_text()
        assert "blue number 60 of the made-up rows" in text
        assert "every prediction is empty" in str(bench(place, path, "--name", "mine").exception)
        filled = text.replace(",,", ",cold,", 1).replace("\t\t", "\tcold\t", 1)
        path.write_text(filled.replace('"prediction": ""', '"prediction": "cold"', 1))
        done = bench(place, path, "--name", "mine")
        assert "19 empty predictions count as wrong" in done.output


def test_a_template_says_what_to_fill_in_and_what_to_do_then(place: Path) -> None:
    said = " ".join(bench(place, "--template", "-o", place / "form.csv").output.split())
    assert "fill in the column `prediction`: one of warm, cold" in said
    assert "form.csv --task colours --name NAME" in said


def test_a_file_that_takes_the_place_of_another_is_said_to(place: Path) -> None:
    enter(place)
    assert enter(place, lambda gold: "warm").instead == "mine.csv"
    assert enter(place, lambda gold: "warm").instead == ""


def test_the_command_of_an_outside_row_scores_its_file(place: Path) -> None:
    enter(place, note="by hand")
    assert outside(place).cells["colours"].command == (
        "bench score mine.csv --task colours --name mine --note 'by hand' --profile full "
        "--plugins PLUGINS_DIR"
    )


def test_a_template_never_overwrites(place: Path) -> None:
    (place / "form.csv").write_text("filled in")
    done = bench(place, "--template", "-o", place / "form.csv")
    assert "exists already" in str(done.exception)
    assert (place / "form.csv").read_text() == "filled in"


@pytest.mark.parametrize(("limit", "profile"), [(0, "quick"), (None, "quik")])
def test_a_scope_that_is_none_is_refused(limit: int | None, profile: str) -> None:
    with pytest.raises(BenchError, match=r"--limit-test 0|did you mean 'quick'"):
        scope_of(limit, profile)


def test_what_the_board_says_of_a_task_comes_from_what_ran(place: Path) -> None:
    run_majority(place)
    enter(place)
    stored = Store(place / "results").contents().results
    ours = next(s.result for s in stored if s.result.outside is None)
    facts = ours.results[0].data.model_copy(update={"checks": {"removed_in_other_test": 3}})
    results = [
        replace(s, result=with_facts(s.result, facts)) if s.result is ours else s for s in stored
    ]
    [task] = compute(results, []).tasks
    assert task.checks == {"removed_in_other_test": 3}


def with_facts(result: Result, facts: DataFacts) -> Result:
    """The result with other facts of its data."""
    scores = result.results[0].model_copy(update={"data": facts})
    return result.model_copy(update={"results": (scores,)})


def test_the_report_takes_either_name_of_markdown(place: Path) -> None:
    enter(place)
    made = []
    for format in ("md", "markdown"):
        words = ["report", "--results", str(place / "results"), "--format", format, "-o", "-"]
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, done.output
        made.append(done.output)
    assert made[0] == made[1] and made[0].startswith("# Leaderboard")
