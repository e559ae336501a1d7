"""Naive Bayes: equal to scikit-learn, shared between runs, and safe on odd data."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.naive_bayes import ComplementNB, MultinomialNB
from sklearn.svm import LinearSVC

from bench.baseline import FitInfo, Prediction, TaskData
from bench.baselines._bag_of_words import vectors
from bench.baselines._bag_of_words.nbsvm import BETA, NBSVM
from bench.baselines._bag_of_words.vectors import Vectors, presence
from bench.baselines.naive_bayes import NaiveBayes
from bench.conformance.toy_tasks import Toy, toys
from bench.errors import UserError
from bench.outputs import Answer, MultiLabel, Output, SingleLabel
from bench.task import Example, Input
from bench.texts.scripts import words
from tests.support.made_up_data import made_up

WORDS = ["plum", "fig", "pear", "apple", "quince", "ripe", "green", "sweet", "sour", "small"]
VARIANTS = ("multinomial", "complement", "nbsvm")


def some_texts(n: int, seed: int) -> list[str]:
    """Made-up texts of ten words."""
    return [" ".join(words) for words in np.random.default_rng(seed).choice(WORDS, (n, 10))]


LABELS = ("a", "b", "c")
TRAIN, TEST = some_texts(60, 0), some_texts(30, 1)
GOLD = [LABELS[text.count("plum") % 3] for text in TRAIN]


def task_of(texts: Sequence[str], golds: Sequence[Answer], output: Output) -> TaskData:
    """A made-up task with these rows."""
    rows = [Example(str(n), t, g) for n, (t, g) in enumerate(zip(texts, golds, strict=True))]
    return TaskData(made_up(output).task, rows, [])


def run(
    data: TaskData, texts: Sequence[str], **params: Any
) -> tuple[FitInfo, Sequence[Prediction]]:
    """Fit on the task's rows, answer the texts."""
    family = NaiveBayes(**params)
    fit = family.fit([data], seed=0)
    return fit, family.predict(data.task, [Input(str(n), t) for n, t in enumerate(texts)])


PEERS = [
    ({}, CountVectorizer(), MultinomialNB()),
    ({"vectoriser": "binary"}, CountVectorizer(binary=True), MultinomialNB()),
    ({"vectoriser": "tfidf", "ngrams": 2}, TfidfVectorizer(ngram_range=(1, 2)), MultinomialNB()),
    ({"variant": "complement", "alpha": 0.1}, CountVectorizer(), ComplementNB(alpha=0.1)),
]


@pytest.mark.parametrize(("params", "vectoriser", "model"), PEERS)
def test_answers_and_scores_equal_scikit_learn_to_the_last_digit(
    params: dict[str, Any], vectoriser: Any, model: Any
) -> None:
    _, answers = run(task_of(TRAIN, GOLD, SingleLabel(*LABELS)), TEST, **params)
    model.fit(vectoriser.fit_transform(TRAIN), GOLD)
    new = vectoriser.transform(TEST)
    assert [p.value for p in answers] == model.predict(new).tolist()
    assert [p.scores for p in answers] == [tuple(row) for row in model.predict_proba(new).tolist()]


@given(text=st.text(st.characters(max_codepoint=0x24F)))
def test_words_of_european_texts_are_those_of_scikit_learn(text: str) -> None:
    assert words(text) == CountVectorizer().build_tokenizer()(text)


def test_validation_rows_are_learnt_from() -> None:
    data = task_of(TRAIN, GOLD, SingleLabel(*LABELS))
    halves = TaskData(data.task, data.train[:30], data.train[30:])
    assert run(halves, TEST)[1] == run(data, TEST)[1]


def test_each_label_of_a_set_is_a_problem_of_its_own() -> None:
    golds = [frozenset(w for w in ("plum", "fig") if w in text) for text in TRAIN]
    _, answers = run(task_of(TRAIN, golds, MultiLabel("plum", "fig")), TEST)
    vectoriser = CountVectorizer()
    model = MultinomialNB().fit(vectoriser.fit_transform(TRAIN), ["fig" in g for g in golds])
    expected = model.predict_proba(vectoriser.transform(TEST))[:, 1].tolist()
    assert [p.scores[1] for p in answers if p.scores] == expected


def test_nbsvm_weights_are_interpolated_towards_their_mean_size() -> None:
    matrix = CountVectorizer().fit_transform(TRAIN)
    classes = np.array([int("plum" in text) for text in TRAIN])
    line = NBSVM().fit(matrix, classes)
    present = presence(matrix).toarray()
    inside, outside = (1 + present[classes == k].sum(axis=0) for k in (1, 0))
    scale = np.log(inside / inside.sum()) - np.log(outside / outside.sum())
    learnt = LinearSVC(random_state=0).fit(csr_matrix(present * scale), classes == 1).coef_[0]
    mixed = (1 - BETA) * np.abs(learnt).mean() + BETA * learnt
    assert line.weights[:, 0] == pytest.approx(mixed * scale)


def test_nbsvm_finds_the_word_that_decides() -> None:
    golds = ["a" if "plum" in text else "b" for text in TRAIN]
    _, answers = run(task_of(TRAIN, golds, SingleLabel("a", "b")), TEST, variant="nbsvm")
    right = [p.value == ("a" if "plum" in t else "b") for p, t in zip(answers, TEST, strict=True)]
    assert np.mean(right) > 0.9


