"""What a language model is asked, in plain words: the parts that every template is filled with."""

from dataclasses import dataclass

from bench.example import Input
from bench.outputs.base import Answer
from bench.task import Task

YES_NO = {"it": ("sì", "no")}
"""The two answers in a task's language; English where it is not listed."""


@dataclass(frozen=True)
class Question:
    """A text put as a question.

    Args:
        system: instruction, definitions and labels: the same for all texts of a task.
        name: the word that introduces the text.
        text: the text.
        pair: the second text, where there are two.
        answer_name: the word that asks for the answer.
    """

    system: str
    name: str
    text: str
    pair: str | None
    answer_name: str

    @property
    def named(self) -> str:
        """Text and answer introduced by their names."""
        second = "" if self.pair is None else f"\n{self.name} 2: {self.pair}"
        return f"{self.name}: {self.text}{second}\n{self.answer_name}:"

    @property
    def bare(self) -> str:
        """The text alone; of two, the second behind a mark."""
        return self.text if self.pair is None else f"{self.text} [SEP] {self.pair}"


def question(task: Task, row: Input, *, said: str = "") -> Question:
    """What is asked of a text.

    Args:
        task: gives instruction, definitions, label words and names.
        row: the text to be judged.
        said: the task's `system`, where it is known: of many texts it is the same.
    """
    prompt = task.prompt
    return Question(said or system(task), prompt.input_name, row.text, row.pair, prompt.answer_name)


def of_label(asked: Question, word: str, task: Task) -> Question:
    """The same text, asked whether one label holds."""
    yes, no = yes_no(task)
    name = f"{word} ({yes}/{no})"
    return Question(asked.system, asked.name, asked.text, asked.pair, name)


def yes_no(task: Task) -> tuple[str, str]:
    """The words for yes and no in the task's language."""
    return YES_NO.get(task.language, ("yes", "no"))


def system(task: Task) -> str:
    """The part of the question that does not change from text to text."""
    prompt = task.prompt
    known = [label for label in task.output.labels if label in prompt.labels]
    lines = [f"- {prompt.word(label)}: {prompt.labels[label]}" for label in known]
    others = [label for label in task.output.labels if label not in prompt.labels]
    if others and prompt.listed:
        lines.append(
            f"{'Other labels' if lines else 'Labels'}: {', '.join(map(prompt.word, others))}"
        )
    return "\n".join([prompt.instruction, *lines])


def render(task: Task, row: Input) -> str:
    """Instruction, definitions and text, as a person would be asked."""
    asked = question(task, row)
    return f"{asked.system}\n\n{asked.named}"


def answer_words(task: Task, answer: Answer, text: str) -> str:
    """The answer in the words that a model is to learn."""
    return task.output.encode(answer, text, words=task.prompt.words)
