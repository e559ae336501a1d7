"""Rows of another prompt beside the same row with the task's own: who is compared, and how."""

from typing import Any

import numpy as np
import pytest

from bench.leaderboard.compute import compute
from bench.leaderboard.findings import PairedComparison
from bench.records import Limit, ModelFacts
from bench.reports.render import render
from bench.store.store import StoredResult
from tests.support.fakes import fake_draws, fake_result, fake_scores

NAME = "llama_zero_shot"
MODEL = ModelFacts(name="m", of="o/m", revision="1", sha256={"w": "beef"}, parameters=7)


def asked(prompt: str, score: float = 0.6, *, name: str = NAME, **fields: Any) -> StoredResult:
    """A row with that prompt; empty: the task's own."""
    given = {**fields.pop("settings", {}), **({"prompt": prompt} if prompt else {})}
    words = {"settings": given, "params": given, **fields}
    return fake_result(name, score=score, draws=fake_draws("reviews", score, own=prompt), **words)


def wordings(*results: StoredResult) -> tuple[PairedComparison, ...]:
    return compute(results, []).wordings


def test_another_prompt_is_compared_with_the_tasks_own() -> None:
    board = compute([asked("short", 0.7), asked("", 0.6)], [])
    [pair] = board.wordings
    ids = {row.params.get("prompt", ""): row.id for row in board.rows}
    assert (pair.multi, pair.single) == (ids["short"], ids[""])
    assert (pair.multi_score, pair.single_score) == (0.7, 0.6)
    assert pair.difference == pytest.approx(0.1) and pair.notes == ()


def test_the_difference_is_tested_in_pairs_on_the_same_rows() -> None:
    [pair] = wordings(asked("short", 0.7), asked("", 0.6))
    one, other = (
        fake_draws("reviews", s, own=p).astype(float) for s, p in ((0.7, "short"), (0.6, ""))
    )
    assert pair.interval == pytest.approx(tuple(np.percentile(one - other, [2.5, 97.5])))
    assert pair.interval[1] - pair.interval[0] < 0.03  # each alone spans 0.08


def test_each_prompt_has_a_line_and_none_is_compared_with_another() -> None:
    found = wordings(asked("short"), asked("long"), asked("", 0.5))
    assert len({pair.multi for pair in found}) == 2
    assert [pair.single_score for pair in found] == [0.5, 0.5]


def test_an_own_prompt_that_is_set_to_nothing_is_the_tasks_own() -> None:
    own = asked("", settings={"prompt": ""})
    assert len(wordings(asked("short"), own)) == 1


OTHERS: dict[str, dict[str, Any]] = {
    "another baseline": {"name": "qlora"},
    "another parameter": {"settings": {"shots": 8}},
    "another train limit": {"limit": Limit(train=500)},
    "another seed": {"seed": 4},
    "other weights": {"model": MODEL},
    "a failure": {"status": "failed", "reason": "x"},
}


@pytest.mark.parametrize("what", OTHERS)
def test_rows_that_differ_in_more_than_the_prompt_are_not_compared(what: str) -> None:
    assert wordings(asked("short"), asked("", **OTHERS[what])) == ()


def test_rows_on_other_test_rows_are_not_compared() -> None:
    facts = fake_scores("reviews", 0.6)
    data = facts.data.model_copy(update={"test_hash": "other"})
    odd = asked("", scores=facts.model_copy(update={"data": data}))
    assert wordings(asked("short"), odd, fake_result("a")) == ()


def test_only_the_seeds_of_both_are_compared() -> None:
    short = [asked("short", s, seed=i) for i, s in enumerate((0.5, 0.7, 0.9))]
    [pair] = wordings(*short, *(asked("", 0.6, seed=i) for i in (1, 2, 3)))
    assert (pair.seeds, pair.multi_score) == ((1, 2), pytest.approx(0.8))


def test_a_board_without_another_prompt_has_no_such_line() -> None:
    assert wordings(asked(""), fake_result("naive_bayes")) == ()


def test_the_page_has_the_pair_in_words() -> None:
    page = render(compute([asked("short", 0.75), asked("", 0.5)], []), "html")
    line = page[page.index("Prompts compared") :]
    assert all(word in line for word in ("short", ".750", ".500", "+.250"))
