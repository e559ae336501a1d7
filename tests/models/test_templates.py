"""Prompt templates: the seeds' bytes, one beginning mark, and the end always learnt."""

import json
import re
import tracemalloc
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench.errors import UserError
from bench.models.chat_template_digest import template_digest, with_fixed_date
from bench.models.layout import Marks, Turn
from bench.models.prompt import Question, question
from bench.models.templates import template_of
from bench.outputs import SingleLabel
from bench.task import Input, Prompt, Task
from tests.support.tiny_llama import CHAT, bytes_tokenizer

SST2 = Question(
    system="You are a helpful, respectful and honest sentiment analysis assistant. And you are "
    "supposed to classify the sentiment of the sentence into one of the following categories: "
    "'positive' or 'negative'.",
    name="Sentence",
    text="hide new secretions from the parental units ",
    pair=None,
    answer_name="Sentiment",
)
SEED_003 = """<s>[INST] <<SYS>>
You are a helpful, respectful and honest sentiment analysis assistant. And you are supposed to \
classify the sentiment of the sentence into one of the following categories: 'positive' or \
'negative'.
<</SYS>>

Sentence: hide new secretions from the parental units \nSentiment: [/INST] positive </s>"""


class FakeTokenizer:
    """A chat template rendered as the library does, by Jinja."""

    def __init__(self, form: str) -> None:
        self.chat_template, self.rendered = form, 0

    def apply_chat_template(
        self, said: Any, *, tokenize: bool, add_generation_prompt: bool = False
    ) -> str:
        from jinja2.exceptions import TemplateError
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        def refuse(message: str) -> None:
            raise TemplateError(message)

        self.rendered += 1
        template = ImmutableSandboxedEnvironment().from_string(self.chat_template)
        return template.render(
            messages=said,
            add_generation_prompt=add_generation_prompt,
            raise_exception=refuse,
        )


def whole(template: str, *, shots: int = 0, marks: Marks | None = None, form: str = CHAT) -> str:
    turns = [Turn(SST2, "negative")] * shots
    layout = template_of(template, FakeTokenizer(form))(SST2, turns, marks or Marks())
    return f"{layout.before}positive{layout.after}"


def test_llama2_chat_is_the_seeds_form_to_the_byte() -> None:
    assert whole("llama2_chat") == SEED_003


def test_a_shot_is_a_turn_of_its_own_in_llama2_chat() -> None:
    said = whole("llama2_chat", shots=1)
    assert said.count("<<SYS>>") == 1 and said.count("</s><s>[INST] Sentence") == 1
    assert said.endswith("[/INST] positive </s>") and said.count("negative </s>") == 1


def test_extremita_is_the_published_form() -> None:
    assert whole("extremita").endswith(
        "che completi adeguatamente la richiesta.\n### Istruzione:\n"
        f"{SST2.system}\n### Input:\n{SST2.text}\n### Risposta:\npositive</s>"
    )


def test_alpaca_has_its_three_heads() -> None:
    said = whole("alpaca")
    assert said.startswith("<s>Below is an instruction")
    heads = [line for line in said.splitlines() if line.startswith("###")]
    assert heads == ["### Instruction:", "### Input:", "### Response:"]


def test_the_chat_template_ends_with_the_end_mark_and_nothing_behind_it() -> None:
    said = whole("chat", marks=Marks("", "<|im_end|>"))
    assert said.startswith("<|im_start|>system\nYou are")
    assert said.endswith("<|im_start|>assistant\npositive<|im_end|>")


def test_a_chat_template_without_a_system_prompt_opens_the_first_question_with_it() -> None:
    form = "{% if messages[0].role == 'system' %}{{ raise_exception('none') }}{% endif %}" + CHAT
    said = whole("chat", marks=Marks("", "<|im_end|>"), form=form, shots=1)
    assert said.startswith(f"<|im_start|>user\n{SST2.system}\n\nSentence: hide")
    assert said.count(SST2.system) == 1


def test_without_a_system_prompt_each_shot_keeps_its_own_answer() -> None:
    form = "{% if messages[0].role == 'system' %}{{ raise_exception('none') }}{% endif %}" + CHAT
    turns = [Turn(replace(SST2, text=word), word) for word in ("first", "second", "third")]
    before = template_of("chat", FakeTokenizer(form))(SST2, turns, Marks("", "<|im_end|>")).before
    asked = [line.split(": ")[1] for line in before.splitlines() if line.startswith("Sentence: ")]
    told = re.findall(r"assistant\n(\w+)<", before)
    assert asked == [*told, SST2.text] == ["first", "second", "third", SST2.text]


