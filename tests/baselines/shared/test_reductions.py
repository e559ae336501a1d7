"""Reductions: answers as classes and back."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.baseline import TaskData
from bench.baselines._shared.bio_tags import spans, tags, tokens, windows
from bench.baselines._shared.class_targets import priors
from bench.baselines._shared.reductions import ANSWERS, joined, reduction_for
from bench.baselines._shared.single_task import only
from bench.errors import UserError
from bench.outputs import Answer, FreeText, MultiLabel, Regression, SingleLabel, Span, Spans
from bench.task import Input
from tests.support.made_up_data import made_up


def learnt_and_certain(data: TaskData) -> list[Answer | None]:
    """The answers for the training rows when every class is given full probability."""
    reduction = reduction_for(data)
    units = reduction.learn(data.train)
    certain = units.classes if units.classes.ndim == 2 else np.eye(units.count)[units.classes]
    inputs = [row.input for row in data.train]
    return [p.value for p in reduction.answers(inputs, certain.astype(float))]


def test_a_single_label_comes_back() -> None:
    assert learnt_and_certain(made_up(SingleLabel("a", "b"), "b", "a")) == ["b", "a"]


def test_the_first_of_equally_probable_labels_is_given() -> None:
    reduction = reduction_for(made_up(SingleLabel("a", "b"), "b"))
    assert reduction.answers([Input("1", "x")], np.array([[0.5, 0.5]]))[0].value == "a"


def test_a_label_set_comes_back_and_so_does_the_empty_one() -> None:
    golds = frozenset({"a", "c"}), frozenset[str]()
    assert learnt_and_certain(made_up(MultiLabel("a", "b", "c"), *golds)) == list(golds)


def test_a_label_of_half_probability_is_in_the_set() -> None:
    reduction = reduction_for(made_up(MultiLabel("a", "b"), frozenset()))
    answer = reduction.answers([Input("1", "x")], np.array([[0.5, 0.49]]))[0]
    assert answer.value == frozenset({"a"}) and answer.scores == (0.5, 0.49)


def test_a_bin_answers_with_the_mean_of_its_values() -> None:
    golds = [float(n) for n in range(20)]
    found = learnt_and_certain(made_up(Regression(0, 20), *golds))
    assert found == [n // 2 * 2 + 0.5 for n in range(20)]


def test_the_expected_value_weighs_the_bins() -> None:
    reduction = reduction_for(made_up(Regression(0, 4), 0.0, 4.0))
    answer = reduction.answers([Input("1", "x")], np.array([[0.75, 0.25]]))[0]
    assert answer.value == 1.0 and answer.scores is None


@given(st.lists(st.floats(-4, 4), min_size=1, max_size=40))
def test_a_number_stays_within_the_values_seen(golds: list[float]) -> None:
    for value in learnt_and_certain(made_up(Regression(-4, 4), *golds)):
        assert isinstance(value, float) and min(golds) <= value <= max(golds)


def test_one_value_for_all_rows_makes_one_bin() -> None:
    assert learnt_and_certain(made_up(Regression(0, 4), 2.5, 2.5)) == [2.5, 2.5]


def test_free_text_is_recalled_by_its_first_reference() -> None:
    assert learnt_and_certain(made_up(FreeText(), ("plum", "a plum"), "fig")) == ["plum", "fig"]


def test_only_the_most_frequent_answers_are_classes() -> None:
    golds = ["often", "often", *(f"rare{n:03}" for n in range(ANSWERS))]
    reduction = reduction_for(made_up(FreeText(), *golds))
    units = reduction.learn(made_up(FreeText(), *golds).train)
    assert units.count == ANSWERS and len(units.texts) == ANSWERS + 1
    assert "so 1 rarer ones" in reduction.describe


def test_spans_come_back_with_their_offsets() -> None:
    golds = (Span(0, 5, "fruit"),), (Span(0, 5, "fruit"), Span(6, 11, "verb"))
    assert learnt_and_certain(made_up(Spans("fruit", "verb"), *golds)) == list(golds)


def test_a_repeated_word_is_tagged_where_its_span_lies() -> None:
    assert tags("plum, plum", (Span(6, 10, "x"),)) == ["O", "O", "B-x"]


def test_two_spans_side_by_side_stay_two() -> None:
    gold = (Span(0, 2, "x"), Span(3, 5, "x"))
    assert tags("aa bb", gold) == ["B-x", "B-x"]
    assert spans(tokens("aa bb"), ["B-x", "B-x"]) == gold


def test_an_inside_without_a_begin_opens_a_span() -> None:
    assert spans(tokens("aa bb cc"), ["O", "I-x", "I-x"]) == (Span(3, 8, "x"),)


def test_an_inside_of_another_label_opens_a_span() -> None:
    found = spans(tokens("aa bb"), ["B-x", "I-y"])
    assert found == (Span(0, 2, "x"), Span(3, 5, "y"))


@given(st.text(max_size=60))
def test_a_text_has_a_window_and_a_tag_for_each_token(text: str) -> None:
    assert len(windows(text)) == len(tokens(text)) == len(tags(text, ()))


def test_a_window_tells_left_from_right() -> None:
    assert windows("aa bb")[0].split()[:5] == [
        "at0_edge",
        "at1_edge",
        "at2_aa",
        "at3_bb",
        "at4_edge",
    ]


def test_a_long_word_is_not_copied_whole_into_windows() -> None:
    assert sum(map(len, windows("a" * 100_000))) < 500


def test_a_span_label_scores_its_highest_word() -> None:
    reduction = reduction_for(made_up(Spans("x"), ()))
    shares = np.array([[0.5, 0.25, 0.25], [0.9, 0.1, 0.0]])
    assert reduction.answers([Input("1", "aa bb")], shares)[0].scores == (0.5,)


def test_a_pair_is_joined_behind_a_separator() -> None:
    assert joined(Input("1", "left", "right")) == "left [SEP] right"


def test_spans_of_texts_without_a_word_have_even_priors() -> None:
    data = made_up(Spans("x"), (), text="  ")
    assert priors(reduction_for(data).learn(data.train)).tolist() == [1 / 3] * 3


def test_only_single_label_needs_no_words_on_the_page() -> None:
    assert reduction_for(made_up(SingleLabel("a"), "a")).describe == ""
    assert reduction_for(made_up(MultiLabel("a"), frozenset())).describe


def test_two_tasks_for_a_single_task_family_are_refused() -> None:
    data = made_up(SingleLabel("a"), "a")
    with pytest.raises(UserError, match="2 tasks"):
        only([data, data])


def test_a_task_without_rows_is_refused() -> None:
    with pytest.raises(UserError, match="made_up: no training examples"):
        reduction_for(made_up(SingleLabel("a")))


def test_a_chinese_name_is_tagged_by_its_characters() -> None:
    text, gold = "王小明去了上海。", (Span(0, 3, "person"), Span(5, 7, "place"))
    assert spans(tokens(text), tags(text, gold)) == gold


def test_windows_of_every_script_hold_word_characters_alone() -> None:
    for text in ("王小明去了", "दादी की", "cioe\u0300 vero", "แมวกินปลา"):
        assert re.fullmatch(r"[\w ]+", " ".join(windows(text)), re.ASCII)
