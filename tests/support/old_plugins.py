"""A plugin folder as it was written before fields were renamed: it uses every old name."""

from pathlib import Path

_COLOURS = '''"""Made-up colour words, with annotations and an official form."""

from dataclasses import replace

from bench.outputs import SingleLabel
from bench.tables import read_table  # noqa: F401
from bench.task import Example, Prompt, Task


class Colours(SingleLabel):
    def blank(self):
        return self.labels[1]


def load(files):
    rows = [Example(f"r{n}", f"{'red' if n % 2 else 'blue'} {n}", "warm" if n % 2 else "cold")
            for n in range(60)]
    return {"train": rows[:40], "test": rows[40:]}


def ratings(files):
    return {f"r{n}": ["warm" if n % 2 else "cold", "warm"] for n in range(60)}


def submission(answers, inputs):
    return {"run.csv": "".join(f"{i},{a}\\n" for i, a in answers.items()).encode()}


COLOURS = Task(
    name="colours",
    output=Colours("warm", "cold"),
    load=load,
    where="made up here",
    ratings=ratings,
    raters=("ann", "bob"),
    earlier=lambda files: {"pilot": {"r41": "warm", "r42": "cold"}},
    submission=submission,
    prompt=Prompt(instruction="Warm?", words={"warm": "yes", "cold": "no"}, listed=False),
    prompts={"other": Prompt(instruction="Cold?", listed=True)},
    licence="made up",
    citation="made up",
    source="made up",
)
RULED = replace(COLOURS, name="ruled", unread="they abstain", ratings=None, raters=(), earlier=None)

assert COLOURS.where == "made up here" and COLOURS.ratings is ratings
assert COLOURS.raters == ("ann", "bob") and COLOURS.earlier and COLOURS.unread == ""
assert COLOURS.prompt.words["warm"] == "yes" and not COLOURS.prompt.listed
assert COLOURS.worded("other").prompt.listed and RULED.unread == "they abstain"
assert COLOURS.output.blank() == "cold" and SingleLabel("a").blank() == "a"
'''

_TASK = '''"""Colours, or those with a rule of their own."""

from _colours import {upper} as TASK
'''

_BASELINE = '''"""Answers by heart; it cannot read the texts whose number ends in 5."""

from bench.baseline import Fit, Greedy, Model, Prediction
from bench.weights import weights  # noqa: F401
from bench.work import RunContext, Work, current, working


class Old:
    multi_task = False
    seeded = False
    cheap = True
    libraries = ()

    def ingredients(self):
        return {"weights": "v1"}

    def fit(self, data, *, seed):
        with working(Work(offline=True)):
            assert current().offline
        model = Model(name="m", of="o/m", revision="1", sha256={}, parameters=7, stand_in_for="M")
        assert (model.of, model.stand_in_for) == ("o/m", "M")
        fit = Fit(parameters=1, model_bytes=8, used="none", reduction="by heart", model=model)
        assert (fit.used, fit.reduction) == ("none", "by heart")
        return fit

    def predict(self, task, inputs):
        return [self.answer(task, one.text) for one in inputs]

    def answer(self, task, text):
        label = None if text.endswith("5") else "warm" if "red" in text else "cold"
        status = "unparsed" if label is None else "ok"
        found = Prediction(
            label, status=status, greedy=Greedy(label, text, status), draws=("warm", None), cut=True
        )
        assert found.greedy.raw == text and found.draws == ("warm", None) and found.cut
        assert task.prompt.words["warm"] == "yes"
        return found


BASELINE = Old
'''

_HEIR = '''"""Inherits from a shipped baseline, and from one with old names."""

from bench.baselines.naive_bayes import BASELINE as NaiveBayes


class Heir(NaiveBayes):
    cheap = False

    def ingredients(self):
        return {"more": "1"}


BASELINE = Heir
'''


def add_old_plugins(folder: Path) -> Path:
    """Write the tasks `colours` and `ruled` and the baselines `old` and `heir` to a folder."""
    files = {
        "tasks/_colours.py": _COLOURS,
        "tasks/colours.py": _TASK.format(upper="COLOURS"),
        "tasks/ruled.py": _TASK.format(upper="RULED"),
        "baselines/old.py": _BASELINE,
        "baselines/heir.py": _HEIR,
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder
