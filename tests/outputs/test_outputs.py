"""Answer spaces: what goes in comes back out, and gold that does not belong is refused."""

import json
import math
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bench.baseline import Prediction
from bench.errors import BenchError, DataError, PluginError
from bench.metrics.aligned import align
from bench.outputs import (
    Fields,
    FreeText,
    MultiLabel,
    Output,
    Pairs,
    Regression,
    SingleLabel,
    Span,
    Spans,
)
from bench.task import Example

COLOURS = ("red", "green", "dark blue")
TEXT = "a red door and a blue one"
OUTPUTS: dict[str, Output] = {
    "one label": SingleLabel(*COLOURS),
    "a set of labels": MultiLabel(*COLOURS),
    "a number": Regression(-4.0, 4.0),
    "spans": Spans(*COLOURS),
    "free text": FreeText(),
    "pairs": Pairs("result", "test"),
    "fields": Fields(
        "[{colour}] {size} {mood}",
        colour=SingleLabel(*COLOURS),
        size=Regression(-4.0, 4.0),
        mood=SingleLabel("red", "red door"),
    ),
}
SPANS = st.tuples(st.integers(0, 24), st.integers(1, 25), st.sampled_from(COLOURS)).filter(
    lambda span: span[0] < span[1]
)
ANSWERS: dict[str, st.SearchStrategy[Any]] = {
    "one label": st.sampled_from(COLOURS),
    "a set of labels": st.sets(st.sampled_from(COLOURS)),
    "a number": st.floats(-4, 4),
    "spans": st.lists(SPANS, max_size=5),
    "free text": st.text() | st.lists(st.text(), min_size=1, max_size=3),
    "pairs": st.lists(st.tuples(SPANS, SPANS), max_size=4),
    "fields": st.tuples(
        st.sampled_from(COLOURS), st.floats(-4, 4), st.sampled_from(["red", "red door"])
    ),
}
PAIRS = st.sampled_from(sorted(OUTPUTS)).flatmap(
    lambda kind: st.tuples(st.just(OUTPUTS[kind]), ANSWERS[kind])
)


@given(PAIRS)
def test_a_checked_answer_survives_json(pair: tuple[Output, Any]) -> None:
    output, raw = pair
    answer = output.check(raw, TEXT)
    assert output.from_json(json.loads(json.dumps(output.to_json(answer)))) == answer


@given(PAIRS)
def test_checking_twice_changes_nothing(pair: tuple[Output, Any]) -> None:
    output, raw = pair
    answer = output.check(raw, TEXT)
    assert output.check(answer, TEXT) == answer


@given(PAIRS)
def test_every_answer_has_words_and_a_stratum(pair: tuple[Output, Any]) -> None:
    output, raw = pair
    answer = output.check(raw, TEXT)
    assert isinstance(output.encode(answer, TEXT), str)
    assert isinstance(output.stratum(answer), str)


@pytest.mark.parametrize(
    ("kind", "answer", "words"),
    [
        ("one label", "dark blue", "dark blue"),
        ("a set of labels", {"green", "red"}, "red, green"),
        ("a set of labels", (), "none"),
        ("a number", "1.5", "1.50"),
        ("spans", [(17, 21, "dark blue"), (2, 5, "red")], "[red] red [dark blue] blue"),
        ("spans", [], "none"),
        ("free text", ["doors", "two doors"], "doors"),
    ],
)
def test_an_answer_in_words(kind: str, answer: Any, words: str) -> None:
    output = OUTPUTS[kind]
    assert output.encode(output.check(answer, TEXT), TEXT) == words


BAD: list[tuple[str, Any, str]] = [
    ("one label", "read", "did you mean 'red'"),
    ("one label", "Red", "not declared"),
    ("one label", 1, "not declared"),
    ("one label", None, "not declared"),
    ("one label", ["red"], "not declared"),
    ("a set of labels", "red", "a set of labels"),
    ("a set of labels", {"red", "rad"}, "did you mean 'red'"),
    ("a set of labels", None, "a set of labels"),
    ("a number", "warm", "not a number"),
    ("a number", None, "not a number"),
    ("a number", 4.01, "outside -4 to 4"),
    ("a number", math.nan, "outside -4 to 4"),
    ("a number", math.inf, "outside -4 to 4"),
    ("spans", [(0, 26, "red")], "outside its text of 25 characters"),
    ("spans", [(3, 3, "red")], "outside its text"),
    ("spans", [(-1, 3, "red")], "outside its text"),
    ("spans", [(0, 3, "rad")], "did you mean 'red'"),
    ("spans", [(0, 3)], "start, end, label"),
    ("spans", [(0.5, 3, "red")], "start, end, label"),
    ("spans", "red", "start, end, label"),
    ("spans", None, "start, end, label"),
    ("free text", [], "free text is a string"),
    ("free text", [1, 2], "free text is a string"),
    ("free text", None, "free text is a string"),
]


