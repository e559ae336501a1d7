"""Prompts as tokens: tokenised whole, split where no token crosses, cut in the input alone."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from transformers import AutoTokenizer

from bench.errors import PluginError
from bench.models.prompt import Question
from bench.models.templates import template_of
from bench.models.tokens import Tokenised, Tokeniser, refuse_equal_answers
from tests.support.tiny_llama import tiny_llama

ANSWERS = ("positive", "negative", "pos", "positive and negative", "né", "-1.50", "none")
FORMS = [("bytes", "chat"), ("bytes", "alpaca"), ("sentencepiece", "llama2_chat")]
FORMS += [("sentencepiece", "extremita"), ("bytes", "llama2_chat")]


@pytest.fixture(scope="module")
def tokenizers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("models")
    return {
        kind: AutoTokenizer.from_pretrained(tiny_llama(Path(folder) / kind, kind=kind))
        for kind in ("bytes", "sentencepiece")
    }


def asked(text: str, pair: str | None = None) -> Question:
    return Question("Decide which label fits.", "Text", text, pair, "Answer")


def tokeniser(tokenizer: Any, template: str, longest: int = 1000) -> Tokeniser:
    return Tokeniser(tokenizer, template_of(template, tokenizer), longest=longest)


@pytest.mark.parametrize(("kind", "template"), FORMS)
@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(st.characters(codec="utf-8"), max_size=40))
def test_what_is_split_equals_what_is_tokenised_whole(
    tokenizers: dict[str, Any], kind: str, template: str, text: str
) -> None:
    made = tokeniser(tokenizers[kind], template)
    made.with_answers([asked("the first text")], ANSWERS)  # from now on tails are known
    question = made.fitted(asked(text)).asked
    layout = made.template(question, (), made.marks)
    for answer, found in zip(ANSWERS, made.with_answers([question], ANSWERS)[0], strict=True):
        known = made.tokenizer(f"{layout.before}{answer}{layout.after}", add_special_tokens=False)
        assert list(found.ids) == known["input_ids"]
        assert found.ids[: found.start] == made.prompt(question)


@pytest.mark.parametrize(("kind", "template"), FORMS)
def test_many_questions_are_tokenised_as_each_alone(
    tokenizers: dict[str, Any], kind: str, template: str
) -> None:
    made = tokeniser(tokenizers[kind], template)
    pairs = [(asked(f"text {n}" * (n % 7)), ANSWERS[n % len(ANSWERS)]) for n in range(1100)]
    together = made.with_own_answers(pairs)
    assert together == [made.with_answer(question, answer) for question, answer in pairs]
    questions = [question for question, _ in pairs[:9]]
    each = [made.with_answers([question], ANSWERS)[0] for question in questions]
    assert made.with_answers(questions, ANSWERS) == each


@pytest.mark.parametrize(("kind", "template"), FORMS)
def test_the_answers_tokens_say_the_answer_and_the_end_follows(
    tokenizers: dict[str, Any], kind: str, template: str
) -> None:
    made = tokeniser(tokenizers[kind], template)
    for answer, found in zip(ANSWERS, made.with_answers([asked("a")], ANSWERS)[0], strict=True):
        said = made.tokenizer.decode(found.ids[found.start : found.end])
        assert said.strip() == answer
        assert found.ids[-1] == made.tokenizer.eos_token_id


@pytest.mark.parametrize(("kind", "template"), FORMS)
def test_there_is_one_mark_at_the_beginning_or_none(
    tokenizers: dict[str, Any], kind: str, template: str
) -> None:
    made = tokeniser(tokenizers[kind], template)
    ids = made.with_answer(asked("a"), "positive").ids
    if kind == "sentencepiece":
        assert ids[0] == made.tokenizer.bos_token_id and ids.count(ids[0]) == 1
    else:
        assert made.marks.bos == ""


@pytest.mark.parametrize("mark", ["</s>", "<s>", "<unk>"])
def test_a_text_cannot_hold_a_special_token(tokenizers: dict[str, Any], mark: str) -> None:
    made = tokeniser(tokenizers["sentencepiece"], "llama2_chat")
    plain, odd = (
        made.with_answer(made.fitted(asked(text)).asked, "positive").ids
        for text in ("a text", f"a{mark} text{mark}")
    )
    special = {*made.tokenizer.all_special_ids}
    assert sum(i in special for i in odd) == sum(i in special for i in plain)


def test_a_long_text_is_cut_and_the_rest_of_the_prompt_stays(tokenizers: dict[str, Any]) -> None:
    made = tokeniser(tokenizers["bytes"], "chat", longest=20)
    short, long = (made.fitted(asked("the lemon was sour " * n)) for n in (2, 200))
    assert long.cut and not short.cut
    ids = made.with_answer(long.asked, "positive").ids
    said = made.tokenizer.decode(ids)
    assert "Decide which label fits." in said and said.endswith("positive<|im_end|>")
    assert len(made.tokenizer(long.asked.text).input_ids) <= 20


def test_of_two_texts_each_gets_half(tokenizers: dict[str, Any]) -> None:
    made = tokeniser(tokenizers["bytes"], "chat", longest=20)
    fitted = made.fitted(asked("the lemon " * 50, "the olive " * 50))
    lengths = [len(made.tokenizer(t).input_ids) for t in (fitted.asked.text, fitted.asked.pair)]
    assert fitted.cut and max(lengths) <= 10 and "olive" in str(fitted.asked.pair)


def test_letters_of_several_tokens_are_counted_as_such(tokenizers: dict[str, Any]) -> None:
    made = tokeniser(tokenizers["bytes"], "chat", longest=10)
    assert made.fitted(asked("é" * 9)).cut
    assert not made.fitted(asked("e" * 9)).cut


@pytest.mark.parametrize("template", ["chat", "alpaca", "llama2_chat"])
def test_an_answer_without_words_is_the_end_alone(
    tokenizers: dict[str, Any], template: str
) -> None:
    made = tokeniser(tokenizers["bytes"], template)
    found = made.with_answer(asked("a"), "")
    assert found.start <= found.end <= len(found.ids)
    assert found.ids[-1] == made.tokenizer.eos_token_id


def test_a_megabyte_is_cut_in_no_time(tokenizers: dict[str, Any]) -> None:
    made = tokeniser(tokenizers["bytes"], "chat", longest=20)
    assert len(made.fitted(asked("a" * 2**20)).asked.text) <= 20 * 40


def test_labels_that_are_the_same_tokens_are_refused_by_name() -> None:
    same = Tokenised((1, 2, 3), 1, 2)
    with pytest.raises(PluginError, match="'a' and 'b' have the same tokens"):
        refuse_equal_answers(["a", "b"], [same, same])
