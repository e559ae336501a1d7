"""The reports: one set of numbers in every format, the same bytes each time, nothing unescaped."""

import base64
import csv
import io
import json
import re
import zlib
from typing import Any

import pytest
from rich.console import Console

from bench.leaderboard.board import Leaderboard
from bench.leaderboard.compute import compute
from bench.leaderboard.wording import format as words
from bench.records import ClassScore, Confusion, ModelFacts
from bench.reports import csv_file as sheet
from bench.reports import markdown
from bench.reports.html import page
from bench.reports.html.payload import payload
from bench.reports.render import render
from bench.reports.tables import board_table as view
from bench.reports.tables.cell_details import details
from bench.reports.terminal import table
from tests.support.fakes import fake_result, fake_scores, fake_store

FORMATS = ("html", "md", "csv", "json")


def board() -> Leaderboard:
    return compute(fake_store(seeds=2), [])


def terminal(found: Leaderboard, *, width: int = 200) -> str:
    console = Console(width=width, file=io.StringIO(), force_terminal=False)
    console.print(table(found))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def loaded(found: Leaderboard) -> list[dict[str, Any]]:
    cells: list[dict[str, Any]] = json.loads(render(found, "json"))["results"]
    return cells


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_results_give_the_same_bytes(format: Any) -> None:
    backwards = compute(fake_store(seeds=2)[::-1], [])
    assert render(board(), format) == render(backwards, format)


@pytest.mark.parametrize("format", FORMATS)
def test_an_empty_board_renders(format: Any) -> None:
    assert render(compute([], []), format)


def test_all_formats_show_the_same_main_scores() -> None:
    found = compute(fake_store(tasks=1, seeds=2), [])
    scores = {words.score(c["scores"][c["main_metric"]]) for c in loaded(found) if c["scores"]}
    lines = csv.DictReader(io.StringIO(render(found, "csv")))
    assert {words.score(float(x["score"])) for x in lines if x["is_main"] == "true"} == scores
    for text in (render(found, "html"), render(found, "md"), terminal(found)):
        assert scores <= set(re.findall(r"\.\d{3}", text))


def test_json_keeps_its_contract() -> None:
    one = next(c for c in loaded(board()) if c["status"] == "done")
    contract = (
        "task version baseline variant limit params seeds status reason main_metric scores "
        "intervals per_class counts cost"
    )
    assert set(contract.split()) <= set(one)
    assert (one["variant"], one["limit"]) == (None, {"train": 128, "test": None})
    assert set(one["per_class"]["good"]) >= {"precision", "recall", "f1", "support"}
    assert set(one["counts"]) == {"test", "unparsed", "refused", "leaked", "cut"}


def test_json_writes_null_for_what_is_not_a_number() -> None:
    scores = fake_scores("reviews", 0.5, scores={"macro_f1": 0.5, "mcc": float("nan")})
    [one] = loaded(compute([fake_result(scores=scores)], []))
    assert one["scores"]["mcc"] is None
    assert one["limit"] is None


def test_failures_and_skips_keep_their_reasons_in_json() -> None:
    bad = {(c["status"], c["reason"]) for c in loaded(board()) if c["status"] != "done"}
    assert ("failed", "MemoryError: 4 GiB were asked for") in bad
    assert ("skipped", "put its files in a folder") in bad


def test_every_line_of_the_csv_has_every_column() -> None:
    lines = list(csv.reader(io.StringIO(render(board(), "csv"))))
    assert {len(line) for line in lines} == {len(sheet.COLUMNS)}


def drawing(*joules: float | None) -> Leaderboard:
    """A board of a row each, whose GPU drew so much."""
    plain = fake_result().result.cost
    assert plain is not None
    costs = [plain.model_copy(update={"energy_joules": drawn}) for drawn in joules]
    return compute([fake_result(f"row_{i}", cost=cost) for i, cost in enumerate(costs)], [])


def test_energy_stands_behind_the_cell_in_the_csv_and_in_the_json() -> None:
    found = drawing(41_000.0)
    (cell,) = details(found)
    assert ("GPU energy, fit and predict", "41.0 kJ") in cell.facts
    assert next(csv.DictReader(io.StringIO(render(found, "csv"))))["energy_joules"] == "41000.0"
    assert loaded(found)[0]["cost"]["energy_joules"] == 41_000.0


def test_processor_time_stands_behind_the_cell_last_in_the_csv_and_in_the_json() -> None:
    plain = fake_result().result.cost
    assert plain is not None
    times = {"fit_cpu_seconds": 12.0, "predict_cpu_seconds": 1.0}
    found = compute([fake_result("lstm", cost=plain.model_copy(update=times))], [])
    (cell,) = details(found)
    assert ("fit, CPU time", "12.0 s") in cell.facts
    lines = list(csv.reader(io.StringIO(render(found, "csv"))))
    names = ["fit_cpu_seconds", "predict_cpu_seconds_per_1000"]
    assert (lines[0][-2:], lines[1][-2:]) == (names, ["12.0", "2.0"])
    assert [loaded(found)[0]["cost"][name] for name in names] == [12.0, 2.0]


