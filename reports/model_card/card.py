"""The model card of an exported adapter or merged model."""

import json
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.guards.markdown import escape, fenced
from bench.leaderboard.wording import format as words
from bench.records import Result, TaskScores
from bench.redaction import redact

VALUES = {
    "nf4": "NF4 (4-bit NormalFloat, double quantisation)",
    "int8": "8-bit weights",
    "fp16": "float16 weights",
    "bf16": "bfloat16 weights",
}
"""Names in the card for the precisions of a base model."""
NF4 = (
    "nf4 = BitsAndBytesConfig(",
    "    load_in_4bit=True,",
    '    bnb_4bit_quant_type="nf4",',
    "    bnb_4bit_use_double_quant=True,",
    '    bnb_4bit_compute_dtype="bfloat16",',
    ")",
)


@dataclass(frozen=True)
class Card:
    """The facts for a card.

    Args:
        result: the measured run.
        base: the base model's public name.
        on_hub: whether that name is an id on the Hub.
        settings: all parameters of the fit, from `training.json`; empty where it does not exist.
        prompts: the prompt parts `before` and `after` the answer, by task, from `training.json`.
        merged: whether the adapter is part of the weights.
    """

    result: Result
    base: str
    on_hub: bool
    settings: Mapping[str, Any]
    prompts: Mapping[str, Mapping[str, Any]]
    merged: bool

    @property
    def name(self) -> str:
        """The model's name in tables."""
        tasks = self.result.tasks
        what = tasks[0] if len(tasks) == 1 else f"{len(tasks)}-tasks"
        return f"textbench-{self.result.baseline}-{what}-seed{self.result.seed}"

    @property
    def measured(self) -> str:
        """One or two sentences on how the scores were measured."""
        on = VALUES.get(str(self.settings.get("precision")), "the base model as it was trained on")
        if not self.merged:
            return f"Scores were measured unmerged on {on}."
        return (
            f"Scores were measured unmerged on {on}, with the adapter beside the weights; the "
            "merged model was not scored again."
        )


def body(card: Card) -> str:
    """Return the readable part of the card, in Markdown; `bench.reports.model_card.scores` writes
    the part that the Hub parses."""
    parts = [
        f"# {escape(card.name)}",
        _what(card),
        "## Scores",
        *_scores(card),
        "## What it learnt from",
        *_rows(card),
        "## How it is asked",
        *_prompts(card),
        "## Use",
        _use(card),
        "## Made again",
        *_again(card),
        "## Weights and licences",
        *_licences(card),
    ]
    return redact("\n\n".join(parts) + "\n")


