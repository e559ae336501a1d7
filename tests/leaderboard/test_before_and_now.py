"""Two results folders judged: Holm's correction, and rare labels tested by permutation."""

import pytest

from bench.errors import StoreError
from bench.leaderboard.before_and_now.judging import Side, judge
from bench.leaderboard.gather import TaskRun, gather
from bench.metrics.aligned import Scored
from bench.outputs import SingleLabel
from bench.store.store import StoredResult
from tests.support.aligned import scored
from tests.support.fakes import fake_draws, fake_result, fake_scores

GOLD = "aaaaaaab" * 4
NEAR = "aaaaaaab" * 3 + "aaaaaaaa"


def nothing(part: TaskRun) -> Scored:
    """No predictions."""
    raise StoreError("not there")


def result(task: str, score: float, own: str) -> StoredResult:
    """A result whose difference from another one of the task has a standard error of .014."""
    draws = fake_draws(task, score, own=own, noise=0.1)
    return fake_result("bert", task, score, draws=draws, seeded=False)


@pytest.mark.parametrize(("others", "verdict"), [(0, "worse"), (7, "open")])
def test_a_loss_must_be_sure_among_all_comparisons(others: int, verdict: str) -> None:
    tasks = [f"other_{i}" for i in range(others)]
    base = [result("t", 0.8, "before"), *(result(task, 0.8, "before") for task in tasks)]
    new = [result("t", 0.765, "now"), *(result(task, 0.8, "now") for task in tasks)]
    found = judge(Side(gather(base), nothing), Side(gather(new), nothing), margin=0.0)
    assert {one.task: one.verdict for one in found.judged}["t"] == verdict


@pytest.mark.parametrize(("test", "verdict"), [(12, "open"), (200, "worse")])
def test_one_example_of_a_rare_label_is_no_sure_loss(test: int, verdict: str) -> None:
    def run(score: float) -> StoredResult:
        facts = fake_scores("t", score, test=test)
        return fake_result("bert", "t", score, scores=facts, seeded=False)

    def before(part: TaskRun) -> Scored:
        return scored(SingleLabel("a", "b"), [*GOLD], [*GOLD])

    def now(part: TaskRun) -> Scored:
        return scored(SingleLabel("a", "b"), [*GOLD], [*NEAR])

    found = judge(Side(gather([run(1.0)]), before), Side(gather([run(0.92)]), now))
    assert [one.verdict for one in found.judged] == [verdict]