def test_older_results_show_no_processor_time() -> None:
    found = drawing(None)
    (cell,) = details(found)
    assert "CPU" not in " ".join(name for name, _ in cell.facts)
    assert next(csv.DictReader(io.StringIO(render(found, "csv"))))["fit_cpu_seconds"] == ""


def test_energy_that_is_not_known_is_not_made_up() -> None:
    found = drawing(None)
    (cell,) = details(found)
    assert "energy" not in str(cell.facts)
    assert next(csv.DictReader(io.StringIO(render(found, "csv"))))["energy_joules"] == ""
    assert loaded(found)[0]["cost"]["energy_joules"] is None


@pytest.mark.parametrize(("joules", "there"), [((5.0, 9.0), True), ((5.0, None), False)])
def test_energy_is_a_cost_of_the_drawing_where_every_row_has_it(
    joules: tuple[float | None, ...], there: bool
) -> None:
    found = payload(drawing(*joules))
    assert ("energy" in found["fronts"], "energy" in found["rows"][0]["cost"]) == (there, there)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " ="])
def test_no_text_in_the_csv_starts_a_formula(start: str) -> None:
    found = compute([fake_result(status="failed", reason=f"{start}cmd|' /C calc'!A0")], [])
    [line] = csv.DictReader(io.StringIO(render(found, "csv"), newline=""))
    assert line["reason"].startswith("'" + start.replace("\r", "\n"))


def test_negative_scores_in_the_csv_stay_numbers() -> None:
    found = compute([fake_result(score=-0.25)], [])
    first = next(csv.DictReader(io.StringIO(render(found, "csv"))))
    assert float(first["score"]) == -0.25


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a|b", r"a\|b"),
        ("<img src=x>", "&lt;img src=x&gt;"),
        ("[x](http://y)", r"\[x\](http\://y)"),
        ("two\nlines", "two lines"),
        ("`code`", r"\`code\`"),
    ],
)
def test_markdown_escapes(text: str, expected: str) -> None:
    assert markdown.escape(text) == expected


def test_markdown_opens_the_board_alone_and_fits_a_comment() -> None:
    text = render(compute(fake_store(tasks=12, seeds=2), []), "md")
    assert len(text) <= markdown.LONGEST
    opened = re.sub(r"<details>.*?</details>", "", text, flags=re.DOTALL)
    assert re.findall("^## (.*)", opened, re.MULTILINE)[:2] == ["Recommendation", "Ranking"]
    assert "results are in the HTML and JSON reports" in text


def test_markdown_folds_what_lies_behind_each_cell_where_there_is_room() -> None:
    text = render(compute([fake_result()], []), "md")
    assert "<details><summary>reviews: naive_bayes</summary>" in text


def test_markdown_tables_keep_their_width_whatever_the_names_hold() -> None:
    found = compute([fake_result("a|b\n| c |", "t|1"), fake_result("d", "t|1")], [])
    scores = render(found, "md").partition("## Ranking")[2]
    grid = [x for x in scores.splitlines() if x.startswith("|")][:4]
    assert len({len(re.findall(r"(?<!\\)\|", line)) for line in grid}) == 1


def test_the_terminal_shows_markup_in_names_as_text() -> None:
    found = compute([fake_result("[red]x[/nope]\x1b[31m", "[bold]t")], [])
    shown = terminal(found)
    assert "[red]x[/nope]" in shown
    assert "[bold]t" in shown
    assert "\x1b" not in shown


def test_a_board_of_many_tasks_and_rows_fits_a_terminal_of_80_columns() -> None:
    names = [f"a_baseline_with_a_name_{i}" for i in range(9)]
    results = [fake_result(n, f"a_task_of_the_suite_{i}") for n in names for i in range(9)]
    lines = terminal(compute(results, []), width=80).splitlines()
    assert any("win rate" in line for line in lines)
    assert all(line.endswith("│") for line in lines if line.startswith("│"))


def test_many_tasks_run_down_the_terminal() -> None:
    lines = terminal(compute(fake_store(tasks=9), [])).splitlines()
    assert sum("│ task_" in line for line in lines) == 9
    assert any("The first 5 of 6 entries" in line for line in lines)


def numbers(text: str) -> dict[str, Any]:
    """What the page's script reads."""
    raw = re.search(r'id="data">([^<]*)<', text)
    assert raw is not None
    found: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(raw[1])))
    return found


