"""Scoring label words: our packed engine compared with lm-evaluation-harness, on the same
strings."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from bench.baseline import TaskData
from bench.baselines._llama.engine.token_rows import Row
from bench.baselines._llama.language_model import Settings, llama
from bench.baselines._llama.prompter import Prompter
from bench.models import weights
from perf.figures import Figure, Stretch, faster, timed
from perf.llama.prompts import NEWS_GUIDE, Rows, lengthened, rows_of, shared_tokens

PEER = Path(__file__).parent.parent / "peers" / "with_lm_eval.py"
TEMPLATE = "llama2_chat"
"""Template that ends without a line break: lm-eval counts trailing white space of a prompt among an
answer's tokens."""
TOPICS = {
    "acq": "company takeovers",
    "crude": "crude oil market",
    "earn": "company earnings report",
    "grain": "grain harvest",
    "interest": "interest rates",
    "money-fx": "foreign exchange market",
    "ship": "merchant shipping",
    "trade": "international trade policy",
}
"""Words for the topics of the Reuters newswire, several tokens each."""


@dataclass(frozen=True)
class Peer:
    """Settings for lm-evaluation-harness.

    Args:
        python: interpreter of its environment.
        model: the weights, an alias or a folder.
        batch: batch size.
        draws: number of bootstrap replicates; its default is 100,000.
    """

    python: str
    model: str
    batch: int
    draws: int


@dataclass(frozen=True)
class Scored:
    """The results of one side.

    Args:
        logprobs: (texts, answers) without the end of the sequence.
        model: time from token ids to log-likelihoods.
        whole: time of a process from its start to scores with standard errors.
        scores: the side's own scores.
    """

    logprobs: NDArray[np.float64]
    model: Stretch
    whole: Stretch
    scores: Mapping[str, float]


Found = tuple[list[Figure], dict[str, object]]


def zero_shot(texts: int, peer: Peer) -> Found:
    """Score movie snippets with two labels: log-likelihoods, model alone, and everything up to a
    leaderboard."""
    rows = rows_of("vader_movies", texts)
    part = f"{len(rows.examples)} movie snippets, 2 labels"
    asker = _asker(peer.model, rows, longest=1024)
    ours, theirs = _ours(asker, rows), _theirs(asker, rows, peer, ("acc", "f1", "mcc"))
    board = _bench_run(peer.model, texts)
    figures = [
        *_agreement(part, ours, theirs),
        faster(part, "model alone", ours.model, theirs.model, 2),
        faster(part, "time to board", board, theirs.whole, 20),
    ]
    return figures, {part: _told(asker, rows, peer, theirs)}


def many_labels(texts: int, peer: Peer) -> Found:
    """Score newswire stories with eight labels of several tokens, with 200 tokens shared."""
    found = rows_of("reuters_r8", texts)
    task = replace(found.task, prompt=replace(found.task.prompt, label_words=TOPICS))
    rows = Rows(task, found.examples)
    part = f"{len(rows.examples)} stories, 8 labels"
    tokeniser = _asker(peer.model, rows, longest=256).tokeniser
    rows = lengthened(rows, NEWS_GUIDE, tokeniser, tokens=200)
    asker = _asker(peer.model, rows, longest=256)
    ours, theirs = _ours(asker, rows), _theirs(asker, rows, replace(peer, draws=0), ("acc",))
    figures = [
        *_agreement(part, ours, theirs),
        faster(part, "model alone", ours.model, theirs.model, 5),
    ]
    return figures, {part: _told(asker, rows, peer, theirs)}


def _asker(model: str, rows: Rows, *, longest: int) -> Prompter:
    # bfloat16 as stored, computed in float32, like lm-eval with dtype=float32.
    settings = Settings(
        model=model,
        template=TEMPLATE,
        engine="packed",
        precision="bf16",
        resident="dequantized",
        max_input=longest,
    )
    ready = llama([TaskData(rows.task, [], [])], settings, seed=0)
    asker: Prompter = ready.of(rows.task).asker
    return asker


