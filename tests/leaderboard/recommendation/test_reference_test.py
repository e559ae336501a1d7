"""Quick and then full in one folder: the largest test is the reference, a part of it estimates."""

import numpy as np
import pytest

from bench.leaderboard.board import Leaderboard
from bench.leaderboard.compute import compute
from bench.metrics import accuracy
from bench.metrics.aligned import Scored
from bench.outputs import SingleLabel
from bench.records import Limit
from bench.scoring.evaluate import replicates
from bench.store.store import StoredResult
from tests.support.costs import spent
from tests.support.fakes import digest, fake_result, fake_scores

LABELS = ("bad", "good")
SIZE, PART = 400, 100


def predictions(rate: float, size: int, seed: int) -> Scored:
    """Answers of which a share is right, on the first examples of one test; entries that are right
    more often are right wherever another is."""
    chance = np.random.default_rng(7).random(SIZE)[:size]
    noise = np.random.default_rng(seed).normal(0, 0.02, SIZE)[:size]
    gold = tuple(LABELS[i % 2] for i in range(size))
    right = chance + noise < rate
    return Scored(
        output=SingleLabel(*LABELS),
        ids=tuple(f"id-{i:04}" for i in range(size)),
        texts=("",) * size,
        gold=gold,
        value=tuple(
            g if r else LABELS[1 - LABELS.index(g)] for g, r in zip(gold, right, strict=True)
        ),
        scores=None,
        unit=np.arange(size),
    )


class Folder:
    """Results with predictions, as a store would hold them."""

    def __init__(self) -> None:
        self.results: list[StoredResult] = []
        self.known: dict[str, Scored] = {}

    def add(
        self,
        name: str,
        rate: float,
        *,
        test: int | None,
        train: int | None = None,
        seconds: float = 1.0,
        ids: str = "id",
        **changes: object,
    ) -> None:
        scored = predictions(rate, test or SIZE, seed=len(self.known))
        if ids != "id":
            scored = Scored(
                **{**vars(scored), "ids": tuple(i.replace("id", ids) for i in scored.ids)}
            )
        point = accuracy.point(scored)
        facts = fake_scores("reviews", point, metric="accuracy", test=test or SIZE)
        data = facts.data.model_copy(update={"test_hash": digest(test), "groups": test or SIZE})
        found = fake_result(
            name,
            scores=facts.model_copy(update={"data": data}),
            draws=replicates([accuracy], scored)["accuracy"].astype(np.float32),
            limit=Limit(train=train, test=test),
            seeded=False,
            cost=spent(seconds),
            minute=len(self.known),
            **changes,
        )
        self.results.append(found)
        self.known[found.folder] = scored

    def board(self) -> Leaderboard:
        return compute(self.results, [], lambda part: self.known[part.folder])


def cells(board: Leaderboard) -> dict[str, object]:
    return {row.id: row.cells["reviews"] for row in board.rows}


def quick_and_full() -> Folder:
    folder = Folder()
    for test, train in ((PART, 128), (None, None)):
        folder.add("majority", 0.5, test=test, train=train)
        folder.add("lstm", 0.6 if train else 0.8, test=test, train=train, seconds=40.0)
        folder.add("naive_bayes", 0.55 if train else 0.79, test=test, train=train)
    return folder


def test_quick_and_then_full_gives_the_advice_of_full_alone() -> None:
    both = quick_and_full()
    full = Folder()
    full.results, full.known = both.results[3:], both.known
    [mixed], [alone] = both.board().advice, full.board().advice
    taken = {row.id: row for row in both.board().rows}[mixed.take]
    assert (taken.baseline, taken.limit_train) == ("naive_bayes", None)
    assert mixed.take == alone.take


def test_nothing_is_a_problem() -> None:
    assert quick_and_full().board().problems == ()


def test_entries_of_the_smaller_test_have_no_rank_and_the_others_have() -> None:
    board = quick_and_full().board()
    ranks = {(row.baseline, row.limit_train): row.cells["reviews"].rank for row in board.rows}
    assert [ranks[name, 128] for name in ("majority", "lstm", "naive_bayes")] == [None] * 3
    assert [ranks[name, None] for name in ("lstm", "naive_bayes", "majority")] == [1, 2, 3]


def test_a_floor_entry_alone_does_not_make_the_reference() -> None:
    folder = Folder()
    folder.add("majority", 0.5, test=None)
    folder.add("lstm", 0.8, test=PART, train=128)
    [task] = folder.board().tasks
    assert task.test_rows == PART


def test_an_entry_scored_on_a_part_is_placed_by_its_difference_on_that_part() -> None:
    folder = Folder()
    folder.add("majority", 0.5, test=None)
    folder.add("lstm", 0.7, test=None)
    folder.add("bert", 0.9, test=PART)
    board = folder.board()
    bert = next(row.cells["reviews"] for row in board.rows if row.baseline == "bert")
    lstm, part = predictions(0.7, SIZE, seed=1), np.arange(SIZE) < PART
    ahead = bert.scores["accuracy"] - accuracy.point(lstm.keep(part))
    assert bert.estimated == pytest.approx(accuracy.point(lstm) + ahead)


def test_an_estimated_entry_can_be_recommended_and_is_marked() -> None:
    folder = Folder()
    folder.add("majority", 0.5, test=None)
    folder.add("lstm", 0.7, test=None)
    folder.add("bert", 0.95, test=PART)
    [advice] = folder.board().advice
    assert advice.estimated and advice.take.startswith("bert")
    assert "100 of the 400 test examples" in advice.words


def test_an_estimated_entry_does_not_change_how_the_others_are_ranked() -> None:
    folder = Folder()
    folder.add("majority", 0.5, test=None)
    folder.add("lstm", 0.7, test=None)
    folder.add("naive_bayes", 0.6, test=None)
    before = folder.board().comparisons
    folder.add("bert", 0.95, test=PART)
    assert folder.board().comparisons == before


def test_a_part_that_is_none_has_no_place_and_says_why() -> None:
    folder = Folder()
    folder.add("majority", 0.5, test=None)
    folder.add("lstm", 0.7, test=None)
    folder.add("bert", 0.95, test=PART, ids="other")
    board = folder.board()
    assert "are not in the reference test" in board.problems[0].what
    assert board.advice[0].take.startswith("lstm")


def test_an_entry_with_all_labelled_examples_beside_a_limit_is_the_one_of_a_run_without() -> None:
    folder = Folder()
    folder.add("naive_bayes", 0.79, test=PART, full_data_row=True)
    folder.add("naive_bayes", 0.79, test=None)
    [row] = folder.board().rows
    assert not row.full_data_row and row.cells["reviews"].rank == 1
