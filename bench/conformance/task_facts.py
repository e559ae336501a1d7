"""Conformance checks for tasks."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from bench.conformance.facts import Broken, Finding, look
from bench.data import checks
from bench.data.annotations import opinions_of
from bench.data.load import load_task
from bench.data.loaded import Loaded
from bench.data.submission import submitted
from bench.errors import DataError, Unavailable
from bench.example import Example
from bench.files import Files
from bench.metrics.aligned import Scored, align
from bench.outputs import Answer, FreeText
from bench.prediction import Prediction
from bench.task import Task


def check_task(task: Task, files: Files) -> list[Finding]:
    """Return the findings about a task; its examples are checked only if it loads.

    Args:
        task: the task.
        files: the task's files.
    """
    findings = [look(name, partial(fact, task)) for name, fact in _DECLARED.items()]
    loads: list[Loaded] = []

    def load() -> str:
        loaded = load_task(task, files)
        # A copy, as the same counter goes on counting when the task is loaded again.
        loads.append(replace(loaded, faults=Counter(loaded.faults)))
        sizes = len(loaded.train), len(loaded.validation), len(loaded.test)
        return "{:,} train, {:,} validation, {:,} test examples".format(*sizes)

    findings.append(
        look(
            "it loads: fields are strings, ids are unique, gold belongs to the output",
            load,
            optional=True,
        )
    )
    for loaded in loads:
        findings += [look(name, partial(fact, task, loaded)) for name, fact in _ROWS.items()]
        findings.append(
            look("loading twice gives the same examples", partial(_reloaded, task, files, loaded))
        )
        findings.append(
            look(
                "human ratings and published answers fit its examples",
                partial(_annotations_fit, task, files, loaded),
            )
        )
    return findings


def _instruction(task: Task) -> str:
    if not task.prompt.instruction.strip():
        raise Broken("prompt.instruction is empty: write one sentence on what to do with the text")
    return ""


def _definitions(task: Task) -> str:
    strange = sorted(set(task.prompt.labels) - set(task.output.labels))
    if strange:
        raise Broken(f"prompt.labels defines {strange}, which the output does not declare")
    return ""


def _origin(task: Task) -> str:
    empty = [n for n in ("licence", "citation", "source") if not getattr(task, n).strip()]
    if empty:
        raise Broken(f"{', '.join(empty)} empty: fill in, or write 'not stated'")
    return ""


def _rows(loaded: Loaded) -> list[Example]:
    return [*loaded.train, *loaded.validation, *loaded.test]


def _survive_storage(task: Task, loaded: Loaded) -> str:
    for row in _rows(loaded):
        back = task.output.from_json(task.output.to_json(row.target))
        if back != row.target:
            raise Broken(f"example {row.id!r}: {row.target!r} is read back as {back!r}")
    return ""


def _groups(task: Task, loaded: Loaded) -> str:
    learnt = {row.group for row in (*loaded.train, *loaded.validation)}
    tested = {row.group for row in loaded.test}
    astride = sorted(str(group) for group in (learnt & tested) - {None})
    if astride:
        raise Broken(f"{len(astride)} groups are in train and in test, the first is {astride[0]!r}")
    return f"{len((learnt | tested) - {None}):,} groups"


def _metrics(task: Task, loaded: Loaded) -> str:
    scored = _all_right(task, loaded)
    names = [metric.name for metric in task.all_metrics]
    if len(set(names)) != len(names):
        raise Broken(f"two metrics share a name: {names}")
    for metric in task.all_metrics:
        if metric.needs_scores and scored.scores is None:
            raise Broken(f"metric {metric.name} needs a score for each label; the output has none")
        value = metric.point(scored)
        imperfect = metric.perfect is not None and not math.isclose(
            value, metric.perfect, abs_tol=1e-6
        )
        if imperfect and not math.isnan(value):
            raise Broken(f"metric {metric.name} gives {value} for answers that are all correct")
    return f"main metric {names[0]}"


def _all_right(task: Task, loaded: Loaded) -> Scored:
    """Return the test split scored with its own gold as predictions."""
    labels = task.output.labels
    answers = [_first(task, row.target) for row in loaded.test]
    scores = [_certain(labels, row.target) if labels else None for row in loaded.test]
    pairs = zip(answers, scores, strict=True)
    return align(task.output, loaded.test, [Prediction(a, s) for a, s in pairs])


def _first(task: Task, gold: Answer) -> Answer:
    return FreeText.references(gold)[0] if isinstance(task.output, FreeText) else gold


def _certain(labels: tuple[str, ...], gold: Answer) -> tuple[float, ...]:
    answers = {gold} if isinstance(gold, str) else gold
    names = {getattr(part, "label", part) for part in answers}  # type: ignore[union-attr]
    return tuple(np.array([label in names for label in labels], float).tolist())


def _counted(task: Task, loaded: Loaded) -> str:
    findings = checks.check_task(loaded, task.output.labels)
    return (
        ", ".join(f"{name} {count:,}" for name, count in findings.items() if count)
        or "nothing found"
    )


def _submits(task: Task, loaded: Loaded) -> str:
    """Submit the gold of the test split, then only unparsed answers."""
    if task.submission is None:
        return "none defined"
    inputs = {row.id: row.input for row in loaded.test}
    files = submitted(task, {row.id: _first(task, row.target) for row in loaded.test}, inputs)
    submitted(task, dict.fromkeys(inputs), inputs)
    return ", ".join(sorted(files))


def _reloaded(task: Task, files: Files, loaded: Loaded) -> str:
    second = load_task(task, files)
    for split in ("train", "validation", "test"):
        if [*getattr(second, split)] != [*getattr(loaded, split)]:
            raise Broken(
                f"the {split} split differs: draw nothing at random, keep the files' order"
            )
    return ""


def _annotations_fit(task: Task, files: Files, loaded: Loaded) -> str:
    texts = {row.id: row.text for row in _rows(loaded)}
    annotations = opinions_of(task, files, _rows(loaded))
    published = {name: list(by_id.items()) for name, by_id in annotations.published_answers.items()}
    ratings = [(id_, answer) for id_, answers in annotations.people.items() for answer in answers]
    sources: dict[str, Sequence[tuple[str, Answer | None]]] = {"a person": ratings, **published}
    for name, by_id in sources.items():
        for id_, answer in by_id:
            if answer is not None:
                _belongs(task, name, id_, answer, texts[id_])
    widest = max((len(answers) for answers in annotations.people.values()), default=0)
    if task.annotators and ratings and len(task.annotators) != widest:
        raise Broken(f"annotators names {len(task.annotators)} people, but {widest} answered")
    empty = [name for name, by_id in published.items() if not by_id]
    if empty or (not ratings and _rated(task, files)):
        names = ", ".join(empty) or "annotations"
        raise Broken(f"{names}: no answer for any example; use the ids of the examples")
    return (
        f"{len(annotations.people):,} examples, {widest} raters, {len(published)} published models"
    )


def _rated(task: Task, files: Files) -> bool:
    try:
        return bool(task.annotations and task.annotations(files))
    except Unavailable:  # the examples can be available without the annotations
        return False


def _belongs(task: Task, name: str, id_: str, answer: Answer, text: str) -> None:
    try:
        task.output.check(answer, text)
    except DataError as error:
        raise Broken(f"example {id_!r}: {name} gave an invalid answer: {error}") from None


_DECLARED: dict[str, Callable[[Task], str]] = {
    "its prompt has an instruction": _instruction,
    "its prompt defines only declared labels": _definitions,
    "its licence, citation and source are stated": _origin,
}
_ROWS: dict[str, Callable[[Task, Loaded], str]] = {
    "its answers can be stored and read back": _survive_storage,
    "no group is in both train and test": _groups,
    "its metrics fit its output": _metrics,
    "its data checks run": _counted,
    "its submission accepts answers, and examples without a readable one": _submits,
}
