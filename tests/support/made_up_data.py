"""Made-up data of a task."""

from bench.baseline import TaskData
from bench.outputs import Answer, Output
from bench.task import Example, Prompt, Task


def made_up(output: Output, *golds: Answer, text: str = "plums ripen") -> TaskData:
    """A task whose rows have these answers."""
    rows = [Example(str(n), text, gold) for n, gold in enumerate(golds)]
    prompt = Prompt(instruction="say")
    task = Task(
        name="made_up",
        output=output,
        load=lambda files: {},
        prompt=prompt,
        licence="made up",
        citation="made up",
        source="made up",
    )
    return TaskData(task, rows, [])
