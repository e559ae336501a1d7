"""The other readouts from stored results to every report: merged over seeds, the same numbers."""

import csv
import io
import json
import re
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console
from rich.table import Table

from bench.leaderboard.board import Cell, Leaderboard
from bench.leaderboard.compute import compute
from bench.leaderboard.merging.readouts import without_answers
from bench.models.refusals import RULE
from bench.records import Counts, Irregular, ModelFacts, ReadoutScores
from bench.reports import terminal
from bench.reports.render import render
from bench.reports.tables import cell_details as details
from bench.reports.tables import readouts
from bench.store.store import StoredResult
from tests.support.fakes import fake_greedy, fake_multi, fake_result, fake_sample, fake_scores

SMALL = ModelFacts(
    name="tiny", of="o/Tiny", revision="1", sha256={}, parameters=135_000_000, stand_in_for="Big"
)


def talked(
    baseline: str = "qlora", *, seed: int = 0, cut: int = 0, task: str = "reviews", **found: Any
) -> StoredResult:
    """A language model's result with these readouts; a greedy one unless others are given."""
    parts: dict[str, ReadoutScores] = found or {"greedy": fake_greedy()}
    scores = fake_scores(task, 0.7, readouts=parts, counts=Counts(test=200, cut=cut))
    return fake_result(baseline, task, 0.7, scores=scores, seed=seed)


def board(*results: StoredResult) -> Leaderboard:
    return compute(results, [])


def only(*results: StoredResult) -> Cell:
    [row] = board(*results).rows
    return row.cells["reviews"]


def shown(found: Leaderboard, format: str) -> str:
    if format != "terminal":
        return render(found, format)  # type: ignore[arg-type]
    console = Console(width=250, file=io.StringIO(), force_terminal=False)
    console.print(terminal.everything(found))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_readouts_over_seeds_are_means_of_scores_and_sums_of_counts() -> None:
    seeds = [talked(seed=i, greedy=fake_greedy(s, foreign=i)) for i, s in enumerate((0.4, 0.6))]
    found = only(*seeds).readouts["greedy"]
    assert found.scores["macro_f1"] == pytest.approx(0.5)
    assert (found.unparsed, found.refused, found.foreign, found.answers) == (6, 4, 1, 400)
    assert found.irregular_rate == 10 / 400
    assert found.irregular[0] == Irregular(answer="bad, or good", refused=False, count=6)


def test_drawn_answers_over_seeds_keep_the_spread_over_draws() -> None:
    seeds = [talked(seed=i, sample=fake_sample(0.5, sd)) for i, sd in enumerate((0.03, 0.04))]
    found = only(*seeds).readouts["sample"]
    assert found.sd["macro_f1"] == pytest.approx((0.0025 / 2) ** 0.5)
    assert found.answers == 1200


def test_a_readout_that_one_seed_lacks_is_not_shown() -> None:
    assert only(talked(), talked(seed=1, sample=fake_sample())).readouts == {}


def test_irregular_answers_beyond_the_listed_ones_stay_counted_over_seeds() -> None:
    def many(seed: int) -> ReadoutScores:
        answers = [Irregular(answer=f"{seed} {i}", refused=False, count=1) for i in range(20)]
        return fake_greedy(irregular=tuple(answers), irregular_rest=5)

    found = only(*(talked(seed=i, greedy=many(i)) for i in (0, 1))).readouts["greedy"]
    assert (len(found.irregular), found.irregular_rest) == (20, 30)


def test_texts_that_were_cut_are_counted_once_for_all_seeds() -> None:
    counts = only(talked(cut=3), talked(cut=3, seed=1)).counts
    assert counts is not None and counts.cut == 3


def test_one_line_a_cell_and_no_column_that_nobody_fills() -> None:
    table = readouts.readouts(board(talked(cut=4), fake_result()))
    [line] = table.lines
    told = dict(zip(table.head, (line.name, *line.words), strict=True))
    assert told == {
        "baseline": "qlora",
        "task": "reviews",
        "metric": "macro_f1",
        "by likelihood": ".700",
        "greedy": ".600",
        "greedy accuracy": ".700",
        "unreadable": "2.5% (5 of 200)",
        "refused": "2",
        "truncated texts": "4",
    }


