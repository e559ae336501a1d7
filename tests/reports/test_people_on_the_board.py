"""People and published answers from stored results to every report: never ranked, the same
numbers."""

import csv
import io
import json
import re
from typing import Any

import pytest

from bench.leaderboard.board import HUMAN, Leaderboard
from bench.leaderboard.compute import compute
from bench.records import AnnotatorFacts, PeopleFacts
from bench.reports.render import render
from bench.reports.tables import agreement as people
from bench.store.store import StoredResult
from tests.support.fakes import fake_result, fake_scores

TABLE = (("ann", False, 0.711), ("bob", False, 0.711), ("old|model", True, 0.123))
EACH = ((None, 0.711, 0.155), (0.711, None, 0.091), (0.155, 0.091, None))


def said(kappas: tuple[float, ...], **changes: Any) -> PeopleFacts:
    """What people say beside a model that agrees with each of the table to that degree."""
    annotators = tuple(
        AnnotatorFacts(
            name=name, earlier=old, rows=150, kappa=kappa, with_each=each, model_kappa=mine
        )
        for (name, old, kappa), each, mine in zip(TABLE, EACH, kappas, strict=True)
    )
    fields: dict[str, Any] = {
        "people": 2,
        "rows": 200,
        "score": 0.717,
        "interval": (0.6, 0.8),
        "kappa": 0.711,
        "fleiss": 0.709,
        "alpha": 0.713,
        "model_kappa": sum(kappas[:2]) / 2,
        "annotators": annotators,
    }
    return PeopleFacts(**{**fields, **changes})


def rated(baseline: str, *kappas: float, seed: int = 0, **changes: Any) -> StoredResult:
    scores = fake_scores("reviews", 0.7, people=said(kappas, **changes))
    return fake_result(baseline, scores=scores, seed=seed)


def board() -> Leaderboard:
    return compute([rated("lstm", 0.333, 0.281, 0.044), rated("bert", 0.5, 0.4, 0.062)], [])


def of(found: Leaderboard, baseline: str) -> PeopleFacts:
    [row] = [row for row in found.rows if row.baseline == baseline]
    facts = row.cells["reviews"].people
    assert facts is not None
    return facts


def test_a_models_kappas_are_means_over_its_seeds() -> None:
    seeds = [rated("lstm", 0.3, 0.5, 0.1), rated("lstm", 0.5, 0.9, 0.3, seed=1)]
    facts = of(compute(seeds, []), "lstm")
    assert facts.model_kappa == pytest.approx(0.55)
    assert [one.model_kappa for one in facts.annotators] == pytest.approx([0.4, 0.7, 0.2])


def test_a_models_score_like_a_persons_stands_beside_theirs() -> None:
    seeds = [
        rated("lstm", 0.3, 0.5, 0.1, seed=k, model_score=x, model_interval=(x - 0.1, x + 0.1))
        for k, x in enumerate((0.6, 0.7))
    ]
    found = compute(seeds, [])
    facts = of(found, "lstm")
    assert facts.model_score == pytest.approx(0.65)
    assert facts.model_interval == pytest.approx((0.55, 0.75))
    scores = [line.words[2] for line in people.people(found).lines]
    assert scores == [".650", ".717", ""]


def test_the_row_of_people_says_nothing_of_a_model() -> None:
    facts = of(board(), HUMAN)
    assert facts.model_kappa is None
    assert [one.model_kappa for one in facts.annotators] == [None] * 3


def test_published_answers_have_a_line_and_no_row() -> None:
    found = board()
    assert {row.baseline for row in found.rows} == {"lstm", "bert", HUMAN}
    [line] = [x for x in people.people(found).lines if x.name == "old|model"]
    assert (line.about, line.words) == (
        people.PUBLISHED,
        ("reviews", ".123", "", "", "", "", "150"),
    )


def test_every_pair_stands_in_the_table_of_pairs() -> None:
    [found] = people.pairs(board())
    told = {line.name: line.words for line in found.table.lines}
    assert found.table.head == ("rater", "ann", "bob", "old|model")
    assert told == {
        "ann": ("–", ".711", ".155"),
        "bob": (".711", "–", ".091"),
        "old|model": (".155", ".091", "–"),
        "lstm": (".333", ".281", ".044"),
        "bert": (".500", ".400", ".062"),
    }


def test_people_without_names_have_no_table_of_pairs() -> None:
    bare = compute([rated("lstm", 0.3, 0.2, 0.1, annotators=())], [])
    assert people.pairs(bare) == [] and len(people.people(bare).lines) == 2


@pytest.mark.parametrize("format", ["html", "md"])
def test_pages_show_the_numbers_of_the_json_report(format: Any) -> None:
    text, data = render(board(), format), json.loads(render(board(), "json"))
    shown = set(re.findall(r"\.\d{3}", text))
    for cell in data["results"]:
        facts = cell["people"]
        numbers = [facts["kappa"], facts["model_kappa"], facts["fleiss"], facts["alpha"]]
        for one in facts["annotators"]:
            numbers += [one["kappa"], one["model_kappa"], *one["with_each"]]
        assert {f"{n:.3f}"[1:] for n in numbers if n is not None} <= shown


def test_the_csv_report_has_the_kappas_with_people() -> None:
    lines = list(csv.DictReader(io.StringIO(render(board(), "csv"))))
    kappas = {x["baseline"]: float(x["kappa_with_people"]) for x in lines}
    assert kappas == pytest.approx({"lstm": 0.307, "bert": 0.45, HUMAN: 0.711, "old|model": 0.123})
    assert [x["rank"] for x in lines if x["baseline"] == "old|model"] == [""]


def test_a_name_cannot_break_the_markdown_table() -> None:
    lines = [x for x in render(board(), "md").splitlines() if r"old\|model" in x]
    assert len(lines) == 3  # beside people, and in head and lines of the pairs
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in lines} == {5, 9}


@pytest.mark.parametrize("format", ["html", "md"])
def test_no_page_speaks_of_people_where_none_rated(format: Any) -> None:
    text = render(compute([fake_result()], []), format)
    assert people.TITLE not in text and people.PAIRS_TITLE not in text
