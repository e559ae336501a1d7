"""The parts of the comparison on a GPU."""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from perf.gpu.encoders import BASE, REVIEWS, SST, TOY, bert_folder, bert_ours, bert_trainer
from perf.gpu.lstm import lstm_loop, lstm_ours
from perf.gpu.measure import lasting_rate, matmul_rate
from perf.gpu.ours import Scored, argmax_agreement, largest_gap, score_ours
from perf.gpu.peers import score_lm_eval
from perf.gpu.random_models import Form
from perf.gpu.run import Found, Run
from perf.gpu.table import LASTING
from perf.gpu.token_rows import Kind, Tokens, scoring_rows
from perf.gpu.training_parts import TRAININGS, shape_of, train_part, unsloth_part


@dataclass(frozen=True)
class Scoring:
    """A part in which answers are scored.

    Args:
        kind: kind of prompts.
        answers: number of tokens of each possible answer.
        documents: number of documents to score in bfloat16, and in float32.
        batch: batch size of the peer.
        shape: shape of the model.
    """

    kind: Kind
    answers: tuple[int, ...]
    documents: tuple[int, int]
    batch: int
    shape: str = "7b"


SCORINGS: Mapping[str, Scoring] = {
    "zero_2": Scoring(Kind(75, 25), (1, 1), (3072, 128), 64),
    "zero_7": Scoring(Kind(330, 35), (2, 2, 3, 3, 4, 5, 5), (384, 24), 32),
    "zero_13b": Scoring(Kind(75, 25), (1, 1), (2048, 0), 64, "13b"),
}


def score_part(run: Run, name: str) -> None:
    """Compare ours with the harness: documents per second in bfloat16, and equal choices in
    float32."""
    scoring = SCORINGS[name]
    shape, answers = shape_of(run, scoring.shape), len(scoring.answers)
    forms: tuple[Form, Form] = ("bf16", "fp32")
    for form, documents in zip(forms, scoring.documents, strict=True):
        if not documents:
            continue
        count = 8 if run.toy else documents
        rows = scoring_rows(scoring.kind, count, scoring.answers, shape.vocabulary)
        known: list[Scored] = []

        def ours(
            form: Form = form, rows: list[Tokens] = rows, known: list[Scored] = known
        ) -> Found:
            known.append(score_ours(shape, form, rows, answers=answers))
            return _told(known[0])

        def theirs(
            form: Form = form, rows: list[Tokens] = rows, known: list[Scored] = known
        ) -> Found:
            if not run.lm_eval_python:
                raise ValueError("give --lm-eval-python")
            python, batch = run.lm_eval_python, scoring.batch
            found = score_lm_eval(python, shape, form, rows, answers=answers, batch=batch)
            told = _told(found)
            if known:
                told["same_argmax"] = argmax_agreement(known[0], found)
                told["largest_gap"] = largest_gap(known[0], found)
            return told

        run.side(name, f"ours {form}", ours)
        run.side(name, f"lm_eval {form}", theirs)


def _told(scored: Scored) -> Found:
    documents = len(scored.logprobs)
    speed = documents / scored.seconds
    return {"speed": speed, "documents": documents, "seconds": scored.seconds, "peak": scored.peak}


LSTMS = {"lstm": SST, "lstm_reviews": REVIEWS}
"""Mean number of words in a text."""


def encoder_part(run: Run, name: str) -> None:
    """Compare BERT's shape with the library's Trainer, or the LSTM with a padded loop."""
    size = TOY if run.toy else BASE
    if mean := LSTMS.get(name):
        run.side(name, "ours", lambda: lstm_ours(size, mean).plain)
        run.side(name, "padded loop", lambda: lstm_loop(size, mean).plain)
        return
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        bert_folder(size.bert, folder)
        run.side(name, "ours", lambda: bert_ours(size, folder).plain)
        run.side(name, "trainer", lambda: bert_trainer(size, folder).plain)


def matmul_part(run: Run) -> None:
    """Measure the rate of a large product of random matrices, once and for seconds."""
    size, times, seconds = (256, 3, 0.1) if run.toy else (8192, 30, 2.0)
    run.side("matmul", "bf16", lambda: {"rate": matmul_rate(size, times)})
    run.side("matmul", LASTING, lambda: {"rate": lasting_rate(size, seconds)})


Part = Callable[[Run], None]
PARTS: Mapping[str, Part] = {
    "matmul": matmul_part,
    **{name: (lambda run, name=name: train_part(run, name)) for name in TRAININGS},  # type: ignore[misc]
    "unsloth": unsloth_part,
    **{name: (lambda run, name=name: score_part(run, name)) for name in SCORINGS},  # type: ignore[misc]
    **{name: (lambda run, name=name: encoder_part(run, name)) for name in ("bert", *LSTMS)},  # type: ignore[misc]
}
