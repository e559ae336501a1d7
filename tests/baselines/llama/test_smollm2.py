"""The real small model: what the toy models show holds for pretrained weights, too."""

import numpy as np
import pytest
import torch

from bench.baseline import TaskData
from bench.baselines._llama.engine.base_model import BaseModel, base_model
from bench.baselines._llama.engine.engine import Engine
from bench.baselines._llama.engine.token_rows import Row
from bench.baselines.llama_zero_shot import BASELINE as LlamaZeroShot
from bench.models import weights
from bench.models.chat_template_digest import template_digest
from bench.models.pretrained import chat_template_digest
from bench.models.prompt import question
from bench.models.templates import template_of
from bench.models.tokens import Tokeniser
from bench.outputs import SingleLabel
from bench.task import Input, Prompt, Task

TEXTS = ("what a lovely day", "the soup was cold and the bill was not", "a train", "", "ok 👍")
TASK = Task(
    name="mood",
    output=SingleLabel("positive", "negative"),
    load=lambda files: {},
    prompt=Prompt(instruction="Is the mood of the text positive or negative? Say one word."),
    licence="made up",
    citation="made up",
    source="made up",
)


@pytest.fixture(scope="module")
def base() -> BaseModel:
    return base_model(weights("smollm2-135m"), precision="nf4", resident="dequantized")


def rows(base: BaseModel) -> list[Row]:
    made = Tokeniser(base.tokenizer, template_of("auto", base.tokenizer), longest=256)
    asked = [question(TASK, Input("", text)) for text in TEXTS]
    found = made.with_answers(asked, ("positive", "negative", "somewhat mixed"))
    return [Row(t.ids, t.start) for answers in found for t in answers]


def test_the_chat_template_in_keys_is_that_of_the_converted_weights() -> None:
    assert chat_template_digest("smollm2-135m") == template_digest(weights("smollm2-135m").folder)


def test_packed_likelihoods_equal_padded_ones(base: BaseModel) -> None:
    packed, padded = (Engine(base, form).read(rows(base)) for form in ("packed", "padded"))  # type: ignore[arg-type]
    for one, other in zip(packed, padded, strict=True):
        np.testing.assert_allclose(one.logprobs, other.logprobs, atol=1e-4, rtol=1e-5)
        assert (one.best == other.best).all()


def test_one_text_alone_is_answered_as_among_others() -> None:
    baseline = LlamaZeroShot(model="smollm2-135m")
    baseline.fit([TaskData(TASK, [], [])], seed=0)
    inputs = [Input(f"{i}", text) for i, text in enumerate(TEXTS)]
    together = baseline.predict(TASK, inputs)
    alone = [baseline.predict(TASK, [row])[0] for row in inputs]
    for one, other in zip(together, alone, strict=True):
        assert (one.value, one.greedy_answer) == (other.value, other.greedy_answer)
        np.testing.assert_allclose(one.scores, other.scores, atol=1e-4)


def test_the_greedy_readout_is_what_the_library_generates() -> None:
    baseline = LlamaZeroShot(model="smollm2-135m")
    baseline.fit([TaskData(TASK, [], [])], seed=0)
    asker, base = baseline._llama.of(TASK).asker, baseline._llama.base
    inputs = [Input(f"{i}", text) for i, text in enumerate(TEXTS)]
    for row, found in zip(inputs, baseline.predict(TASK, inputs), strict=True):
        ids = torch.tensor([asker.tokeniser.prompt(asker.asked(row).asked)])
        made = base.network.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            max_new_tokens=asker.new_tokens,
            do_sample=False,
            pad_token_id=0,
        )
        said = base.tokenizer.decode(made[0, ids.shape[1] :], skip_special_tokens=True)
        assert found.greedy_answer == asker.greedy(row, said)