TEXTS = ["plain", "  spaces around\n", "", "{{ said }}", "<|im_end|>", "a\n\nb"]


@pytest.mark.parametrize(
    "shape", ["m.content", "m.content | trim", "m.content | upper", "m.content | length"]
)
@pytest.mark.parametrize("text", TEXTS)
def test_a_form_says_of_a_later_text_what_it_says_of_a_first(shape: str, text: str) -> None:
    form = CHAT.replace("m.content", shape)
    assert shape in form
    tokenizer = FakeTokenizer(form)
    made = template_of("chat", tokenizer)
    for other in TEXTS:
        made(replace(SST2, text=other), (), Marks("", "<|im_end|>"))
    later = made(replace(SST2, text=text), (), Marks("", "<|im_end|>"))
    question = {"role": "user", "content": replace(SST2, text=text).named}
    said = [{"role": "system", "content": SST2.system}, question]
    known = tokenizer.apply_chat_template(said, tokenize=False, add_generation_prompt=True)
    assert later.before == known


SHAPES = ["m.content[:99]", "m.content.replace('\\r\\n', '\\n')", "m.content.split('</think>')[-1]"]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_form_that_looks_into_texts_is_run_for_each(shape: str) -> None:
    tokenizer = FakeTokenizer(CHAT.replace("m.content", shape))
    made = template_of("chat", tokenizer)
    for number in range(10):
        made(replace(SST2, text=f"text {number}"), (), Marks("", "<|im_end|>"))
    assert tokenizer.rendered >= 20


def test_what_a_form_puts_behind_the_answer_may_depend_on_the_text() -> None:
    form = CHAT.replace(
        "{{ m.content }}", "{{ m.content }}{% if '<b>' in messages[1].content %}!{% endif %}"
    )
    made = template_of("chat", FakeTokenizer(form))
    ends = [
        made(replace(SST2, text=text), (), Marks("", "<|im_end|>")).after for text in ("a", "<b>")
    ]
    assert ends == ["<|im_end|>", "!<|im_end|>"]


def test_forms_of_several_tasks_and_shots_do_not_mix() -> None:
    made = template_of("chat", FakeTokenizer(CHAT))
    marks, other = Marks("", "<|im_end|>"), replace(SST2, system="Another task.")
    shots = [Turn(SST2, "negative")]
    plain, changed, shown = made(SST2, (), marks), made(other, (), marks), made(SST2, shots, marks)
    assert other.system in changed.before and other.system not in plain.before
    assert shown.before.count("Sentence: ") == 2 and made(SST2, (), marks) == plain


def test_a_form_that_refuses_a_system_prompt_is_asked_once() -> None:
    form = "{% if messages[0].role == 'system' %}{{ raise_exception('none') }}{% endif %}" + CHAT
    tokenizer = FakeTokenizer(form)
    made = template_of("chat", tokenizer)
    for number in range(100):
        made(replace(SST2, text=f"text {number}"), (), Marks("", "<|im_end|>"))
    assert tokenizer.rendered < 30


def test_what_a_form_refused_is_not_kept_once_more_for_each_text() -> None:
    form = "{% if messages[0].role == 'system' %}{{ raise_exception('none') }}{% endif %}" + CHAT
    made = template_of("chat", FakeTokenizer(form))
    made(SST2, (), Marks("", "<|im_end|>"))
    tracemalloc.start()
    for _ in range(500):
        made(SST2, (), Marks("", "<|im_end|>"))
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 20_000


def test_behind_an_answer_that_a_form_changes_stands_the_end_mark() -> None:
    form = CHAT.replace("{{ m.content }}", "{{ m.content | upper }}")
    made = template_of("chat", FakeTokenizer(form))
    assert made(SST2, (), Marks("", "<|im_end|>")).after == "<|im_end|>"


def test_a_form_that_sets_texts_as_they_are_is_not_run_for_each() -> None:
    tokenizer = FakeTokenizer(CHAT)
    made = template_of("chat", tokenizer)
    for number in range(100):
        made(replace(SST2, text=f"text {number}"), (), Marks("", "<|im_end|>"))
    assert tokenizer.rendered < 20


@pytest.mark.parametrize("template", ["llama2_chat", "alpaca", "extremita", "chat"])
@pytest.mark.parametrize("shots", [0, 2])
def test_the_end_of_the_sequence_is_always_learnt(template: str, shots: int) -> None:
    assert whole(template, shots=shots, marks=Marks("<s>", "<|im_end|>")).endswith("<|im_end|>")