def test_a_small_page_holds_every_detail_without_a_script() -> None:
    text = render(board(), "html")
    shown = len(list(details(view.scored(board()))))
    assert text.count('class="behind"') == shown and numbers(text)["cells"] == {}


def test_a_large_page_keeps_details_as_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "FEW", 2)
    text = render(board(), "html")
    assert len(numbers(text)["cells"]) == len(list(details(view.scored(board()))))
    assert "Without JavaScript" in text and 'class="behind"' not in text


def test_the_script_reads_the_numbers_of_the_board() -> None:
    found, shown = numbers(render(board(), "html")), view.scored(board())
    main = [
        [None if c is None else c[t.main_metric][0] for c, t in zip(line, shown.tasks, strict=True)]
        for line in found["scores"]
    ]
    wanted = [
        [
            round(c.scores[c.main_metric], 4) if c is not None and c.status == "done" else None
            for c in (row.cells.get(t.name) for t in shown.tasks)
        ]
        for row in shown.rows
    ]
    assert main == wanted


def test_the_page_has_no_inline_handlers_styles_or_addresses() -> None:
    text = render(board(), "html").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"\son\w+=|\sstyle=|https?://|\ssrc=", text)


def test_large_confusions_list_the_most_frequent_mistakes() -> None:
    labels = tuple(f"label {i:02d}" for i in range(30))
    counts = tuple((i, (i + 1) % 30, i + 1) for i in range(30))
    wide = Confusion(rows=labels, columns=labels, cells=counts)
    scores = fake_scores("reviews", 0.5, labels=labels, confusion=wide)
    [one] = details(compute([fake_result(scores=scores)], []))
    assert one.tables[-1].lines[0] == ("label 29", "label 00", "30")


def test_scores_without_leaked_rows_stand_beside_the_others() -> None:
    scores = fake_scores("reviews", 0.8, scores_without_leaks={"macro_f1": 0.7})
    [one] = details(compute([fake_result(scores=scores)], []))
    assert one.tables[0].lines[0][-1] == ".700"


def test_labels_with_odd_names_stay_apart() -> None:
    odd = {n: ClassScore(precision=1, recall=1, f1=1, support=3) for n in ("constructor", "")}
    scores = fake_scores("reviews", 0.8, per_class=odd, labels=("constructor", "x"))
    [one] = details(compute([fake_result(scores=scores)], []))
    assert [line[0] for line in one.tables[1].lines] == ["constructor", ""]


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (words.score(0.8394), ".839"),
        (words.score(-0.05), "−.050"),
        (words.score(1.0), "1.000"),
        (words.score(0.9999), "1.000"),
        (words.score(float("nan")), "–"),
        (words.score(12.5), "12.500"),
        (words.seconds(0.0032), "3.2 ms"),
        (words.seconds(90.0), "90.0 s"),
        (words.seconds(100.0), "1.7 min"),
        (words.seconds(600.0), "10 min"),
        (words.size(1536), "1.5 KiB"),
        (words.size(1048575), "1.0 MiB"),
        (words.number(134_500_000), "134 M"),
    ],
)
def test_numbers_read_well(shown: str, expected: str) -> None:
    assert shown == expected


MODEL = ModelFacts(
    name="tiny", of="nobody/tiny", revision="made-up 1", sha256={"w": "beef"}, parameters=22_700_000
)


def test_the_model_that_ran_is_named_with_its_size_in_every_format() -> None:
    found = compute([fake_result("bert", model=MODEL)], [])
    shown = [terminal(found), *(render(found, format) for format in FORMATS)]
    assert ["tiny" in text for text in shown] == [True] * len(shown)
    assert "22.7 M parameters" in render(found, "html")


def test_the_weights_hash_stands_behind_the_cell() -> None:
    (detail,) = details(compute([fake_result("bert", model=MODEL)], []))
    assert dict(detail.facts)["weights"] == "nobody/tiny, made-up 1; w sha256 beef"


def test_the_learning_history_of_the_first_seed_stands_behind_the_cell() -> None:
    rows = ({"epoch": 1.0, "train_loss": 0.5}, {"epoch": 2.0, "train_loss": 0.25, "other": 3.0})
    results = [fake_result(seed=1), fake_result(seed=0, history=rows)]
    (detail,) = details(compute(results, []))
    (found,) = [t for t in detail.tables if t.caption.startswith("Training history")]
    assert found.caption == "Training history (seed 0)"
    assert found.lines == (("1", ".500", "–"), ("2", ".250", "3.000"))


def test_rows_of_two_recipes_stay_apart() -> None:
    found = compute([fake_result("bert", recipe=recipe) for recipe in ("quick", "")], [])
    assert {words.title(row) for row in found.rows} == {"bert", "bert (quick recipe)"}
