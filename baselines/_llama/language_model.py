"""Common part of the baselines that prompt a language model: model, prompts and answers."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bench.baseline import Model, Prediction, TaskData
from bench.baselines._llama.answer_spaces import Asking, asking_for
from bench.baselines._llama.engine.adapter import Adapter, bare, matrices, wear
from bench.baselines._llama.engine.base_model import BaseModel, Precision, Resident, base_model
from bench.baselines._llama.engine.engine import Engine, Form
from bench.baselines._llama.engine.forward import ForwardOptions
from bench.baselines._llama.prompter import Prompter
from bench.errors import UserError
from bench.models import Weights, weights
from bench.models.layout import Turn
from bench.models.prompt import answer_words, question
from bench.models.templates import template_of
from bench.models.tokens import Tokeniser
from bench.outputs import Fields, FreeText, Pairs, Spans
from bench.run_context import current
from bench.task import Example, Input, Task

LABEL = 12
"""Maximum number of generated tokens if the answer is a label, a set of labels or a number."""

SMALL = 1_000_000_000
"""Parameters below which a model is reported as a stand-in for Llama 2."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Settings for loading and prompting a model, documented as parameters of the baselines."""

    model: str
    template: str
    engine: Form
    precision: Precision
    resident: Resident
    max_input: int
    recompute: bool = False
    prompt: str = ""
    shots: int = 0
    max_output: int = 128
    draws: int = 0
    temperature: float = 0.8


@dataclass(frozen=True)
class Llama:
    """A language model prepared to answer some tasks.

    Args:
        base: the model.
        engine: runs the model.
        asking: prompting and readout of each task, by task name.
        source: the weights.
        adapter: adapter that is active for predictions; None for none.
    """

    base: BaseModel
    engine: Engine
    asking: Mapping[str, Asking]
    source: Weights
    adapter: Adapter | None = None

    def answers(self, task: Task, inputs: Sequence[Input]) -> list[Prediction]:
        """Return one prediction per input.

        Raises:
            UserError: the task was not among those that were fitted.
        """
        # Another run may have used the model in the meantime.
        if self.adapter is None:
            bare(self.base)
        else:
            wear(self.base, self.adapter)
        return self.of(task).answers(inputs)

    def of(self, task: Task) -> Asking:
        """Return the prompting and readout of a task.

        Raises:
            UserError: the task was not among those that were fitted.
        """
        if task.name not in self.asking:
            raise UserError(f"task {task.name}: the model was not fitted on it")
        return self.asking[task.name]

    @property
    def adapter_numbers(self) -> int:
        """Number of parameters of the adapter."""
        if self.adapter is None:
            return 0
        return sum(t.numel() for t in matrices(wear(self.base, self.adapter)).values())

    @property
    def facts(self) -> Model:
        """Description of the weights, for the record."""
        source = self.source
        return Model(
            name=source.name,
            origin=source.origin,
            revision=source.revision,
            sha256=dict(source.sha256),
            parameters=self.base.parameters,
            stands_in_for="Llama 2" if self.base.parameters < SMALL else "",
        )

    @property
    def notes(self) -> str:
        """Sentences for the report: how answers are read out, and what is not supported."""
        sentences = sorted({asking.describe for asking in self.asking.values()})
        if not self.base.packable:
            sentences.append(
                "The engine cannot pack sequences of this architecture, so they are padded."
            )
        return " ".join(sentences)


def llama(
    data: Sequence[TaskData], settings: Settings, *, seed: int, adapter: Adapter | None = None
) -> Llama:
    """Load a model and prepare the prompts of tasks.

    Args:
        data: the tasks; few-shot examples are drawn from their training examples.
        settings: settings of model and prompts.
        seed: seed for drawing few-shot examples.
        adapter: adapter to activate; None for none.

    Raises:
        Unavailable: the weights are not available, or do not fit into memory.
        UserError, DataError, PluginError: model, template or task cannot be used.
    """
    source = weights(settings.model, offline=current().offline)
    base = base_model(source, precision=settings.precision, resident=settings.resident)
    if adapter is None:
        bare(base)
    else:
        wear(base, adapter)
    engine = Engine(base, settings.engine, options=ForwardOptions(recompute=settings.recompute))
    worded = _worded(data, settings.prompt)
    asking = {t.task.name: asking_for(_asker(t, engine, settings, seed)) for t in worded}
    return Llama(base, engine, asking, source, adapter)


def _worded(data: Sequence[TaskData], prompt: str) -> list[TaskData]:
    """Return the tasks with the named prompt; tasks that lack it keep their own."""
    known = [task for task in data if prompt in task.task.prompts] if prompt else []
    if prompt and not known:
        known = list(data)  # the first one raises the error
    return [replace(t, task=t.task.with_prompt(prompt)) if t in known else t for t in data]


def _asker(data: TaskData, engine: Engine, settings: Settings, seed: int) -> Prompter:
    template = template_of(settings.template, engine.base.tokenizer)
    tokeniser = Tokeniser(
        engine.base.tokenizer,
        template,
        longest=settings.max_input,
        shots=_turns(data.task, shown(data, settings.shots, seed)),
    )
    long = isinstance(data.output, Spans | Pairs | Fields | FreeText)
    return Prompter(
        data.task,
        engine,
        tokeniser,
        new_tokens=settings.max_output if long else min(LABEL, settings.max_output),
        draws=settings.draws,
        temperature=settings.temperature,
    )


def shown(data: TaskData, shots: int, seed: int) -> list[Example]:
    """Draw few-shot examples from the training examples, cycling through the classes.

    Raises:
        UserError: there are fewer training examples.
    """
    if not shots:
        return []
    if shots > len(data.train):
        raise UserError(
            f"shots = {shots}: task {data.task.name} has only {len(data.train)} "
            "training examples; give fewer shots"
        )
    rows = list(data.train)
    random.Random(seed).shuffle(rows)
    seen: dict[str, int] = {}
    round_of = []
    for example in rows:
        stratum = data.output.stratum(example.target)
        round_of.append(seen.setdefault(stratum, 0))
        seen[stratum] += 1
    order = sorted(range(len(rows)), key=round_of.__getitem__)
    return [rows[i] for i in order[:shots]]


def _turns(task: Task, examples: Sequence[Example]) -> list[Turn]:
    return [
        Turn(question(task, example.input), answer_words(task, example.target, example.text))
        for example in examples
    ]
