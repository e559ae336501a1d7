"""The tables beside the board: swept rows in the shape of a published table, rankings of parts."""

from typing import Any

from bench.leaderboard.compute import compute
from bench.records import Irregular, Limit, Ranking
from bench.reports.render import render
from bench.reports.tables.rankings import rankings
from bench.reports.tables.sweeps import sweeps
from bench.store.store import StoredResult
from tests.support.fakes import fake_greedy, fake_result, fake_scores

STEPS = ({"epoch": 1.0, "train_loss": 2.0, "first_step_loss": 3.5, "last_step_loss": 0.25},)


def swept(size: int, *, score: float = 0.8, **changes: Any) -> StoredResult:
    """A row at a train size, of a task whose data facts say so."""
    scores = fake_scores("reviews", score)
    data = scores.data.model_copy(update={"train": size - 10, "validation": 10})
    scores = scores.model_copy(update={"data": data, **changes.pop("facts", {})})
    limit = Limit(train=None if changes.get("full_data_row") else size)
    return fake_result(
        "qlora", "reviews", scores=scores, variant=f"train={size}", limit=limit, **changes
    )


def table(*results: StoredResult) -> tuple[str, list[dict[str, str]]]:
    """The title and the lines of the only sweep, by heading."""
    [(title, found)] = sweeps(compute(list(results), []))
    return title, [dict(zip(found.head[1:], line.words, strict=True)) for line in found.lines]


def test_swept_rows_stand_in_the_order_of_their_sizes() -> None:
    title, lines = table(swept(1000), swept(100, minute=1), swept(500, minute=2))
    assert title == "reviews by labelled examples"
    assert [line["labelled examples"] for line in lines] == ["100", "500", "1,000"]


def test_a_full_data_row_is_told_from_a_limited_one_of_as_many_rows() -> None:
    full = swept(1000, full_data_row=True, minute=1)
    [(_, found)] = sweeps(compute([swept(1000), full], []))
    assert [line.about for line in found.lines] == ["", "all examples, not ranked"]


def test_the_loss_is_that_of_the_first_and_of_the_last_step() -> None:
    _, [line] = table(swept(100, history=STEPS))
    assert line["loss"] == "3.500 → .250"


def test_without_steps_the_loss_is_that_of_epochs() -> None:
    epochs = ({"epoch": 1.0, "train_loss": 2.0}, {"epoch": 2.0, "train_loss": 0.5})
    _, [line] = table(swept(100, history=epochs))
    assert line["loss"] == "2.000 → .500"


def test_irregular_answers_are_told_by_value_and_all_of_them_as_all() -> None:
    some = fake_greedy(irregular=tuple(Irregular(answer=a, refused=False, count=1) for a in "wxyz"))
    every = fake_greedy(unparsed=200, refused=0, irregular=(), irregular_rest=0)
    for found, said in ((some, "5 of 200: “w” 1, “x” 1, “y” 1, others 2"), (every, "all")):
        _, [line] = table(swept(100, facts={"readouts": {"greedy": found}}))
        assert line["unreadable"] == said


def test_a_task_without_swept_rows_has_no_such_table() -> None:
    assert list(sweeps(compute([fake_result()], []))) == []


def ranked(name: str, scores: dict[str, float], *, up: bool = True) -> StoredResult:
    ways = tuple(Ranking(of=of, metric=f"f1_{of}", greater_is_better=up) for of in ("ted", "wiki"))
    facts = fake_scores("talks", 0.5, rankings=ways)
    facts = facts.model_copy(update={"scores": {**facts.scores, **scores}})
    return fake_result(name, "talks", scores=facts)


def places(*results: StoredResult) -> dict[str, list[str]]:
    [(_, found)] = rankings(compute(list(results), []))
    return {line.name: [words.split()[-1] for words in line.words[1:]] for line in found.lines}


def test_each_corpus_ranks_the_rows_by_itself() -> None:
    one = ranked("lstm", {"f1_ted": 0.7, "f1_wiki": 0.2})
    other = ranked("bert", {"f1_ted": 0.6, "f1_wiki": 0.9})
    assert places(one, other) == {"lstm": ["1", "2"], "bert": ["2", "1"]}


def test_of_errors_the_smallest_is_first() -> None:
    one = ranked("lstm", {"f1_ted": 0.7, "f1_wiki": 0.2}, up=False)
    other = ranked("bert", {"f1_ted": 0.6, "f1_wiki": 0.9}, up=False)
    assert places(one, other) == {"lstm": ["2", "1"], "bert": ["1", "2"]}


def test_a_corpus_without_a_row_gives_no_place() -> None:
    found = places(ranked("lstm", {"f1_ted": 0.7, "f1_wiki": float("nan")}))
    assert found == {"lstm": ["1", "–"]}


def test_markdown_and_the_page_have_the_same_tables() -> None:
    board = compute([swept(100, history=STEPS)], [])
    assert all("3.500 → .250" in render(board, format) for format in ("md", "html"))
