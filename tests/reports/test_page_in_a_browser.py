"""The page in Chromium, as people use it: sort, filter, look behind a score, compare, print."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.leaderboard.compute import compute
from bench.leaderboard.mistakes.collect import CellMistakes, Mistake, Mistakes
from bench.records import Reliability, ScoreCurve
from bench.reports.html import page
from bench.reports.render import render
from tests.support.fakes import fake_result, fake_scores, fake_store

PICTURES = Path("screenshots")
"""Pictures of the page, kept for a person to look at; git ignores them."""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of three tasks, one of another suite, with curves and right answers."""
    curve = ScoreCurve(
        label="good",
        rows=200,
        positives=100,
        roc=((0, 0), (0.2, 0.8), (1, 1)),
        pr=((0, 1), (1, 0.5)),
    )
    bins = Reliability(bins=((0, 0.0, 0.0),) * 9 + ((200, 0.95, 0.7),), error=0.25)
    results = []
    for i, stored in enumerate(fake_store()):
        run = stored.result
        right = np.random.default_rng(i).random(200) < 0.8
        scores = tuple(
            s.model_copy(
                update={
                    "curves": (curve,),
                    "reliability": bins,
                    "right": np.packbits(right).tobytes().hex(),
                    "suite": "second" if s.task == "task_2" else "first",
                }
            )
            for s in run.results
        )
        results.append(replace(stored, result=run.model_copy(update={"results": scores})))
    path = tmp_path_factory.mktemp("page") / "leaderboard.html"
    path.write_text(render(compute(results, []), "html"), encoding="utf-8", newline="")
    return path


def opened(browser: Any, file: Path, fragment: str = "", **context: Any) -> Any:
    found = browser.new_context(**context).new_page()
    found.errors = []
    found.on("pageerror", lambda error: found.errors.append(str(error)))
    found.on("console", lambda message: found.errors.append(message.text))
    found.goto(file.as_uri() + fragment)
    if context.get("java_script_enabled", True):
        found.wait_for_selector("html.scripted")
    return found


LONG = "https://example.org/" + "x" * 600
SHOWN = Mistake(
    id="a-long-name-of-a-row/" + "9" * 60,
    gold="good",
    predicted="bad",
    status="ok",
    place=0,
    predicted_score=0.9,
    gold_score=0.1,
    text=LONG,
    pair=LONG,
)


@pytest.mark.parametrize("width", [375, 1280])
def test_long_texts_of_mistakes_wrap(browser: Any, tmp_path: Path, width: int) -> None:
    board = compute([fake_result()], [])
    task, row = board.tasks[0].name, board.rows[0].id
    numbers: dict[str, Any] = {"seed": 0, "test": 9, "total": 1, "measured": False}
    cell = CellMistakes(row=row, task=task, shown=(SHOWN,), note="What is cut.", **numbers)
    path = tmp_path / "page.html"
    path.write_text(render(board, "html", Mistakes(cells=(cell,))), encoding="utf-8", newline="")
    seen = opened(browser, path, f"#cell={row}-0", viewport={"width": width, "height": 800})
    found = seen.locator("dialog .mistakes")
    assert "second text: https" in found.inner_text() and "What is cut." in found.inner_text()
    boxes = "e => [...e.querySelectorAll('.wide')].every(w => w.scrollWidth <= w.clientWidth)"
    assert found.evaluate(boxes) and found.evaluate("e => e.scrollWidth <= e.clientWidth")
    assert found.locator("td").first.bounding_box()["width"] > 200
    assert seen.errors == []


def names(seen: Any) -> list[str]:
    return [e.inner_text() for e in seen.query_selector_all(".board tbody tr:not([hidden]) .name")]


def test_a_click_on_a_task_sorts_by_it_and_a_second_turns_it_round(
    browser: Any, file: Path
) -> None:
    seen = opened(browser, file)
    seen.click("th[data-task='0'] button")
    first = names(seen)
    assert first[:3] == ["naive_bayes", "lstm", "naive_bayes"] and first[-1] == "bert"
    seen.click("th[data-task='0'] button")
    assert names(seen)[0] == "majority" and names(seen)[-1] == "bert"
    assert seen.get_attribute("th[data-task='0']", "aria-sort") == "ascending"


def test_a_sort_moves_only_the_rows_that_are_out_of_place(browser: Any, file: Path) -> None:
    seen = opened(browser, file)
    before = [row.get_attribute("id") for row in seen.query_selector_all(".board tbody tr")]
    seen.evaluate(WATCHED)
    seen.click("th[data-task='0'] button")
    after = [row.get_attribute("id") for row in seen.query_selector_all(".board tbody tr")]
    moved = set(seen.evaluate("window.moved"))
    stayed = [row for row in after if row not in moved]
    assert 0 < len(moved) < len(after) and after != before
    assert stayed == [row for row in before if row not in moved]


