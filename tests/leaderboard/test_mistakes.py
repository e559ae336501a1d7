"""Examples of mistakes: which rows, in what words, and whose texts may be shown."""

import base64
import json
import re
import zlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bench.baseline import Prediction
from bench.cli.main import app
from bench.data.prepare import PreparedTask, prepare
from bench.data.source import Source
from bench.leaderboard.board import Leaderboard
from bench.leaderboard.compute import compute
from bench.leaderboard.mistakes.collect import CellMistakes, Mistakes, mistakes
from bench.leaderboard.mistakes.rendering import TEXTS, Shown, short
from bench.outputs import (
    Answer,
    Fields,
    FreeText,
    MultiLabel,
    Output,
    Pair,
    Pairs,
    Regression,
    SingleLabel,
    Span,
    Spans,
)
from bench.outputs.from_spec import output_of
from bench.registry import Registry
from bench.runs.cells.cell import scored_task
from bench.runs.cells.fit_predict import Answers, CellTask
from bench.runs.planning.row_selection import choose
from bench.store.store import Store
from tests.support.fakes import digest, fake_result

TASK = '''"""Made up."""
from bench.outputs import *
from bench.outputs import Pair, Span
from bench.task import Example, Prompt, Task

def load(files):
    found = enumerate({gold})
    rows = [Example(f"r{{n:03d}}", f"text {{n}} " + "x" * 700, gold) for n, gold in found]
    return {{"train": [Example("t", "to learn from", rows[0].target)], "test": rows}}

TASK = Task(name="made", output={output}, load=load, prompt=Prompt(instruction="?"),
            licence={licence!r}, citation="", source="made up")
'''
LABELS = SingleLabel("a", "b", "c")


class Place:
    """A folder with one task and its stored results."""

    def __init__(self, folder: Path) -> None:
        self.plugins, self.results = folder / "plugins", folder / "results"

    def task(self, output: Output, gold: Sequence[Answer], licence: str = "MIT") -> None:
        (self.plugins / "tasks").mkdir(parents=True, exist_ok=True)
        text = TASK.format(output=repr(output), gold=repr(list(gold)), licence=licence)
        (self.plugins / "tasks" / "made.py").write_text(text)

    @property
    def source(self) -> Source:
        return Source([self.plugins], (), True)

    def store(
        self,
        given: Sequence[Prediction],
        baseline: str = "family",
        *,
        seed: int = 0,
        minute: int = 0,
    ) -> None:
        """Score and store predictions, as `bench run` does."""
        material = prepare(["made"], Registry("tasks", [self.plugins]))
        prepared: PreparedTask = material.tasks["made"]
        rows = choose(prepared, None, None, 0)
        part = scored_task(CellTask(prepared.task, rows, prepared.rows), Answers(given), 0, ())
        key = digest(baseline, seed, len(given))
        made = fake_result(
            baseline, "made", scores=part.scores, seed=seed, minute=minute, key=key
        ).result
        store = Store(self.results)
        store.prepare()
        store.write(made, part.files, replace=True)

    def board(self) -> Leaderboard:
        contents = Store(self.results).contents()
        return compute(contents.results, contents.problems)

    def mistakes(self, **options: Any) -> Mistakes:
        return mistakes(self.board(), self.results, **options)

    def only(self, **options: Any) -> CellMistakes:
        [cell] = self.mistakes(**options).cells
        return cell


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def label(value: str | None, *scores: float, raw: str | None = None) -> Prediction:
    status = "ok" if value else "unparsed"
    return Prediction(value, scores or None, raw, status)  # type: ignore[arg-type]


def test_a_wrong_answer_has_its_words_scores_and_raw_output(place: Place) -> None:
    place.task(LABELS, ["a", "b"])
    given = [label("a", 0.9, 0.1, 0.0), label("c", 0.1, 0.2, 0.7, raw="y" * 300)]
    place.store(given)
    cell = place.only()
    [one] = cell.shown
    assert (one.id, one.gold, one.predicted, one.status) == ("r001", "b", "c", "ok")
    assert (one.predicted_score, one.gold_score, one.raw) == (0.7, 0.2, "y" * 200)
    assert (cell.test, cell.total, cell.measured, one.text) == (2, 1, False, "")


def test_kinds_of_mistakes_take_turns_the_most_frequent_first(place: Place) -> None:
    place.task(LABELS, ["a"] * 5 + ["b"])
    place.store([label(value) for value in "bbbcca"])
    shown = place.only(cap=4).shown
    assert [(x.gold, x.predicted) for x in shown] == [
        ("a", "b"),
        ("a", "c"),
        ("b", "a"),
        ("a", "b"),
    ]


