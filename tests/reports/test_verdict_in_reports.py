"""The answer in words and what it rests on, in every report that carries them."""

import io
import json
from typing import Any

import numpy as np
from rich.console import Console

from bench.leaderboard.board import Leaderboard
from bench.leaderboard.compute import compute
from bench.reports.render import render
from bench.reports.terminal import everything
from tests.support.fakes import fake_result, fake_store


def board() -> Leaderboard:
    return compute(fake_store(seeds=2), [])


def loaded(found: Leaderboard) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(render(found, "json"))
    return data


def terminal(found: Leaderboard) -> str:
    console = Console(width=200, file=io.StringIO(), force_terminal=False)
    console.print(everything(found))
    assert isinstance(console.file, io.StringIO)
    return " ".join(console.file.getvalue().split())


def test_json_has_the_verdict_and_every_pair() -> None:
    found = board()
    data = loaded(found)
    assert data["verdict"] == list(found.verdict)
    assert len(data["contests"]) == len(found.comparisons) > 0
    assert len(data["mean_contests"]) == len(found.mean_comparisons) > 0
    assert data["contests"][0]["p"] == found.comparisons[0].p


def test_json_names_the_figures_of_the_diagram() -> None:
    found = board()
    assert found.diagram is not None
    diagram = loaded(found)["diagram"]
    assert diagram["rows"][0] == dict(zip(("row", "mean_rank"), found.diagram.rows[0], strict=True))
    assert set(diagram) == {"rows", "tasks", "critical", "groups", "caveat"}


def test_json_of_a_board_without_a_diagram_has_none() -> None:
    assert loaded(compute([fake_result()], []))["diagram"] is None


def test_json_has_the_interval_of_a_mean() -> None:
    found = board()
    assert found.rows[0].mean_interval is not None
    assert loaded(found)["rows"][0]["mean_interval"] == list(found.rows[0].mean_interval)


def test_json_writes_null_for_an_interval_that_is_none() -> None:
    odd = fake_result("b", score=0.5, draws=np.full(400, np.nan, np.float32))
    [contest] = loaded(compute([fake_result("a"), odd], []))["contests"]
    assert (contest["low"], contest["high"], contest["p"]) == (None, None, None)


def test_json_has_curves_and_wordings() -> None:
    sizes = [
        fake_result("a", score=0.5 + n / 1000, variant=f"x={n}", params={"x": n}, settings={"x": n})
        for n in (10, 20)
    ]
    prompts = [
        fake_result("b", score=score, params=own, settings=own)
        for score, own in ((0.7, {}), (0.8, {"prompt": "short"}))
    ]
    data = loaded(compute([*sizes, *prompts], []))
    assert [curve["axis"] for curve in data["curves"]] == ["x"]
    assert [len(line["points"]) for line in data["curves"][0]["lines"]] == [2]
    assert round(data["wordings"][0]["difference"], 6) == 0.1


def test_markdown_and_terminal_begin_with_the_verdict() -> None:
    found = board()
    first = found.verdict[0].split(":")[0]
    title, answer, *_ = render(found, "md").split("\n\n")
    assert title == "# Leaderboard"
    assert first.replace("_", r"\_") in answer
    assert terminal(found).startswith(first)


def test_names_in_the_verdict_are_escaped() -> None:
    found = compute([fake_result("[red]<b>\x1b[31m")], [])
    assert "<b>" not in render(found, "md")
    assert "[red]<b>" in terminal(found)
    assert "\x1b" not in terminal(found)