def test_auto_takes_the_models_own_form_where_it_has_one() -> None:
    assert whole("auto", marks=Marks("", "<|im_end|>")).startswith("<|im_start|>system")
    assert template_of("auto") is template_of("llama2_chat")


def test_an_unknown_template_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UserError, match="did you mean 'llama2_chat'"):
        template_of("lama2_chat")


def test_a_model_without_a_chat_template_is_told_so() -> None:
    with pytest.raises(UserError, match="no chat template"):
        template_of("chat")


def test_label_words_and_definitions_stand_in_the_question() -> None:
    task = Task(
        name="t",
        output=SingleLabel("acq", "earn", "ship"),
        load=lambda files: {},
        prompt=Prompt(
            instruction="Name the topic.",
            labels={"acq": "who buys whom"},
            label_words={"acq": "deals"},
        ),
        licence="",
        citation="",
        source="",
    )
    asked = question(task, Input("1", "a text", pair="another"))
    assert asked.system == "Name the topic.\n- deals: who buys whom\nOther labels: earn, ship"
    assert asked.named == "Text: a text\nText 2: another\nAnswer:"
    assert asked.bare == "a text [SEP] another"


DATED = (
    "\n{% if strftime_now is defined %}{{ strftime_now('%d %b %Y, %H:%M') }}{% endif %}\n"
    "{% macro day() %}{{ strftime_now('%-d.%-m.') }}{% endmacro %}{{ day() }}\n" + CHAT
)


def library_tokenizer(form: str) -> Any:
    tokenizer = copy(bytes_tokenizer())
    tokenizer.chat_template = form
    return tokenizer


def test_a_form_that_writes_the_date_writes_the_same_every_day() -> None:
    layout = template_of("chat", library_tokenizer(DATED))(SST2, (), Marks())
    assert layout.before.startswith("\n26 Jul 2024, 12:0026.7.\n<|im_start|>system")


def test_a_fixed_day_leaves_all_else_of_a_form_as_it_is() -> None:
    said = [{"role": "user", "content": "a"}]
    form = "\n\n  {# strftime_now #}" + CHAT
    plain, dated = (
        library_tokenizer(text).apply_chat_template(said, tokenize=False)
        for text in (form, with_fixed_date(form))
    )
    assert dated == plain


@pytest.mark.parametrize(
    "draw",
    [
        "[1, 2, 3] | random",
        "lipsum()",
        "[[1, 2]] | map('random')",
        "[[1, 2]] | map('ran' ~ 'dom')",
        "[[1, 2]] | map('ran' 'dom')",
        "[[1]] | map('\\x72andom')",
    ],
)
def test_a_form_that_draws_at_random_is_refused(draw: str) -> None:
    with pytest.raises(UserError, match="has random output"):
        template_of("chat", library_tokenizer(f"{{{{ {draw} }}}}{CHAT}"))


@pytest.mark.parametrize("file", ["chat_template.jinja", "tokenizer_config.json"])
def test_the_rendered_form_of_a_folder_is_its_digest(tmp_path: Path, file: str) -> None:
    digests = set()
    for form in (CHAT, f"{{# a remark #}}{CHAT}", f"Hello.{CHAT}"):
        text = form if file.endswith("jinja") else json.dumps({"chat_template": form})
        (tmp_path / file).write_text(text)
        digests.add(template_digest(tmp_path))
    assert len(digests) == 2 and "" not in digests


@pytest.mark.parametrize("mistake", ["1 / 0", "1 + 'a'", "'a' * 10**15", "range(10**9)"])
def test_a_form_that_fails_has_a_digest(tmp_path: Path, mistake: str) -> None:
    (tmp_path / "chat_template.jinja").write_text(f"{{{{ {mistake} }}}}")
    assert len(template_digest(tmp_path)) == 64


@pytest.mark.parametrize("thing", ["cycler('a')", "messages | map('upper')", "joiner()"])
def test_a_form_that_writes_an_address_of_memory_is_refused(tmp_path: Path, thing: str) -> None:
    (tmp_path / "chat_template.jinja").write_text(f"{{{{ {thing} }}}}")
    with pytest.raises(UserError, match="memory address"):
        template_digest(tmp_path)


def test_a_form_that_does_not_end_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.models.chat_template_digest.PATIENCE", 0.5)
    loop = "{% for i in range(9999) %}"
    (tmp_path / "chat_template.jinja").write_text(loop * 2 + "{% endfor %}" * 2)
    with pytest.raises(UserError, match="did not finish"):
        template_digest(tmp_path)