def test_the_most_confident_mistake_of_a_kind_comes_first(place: Place) -> None:
    place.task(LABELS, ["a"] * 3)
    place.store([label("b", 0.1, share, 0.1) for share in (0.5, 0.8, 0.6)])
    assert [x.id for x in place.only().shown] == ["r001", "r002", "r000"]


def test_all_are_counted_and_forty_shown(place: Place) -> None:
    place.task(LABELS, ["a"] * 50)
    place.store([label("b")] * 50)
    cell = place.only()
    assert (cell.total, len(cell.shown)) == (50, 40)


def test_what_could_not_be_read_is_a_kind_of_its_own(place: Place) -> None:
    place.task(LABELS, ["a"] * 4)
    place.store([label("b"), label("b"), label("b"), label(None, raw="hm")])
    second = place.only().shown[1]
    assert (second.predicted, second.status, second.raw) == ("", "unparsed", "hm")


def test_it_is_the_first_seed_that_is_shown(place: Place) -> None:
    place.task(LABELS, ["a", "b"])
    for seed, value in ((2, "c"), (1, "b")):
        place.store([label(value), label("b")], seed=seed)
    cell = place.only()
    assert (cell.seed, [x.predicted for x in cell.shown]) == (1, ["b"])


def test_of_numbers_the_largest_errors_are_shown(place: Place) -> None:
    place.task(Regression(0, 1), [0.5, 0.5, 0.5, 0.5])
    values = (0.5, 0.6, 0.1, None)
    place.store([Prediction(v, status="ok" if v else "unparsed") for v in values])
    cell = place.only()
    assert [x.id for x in cell.shown] == ["r003", "r002", "r001"]
    assert (cell.measured, cell.total, cell.shown[1].gold) == (True, 3, "0.50")


def test_of_several_labels_the_scores_are_of_those_wrongly_given_and_missed(place: Place) -> None:
    place.task(MultiLabel("x", "y", "z"), [frozenset({"x", "y"})])
    place.store([Prediction(frozenset({"x", "z"}), (0.9, 0.2, 0.7))])
    [one] = place.only().shown
    assert (one.gold, one.predicted) == ("x, y", "x, z")
    assert (one.predicted_score, one.gold_score) == (0.7, 0.2)


def test_any_reference_of_a_free_text_is_right(place: Place) -> None:
    place.task(FreeText(), [("one", "two"), ("one", "two")])
    place.store([Prediction("two"), Prediction("three")])
    assert [x.predicted for x in place.only().shown] == ["three"]


def test_numbers_beside_other_parts_do_not_make_an_answer_wrong(place: Place) -> None:
    place.task(Fields("{m} {x}", m=SingleLabel("u", "d"), x=Regression(0, 9)), [("u", 1.0)] * 2)
    place.store([Prediction(("u", 5.0)), Prediction(("d", 1.0))])
    assert [x.predicted for x in place.only().shown] == ["m d; x 1.00"]


WORDS: dict[str, tuple[Output, Answer, str, str]] = {
    "spans": (Spans("PER"), (Span(0, 3, "PER"),), "PER 0–3", "[PER] Ada"),
    "no span": (Spans("PER"), (), "none", "none"),
    "pairs": (
        Pairs("what", "which"),
        (Pair(Span(0, 3, "what"), Span(8, 11, "which")),),
        "what 0–3, which 8–11",
        "[FIRST] Ada [SECOND] Bob [END]",
    ),
    "free text": (FreeText(), "Ada met Bob", "", "Ada met Bob"),
    "fields": (
        Fields("{w} {x}", w=FreeText(), x=Spans("P")),
        ("Ada", ()),
        "w ; x none",
        "w Ada; x none",
    ),
}


@pytest.mark.parametrize("case", WORDS)
def test_words_repeat_the_text_only_where_it_may_be_shown(case: str) -> None:
    output, answer, bare, full = WORDS[case]
    assert short(output, answer, Shown()) == bare
    assert short(output, answer, Shown("Ada met Bob.", free=True)) == full


def test_words_are_cut() -> None:
    assert len(short(FreeText(), "long " * 50, Shown(free=True))) == 80


@pytest.mark.parametrize("case", WORDS)
def test_an_answer_space_is_made_again_from_its_description(case: str) -> None:
    output = WORDS[case][0]
    found = output_of(json.loads(json.dumps(output.spec())))
    assert found == output and found.spec() == output.spec()


def wrong(place: Place, licence: str = "CC BY 4.0", rows: int = 25) -> None:
    place.task(LABELS, ["a"] * rows, licence)
    place.store([label("b", raw="the model's words")] * rows)


