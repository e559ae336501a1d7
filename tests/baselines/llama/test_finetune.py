"""Fine-tuning an adapter: packed training learns what TRL's learns, its steps hold what they
should, and answers by both readouts are the model's own."""

import gc
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from bench.baselines._llama import finetune as _finetune
from bench.baselines._llama import lora_learner as _lora_learner
from bench.baselines._llama.engine.token_rows import Row
from bench.baselines._llama.prompter import Lesson
from bench.baselines.qlora import BASELINE as Qlora
from bench.baselines.qlora_multi import BASELINE as QloraMulti
from bench.errors import UserError
from bench.run_context import Progress, RunContext, running_in
from bench.task import Input
from tests.support.adapters import a_task, fitted, model

__all__ = ["model"]


def losses(baseline: Any) -> list[float]:
    return [row["train_loss"] for row in baseline.done.history]


def test_it_learns(model: str) -> None:
    data = a_task()
    baseline = fitted(model)
    found = baseline.predict(data.task, [e.input for e in data.train])
    assert losses(baseline)[-1] < losses(baseline)[0] / 4
    assert np.mean([p.value == e.target for p, e in zip(found, data.train, strict=True)]) > 0.9


def test_packed_training_learns_what_trl_learns(model: str) -> None:
    # One step an epoch, so that the order of rows does not matter.
    packed, padded = (
        fitted(model, engine=engine, batch_size=36, epochs=5) for engine in ("packed", "padded")
    )
    np.testing.assert_allclose(losses(packed), losses(padded), rtol=1e-4)
    data = a_task()
    ours, theirs = (b.predict(data.task, [e.input for e in data.train]) for b in (packed, padded))
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one.scores, other.scores, atol=2e-3)


def test_the_greedy_readout_is_what_the_library_generates(model: str) -> None:
    data = a_task()
    baseline = fitted(model, epochs=5)
    inputs = [*(e.input for e in data.train), Input("new", "[PER] 0.25"), Input("empty", "")]
    found = baseline.predict(data.task, inputs)
    llama = baseline._llama
    asker = llama.of(data.task).asker
    known = []
    for row in inputs:
        ids = torch.tensor([asker.tokeniser.prompt(asker.asked(row).asked)])
        made = llama.base.network.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            max_new_tokens=asker.new_tokens,
            do_sample=False,
            pad_token_id=0,
        )
        said = llama.base.tokenizer.decode(made[0, ids.shape[1] :], skip_special_tokens=True)
        known.append(asker.greedy(row, said))
    assert [(p.greedy_answer.value, p.greedy_answer.status) for p in found] == [
        (g.value, g.status) for g in known
    ]
    assert {p.greedy_answer.status for p in found} == {"ok", "unparsed"}


def test_memory_that_runs_out_shrinks_the_parts_and_not_the_step(
    model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = losses(fitted(model, epochs=2))
    sizes: list[int] = []
    honest = _lora_learner.LoraLearner.loss

    def greedy(self: Any, rows: Sequence[Row]) -> Any:
        found = honest(self, rows)
        sizes.append(found.processed)
        if found.processed > 200:
            raise torch.OutOfMemoryError("made up: out of memory")
        return found

    monkeypatch.setattr(_lora_learner.LoraLearner, "loss", greedy)
    assert losses(fitted(model, epochs=2)) == pytest.approx(known, rel=1e-4)
    assert max(sizes) > 200 > min(sizes)


def test_one_adapter_answers_each_task_with_its_own_labels(model: str) -> None:
    data = [a_task(), a_task("answer", ("no", "yes"))]
    baseline = fitted(model, QloraMulti, data, epochs=20)
    for task in data:
        found = baseline.predict(task.task, [e.input for e in task.train])
        right = [p.value == e.target for p, e in zip(found, task.train, strict=True)]
        assert np.mean(right) > 0.9


def test_several_tasks_share_a_step(model: str) -> None:
    rows = [Lesson(name, [Row((1, 2), 1)]) for name in "abc" for _ in range(40)]
    recipe = Qlora(model=model, batch_size=16)._recipe(0)
    steps = _lora_learner.LoraLearner.steps(None, rows, recipe, epoch=0)  # type: ignore[arg-type]
    assert sorted(i for step in steps for i in step) == list(range(120))
    assert [len(step) for step in steps] == [16] * 7 + [8]
    assert np.median([len({rows[i].task for i in step}) for step in steps]) >= 2


def test_rows_of_validation_are_learnt_from_unless_they_are_needed(model: str) -> None:
    seen = Counter(len(_finetune._rows(a_task(), stop_early=stop)) for stop in (True, False))
    assert seen == {24: 1, 36: 1}


def test_stopping_early_keeps_the_best_epoch(model: str) -> None:
    baseline = fitted(model, patience=1, epochs=6)
    scores = [row["validation_macro_f1_polarity"] for row in baseline.done.history]
    assert len(scores) < 6 and scores.index(max(scores)) == len(scores) - 2


def test_the_padded_engine_cannot_stop_early(model: str) -> None:
    with pytest.raises(UserError, match="cannot stop early"):
        Qlora(model=model, engine="padded", patience=2)


def test_draws_stand_beside_and_never_rank(model: str) -> None:
    data = a_task()
    drawn, plain = (fitted(model, epochs=2, draws=n) for n in (3, 0))
    inputs = [e.input for e in data.train]
    some, none = (b.predict(data.task, inputs) for b in (drawn, plain))
    assert [p.value for p in some] == [p.value for p in none]
    assert all(len(p.samples) == 3 for p in some) and all(p.samples == () for p in none)


class Enough(Exception):
    """Stands for a kill."""


@pytest.mark.parametrize("step", [2, 5])
def test_a_fit_that_was_broken_off_goes_on_to_the_same_answers(
    model: str, tmp_path: Path, step: int
) -> None:
    def stop(progress: Progress) -> None:
        if progress.text.startswith("epoch") and progress.done == step:
            raise Enough

    data = a_task()
    inputs = [e.input for e in data.train]
    known = fitted(model, epochs=2, dropout=0.1).predict(data.task, inputs)
    with (
        running_in(RunContext(tmp_path, report=stop, checkpoint_seconds=0.0)),
        pytest.raises(Enough),
    ):
        fitted(model, epochs=2, dropout=0.1)
    with running_in(RunContext(tmp_path, checkpoint_seconds=0.0)):
        again = fitted(model, epochs=2, dropout=0.1)
    assert [p.scores for p in again.predict(data.task, inputs)] == [p.scores for p in known]


@pytest.mark.parametrize("often", [700, 0])
def test_garbage_is_looked_for_as_before_once_rows_are_laid_out(often: int) -> None:
    before = gc.get_threshold()
    gc.set_threshold(often, *before[1:])
    try:
        with pytest.raises(ValueError, match="no rows"), _finetune._rarely_collected():
            assert gc.get_threshold()[0] == (_finetune.RARELY if often else 0)
            raise ValueError("no rows")
        assert gc.get_threshold() == (often, *before[1:])
    finally:
        gc.set_threshold(*before)