def _words(rows: Rows) -> list[str]:
    return [rows.task.prompt.word(label) for label in rows.task.output.labels]


def _ours(asker: Prompter, rows: Rows) -> Scored:
    words = _words(rows)
    asked = [asker.asked(e.input).asked for e in rows.examples]
    flat = [t for row in asker.tokeniser.with_answers(asked, words) for t in row]
    with timed() as model:
        readings = asker.engine.read([Row(t.ids, t.start) for t in flat])
    totals = [r.total(t.end - t.start) for t, r in zip(flat, readings, strict=True)]
    return Scored(np.array(totals).reshape(-1, len(words)), model, Stretch(), {})


def _theirs(asker: Prompter, rows: Rows, peer: Peer, metrics: Sequence[str]) -> Scored:
    words, labels = _words(rows), rows.task.output.labels
    tokeniser, lines = asker.tokeniser, []
    for example in rows.examples:
        asked = asker.asked(example.input).asked
        before = tokeniser.template(asked, [], tokeniser.marks).before.rstrip(" ")
        gold = labels.index(str(example.target))
        lines.append(json.dumps({"prompt": before, "choices": words, "gold": gold}) + "\n")
    folder = weights(peer.model).folder
    with tempfile.TemporaryDirectory() as work:
        given, out = Path(work, "rows.jsonl"), Path(work, "out.json")
        given.write_text("".join(lines), encoding="utf-8")
        numbers = (torch.get_num_threads(), peer.batch, peer.draws)
        command = [peer.python, PEER, folder, given, out, *numbers, *metrics]
        with timed() as whole:
            _quietly(list(map(str, command)), HF_HOME=work)
        found = json.loads(out.read_text(encoding="utf-8"))
    model = Stretch(found["model_seconds"], whole.others)
    return Scored(np.array(found["logprobs"]), model, whole, found["scores"])


def _bench_run(model: str, texts: int) -> Stretch:
    """Time the same cell with `bench run`, from the start of the process to its leaderboard."""
    given = {"model": model, "template": TEMPLATE, "precision": "bf16", "max_input": 1024}
    settings = [f"--set=llama_zero_shot.{name}={value}" for name, value in given.items()]
    what = ["-t", "vader_movies", "-b", "llama_zero_shot", "--profile", "quick", "--seed", "0"]
    with tempfile.TemporaryDirectory() as results, timed() as board:
        command = [sys.executable, "-m", "bench", "run", *what, f"--limit-test={texts}"]
        _quietly([*command, *settings, f"--results={results}"])
    return board


def _quietly(command: Sequence[str], **environment: str) -> None:
    """Run a program; its output is shown only if it fails."""
    threads = {"OMP_NUM_THREADS": str(torch.get_num_threads())}
    known = {**os.environ, **threads, **environment}
    done = subprocess.run(command, env=known, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")


def _agreement(part: str, ours: Scored, theirs: Scored) -> list[Figure]:
    one, other = ours.logprobs, theirs.logprobs
    i, k = np.unravel_index(np.abs(one - other).argmax(), one.shape)
    same = float((one.argmax(axis=1) == other.argmax(axis=1)).sum())
    return [
        Figure(
            part=part,
            what="log-likelihood that differs most",
            ours=float(one[i, k]),
            peer=float(other[i, k]),
            expected=1e-3,
        ),
        Figure(part=part, what="texts with the same arg-max", ours=same, peer=len(one), expected=0),
    ]


def _told(asker: Prompter, rows: Rows, peer: Peer, theirs: Scored) -> dict[str, object]:
    first = asker.asked(rows.examples[0].input).asked
    answers = asker.tokeniser.with_answers([first], _words(rows))[0]
    return {
        "shared_tokens": shared_tokens(asker.tokeniser, rows),
        "answer_tokens": [t.end - t.start for t in answers],
        "peer_batch": peer.batch,
        "peer_draws": peer.draws,
        "peer_scores": dict(theirs.scores),
    }
