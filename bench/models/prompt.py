"""The parts of a prompt in plain text, which every prompt template is filled with."""

from dataclasses import dataclass

from bench.example import Input
from bench.outputs.base import Answer
from bench.task import Task

YES_NO = {"it": ("sì", "no")}
"""Language -> its words for yes and no; English for others."""


@dataclass(frozen=True)
class Question:
    """A text to be judged, with the instruction.

    Args:
        system: instruction, definitions and labels: the same for all texts of a task.
        name: the word that introduces the text.
        text: the text.
        pair: the second text, if there are two.
        answer_name: the word that asks for the answer.
    """

    system: str
    name: str
    text: str
    pair: str | None
    answer_name: str

    @property
    def named(self) -> str:
        """The text and the answer slot, introduced by their names."""
        second = "" if self.pair is None else f"\n{self.name} 2: {self.pair}"
        return f"{self.name}: {self.text}{second}\n{self.answer_name}:"

    @property
    def bare(self) -> str:
        """The text alone; a second one follows after `[SEP]`."""
        return self.text if self.pair is None else f"{self.text} [SEP] {self.pair}"


def question(task: Task, row: Input, *, system_prompt: str = "") -> Question:
    """Return the question for a text.

    Args:
        task: the task with instruction, definitions, label words and names.
        row: the text to be judged.
        system_prompt: `system(task)`, if already computed: it is the same for all texts.
    """
    prompt = task.prompt
    return Question(
        system_prompt or system(task), prompt.input_name, row.text, row.pair, prompt.answer_name
    )


def of_label(asked: Question, word: str, task: Task) -> Question:
    """Return the question whether one label applies to the same text, for binary relevance."""
    yes, no = yes_no(task)
    name = f"{word} ({yes}/{no})"
    return Question(asked.system, asked.name, asked.text, asked.pair, name)


def yes_no(task: Task) -> tuple[str, str]:
    """Return the words for yes and no in the task's language."""
    return YES_NO.get(task.language, ("yes", "no"))


def system(task: Task) -> str:
    """Return the part of the question that is the same for all texts."""
    prompt = task.prompt
    defined = [label for label in task.output.labels if label in prompt.labels]
    lines = [f"- {prompt.word(label)}: {prompt.labels[label]}" for label in defined]
    undefined = [label for label in task.output.labels if label not in prompt.labels]
    if undefined and prompt.list_labels:
        lines.append(
            f"{'Other labels' if lines else 'Labels'}: {', '.join(map(prompt.word, undefined))}"
        )
    return "\n".join([prompt.instruction, *lines])


def render(task: Task, row: Input) -> str:
    """Return the whole prompt as plain text, without any template: instruction, definitions and
    text."""
    asked = question(task, row)
    return f"{asked.system}\n\n{asked.named}"


def answer_words(task: Task, answer: Answer, text: str) -> str:
    """Return the answer in words, as the target of training."""
    return task.output.encode(answer, text, words=task.prompt.label_words)