def _what(card: Card) -> str:
    tasks = ", ".join(escape(name) for name in card.result.tasks)
    several = len(card.result.tasks) > 1
    what = "A LoRA adapter for" if not card.merged else "A LoRA adapter merged, in bfloat16, into"
    return (
        f"{what} {escape(card.base)}, trained on the task{'s' * several} {tasks} by textbench's "
        f"{escape(card.result.baseline)}. **{card.measured}**"
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _scores(card: Card) -> list[str]:
    rows = [
        (escape(s.task), escape(name), words.score(value), words.interval(s.intervals.get(name)))
        for s in card.result.results
        for name, value in sorted(s.scores.items(), key=lambda item: item[0] != s.main_metric)
    ]
    told = [_table(("task", "metric", "score", "95 % interval"), rows)]
    told += [
        f"The first metric of each task is its main one. Intervals resample test rows; this is one "
        f"fit (seed {card.result.seed}), so the noise of training is not in them. A dash: not "
        "defined on these rows."
    ]
    for s in card.result.results:
        counts = s.counts
        lost = f"{counts.unparsed} answers could not be read and {counts.refused} were refusals"
        leaked = f"; the text of {counts.leaked} also stands in its train split"
        told.append(
            f"{escape(s.task)}: {counts.test} test rows; {lost}{leaked * (counts.leaked > 0)}."
        )
    if card.result.reduction:
        told.append(escape(card.result.reduction))
    return told


def _learnt(scores: TaskScores) -> str:
    train, validation = scores.data.train, scores.data.validation
    reserved = scores.calibration.left_out if scores.calibration else 0
    kept = f", {reserved:,} of them reserved for calibration" if reserved else ""
    return f"{train + validation:,} ({train:,} train{kept}, {validation:,} validation)"


def _rows(card: Card) -> list[str]:
    result = card.result
    rows = [
        (
            f"{escape(s.task)}, version {s.version}",
            _learnt(s),
            escape(s.source),
            escape(s.seen_in_pretraining),
        )
        for s in result.results
    ]
    limit = result.limit.train
    told = (
        "All labelled rows were used."
        if limit is None
        else f"Limited: at most {limit:,} labelled rows a task; with all rows scores can differ."
    )
    if result.limit.test is not None:
        told += f" At most {result.limit.test:,} test rows a task."
    head = ("task", "labelled rows", "source", "test rows seen in pretraining")
    return [_table(head, rows), told]


def _prompts(card: Card) -> list[str]:
    if not card.prompts:
        return ["As the task's prompt and the parameters below say."]
    longest = card.settings.get("max_input")
    cut = f" A text of more than {longest} tokens loses its end." if longest else ""
    told = [f"`{{text}}` stands for the text, `[answer]` for what is to be written.{cut}"]
    for task, prompt in card.prompts.items():
        text = f"{prompt.get('before', '')}[answer]{prompt.get('after', '')}"
        told += [f"{escape(task)}:", fenced(text, "text")]
        if one := prompt.get("of_label"):
            told += ["One label asked for by itself:", fenced(f"{one}[yes or no]", "text")]
    return told


def _use(card: Card) -> str:
    lines = ["from transformers import AutoModelForCausalLM, AutoTokenizer"]
    base = json.dumps(card.base if card.on_hub else "FOLDER OF THE BASE MODEL")
    how = 'dtype="bfloat16"'
    if card.merged:
        base = '"FOLDER"'
    else:
        lines = ["from peft import PeftModel", *lines]
    if card.settings.get("precision") == "nf4" and not card.merged:
        lines[1] += ", BitsAndBytesConfig"
        lines += ["", *NF4]
        how = "quantization_config=nf4"
    lines += ["", f"model = AutoModelForCausalLM.from_pretrained({base}, {how})"]
    if not card.merged:
        lines += ['model = PeftModel.from_pretrained(model, "FOLDER")']
    lines += ['tokenizer = AutoTokenizer.from_pretrained("FOLDER")']
    return fenced("\n".join(lines), "python")


def _again(card: Card) -> list[str]:
    result, made = card.result, card.result.provenance
    versions = ", ".join(f"{k} {v}" for k, v in sorted(dict(made.get("versions", {})).items()))
    device = result.cost.device if result.cost else made.get("device", "")
    commit = f", commit {made['commit']}" if made.get("commit") else ""
    told = (
        f"textbench {made.get('bench', '')}{commit}, on {device}, {result.started[:10]}; result "
        f"{result.key}; {versions}."
    )
    recipe = json.dumps(dict(card.settings), indent=2, ensure_ascii=False)
    return [
        fenced(command(card), "sh"),
        escape(told),
        *(["All parameters:", fenced(recipe, "json")] if card.settings else []),
    ]


def command(card: Card) -> str:
    """Return the command that reproduces the result, with all parameters that were set. Paths of
    this machine are reduced to their last part."""
    result = card.result
    parts = ["bench", "run"]
    for task in result.tasks:
        parts += ["-t", task]
    parts += ["-b", result.baseline, "--profile", result.profile, "--seed", str(result.seed)]
    for name, limit in (("train", result.limit.train), ("test", result.limit.test)):
        parts += [f"--limit-{name}", str(limit)] if limit is not None else []
    for name, value in sorted(result.settings.items()):
        if name == "model":
            value = _model(card)
        said = value if isinstance(value, str) else json.dumps(value)
        parts += ["--set", f"{result.baseline}.{name}={said}"]
    return redact(shlex.join(parts))


def _model(card: Card) -> str:
    facts = card.result.model
    return f"./{card.base}" if facts is None or facts.revision == "local" else facts.name


def _licences(card: Card) -> list[str]:
    facts = card.result.model
    told = []
    if facts is not None:
        had = "a local folder" if facts.revision == "local" else f"{facts.name} ({facts.revision})"
        hashes = ", ".join(f"{name} sha256 {value}" for name, value in facts.sha256.items())
        told.append(
            f"Base model: {escape(card.base)}, had as {escape(had)}, "
            f"{words.number(facts.parameters)} parameters ({escape(hashes)}). The "
            "scores hold for exactly these. That model's licence covers what is made from it."
        )
    told += [
        f"- {escape(s.task)}: data under {escape(s.licence)}; {escape(s.citation)}"
        for s in card.result.results
    ]
    return [told[0], "\n".join(told[1:])] if facts is not None else ["\n".join(told)]