def test_texts_are_of_the_first_twenty_and_cut(place: Place) -> None:
    wrong(place)
    cell = place.only(texts=place.source)
    assert [len(x.text) for x in cell.shown] == [601] * TEXTS + [0] * 5
    assert (cell.shown[0].text[:8], cell.shown[0].text[-2:]) == ("text 0 x", "x…")
    assert cell.note == (
        "Texts are cut to their first 600 characters. "
        "At most 20 examples are shown with their text."
    )


def test_stretches_are_in_words_wherever_the_text_is_at_hand(place: Place) -> None:
    place.task(Spans("P"), [(Span(0, 4, "P"),)] * 25)
    place.store([Prediction((Span(0, 6, "P"),))] * 25)
    assert {x.gold for x in place.only(texts=place.source).shown} == {"[P] text"}
    bare = place.only()
    assert {x.gold for x in bare.shown} == {"P 0–4"} and "given by position" in bare.note


@pytest.mark.parametrize("licence", ["CC BY-NC 4.0", "not stated", "", "MIT; the texts: see there"])
def test_a_licence_that_forbids_it_keeps_the_texts_out_and_is_named(
    place: Place, licence: str
) -> None:
    wrong(place, licence)
    found = place.mistakes(texts=place.source)
    assert not any(x.text for x in found.cells[0].shown) and found.cells[0].total == 25
    [out] = found.left_out
    assert out.where == "made" and repr(licence) in out.what
    assert f"Texts are left out: its licence reads {licence!r}" in found.cells[0].note


def test_a_licence_that_came_to_forbid_it_keeps_them_out_too(place: Place) -> None:
    wrong(place)
    place.task(LABELS, ["a"] * 25, "none any more")
    assert not place.only(texts=place.source).shown[0].text


def test_rows_that_changed_since_give_no_texts(place: Place) -> None:
    wrong(place)
    place.task(LABELS, ["a"] * 24 + ["b"])
    found = place.mistakes(texts=place.source)
    assert not any(x.text for x in found.cells[0].shown)
    assert found.left_out[0].what.endswith("the data here is not the data that was scored")


def test_a_task_that_is_gone_gives_no_texts(place: Place) -> None:
    wrong(place)
    (place.plugins / "tasks" / "made.py").unlink()
    [out] = place.mistakes(texts=place.source).left_out
    assert "unknown task 'made'" in out.what


def test_without_answers_no_word_of_a_model_is_shown(place: Place) -> None:
    place.task(FreeText(), ["gold"])
    place.store([Prediction("its own words", raw="its own words")])
    [bare], [full] = place.only(answers=False).shown, place.only().shown
    assert (bare.predicted, bare.raw, bare.gold) == ("", "", "gold")
    assert (full.predicted, full.raw) == ("its own words", "its own words")


def test_free_texts_of_a_licence_that_forbids_it_are_left_out(place: Place) -> None:
    place.task(FreeText(), ["gold"], "not stated")
    place.store([Prediction("as in train")])
    [one] = place.only().shown
    assert (one.gold, one.predicted) == ("", "")


RAW = "I would say that the text 'not to be handed on' is b."


@pytest.mark.parametrize("licence", ["CC BY-NC 4.0", "not stated", ""])
def test_where_texts_may_not_be_handed_on_raw_output_is_its_first_24_characters(
    place: Place, licence: str
) -> None:
    place.task(LABELS, ["a", "a"], licence)
    place.store([label("b", 0.2, 0.7, 0.1, raw=RAW), label(None, raw="short")])
    cell = place.only()
    assert [x.raw for x in cell.shown] == ["short", "I would say that the tex…"]
    assert (cell.shown[1].predicted, cell.shown[1].predicted_score) == ("b", 0.7)
    assert "first 24 characters" in cell.note and "licence" in cell.note


def test_where_they_may_raw_output_stays_and_nothing_is_said(place: Place) -> None:
    place.task(LABELS, ["a"], "MIT")
    place.store([label("b", raw=RAW)])
    cell = place.only()
    assert (cell.shown[0].raw, cell.note) == (RAW, "")


def test_a_licence_that_was_another_when_a_row_was_scored_cuts_its_raw_output(place: Place) -> None:
    for minute, licence in enumerate(("MIT", "not stated")):
        place.task(LABELS, ["a"], licence)
        place.store([label("b", raw=RAW)], f"family_{minute}", minute=minute)
    assert [c.shown[0].raw[-1] for c in place.mistakes().cells] == ["…", "…"]