@pytest.mark.parametrize(
    ("kind", "blank"),
    [
        ("one label", "red"),
        ("a set of labels", frozenset()),
        ("a number", 0.0),
        ("spans", ()),
        ("free text", ""),
        ("pairs", ()),
        ("fields", ("red", 0.0, "red")),
    ],
)
def test_the_blank_answer_is_one_of_the_space(kind: str, blank: Any) -> None:
    output = OUTPUTS[kind]
    assert output.check(output.fallback_answer(), "") == output.fallback_answer() == blank


@pytest.mark.parametrize(("kind", "answer", "said"), BAD)
def test_gold_that_does_not_belong_is_refused(kind: str, answer: Any, said: str) -> None:
    with pytest.raises(DataError, match=said):
        OUTPUTS[kind].check(answer, TEXT)


@pytest.mark.parametrize("labels", [(), ("",), (" ",), ("a", "a"), (1, 2)])
def test_labels_that_cannot_be_told_apart_are_refused(labels: tuple[Any, ...]) -> None:
    with pytest.raises(PluginError, match="labels"):
        SingleLabel(*labels)


def test_spans_are_ordered_and_stand_once() -> None:
    raw = [(17, 21, "red"), (2, 5, "red"), (17, 21, "red")]
    assert Spans("red").check(raw, TEXT) == (Span(2, 5, "red"), Span(17, 21, "red"))


def test_the_order_of_labels_is_part_of_an_output() -> None:
    assert SingleLabel("a", "b") != SingleLabel("b", "a")


def test_outputs_of_two_kinds_differ() -> None:
    assert SingleLabel("a", "b") != MultiLabel("a", "b")


@given(st.floats(-4, 4), st.floats(-4, 4))
def test_the_strata_of_numbers_follow_the_scale(one: float, two: float) -> None:
    low, high = sorted((one, two))
    scale = OUTPUTS["a number"]
    assert 0 <= int(scale.stratum(low)) <= int(scale.stratum(high)) <= 9


# Answers in words, and back.

LABEL = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=8
).filter(lambda name: name.strip() == name and name)
LABELS = st.lists(LABEL, min_size=2, max_size=6, unique=True)
WRITTEN = st.text("ab [],#@0\"'.-née😀שלום\n", max_size=30)


def _said(output: Output, answer: Any, text: str, words: dict[str, str] | None = None) -> Any:
    return output.decode(output.encode(answer, text, words=words or {}), text, words=words or {})


@given(LABELS, st.data())
def test_a_label_is_read_from_its_own_words(labels: list[str], data: st.DataObject) -> None:
    label = data.draw(st.sampled_from(labels))
    assert _said(SingleLabel(*labels), label, "") == label


@given(LABELS, st.data())
def test_a_set_of_labels_is_read_from_its_own_words(labels: list[str], data: st.DataObject) -> None:
    chosen = frozenset(data.draw(st.sets(st.sampled_from(labels))))
    assert _said(MultiLabel(*labels), chosen, "") == chosen


@given(st.floats(-1e6, 1e6))
def test_a_number_is_read_from_its_own_words(number: float) -> None:
    assert _said(Regression(-1e6, 1e6), number, "") == number


@given(WRITTEN, st.data())
def test_spans_are_read_from_their_own_words(text: str, data: st.DataObject) -> None:
    places = st.integers(0, len(text))
    one = st.tuples(places, places, st.sampled_from(("a", "ab", "[a] b")))
    raw = [span for span in data.draw(st.lists(one, max_size=4)) if span[0] < span[1]]
    output = Spans("a", "ab", "[a] b")
    spans = output.check(raw, text)
    assert _said(output, spans, text) == spans


@given(st.text())
def test_free_text_is_read_as_it_stands(text: str) -> None:
    assert _said(FreeText(), text, "") == text


def test_a_repeated_mention_is_found_at_its_own_place() -> None:
    text, output = "Rome, not Rome, Georgia", Spans("LOC")
    second = output.check([(10, 14, "LOC")], text)
    assert output.encode(second, text) == "[LOC#2] Rome"
    assert output.decode("[LOC#2] Rome", text) == second


def test_mentions_in_order_need_no_numbers() -> None:
    text, output = "Rome, not Rome, Georgia", Spans("LOC")
    both = output.check([(0, 4, "LOC"), (16, 23, "LOC")], text)
    assert output.encode(both, text) == "[LOC] Rome [LOC] Georgia"


def test_labels_are_said_and_read_by_their_words() -> None:
    output, words = SingleLabel("acq", "earn"), {"acq": "acquisitions"}
    assert output.encode("acq", "", words=words) == "acquisitions"
    assert output.decode(" Acquisitions. ", "", words=words) == "acq"


@pytest.mark.parametrize(
    "said", ["positively", "positive or negative", "pos", "", "It is positive"]
)
def test_what_is_no_label_is_not_snapped_to_one(said: str) -> None:
    assert SingleLabel("negative", "positive").decode(said, "") is None


def test_two_labels_that_differ_in_case_alone_are_told_apart_or_not_at_all() -> None:
    output = SingleLabel("US", "us")
    assert output.decode("us", "") == "us" and output.decode("Us", "") is None


