"""The tasks of a run beside one another."""

from pathlib import Path

from bench.data.prepare import prepare
from bench.registry import Registry

TASK = '''"""A task that learns from {learnt} and tests {tested}."""
from bench.outputs import SingleLabel
from bench.task import Example, Prompt, Task


def rows(kind):
    return [Example(f"{{kind}}{{n}}", f"{{kind}} text {{n}}", "xy"[n % 2]) for n in range(20)]


TASK = Task(
    name="{name}",
    output=SingleLabel("x", "y"),
    load=lambda files: {{"train": rows("{learnt}"), "test": rows("{tested}")}},
    prompt=Prompt(instruction="Answer."),
    licence="CC0-1.0",
    citation="made up",
    source="{name}",
)
'''


def test_tasks_that_test_each_others_train_say_so(tmp_path: Path) -> None:
    (tmp_path / "tasks").mkdir()
    for name, learnt, tested in (("t", "red", "blue"), ("u", "blue", "red")):
        text = TASK.format(name=name, learnt=learnt, tested=tested)
        (tmp_path / "tasks" / f"{name}.py").write_text(text)
    found = prepare(["t", "u"], Registry("tasks", [tmp_path]))
    assert not found.tasks
    assert "all 20 train examples are test examples of u" in found.broken["t"]
    assert "run it apart: bench run -t u" in found.broken["u"]