def test_nothing_is_said_of_raw_output_that_is_short_or_not_shown(place: Place) -> None:
    place.task(LABELS, ["a"], "not stated")
    place.store([label("b", raw="x" * 24)])
    assert (place.only().shown[0].raw, place.only().note) == ("x" * 24, "")
    place.store([label("b", raw=RAW)])
    assert (place.only(answers=False).shown[0].raw, place.only(answers=False).note) == ("", "")


TEXTS_IN: dict[str, tuple[Output, Answer, Answer]] = {
    "free text": (FreeText(), "Ada met Bob", "Bob met Ada"),
    "spans": (Spans("PER"), (Span(0, 4, "PER"),), (Span(0, 6, "PER"),)),
    "pairs": (
        Pairs("a", "b"),
        (Pair(Span(0, 4, "a"), Span(5, 6, "b")),),
        (Pair(Span(0, 6, "a"), Span(5, 6, "b")),),
    ),
    "fields": (Fields("{w} {x}", w=FreeText(), x=SingleLabel("u")), ("Ada", "u"), ("Bob", "u")),
}


@pytest.mark.parametrize("case", TEXTS_IN)
@pytest.mark.parametrize("format", ["html", "json", "csv", "md"])
def test_no_report_repeats_an_answer_that_is_of_the_text(
    place: Place, tmp_path: Path, case: str, format: str
) -> None:
    output, gold, given = TEXTS_IN[case]
    place.task(output, [gold], "not stated")
    place.store([Prediction(given, raw=f"its answer, at some length: {RAW}")])
    done = report(place, "--format", format, "-o", str(tmp_path / "found"))
    assert done.exit_code == 0, done.output
    text = (tmp_path / "found").read_text()
    if format == "html":
        text += page_data(text)
    assert not any(words in text for words in ("Ada", "Bob", "text 0", "handed on' is b"))


def test_answers_left_out_are_said_and_stand_as_dashes_on_the_page(
    place: Place, tmp_path: Path
) -> None:
    place.task(FreeText(), ["gold"], "not stated")
    place.store([Prediction("as in train")])
    report(place, "--format", "html", "-o", str(tmp_path / "found"))
    [cell] = json.loads(page_data((tmp_path / "found").read_text()))["mistakes"].values()
    assert (cell["rows"][0]["gold"], cell["rows"][0]["said"]) == ("–", "–")
    assert cell["note"].startswith("Gold and predicted texts are not shown")


def page_data(html: str) -> str:
    """The numbers of a page, unpacked."""
    found = re.search(r'id="data">([^<]*)<', html)
    assert found is not None
    return zlib.decompress(base64.b64decode(found[1])).decode()


def test_a_large_board_has_no_examples_and_says_so(place: Place) -> None:
    wrong(place)
    board = place.board()
    [row] = board.rows
    many = replace(board, rows=tuple(replace(row, id=f"row-{n}") for n in range(201)))
    found = mistakes(many, place.results)
    assert (found.cells, found.note[-8:]) == ((), "has 201.")


def test_a_cell_is_found_by_row_and_task(place: Place) -> None:
    wrong(place)
    [row] = place.board().rows
    found = place.mistakes()
    assert found.of(row.id, "made") is found.cells[0] and found.of(row.id, "other") is None


def test_what_was_damaged_meanwhile_is_left_out_and_said(place: Place) -> None:
    wrong(place)
    board = place.board()
    [file] = place.results.glob("runs/*/predictions-0.parquet")
    file.write_bytes(b"cut")
    found = mistakes(board, place.results)
    assert found.cells == () and found.left_out[0].where == "family on made"


def test_a_skip_has_no_examples(place: Place) -> None:
    store = Store(place.results)
    store.prepare()
    store.write(fake_result(status="skipped", reason="no data", key=digest("skip")).result, {})
    assert place.mistakes() == Mistakes()


def report(place: Place, *words: str) -> Any:
    given = ["report", "--results", str(place.results), "--plugins", str(place.plugins)]
    return CliRunner().invoke(app, [*given, *words])


def test_the_json_report_has_them_and_no_texts(place: Place) -> None:
    wrong(place)
    found = json.loads(report(place, "--format", "json", "-o", "-").stdout)["mistakes"]
    assert found["cells"][0]["total"] == 25 and found["cells"][0]["shown"][0]["text"] == ""


def test_the_command_says_whose_texts_are_left_out(place: Place, tmp_path: Path) -> None:
    wrong(place, "not stated")
    done = report(place, "--format", "html", "--with-texts", "-o", str(tmp_path / "page.html"))
    assert done.exit_code == 0, done.output
    assert "made: its texts are left out: its licence reads 'not stated'" in done.stderr


def test_texts_are_for_the_page_alone(place: Place) -> None:
    wrong(place)
    assert "--format html" in str(report(place, "--format", "json", "--with-texts").exception)