def test_answers_of_another_task_and_drawn_answers_have_columns_where_there_are_any() -> None:
    greedy = fake_greedy(foreign=1)
    table = readouts.readouts(board(talked(greedy=greedy, sample=fake_sample()), talked("other")))
    assert table.head[-3:] == ("label of another task", "truncated texts", "sample, mean ± sd")
    assert [x.words[-1] for x in table.lines if x.name == "qlora"] == [".500 ± .020"]


def full() -> Leaderboard:
    """A board with everything that this page is about."""
    one = talked("qlora", greedy=fake_greedy(0.612, foreign=1), sample=fake_sample(0.513, 0.027))
    other = talked("qlora", task="other", greedy=fake_greedy(0.634))
    both = [talked("qlora_multi", task=t, cut=17) for t in ("reviews", "other")]
    return board(one, other, fake_multi(*both))


@pytest.mark.parametrize("format", ["html", "md", "terminal"])
def test_every_report_shows_the_numbers_of_the_json_report(format: str) -> None:
    text, data = shown(full(), format).replace("\\", ""), json.loads(render(full(), "json"))
    readout = next(c["readouts"] for c in data["results"] if "sample" in c["readouts"])
    greedy, sample = readout["greedy"], readout["sample"]
    expected = [
        f"{greedy['scores']['macro_f1']:.3f}"[1:],
        f"{greedy['irregular_rate']:.1%} (5 of {greedy['answers']})",
        f"{sample['scores']['macro_f1']:.3f} ± {sample['sd']['macro_f1']:.3f}".replace("0.", "."),
    ]
    assert [words for words in expected if words not in text] == []
    assert len(re.findall(r"\[−?\.\d{3}, −?\.\d{3}\]", text)) >= len(data["twins"]) == 2
    assert " ".join(RULE.split()[:5]) in " ".join(text.split())


def test_the_csv_report_has_the_numbers_of_the_json_report() -> None:
    lines = list(csv.DictReader(io.StringIO(render(full(), "csv"))))
    data = json.loads(render(full(), "json"))
    main = {(x["baseline"], x["task"]): x for x in lines if x["is_main"] == "true"}
    one, multi = main["qlora", "reviews"], main["qlora_multi", "reviews"]
    readout = next(c["readouts"] for c in data["results"] if "sample" in c["readouts"])
    assert float(one["greedy"]) == readout["greedy"]["scores"]["macro_f1"]
    assert float(one["greedy_irregular_rate"]) == readout["greedy"]["irregular_rate"]
    assert (one["greedy_refused"], one["greedy_foreign"], multi["cut"]) == ("2", "1", "17")
    assert float(one["sample_sd"]) == readout["sample"]["sd"]["macro_f1"]
    twin = next(t for t in data["twins"] if t["task"] == "reviews")
    assert float(multi["multi_minus_single"]) == twin["difference"]
    assert float(multi["multi_minus_single_low"]) == twin["interval"][0]


def test_no_report_speaks_of_readouts_where_no_model_has_any() -> None:
    found = board(fake_result())
    assert not any(readouts.READOUTS in shown(found, f) for f in ("html", "md", "terminal"))


def test_irregular_answers_stand_behind_their_cell_by_value() -> None:
    [one] = details.details(board(talked(greedy=fake_greedy(irregular_rest=4))))
    [table] = [t for t in one.tables if t.caption.startswith("Unreadable")]
    assert table.lines == (
        ("bad, or good", "unparsed", "3"),
        ("I cannot answer.", "refused", "2"),
        ("all others", "", "4"),
    )


def test_a_board_without_answers_counts_them_all_the_same() -> None:
    bare = without_answers(board(talked(greedy=fake_greedy(irregular_rest=4))))
    [one] = details.details(bare)
    [table] = [t for t in one.tables if t.caption.startswith("Unreadable")]
    assert table.lines == (("all others", "", "9"),)
    assert not any("bad, or good" in shown(bare, f) for f in ("html", "md", "csv", "json"))


LONG = "Text: a review of twelve words that nobody may hand on. I do not know"


