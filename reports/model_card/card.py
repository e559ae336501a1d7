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
        subject = tasks[0] if len(tasks) == 1 else f"{len(tasks)}-tasks"
        return f"textbench-{self.result.baseline}-{subject}-seed{self.result.seed}"

    @property
    def measured(self) -> str:
        """One or two sentences on how the scores were measured."""
        on = VALUES.get(str(self.settings.get("precision")), "the base model in its own precision")
        if not self.merged:
            return f"Scores were measured with the unmerged adapter on {on}."
        return (
            f"Scores were measured with the unmerged adapter on {on}; the merged model was not "
            "scored again."
        )


def body(card: Card) -> str:
    """Return the readable part of the card, in Markdown; `bench.reports.model_card.scores` writes
    the part that the Hub parses."""
    parts = [
        f"# {escape(card.name)}",
        _summary(card),
        "## Scores",
        *_scores(card),
        "## Training data",
        *_training_data(card),
        "## Prompt",
        *_prompts(card),
        "## Use",
        _use(card),
        "## Reproduce",
        *_reproduction(card),
        "## Weights and licences",
        *_licences(card),
    ]
    return redact("\n\n".join(parts) + "\n")


def _summary(card: Card) -> str:
    tasks = ", ".join(escape(name) for name in card.result.tasks)
    several = len(card.result.tasks) > 1
    kind = "A LoRA adapter for" if not card.merged else "A LoRA adapter merged, in bfloat16, into"
    return (
        f"{kind} {escape(card.base)}, trained on the task{'s' * several} {tasks} by textbench's "
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
    paragraphs = [_table(("task", "metric", "score", "95 % interval"), rows)]
    paragraphs += [
        f"The first metric of each task is its main one. Intervals resample test examples; this is "
        f"one fit (seed {card.result.seed}), so they do not include training noise. A dash: not "
        "defined on these examples."
    ]
    for s in card.result.results:
        counts = s.counts
        lost = f"{counts.unparsed} answers could not be read and {counts.refused} were refusals"
        near = "are also, or nearly, in the training data"
        leaked = f"; the texts of {counts.leaked} test examples {near}"
        paragraphs.append(
            f"{escape(s.task)}: {counts.test} test examples; {lost}{leaked * (counts.leaked > 0)}."
        )
    if card.result.reduction:
        paragraphs.append(escape(card.result.reduction))
    return paragraphs


def _learnt(scores: TaskScores) -> str:
    train, validation = scores.data.train, scores.data.validation
    reserved = scores.calibration.left_out if scores.calibration else 0
    kept = f", {reserved:,} of them reserved for calibration" if reserved else ""
    return f"{train + validation:,} ({train:,} train{kept}, {validation:,} validation)"


def _training_data(card: Card) -> list[str]:
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
    sentences = (
        "All labelled examples were used."
        if limit is None
        else f"Limited: at most {limit:,} labelled examples per task; with more, scores can differ."
    )
    if result.limit.test is not None:
        sentences += f" At most {result.limit.test:,} test examples per task."
    head = ("task", "labelled examples", "source", "test examples seen in pretraining")
    return [_table(head, rows), sentences]


def _prompts(card: Card) -> list[str]:
    if not card.prompts:
        return ["See the task's prompt and the parameters below."]
    longest = card.settings.get("max_input")
    cut = f" Texts of more than {longest} tokens are truncated at the end." if longest else ""
    paragraphs = [
        f"`{{text}}` stands for the text, `[answer]` for the answer that the model writes.{cut}"
    ]
    for task, prompt in card.prompts.items():
        text = f"{prompt.get('before', '')}[answer]{prompt.get('after', '')}"
        paragraphs += [f"{escape(task)}:", fenced(text, "text")]
        if single_label := prompt.get("of_label"):
            paragraphs += [
                "Prompt for one label by itself:",
                fenced(f"{single_label}[yes or no]", "text"),
            ]
    return paragraphs


def _use(card: Card) -> str:
    lines = ["from transformers import AutoModelForCausalLM, AutoTokenizer"]
    base = json.dumps(card.base if card.on_hub else "FOLDER OF THE BASE MODEL")
    loading = 'dtype="bfloat16"'
    if card.merged:
        base = '"FOLDER"'
    else:
        lines = ["from peft import PeftModel", *lines]
    if card.settings.get("precision") == "nf4" and not card.merged:
        lines[1] += ", BitsAndBytesConfig"
        lines += ["", *NF4]
        loading = "quantization_config=nf4"
    lines += ["", f"model = AutoModelForCausalLM.from_pretrained({base}, {loading})"]
    if not card.merged:
        lines += ['model = PeftModel.from_pretrained(model, "FOLDER")']
    lines += ['tokenizer = AutoTokenizer.from_pretrained("FOLDER")']
    return fenced("\n".join(lines), "python")


def _reproduction(card: Card) -> list[str]:
    result, provenance = card.result, card.result.provenance
    versions = ", ".join(
        f"{k} {v}" for k, v in sorted(dict(provenance.get("versions", {})).items())
    )
    device = result.cost.device if result.cost else provenance.get("device", "")
    commit = f", commit {provenance['commit']}" if provenance.get("commit") else ""
    origin = (
        f"textbench {provenance.get('bench', '')}{commit}, on {device}, {result.started[:10]}; "
        f"result {result.key}; {versions}."
    )
    recipe = json.dumps(dict(card.settings), indent=2, ensure_ascii=False)
    return [
        fenced(command(card), "sh"),
        escape(origin),
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
        text = value if isinstance(value, str) else json.dumps(value)
        parts += ["--set", f"{result.baseline}.{name}={text}"]
    return redact(shlex.join(parts))


def _model(card: Card) -> str:
    facts = card.result.model
    return f"./{card.base}" if facts is None or facts.revision == "local" else facts.name


def _licences(card: Card) -> list[str]:
    facts = card.result.model
    paragraphs = []
    if facts is not None:
        source = (
            "a local folder" if facts.revision == "local" else f"{facts.name} ({facts.revision})"
        )
        hashes = ", ".join(f"{name} sha256 {value}" for name, value in facts.sha256.items())
        paragraphs.append(
            f"Base model: {escape(card.base)}, loaded from {escape(source)}, "
            f"{words.number(facts.parameters)} parameters ({escape(hashes)}). The "
            "scores hold for exactly these weights. The base model's licence also covers what is "
            "made from it."
        )
    paragraphs += [
        f"- {escape(s.task)}: data under {escape(s.licence)}; {escape(s.citation)}"
        for s in card.result.results
    ]
    return (
        [paragraphs[0], "\n".join(paragraphs[1:])] if facts is not None else ["\n".join(paragraphs)]
    )
