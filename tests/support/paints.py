"""Real small runs over two suites, in this process: labels, grouped labels and numbers."""

from pathlib import Path

from bench.data.prepare import prepare
from bench.registry import Registry, load_baseline
from bench.runs.cells.cell import run_cell
from bench.runs.cells.fit_predict import CellTask
from bench.runs.cells.meter import Meter
from bench.runs.planning.experiment import RunRequest, build
from bench.runs.planning.keys import Code
from bench.runs.planning.plan import plan
from bench.store.store import Contents, Store

LABELS = '''"""Made-up colour words."""

from bench.metrics import accuracy, macro_f1
from bench.outputs import SingleLabel
from bench.task import Example, Prompt, Task

WORDS = {{"warm": ["red", "orange", "yellow"], "cold": ["blue", "green", "violet"]}}


def load(files):
    rows = []
    for n in range({start}, {start} + 180):
        label = "warm" if n % 3 else "cold"
        word = WORDS[label][n % 3] if n % 5 else "grey"
        group = f"author {{n // 2}}" if {grouped} and n % 7 else None
        rows.append(Example(f"r{{n}}", f"{{word}} number {{n}} of the rows", label, group=group))
    return {{"train": rows[:120], "test": rows[120:]}}


TASK = Task(
    name="{name}",
    output=SingleLabel("warm", "cold"),
    load=load,
    metrics=({metrics}),
    prompt=Prompt(instruction="Is the colour warm or cold?"),
    licence="made up",
    citation="made up",
    source="made up of {name}",
    margin={margin},
)
'''
NUMBERS = '''"""Made-up numbers."""

from bench.outputs import Regression
from bench.task import Example, Prompt, Task


def load(files):
    rows = [Example(f"n{n}", f"about {n % 9} spoons of sugar", float(n % 5)) for n in range(160)]
    return {"train": rows[:100], "test": rows[100:]}


TASK = Task(
    name="spoons",
    output=Regression(0, 5),
    load=load,
    prompt=Prompt(instruction="How sweet is it?"),
    licence="made up",
    citation="made up",
    source="made up of spoons",
)
'''
BASELINE = '''"""A baseline that goes by one letter of a text."""

from bench.baseline import FitInfo, Prediction


class Letter:
    multi_task = {multi}
    seeded = {scored}
    full_data_entry = False
    libraries = ()

    def fit(self, data, *, seed):
        self.seed = seed
        return FitInfo(parameters=1, model_bytes=8)

    def predict(self, task, inputs):
        if task.output.kind == "regression":
            return [Prediction(float((len(i.text) * {step} + self.seed) % 6) % 5) for i in inputs]
        found = []
        for i in inputs:
            share = (sum(map(ord, i.text)) * {step} + self.seed) % 10 / 10
            share = share if {step} > 3 else max(share, 0.45 + 0.5 * ("e" in i.text[:3]))
            label = task.output.labels[0 if share > 0.5 else 1]
            found.append(Prediction(label, ({scores}) if {scored} else None))
        return found


BASELINE = Letter
'''


def write_plugins(
    folder: Path, *, first: str = "accuracy, macro_f1", margin: object = None
) -> Path:
    """Write tasks `hues` and `shades` (grouped) of suite `paints`, `spoons` of suite `kitchen`, and
    baselines `letter`, `other` (no label scores) and `both` (multi-task).

    Args:
        folder: the plugin folder.
        first: the metrics of the tasks with labels.
        margin: their own margin.
    """
    for name, start in (("hues", 0), ("shades", 1000)):
        fields = {"name": name, "start": start, "grouped": name == "shades"}
        text = LABELS.format(metrics=f"{first},", margin=margin, **fields)
        _write(folder / "tasks" / "paints" / f"{name}.py", text)
    _write(folder / "tasks" / "kitchen" / "spoons.py", NUMBERS)
    for name, step, scored in (("letter", 1, True), ("other", 7, False), ("both", 3, True)):
        fields = {"step": step, "scored": scored, "multi": name == "both"}
        text = BASELINE.format(scores="share, 1 - share", **fields)
        _write(folder / "baselines" / f"{name}.py", text)
    return folder


def run_paints(
    folder: Path,
    tasks: tuple[str, ...] = ("hues", "shades", "spoons"),
    baselines: tuple[str, ...] = ("majority", "letter", "other", "both"),
    **more: object,
) -> Contents:
    """Run baselines with two seeds on tasks of FOLDER/plugins into FOLDER/results."""
    plugins = folder / "plugins"
    if not plugins.exists():
        write_plugins(plugins)
    known = Registry("tasks", [plugins]), Registry("baselines", [plugins])
    asked = {"tasks": tasks, "baselines": baselines, "seeds": [0, 1], "profile": "full", **more}
    experiment = build(RunRequest(plugins=[plugins], **asked), *known)  # type: ignore[arg-type]
    material = prepare(experiment.tasks, known[0])
    code = Code(dict.fromkeys(baselines, "source"), dict.fromkeys(baselines, "libraries"))
    store = Store(folder / "results")
    store.prepare()
    for run in plan(experiment, material, code):
        data = [(material.tasks[rows.task], rows) for rows in run.tasks]
        cells = [CellTask(one.task, rows, one.rows) for one, rows in data]
        done = run_cell(run, load_baseline(known[1][run.baseline]), cells, Meter(1))
        store.write(done.result, done.files)
    return store.contents()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
