"""Real examples of starter tasks, with prompts that share a given number of tokens."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bench.data.load import load_task as load_rows
from bench.data.split import sample
from bench.files import Files
from bench.models.prompt import question
from bench.models.tokens import Tokeniser
from bench.registry import Registry, load_task
from bench.task import Example, Task

POLARITY_GUIDE = (
    "Judge what most readers would feel, and not what you feel yourself.",
    "A text that reports bad news calmly is negative, and one that reports good news is positive.",
    "Irony counts as what is meant: praise that is meant as blame is negative.",
    "A complaint that ends in thanks is positive if the thanks outweigh the complaint.",
    "Emoticons and exclamation marks strengthen what the words say, and do not turn it around.",
    "A wish for something good is positive, and regret that it did not happen is negative.",
    "Swear words are no feeling by themselves: look at what they are said about.",
    "Where a text names several things, the one that it is mainly about decides.",
    "A question is judged by what the writer seems to expect as its answer.",
    "Names of people, places and products carry no feeling of their own.",
    "Quoted words count only as far as the writer agrees with them.",
    "Negation turns a feeling around: not bad is positive, and not good is negative.",
    "Where a text is mixed, the last feeling that it expresses decides.",
    "Spelling mistakes, abbreviations and missing words are to be read as they were meant.",
    "If both labels seem to fit equally well, choose the one that fits the first impression.",
    "Advertisements count as positive, unless the writer makes fun of them.",
    "A mere fact that pleases nobody and hurts nobody is judged by the tone that it is told in.",
)
"""Annotation guideline for the sentiment of a text."""
NEWS_GUIDE = (
    "Each story has exactly one topic, the one that it was filed under.",
    "Figures of a single company belong to its earnings, also where they are losses.",
    "The purchase of a share in another company is a takeover, however small the share.",
    "Measures of a central bank belong to interest rates if they change a rate.",
    "Tariffs, quotas and disputes between governments belong to trade.",
    "Strikes in harbours and delays of vessels belong to shipping.",
    "Exports of wheat, maize and soya belong to the harvest.",
)
"""Annotation guideline for the topic of a newswire story."""


@dataclass(frozen=True)
class Rows:
    """A task with some of its examples."""

    task: Task
    examples: Sequence[Example]


def rows_of(name: str, count: int, *, train: bool = False) -> Rows:
    """Load examples of a starter task's test or train split; for test those that `bench run`
    uses."""
    task = load_task(Registry("tasks")[name])
    found = load_rows(task, Files(name, "starter"))
    return Rows(task, sample(found.train if train else found.test, task.output, count, seed=0))


def shared_tokens(tokeniser: Tokeniser, rows: Rows) -> int:
    """Count the tokens of the prompts' shared prefix."""
    asked = [question(rows.task, e.input) for e in rows.examples]
    prompts = [tokeniser.prompt(tokeniser.fitted(one).asked) for one in asked]
    return next(i for i, tokens in enumerate(zip(*prompts, strict=False)) if len({*tokens}) > 1)


def lengthened(rows: Rows, guide: Sequence[str], tokeniser: Tokeniser, *, tokens: int) -> Rows:
    """Extend the instruction with as much of a guide as brings the shared prefix closest to that
    many tokens."""
    prompt = rows.task.prompt
    found = []
    for count in range(len(guide) + 1):
        instruction = " ".join([prompt.instruction, *guide[:count]])
        task = replace(rows.task, prompt=replace(prompt, instruction=instruction))
        found.append(Rows(task, rows.examples))
    few = [Rows(one.task, rows.examples[:8]) for one in found]
    gaps = [abs(shared_tokens(tokeniser, one) - tokens) for one in few]
    return found[gaps.index(min(gaps))]
