"""The definition of a task: its examples, answer space, prompt and origin."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from bench.errors import PluginError, Unavailable
from bench.example import NAME as NAME
from bench.example import SPLITS as SPLITS
from bench.example import Example as Example
from bench.example import Input as Input
from bench.example import Split as Split
from bench.example import Splits as Splits
from bench.old_names import OUTPUT, both_names, renamed, under_old_names
from bench.outputs import Answer, Output

if TYPE_CHECKING:
    from bench.files import Files
    from bench.metrics import Metric


Submission = Callable[[Mapping[str, Answer], Mapping[str, Input]], Mapping[str, bytes]]


@renamed(words="label_words", listed="list_labels")
@dataclass(frozen=True, kw_only=True)
class Prompt:
    """The wording in which a task is presented to a language model.

    Args:
        instruction: the instruction, in the task's language.
        labels: a definition for each label that needs one.
        input_name: the word that introduces the text.
        answer_name: the word that asks for the answer.
        label_words: label -> the word that a language model uses for it, if not its name.
        list_labels: True to list labels without a definition below the instruction; False if the
            instruction names them.
    """

    instruction: str
    labels: Mapping[str, str] = field(default_factory=dict)
    input_name: str = "Text"
    answer_name: str = "Answer"
    label_words: Mapping[str, str] = field(default_factory=dict)
    list_labels: bool = True

    def word(self, label: str) -> str:
        """Return the word that a language model uses for a label."""
        return self.label_words.get(label, label)


@renamed(
    where="how_to_get_data",
    ratings="annotations",
    raters="annotators",
    earlier="published_answers",
    unread="unparsed_policy",
    worded="with_prompt",
)
@dataclass(frozen=True, kw_only=True)
class Task:
    """A text task.

    Args:
        name: the file's stem; `[A-Za-z0-9][A-Za-z0-9._-]*`.
        output: the answer space.
        load: returns the splits, given the task's `Files`; called once per run. Without a `test`
            split, one is split off train (80/20); without a `validation` split, that is split off
            train, too.
        metrics: the first is the main metric, which ranks; empty: the output's default metrics.
        source: the data's origin; tasks of one source are averaged as one in the summary.
        version: raised with any change of data, split, output or prompt; different versions are
            never ranked together.
        how_to_get_data: one line on how a user gets the data.
        prompts: alternative prompts by name. A baseline's parameter `prompt` chooses one; such a
            run is an entry of its own, beside the one with the task's `prompt`.
        annotations: for tasks with individual annotations: example id -> each person's answer, None
            where a person gave none; people in a fixed order wherever they are identified.
        annotators: the people's names in that order; empty if they are not identified.
        published_answers: answers that a study has published, by a model or by people in a pilot:
            name -> example id -> answer. They are shown beside the annotations and never ranked.
        unscored: the texts of an official test whose gold is not published: they are predicted,
            too, and written into a submission.
        submission: writes answers as the official files, name -> bytes. It is called with two
            mappings of the same example ids: answers, in the order of the official test, and
            inputs; the data is read only when an input is looked up. A task with a submission
            whose `load` returns a `test` split must return the whole official test.
        unparsed_policy: what `submission` writes for an unparsed answer, in words, if it has a rule
            of its own: it is then given None there, instead of the output's fallback answer.
        seen_in_pretraining: whether pretrained models may have seen the test examples.
        margin: the largest loss of the main metric that does not matter here, in its unit; None:
            the metric's own.

    Raises:
        PluginError: the name or version is invalid.
    """

    name: str
    output: Output
    load: "Callable[[Files], Splits]"
    prompt: Prompt
    licence: str
    citation: str
    source: str
    metrics: "tuple[Metric, ...]" = ()
    version: int = 1
    language: str = "en"
    how_to_get_data: str = ""
    prompts: Mapping[str, Prompt] = field(default_factory=dict)
    annotations: "Callable[[Files], Mapping[str, Sequence[Any]]] | None" = None
    annotators: tuple[str, ...] = ()
    published_answers: "Callable[[Files], Mapping[str, Mapping[str, Any]]] | None" = None
    unscored: "Callable[[Files], Sequence[Input]] | None" = None
    submission: "Submission | None" = None
    unparsed_policy: str = ""
    seen_in_pretraining: Literal["yes", "no", "unknown"] = "unknown"
    margin: float | None = None

    def __post_init__(self) -> None:
        if not NAME.match(self.name):
            raise PluginError(
                f"task name {self.name!r}: use letters, digits, '.', '_' and '-', "
                "beginning with a letter or digit"
            )
        for prompt in (self.prompt, *self.prompts.values()):
            self._check_words(prompt)
        if self.margin is not None and not 0 < self.margin < math.inf:
            raise PluginError(f"task {self.name}: margin {self.margin!r} must be above 0")
        if self.version < 1:
            raise PluginError(f"task {self.name}: version {self.version} must be 1 or more")
        both_names(type(self.output), OUTPUT)

    def _check_words(self, prompt: Prompt) -> None:
        # The parts of a Fields answer are written separately: two of them may share a word.
        words = Counter(
            (label.partition("=")[0] if self.output.kind == "fields" else "", prompt.word(label))
            for label in self.output.labels
        )
        if twice := sorted(word for (_, word), count in words.items() if count > 1):
            raise PluginError(f"task {self.name}: two labels share the word {twice[0]!r}")
        if unknown := sorted({*prompt.label_words} - {*self.output.labels}):
            raise PluginError(
                f"task {self.name}: prompt.label_words names {unknown[0]!r}, which is not a label"
            )

    def with_prompt(self, name: str) -> "Task":
        """Return the task with another of its prompts.

        Raises:
            Unavailable: it has no prompt of that name.
        """
        if name not in self.prompts:
            available = ", ".join(self.prompts) or "none but its own"
            raise Unavailable(f"task {self.name} has no prompt '{name}'; it has {available}")
        return replace(self, prompt=self.prompts[name])

    @property
    def all_metrics(self) -> "tuple[Metric, ...]":
        """The declared metrics, then the remaining ones of the output; the first one ranks."""
        from bench.metrics import metrics_of  # on first use: `bench list` must not import numpy

        declared = {metric.name: metric for metric in self.metrics}
        return tuple(
            {
                **declared,
                **{m.name: m for m in metrics_of(self.output) if m.name not in declared},
            }.values()
        )

    def spec(self) -> dict[str, object]:
        """Return all that can change predictions besides the examples, for the run's key."""
        prompts = {name: _plain(prompt) for name, prompt in self.prompts.items()}
        return {
            "task": self.name,
            "version": self.version,
            "output": self.output.spec(),
            "prompt": _plain(self.prompt),
            **({"prompts": prompts} if prompts else {}),
        }


def _plain(prompt: Prompt) -> dict[str, object]:
    # The old names: a field that is only called differently makes no stored result stale.
    return {**under_old_names(prompt), "labels": dict(prompt.labels)}
