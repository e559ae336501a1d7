"""Seven small toy tasks, one per kind of output, on which baselines are checked."""

from collections.abc import Callable
from dataclasses import dataclass

from bench.baseline import TaskData
from bench.example import Example, Input
from bench.outputs import (
    Answer,
    Fields,
    FreeText,
    MultiLabel,
    Output,
    Pair,
    Pairs,
    Regression,
    SingleLabel,
    Span,
    Spans,
)
from bench.task import Prompt, Task

_TASTES = ("sweet", "sour", "bitter", "salty")
_FOODS = ("cherry", "lemon", "chicory", "olive", "melon", "lime")
_BOTH = Fields("{taste}, {size}", taste=SingleLabel(*_TASTES), size=Regression(0, 10))
_PLACES = ("at the market", "in the garden", "on the train")


@dataclass(frozen=True)
class Toy:
    """A toy task with training data, and inputs to predict."""

    data: TaskData
    inputs: tuple[Input, ...]

    @property
    def task(self) -> Task:
        """The task."""
        return self.data.task


def toys() -> list[Toy]:
    """Return a toy task for each kind of output."""
    return [
        _toy("toy_single", SingleLabel(*_TASTES), lambda taste, food, text: taste),
        _toy("toy_multi", MultiLabel(*_TASTES, "hot"), _both),
        _toy("toy_number", Regression(0, 10), lambda taste, food, text: float(len(food))),
        _toy("toy_spans", Spans("taste", "food"), _spans),
        _toy("toy_words", FreeText(), lambda taste, food, text: food),
        _toy("toy_pairs", Pairs("taste", "food"), _pair),
        _toy("toy_fields", _BOTH, lambda taste, food, text: (taste, float(len(food)))),
    ]


def odd_inputs() -> list[Input]:
    """Return inputs that a baseline must survive: empty, spaces, very long, one character repeated,
    emoji, right-to-left, control characters; some with a pair."""
    texts = {
        "empty": "",
        "spaces": " \n\t ",
        "long": "the olive was salty in the garden " * 3000,
        "repeated": "a" * 20_000,
        "emoji": "😀👩‍👩‍👧‍👦🏳️‍🌈 sweet",
        "right-to-left": "الليمون حامض",
        "control": "sweet\x00 \x1b[31mcherry\ufffd",
    }
    inputs = [Input(name, text) for name, text in texts.items()]
    return [*inputs, Input("pair", "a sweet cherry", "a sour lemon"), Input("no-pair", "lime", "")]


Gold = Callable[[str, str, str], Answer]


def _both(taste: str, food: str, text: str) -> Answer:
    return frozenset({taste, "hot"} if "train" in text else {taste} if "market" in text else ())


def _spans(taste: str, food: str, text: str) -> Answer:
    places = ((text.find(word), word, label) for word, label in ((taste, "taste"), (food, "food")))
    return tuple(Span(start, start + len(word), label) for start, word, label in sorted(places))


def _pair(taste: str, food: str, text: str) -> Answer:
    places = [(text.find(word), word) for word in (taste, food)]
    first, second = (Span(start, start + len(word), "") for start, word in places)
    return (Pair(first._replace(label="taste"), second._replace(label="food")),)


def _toy(name: str, output: Output, gold: Gold) -> Toy:
    rows = []
    for number in range(36):
        taste, food = _TASTES[number % 4], _FOODS[number % 6]
        text = f"The {taste} {food} was eaten {_PLACES[number // 4 % 3]}, piece {number}."
        rows.append(Example(f"{name}-{number}", text, gold(taste, food, text)))
    train, validation, test = rows[:24], rows[24:30], rows[30:]
    task = Task(
        name=name,
        output=output,
        load=lambda files: {"train": train, "validation": validation, "test": test},
        prompt=Prompt(instruction=f"Say what the text says about food ({output.kind})."),
        licence="made up",
        citation="made up",
        source="made up",
    )
    return Toy(TaskData(task, train, validation), tuple(row.input for row in test))