WATCHED = """() => {
  window.moved = [];
  const note = (changes) => changes.forEach((c) => c.addedNodes.forEach((n) => moved.push(n.id)));
  new MutationObserver(note).observe(document.querySelector(".board tbody"), { childList: true });
}"""
"""Keeps the ids of the rows that are put anywhere from now on."""


def test_each_line_under_a_score_stands_by_itself(browser: Any, file: Path) -> None:
    seen = opened(browser, file)
    cell = seen.query_selector(".board td.best:has(.tie)")
    score, interval, rank = cell.inner_text().split("\n")
    assert score.endswith("=") and interval.startswith("[") and rank.startswith("rank 1")


def test_a_suite_hides_the_tasks_of_others(browser: Any, file: Path) -> None:
    seen = opened(browser, file)
    seen.select_option("#suite", "second")
    shown = seen.query_selector_all("th[data-task]:not([hidden])")
    assert [e.inner_text().split()[0] for e in shown] == ["task_2"]
    assert seen.inner_text("#shown") == "6 of 6 entries, 1 of 3 tasks"


def test_words_narrow_the_rows_and_all_of_them_come_back(browser: Any, file: Path) -> None:
    seen = opened(browser, file)
    seen.fill("#rows-with", "bayes")
    assert set(names(seen)) == {"naive_bayes"}
    seen.click("#all")
    assert len(names(seen)) == 6


def test_a_hidden_row_is_gone_until_it_is_asked_for(browser: Any, file: Path) -> None:
    seen = opened(browser, file)
    seen.click("button.hide >> nth=0")
    assert len(names(seen)) == 5
    seen.click("#all")
    assert len(names(seen)) == 6


def test_another_metric_takes_the_place_of_the_main_one(browser: Any, file: Path) -> None:
    seen = opened(browser, file)
    seen.select_option("#metric", "mcc")
    assert seen.inner_text("th[data-task='0'] small") == "mcc"
    assert ".605" in seen.inner_text(".board tbody tr:has-text('lstm') td[data-task] >> nth=0")
    seen.select_option("#metric", "")
    assert ".705" in seen.inner_text(".board tbody tr:has-text('lstm') td[data-task] >> nth=0")


def test_a_view_is_kept_in_its_address(browser: Any, file: Path) -> None:
    seen = opened(browser, file)
    seen.select_option("#suite", "first")
    seen.click("th[data-task='1'] button")
    again = opened(browser, file, "#" + seen.url.partition("#")[2])
    assert names(again) == names(seen)
    assert again.inner_text("#shown") == "6 of 6 entries, 2 of 3 tasks"


def test_a_score_opens_what_lies_behind_it_and_escape_closes_it(browser: Any, file: Path) -> None:
    seen = opened(browser, file)
    seen.click(".board td.best a")
    shown = seen.inner_text("dialog")
    assert "Confusion matrix" in shown and "expected calibration error .250" in shown
    assert len(seen.query_selector_all("dialog .plot")) == 3
    seen.keyboard.press("Escape")
    assert not seen.query_selector("dialog[open]")
    assert seen.evaluate("document.activeElement.tagName") == "A"


