"""A task's submission: what it is given, and what it may give back."""

from collections.abc import Mapping
from pathlib import Path

from bench.errors import BenchError, PluginError
from bench.example import Input
from bench.outputs.base import Answer
from bench.task import Task


def submitted(
    task: Task, answers: Mapping[str, Answer | None], inputs: Mapping[str, Input]
) -> dict[str, bytes]:
    """A task's official files, by name.

    Args:
        task: it has a submission.
        answers: by row id; None where one could not be read: the submission is given the output's
            blank answer there, or None where it has a rule of its own (`Task.unread`).
        inputs: the texts of the same rows, in the order of the task's files.

    Raises:
        PluginError: the submission broke, or gives what is no file.
        BenchError: as it came from the inputs, or from the submission.
    """
    given = answers if task.unread else filled(task, answers)
    assert task.submission is not None
    try:
        found = dict(task.submission(given, inputs))  # type: ignore[arg-type]  # None: asked for
    except BenchError:
        raise
    except Exception as error:  # The task's own code is foreign: it may raise anything.
        raise PluginError(
            f"task {task.name}: its submission failed: {type(error).__name__}: {error}"
        ) from error
    for name, data in found.items():
        if not isinstance(name, str) or Path(name).name != name or not isinstance(data, bytes):
            raise PluginError(
                f"task {task.name}: its submission gives {name!r}; give file names and bytes"
            )
    return found


def filled(task: Task, answers: Mapping[str, Answer | None]) -> dict[str, Answer]:
    """The answers, with the output's blank one where an answer could not be read: organisers want
    every row, and what the most frequent answer is must not be guessed at behind the reader's
    back."""
    blank = task.output.blank()
    return {id_: blank if answer is None else answer for id_, answer in answers.items()}