def forbidden(*answers: tuple[str, int], seed: int = 0) -> StoredResult:
    """Irregular answers on a task whose licence lets nobody hand its texts on."""
    listed = tuple(Irregular(answer=a, refused=False, count=n) for a, n in answers)
    parts = {"greedy": fake_greedy(irregular=listed)}
    scores = fake_scores("reviews", 0.7, readouts=parts, licence="not stated")
    return fake_result("qlora", "reviews", 0.7, scores=scores, seed=seed)


@pytest.mark.parametrize("format", ["html", "md", "json", "csv", "terminal"])
def test_where_texts_may_not_be_handed_on_no_report_has_a_long_irregular_answer(
    format: str,
) -> None:
    text = shown(board(forbidden((LONG, 2))), format)
    assert "twelve words" not in text
    assert ("cut to their first 24 characters" in text) == (format in ("html", "md", "json"))


def test_cut_answers_that_begin_alike_are_counted_together() -> None:
    found = only(forbidden((LONG, 2), (f"{LONG}, really", 1)), forbidden((LONG, 4), seed=1))
    [one] = found.readouts["greedy"].irregular
    assert (one.answer, one.count) == ("Text: a review of twelve…", 7)


def test_short_irregular_answers_stay_and_nothing_is_said_of_them() -> None:
    greedy = only(forbidden(("bad, or good", 3))).readouts["greedy"]
    assert (greedy.irregular[0].answer, greedy.irregular_note) == ("bad, or good", "")


def test_where_texts_may_be_handed_on_irregular_answers_stay_whole() -> None:
    long = Irregular(answer=LONG, refused=False, count=1)
    greedy = only(talked(greedy=fake_greedy(irregular=(long,)))).readouts["greedy"]
    assert (greedy.irregular, greedy.irregular_note) == ((long,), "")


def test_a_board_without_answers_says_nothing_of_a_cut() -> None:
    bare = without_answers(board(forbidden((LONG, 2))))
    assert "24 characters" not in shown(bare, "md")


def test_what_a_model_wrote_never_becomes_markup() -> None:
    evil = Irregular(answer="</td><script>alert(1)</script>|[x](http://y)", refused=False, count=1)
    found = board(talked(greedy=fake_greedy(irregular=(evil,))))
    assert "<script>alert" not in shown(found, "html") + shown(found, "md")
    assert r"\|\[x\](http\://y)" in shown(found, "md")


def test_a_terminal_shows_the_first_cells_and_says_so() -> None:
    found = board(*(talked(f"family_{i:02d}") for i in range(terminal.FEW_LINES + 3)))
    text = " ".join(shown(found, "terminal").split())
    assert f"The first {terminal.FEW_LINES} of {terminal.FEW_LINES + 3}" in text


def test_a_small_model_is_called_a_stand_in() -> None:
    found = board(fake_result("qlora", model=SMALL))
    expected = (
        "qlora ran with tiny (o/Tiny, 135 M parameters), a small stand-in for Big: "
        "its scores say nothing of Big's."
    )
    assert expected in found.limits
    assert all("a stand-in for Big" in shown(found, f) for f in ("html", "md", "terminal"))


def test_families_with_one_stand_in_share_a_sentence() -> None:
    found = board(fake_result("qlora", model=SMALL), fake_result("zero", model=SMALL))
    assert [s for s in found.limits if s.startswith("qlora and zero ran with tiny")]


def test_a_large_model_is_no_stand_in() -> None:
    large = SMALL.model_copy(update={"stand_in_for": ""})
    assert not any("stand-in" in s for s in board(fake_result("qlora", model=large)).limits)


def test_rows_of_one_baseline_are_told_apart_and_others_named_shortly() -> None:
    ranks = [talked(greedy=fake_greedy()), talked("other")]
    other = ranks[0].result.model_copy(update={"key": "k", "params": {"rank": 8}})
    lines = readouts.readouts(board(*ranks, replace(ranks[0], result=other))).lines
    assert sorted((x.name, x.about) for x in lines) == [
        ("other", ""),
        ("qlora", ""),
        ("qlora", "rank=8"),
    ]


def test_every_column_of_the_terminals_tables_has_a_heading() -> None:
    tables = [t for t in terminal.everything(board(talked())).renderables if isinstance(t, Table)]
    assert readouts.READOUTS in [t.title for t in tables]
    assert all(column.header for t in tables for column in t.columns)