def test_the_panel_of_a_large_page_shows_the_same_tables(
    browser: Any, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = opened(browser, file)
    monkeypatch.setattr(page, "FEW", 0)
    path = tmp_path / "large.html"
    path.write_text(render(compute(fake_store(), []), "html"), encoding="utf-8", newline="")
    large = opened(browser, path)
    for seen in (small, large):
        seen.click(".board td.best a")
    wanted = [e.inner_text() for e in small.query_selector_all("dialog table")]
    assert [e.inner_text() for e in large.query_selector_all("dialog table")] == wanted
    assert large.query_selector("#behind") is None


def test_two_rows_are_compared_with_the_paired_test(browser: Any, file: Path) -> None:
    seen = opened(browser, file)
    seen.select_option("#a", label=seen.query_selector_all("#a option")[0].inner_text())
    second = seen.query_selector_all("#b option")[3].inner_text()
    seen.select_option("#b", label=second)
    assert "lstm better" in seen.inner_text("#pairs")
    lines = seen.query_selector_all("#pairs tbody tr")
    assert [line.query_selector("th").inner_text() for line in lines] == [
        "task_0",
        "task_1",
        "task_2",
    ]
    told = seen.inner_text("#pairs > p")
    assert told.startswith("By their means, ") and "On tasks like these: " in told
    assert "% better" in told and "% within 2 points" in told and told.endswith("% worse.")


def test_the_drawing_of_cost_and_quality_leads_to_the_rows(browser: Any, file: Path) -> None:
    seen = opened(browser, file)
    assert len(seen.query_selector_all("#scatter circle")) >= 4
    seen.select_option("#y", "1")
    seen.focus("#scatter a >> nth=0")
    seen.keyboard.press("Enter")
    assert seen.query_selector("tr.met") is not None


def overlap(one: Any, other: Any) -> bool:
    """Whether two elements stand over each other."""
    a, b = one.bounding_box(), other.bounding_box()
    wide = min(a["x"] + a["width"], b["x"] + b["width"]) - max(a["x"], b["x"])
    high = min(a["y"] + a["height"], b["y"] + b["height"]) - max(a["y"], b["y"])
    return bool(wide > 0 and high > 0)


Drawn = Callable[[Mapping[str, tuple[float, float]]], tuple[list[Any], list[Any]]]


@pytest.fixture
def drawn(browser: Any, tmp_path: Path) -> Drawn:
    """The names and the points that are drawn of rows with their seconds and score."""
    cost = fake_result().result.cost
    assert cost is not None

    def draw(rows: Mapping[str, tuple[float, float]]) -> tuple[list[Any], list[Any]]:
        runs = [
            fake_result(name, score=score, cost=cost.model_copy(update={"fit_seconds": seconds}))
            for name, (seconds, score) in rows.items()
        ]
        path = tmp_path / "leaderboard.html"
        path.write_text(render(compute(runs, []), "html"), encoding="utf-8", newline="")
        seen = opened(browser, path, "#y=0")
        every = seen.query_selector_all
        return every("#scatter a text"), every("#scatter circle")

    return draw


def test_names_in_the_drawing_cover_neither_points_nor_one_another(drawn: Drawn) -> None:
    rows = {"cheap": (0.1, 0.1), "left": (5.0, 0.6), "right": (8.0, 0.6), "above": (6.0, 0.64)}
    names, points = drawn(rows)
    assert len(names) == len(points) == len(rows)
    assert not [1 for name in names for point in points if overlap(name, point)]
    assert not [1 for i, one in enumerate(names) for other in names[:i] if overlap(one, other)]


def test_of_two_rows_at_one_point_of_the_drawing_one_is_named(drawn: Drawn) -> None:
    rows = {"cheap": (0.1, 0.1)} | dict.fromkeys(
        ("a_long_name_here", "a_long_name_too"), (5.0, 0.6)
    )
    names, points = drawn(rows)
    assert len(points) == 3 and "a_long_name" in " ".join(name.text_content() for name in names)


@pytest.mark.parametrize(("joules", "axis"), [(5e4, "energy"), (None, "total")])
def test_energy_can_be_drawn_where_it_is_known(
    browser: Any, tmp_path: Path, joules: float | None, axis: str
) -> None:
    cost = fake_result().result.cost
    assert cost is not None
    cost = cost.model_copy(update={"energy_joules": joules})
    runs = [fake_result("majority", score=0.5, cost=cost), fake_result(cost=cost)]
    path = tmp_path / "leaderboard.html"
    path.write_text(render(compute(runs, []), "html"), encoding="utf-8", newline="")
    seen = opened(browser, path, "#x=energy&y=0")
    assert seen.input_value("#x") == axis
    assert ("50.0 kJ" in seen.inner_text("#front")) == (joules is not None)
    assert seen.errors == []


def test_the_keyboard_alone_sorts_opens_and_closes(browser: Any, file: Path) -> None:
    seen = opened(browser, file)
    seen.focus("th[data-task='0'] button")
    seen.keyboard.press("Enter")
    assert seen.get_attribute("th[data-task='0']", "aria-sort") == "descending"
    seen.focus(".board td.best a")
    seen.keyboard.press("Enter")
    assert seen.evaluate("document.activeElement.closest('dialog') !== null")
    seen.keyboard.press("Escape")
    assert seen.query_selector("dialog[open]") is None


def test_the_keyboard_goes_on_from_where_a_link_leads(browser: Any, file: Path) -> None:
    seen = opened(browser, file)
    seen.focus("nav a[href='#compare']")
    seen.keyboard.press("Enter")
    seen.keyboard.press("Tab")
    assert seen.evaluate("document.activeElement.id") == "a"


def test_what_is_downloaded_has_every_score(browser: Any, file: Path) -> None:
    seen = opened(browser, file)
    with seen.expect_download() as waiting:
        seen.click("#csv")
    lines = Path(waiting.value.path()).read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1 + 2 * 3 * 5
    assert any(line.startswith("lstm,") and ",task_0,macro_f1,0.705," in line for line in lines)


def test_the_json_that_is_downloaded_names_rows_tasks_and_figures(browser: Any, file: Path) -> None:
    seen = opened(browser, file)
    with seen.expect_download() as waiting:
        seen.click("#json")
    found = json.loads(Path(waiting.value.path()).read_text(encoding="utf-8"))
    [lstm] = [row for row in found["rows"] if row["name"] == "lstm"]
    assert lstm["cells"][0]["task"] == "task_0"
    assert lstm["cells"][0]["scores"]["macro_f1"]["score"] == 0.705
    ids = {row["id"] for row in found["rows"]}
    assert all({one["first"], one["second"]} <= ids for one in found["contests"])


def test_the_methods_and_the_latex_table_are_there_to_be_copied(browser: Any, file: Path) -> None:
    seen = opened(browser, file)
    seen.click("summary:has-text('LaTeX')")
    assert "\\begin{tabular}" in seen.input_value("#latex")
    assert "Holm" in seen.input_value("#methods")
    seen.click("button[data-copy=latex]")
    seen.wait_for_selector("button[data-copy=latex]:has-text('Ctrl+C'), :text('Copied')")


@pytest.mark.parametrize("width", [375, 1300])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_any_width_and_keeps_its_picture(
    browser: Any, file: Path, width: int, scheme: str
) -> None:
    seen = opened(browser, file, color_scheme=scheme, viewport={"width": width, "height": 800})
    PICTURES.mkdir(exist_ok=True)
    seen.screenshot(path=PICTURES / f"page-{scheme}-{width}.png", full_page=True)
    assert seen.evaluate("document.documentElement.scrollWidth") <= width
    assert seen.errors == []


def test_a_phone_shows_all_advice_and_two_scores_without_scrolling(
    browser: Any, file: Path
) -> None:
    seen = opened(browser, file, viewport={"width": 375, "height": 800})
    right = "e => e.getBoundingClientRect().right"
    advice = seen.query_selector_all(".take td:not(.none)")
    assert len(advice) > 3 and max(cell.evaluate(right) for cell in advice) <= 375
    shown = [c for c in seen.query_selector_all(".board tbody tr:first-child td") if c.is_visible()]
    assert [cell.evaluate(right) <= 375 for cell in shown[:2]] == [True, True]


def test_the_dark_page_is_dark(browser: Any, file: Path) -> None:
    seen = opened(browser, file, color_scheme="dark")
    colour = seen.evaluate("getComputedStyle(document.body).backgroundColor")
    assert max(int(part) for part in colour[4:-1].split(",")) < 60


def test_it_prints_without_its_controls(browser: Any, file: Path, tmp_path: Path) -> None:
    seen = opened(browser, file)
    seen.emulate_media(media="print")
    assert not seen.is_visible("#tools") and seen.is_visible(".board")
    assert seen.evaluate("getComputedStyle(document.querySelector('.wide')).contain") == "none"
    PICTURES.mkdir(exist_ok=True)
    seen.pdf(path=PICTURES / "page.pdf")
    assert (PICTURES / "page.pdf").read_bytes().startswith(b"%PDF")


def test_without_javascript_the_table_and_what_lies_behind_it_are_readable(
    browser: Any, file: Path
) -> None:
    seen = opened(browser, file, java_script_enabled=False)
    assert ".705" in seen.inner_text(".board")
    assert not seen.is_visible("#tools")
    seen.click("#behind summary:has-text('lstm') >> nth=0")
    assert "Scores per label" in seen.inner_text("#behind")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: Any, file: Path, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is missing")
    seen = opened(browser, file, color_scheme=scheme)
    found = axe.Axe().run(seen).response["violations"]
    seen.click(".board td.best a")
    found += axe.Axe().run(seen).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in SERIOUS] == []


SERIOUS = ("serious", "critical")


def test_a_board_of_one_row_and_one_task_opens(browser: Any, tmp_path: Path) -> None:
    path = tmp_path / "one.html"
    one = fake_result(scores=fake_scores("reviews", 0.8))
    path.write_text(render(compute([one], []), "html"), encoding="utf-8", newline="")
    assert opened(browser, path).errors == []


def test_an_empty_board_opens(browser: Any, tmp_path: Path) -> None:
    path = tmp_path / "none.html"
    path.write_text(render(compute([], []), "html"), encoding="utf-8", newline="")
    assert opened(browser, path).errors == []


def test_predictions_are_links_where_the_results_lie_beneath_the_page(
    browser: Any, tmp_path: Path
) -> None:
    board = compute([fake_result()], [])
    for results, links in (("results/", 1), (None, 0)):
        path = tmp_path / "page.html"
        path.write_text(render(board, "html", None, results), encoding="utf-8", newline="")
        seen = opened(browser, path)
        seen.click(".board td a")
        assert len(seen.query_selector_all("dialog a[href$='predictions-0.parquet']")) == links