@pytest.mark.parametrize("said", ["5", "-4.01", "two", "1.2.3", "", "3 stars", "nan"])
def test_what_is_no_number_on_the_scale_is_not_read(said: str) -> None:
    assert Regression(-4.0, 4.0).decode(said, "") is None


def test_a_decimal_comma_is_read() -> None:
    assert Regression(-4.0, 4.0).decode("-1,5", "") == -1.5


@pytest.mark.parametrize("said", ["[LOC] Paris", "[PER] Rome", "Rome", "[LOC@2-99] Rome", "[LOC]"])
def test_spans_that_are_not_in_the_text_are_not_read(said: str) -> None:
    assert Spans("LOC").decode(said, "in Rome") is None


def test_the_empty_set_is_never_a_label_s_word() -> None:
    output = MultiLabel("none", "all")
    assert output.encode(frozenset(), "") == "(none)"
    assert output.decode("none", "") == frozenset({"none"})


@pytest.mark.parametrize("said", ['"\\x"', '"a\nb"', '"a'])
def test_a_list_whose_quotation_marks_hold_no_word_is_not_read(said: str) -> None:
    assert MultiLabel("a", "b").decode(said, "") is None


@given(PAIRS)
def test_every_answer_is_read_from_its_own_words(pair: tuple[Output, Any]) -> None:
    output, raw = pair
    answer = output.check(raw, TEXT)
    assume(not isinstance(answer, tuple) or not isinstance(output, FreeText))
    assert output.decode(output.encode(answer, TEXT), TEXT) == answer


CLINIC = Pairs("result", "test", marks=("BREL", "SEP", "EREL"), none="[NOREL]")


@given(st.text(max_size=40), st.data())
def test_pairs_are_read_from_their_own_words(text: str, data: st.DataObject) -> None:
    places = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).filter(
        lambda place: place[0] < place[1]
    )
    drawn = data.draw(st.lists(st.tuples(places, places), max_size=3)) if text else []
    answer = CLINIC.check(drawn, text)
    assert CLINIC.decode(CLINIC.encode(answer, text), text) == answer


def test_pairs_are_written_with_their_marks() -> None:
    text = "Hb 10 and Ht 10"
    answer = CLINIC.check([((3, 5), (0, 2)), ((13, 15), (10, 12))], text)
    assert CLINIC.encode(answer, text) == "[BREL] 10 [SEP] Hb [EREL] [BREL#2] 10 [SEP] Ht [EREL]"
    assert CLINIC.encode((), text) == "[NOREL]"


@pytest.mark.parametrize("said", ["", "10", "[BREL] 10 [SEP] Hb", "[BREL] 11 [SEP] Hb [EREL]", "?"])
def test_pairs_that_are_not_in_the_text_are_not_read(said: str) -> None:
    assert CLINIC.decode(said, "Hb 10") is None


PLACE = Fields(
    "[regione] {region} [geo] {latitude} {longitude}",
    region=SingleLabel("Lazio", "Valle d'Aosta"),
    latitude=Regression(35, 48),
    longitude=Regression(6, 19),
)


def test_fields_are_written_in_their_form() -> None:
    answer = PLACE.check({"region": "Valle d'Aosta", "latitude": 45.7, "longitude": 7.3}, "")
    assert PLACE.encode(answer, "") == "[regione] Valle d'Aosta [geo] 45.70 7.30"


def test_fields_are_read_in_another_case_and_spacing() -> None:
    assert PLACE.decode(" [REGIONE]  lazio [geo] 41.9  12,5 ", "") == ("Lazio", 41.9, 12.5)


@pytest.mark.parametrize(
    "said", ["", "Lazio", "[regione] Roma [geo] 41.9 12.5", "[regione] Lazio [geo] 41.9", "[1, 2]"]
)
def test_fields_with_one_part_unread_are_not_read(said: str) -> None:
    assert PLACE.decode(said, "") is None


@pytest.mark.parametrize("answer", ["Lazio", ("Lazio", 41.9), ("Roma", 41.9, 12.5), 3])
def test_fields_that_do_not_fit_are_refused(answer: Any) -> None:
    with pytest.raises(DataError):
        PLACE.check(answer, "")


def test_a_form_names_each_part_once() -> None:
    with pytest.raises(PluginError, match="braces"):
        Fields("{size} {size}", size=Regression(0, 1))


LONG = "it was a very private text " * 9


@pytest.mark.parametrize("kind", OUTPUTS)
def test_a_message_never_quotes_a_whole_answer(kind: str) -> None:
    """What a broken plugin predicts can be the text, and the reason of a failure is shown."""
    with pytest.raises(DataError) as caught:
        OUTPUTS[kind].check({LONG}, TEXT)
    assert str(caught.value).count("private") <= 2


def test_a_failed_cell_quotes_no_whole_answer() -> None:
    row = Example("1", TEXT, "red")
    with pytest.raises(BenchError, match="example '1': predicted") as caught:
        align(OUTPUTS["one label"], [row], [Prediction(LONG)])
    assert str(caught.value).count("private") <= 4
