"""The EVALITA 2023 tasks on the organisers' own rows, where a folder with them is named by
BENCH_REAL_DATA; what their descriptions count is what is read."""

import os
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from bench.baseline import Prediction
from bench.data.checks import check_task
from bench.data.load import load_task
from bench.data.loaded import Loaded
from bench.files import Files
from bench.metrics import of_rows
from bench.metrics.aligned import align
from bench.metrics.token_spans import of_tag, tags
from bench.task import Example
from bench.tasks.evalita import _common as _evalita
from bench.tasks.evalita import _nermud
from tests.support.evalita_files import task

GIVEN = os.environ.get("BENCH_REAL_DATA", "")
pytestmark = pytest.mark.skipif(
    not GIVEN, reason="no real rows at hand: name their folder by BENCH_REAL_DATA"
)

SIZES = {
    "discotex_1": (8000, 0, 1600),
    "discotex_2": (864, 0, 200),
    "emotivita": (8000, 0, 2062),
    "wicita_1": (2805, 500, 1000),
    "wicita_2": (3820, 500, 1000),
    "nermud": (27482, 4767, 4126),
}
ROW = re.compile(r"^ +(PER|LOC|ORG) .* (\d+)$", re.MULTILINE)


def files(name: str) -> Files:
    """The real rows lie in one folder for each shared task, as they do under `evalita`."""
    folder = Path(GIVEN).resolve()
    return Files(name, folder.name, [folder.parent])


def loaded(name: str) -> Loaded:
    return load_task(task(name), files(name))


@pytest.mark.parametrize("name", SIZES)
def test_every_published_row_is_read(name: str) -> None:
    found = loaded(name)
    assert (len(found.train), len(found.validation), len(found.test)) == SIZES[name]


@pytest.mark.parametrize(("name", "rows", "texts"), [("acti_a", 1842, 460), ("acti_b", 810, 300)])
def test_acti_is_cut_and_its_test_is_given_without_gold(name: str, rows: int, texts: int) -> None:
    found, unscored = loaded(name), task(name).unscored
    assert len(found.train) + len(found.test) == rows
    assert unscored is not None and len(unscored(files(name))) == texts


def test_the_classes_of_acti_are_the_published_ones() -> None:
    rows = task("acti_b").load(files("acti_b"))["train"]
    counts = {"Covid": 435, "Qanon": 242, "Terra Piatta": 76, "Russia": 57}
    assert Counter(row.target for row in rows) == counts


@pytest.mark.parametrize(("mine", "other", "texts"), [("a", "b", 164), ("b", "a", 234)])
def test_texts_of_one_subtasks_test_stand_in_the_others_training(
    mine: str, other: str, texts: int
) -> None:
    unscored = task(f"acti_{mine}").unscored
    assert unscored is not None
    train = task(f"acti_{other}").load(files(f"acti_{other}"))["train"]
    known = {row.text for row in train}
    assert sum(row.text in known for row in unscored(files(f"acti_{mine}"))) == texts


@pytest.mark.parametrize("corpus", _nermud.CORPORA)
def test_a_submission_of_entities_has_the_tokens_and_tags_of_the_test_file(corpus: str) -> None:
    rows, submission = loaded("nermud").test, task("nermud").submission
    assert submission is not None
    inputs = {row.id: row.input for row in rows}
    written = submission({row.id: row.target for row in rows}, inputs)
    lines = written[f"DAC_{corpus}_TEAM_1.tsv"].decode().splitlines()
    path = _evalita.local(files("nermud"), "nermud", f"{corpus}_test.tsv")
    gold = path.read_text(encoding="utf-8").splitlines()
    # The official scorer takes the prefixes off; some published entities begin with I-.
    assert [line.replace("\tB-", "\tI-") for line in lines if line] == [
        line.replace("\tB-", "\tI-") for line in gold if line
    ]


def test_both_halves_of_the_coherence_test_are_balanced() -> None:
    counts = Counter((r.id.partition("/")[0], r.target) for r in loaded("discotex_1").test)
    assert set(counts.values()) == {400} and len(counts) == 4


def test_emotions_above_the_scale_are_the_counted_ones() -> None:
    found = loaded("emotivita")
    values = [np.array([row.target for row in rows]) for rows in (found.train, found.test)]
    assert [(part > 5).sum() for part in values] == [75, 21]


def test_the_rankings_of_words_have_500_pairs_each() -> None:
    for name in ("wicita_1", "wicita_2"):
        counts = Counter(row.id.partition("/")[0] for row in loaded(name).test)
        assert counts == {"it": 500, "eng": 500}


@pytest.fixture(scope="module")
def entities() -> Loaded:
    return loaded("nermud")


def of_corpus(entities: Loaded, corpus: str) -> list[Example]:
    return [row for row in entities.test if row.id.startswith(corpus)]


@pytest.mark.parametrize("system", ["camoscio_lora", "it5"])
def test_support_is_that_of_the_organisers_reports(entities: Loaded, system: str) -> None:
    folder = Path(GIVEN) / "nermud" / "reports"
    texts = [path.read_text() for path in sorted(folder.glob("*.txt"))]
    report = next(text for text in texts if system in text)
    rows = [row for c in _nermud.CORPORA for row in of_corpus(entities, c)]
    found = align(task("nermud").output, rows, [Prediction(row.target) for row in rows])
    for part in report.split(f"{system}/")[1:]:
        corpus = re.match(r"DAC_([A-Z]+)_", part)
        for label, support in ROW.findall(part):
            metric = of_tag(label, _nermud.LABELS.index(label))[3]
            seen = of_rows(corpus[1], metric) if corpus else metric
            assert seen.point(found) == int(support), (corpus, label)


def test_tags_of_the_spans_are_the_published_tags(entities: Loaded) -> None:
    for corpus in _nermud.CORPORA:
        path = Path(GIVEN) / "nermud" / f"{corpus}_test.tsv"
        published = [[token.label for token in s] for s in _nermud.sentences(path)]
        assert [tags(r.text, r.target) for r in of_corpus(entities, corpus)] == published


# The file has 1,381 B-PER, 853 B-LOC and 1,257 B-ORG; one I-PER and 15 I-LOC continue nothing.
def test_entities_that_begin_with_i_are_entities_and_counted(entities: Loaded) -> None:
    to_json = task("nermud").output.to_json
    labels = [label for r in of_corpus(entities, "WN") for _, _, label in to_json(r.target)]
    assert Counter(labels) == {"PER": 1382, "LOC": 868, "ORG": 1257}
    assert entities.faults["entities_that_begin_with_I"] == 16


def test_leaks_inside_a_task_are_counted(entities: Loaded) -> None:
    assert check_task(entities)["exact_leaks"] == 64
    assert check_task(loaded("emotivita"))["exact_leaks"] == 37