def test_a_second_run_on_the_same_texts_reuses_the_matrix_and_says_so() -> None:
    data = task_of([*TRAIN, "only here"], [*GOLD, "a"], SingleLabel(*LABELS))
    first, second = run(data, TEST)[0], run(data, TEST, variant="complement")[0]
    assert first.shared_seconds == 0 and second.shared_seconds > 0


def test_a_second_prediction_says_what_it_reused() -> None:
    data, family = task_of(["plum seen once"], ["a"], SingleLabel("a")), NaiveBayes()
    family.fit([data], seed=0)
    times = []
    for _ in range(2):
        family.predict(data.task, [Input("1", "plum asked twice")])
        times.append(family.predict_shared_seconds)
    assert times[0] == 0 < times[1]


def test_texts_cut_differently_do_not_share_a_matrix() -> None:
    one = Vectors(["plum\x1ffig"], kind="count", ngrams=1)
    two = Vectors(["plum", "fig"], kind="count", ngrams=1)
    assert one.matrix.shape[0] == 1 and two.matrix.shape[0] == 2


def test_reused_counts_are_not_changed_by_other_kinds() -> None:
    texts = ["plum plum fig", "fig"]
    before = Vectors(texts, kind="count", ngrams=1).matrix.toarray().tolist()
    for kind in ("binary", "tfidf"):
        Vectors(texts, kind=kind, ngrams=1).matrix.toarray()
    assert Vectors(texts, kind="count", ngrams=1).matrix.toarray().tolist() == before


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_label_without_a_train_row_scores_nothing(variant: str) -> None:
    golds = ["a" if "plum" in text else "c" for text in TRAIN]
    _, answers = run(task_of(TRAIN, golds, SingleLabel(*LABELS)), TEST, variant=variant)
    assert all(p.scores is not None and p.scores[1] == 0 for p in answers)


@pytest.mark.parametrize("variant", VARIANTS)
def test_one_class_in_the_sample_is_always_answered(variant: str) -> None:
    data = task_of(TRAIN, ["b"] * len(TRAIN), SingleLabel(*LABELS))
    assert {p.value for p in run(data, TEST, variant=variant)[1]} == {"b"}


@pytest.mark.parametrize("vectoriser", ["count", "tfidf"])
def test_without_a_word_the_shares_answer(vectoriser: str) -> None:
    data = task_of(["", " ", "!"], ["b", "b", "a"], SingleLabel("a", "b"))
    _, answers = run(data, ["plum"], vectoriser=vectoriser)
    assert answers[0].value == "b" and answers[0].scores == (1 / 3, 2 / 3)


@pytest.mark.parametrize("toy", toys(), ids=lambda toy: toy.task.name)
@pytest.mark.parametrize("variant", VARIANTS)
def test_a_megabyte_and_a_repeated_sign_are_answered(variant: str, toy: Toy) -> None:
    long = [("sweet lemon " * 90_000)[:1_000_000], "z" * 1_000_000, "! " * 20_000]
    _, answers = run(toy.data, long, variant=variant)
    assert [p.status for p in answers] == ["ok"] * 3


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"variant": "bernoulli"}, "variant = 'bernoulli'"),
        ({"vectoriser": "tf-idf"}, "did you mean 'tfidf'"),
        ({"ngrams": 0}, "ngrams = 0: give 1 to 5"),
        ({"alpha": 0.0}, "alpha = 0.0"),
        ({"alpha": float("nan")}, "alpha = nan"),
        ({"variant": "nbsvm", "vectoriser": "tfidf"}, "always uses word presence"),
    ],
)
def test_a_value_out_of_bounds_is_refused(params: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        NaiveBayes(**params)


@pytest.mark.parametrize(("most_bytes", "kept"), [(1 << 20, True), (1, False)])
def test_counts_outlast_the_five_calibration_fits_where_memory_allows(
    monkeypatch: pytest.MonkeyPatch, most_bytes: int, kept: bool
) -> None:
    monkeypatch.setattr(vectors, "MOST_BYTES", most_bytes)
    monkeypatch.setattr(vectors, "_cache", type(vectors._cache)())
    data = task_of(TRAIN, GOLD, SingleLabel(*LABELS))
    run(data, TEST)
    for k in range(5):
        run(task_of(TRAIN[k:], GOLD[k:], SingleLabel(*LABELS)), TRAIN[:k])
    assert (run(data, TEST)[0].shared_seconds > 0) == kept


DISHES = [f"我们今天在家吃{dish}和米饭" for dish in ("饺子", "面条", "豆腐", "烤鸭")]
GAMES = [f"他们昨天在公园打{game}比赛" for game in ("篮球", "排球", "网球", "乒乓球")]


def test_chinese_words_are_learnt_and_how_they_were_found_is_told() -> None:
    texts, golds = DISHES[1:] + GAMES[1:], ["food"] * 3 + ["sport"] * 3
    fit, answers = run(task_of(texts, golds, SingleLabel("food", "sport")), [DISHES[0], GAMES[0]])
    assert [answer.value for answer in answers] == ["food", "sport"]
    assert "ICU's dictionaries" in fit.method_note


def test_composed_and_decomposed_words_are_one() -> None:
    texts = ["perch\xe9 no", "cos\xec s\xec"]
    _, answers = run(
        task_of(texts, ["a", "b"], SingleLabel("a", "b")), ["cosi\u0300", "perche\u0301"]
    )
    assert [answer.value for answer in answers] == ["b", "a"]
