"""A task's submission files, made from answers and checked."""

from collections.abc import Mapping
from pathlib import Path

from bench.errors import BenchError, PluginError
from bench.example import Input
from bench.outputs.base import Answer
from bench.task import Task


def submitted(
    task: Task, answers: Mapping[str, Answer | None], inputs: Mapping[str, Input]
) -> dict[str, bytes]:
    """Return a task's official files: name -> bytes.

    Args:
        task: a task with a submission.
        answers: example id -> answer; None for an unparsed answer, in place of which the submission
            is given the output's fallback answer, or None if it has a rule of its own
            (`Task.unparsed_policy`).
        inputs: the inputs by the same ids, in the order of the task's files.

    Raises:
        PluginError: the submission failed, or returned something other than files.
        BenchError: one raised by the inputs or by the submission.
    """
    complete = answers if task.unparsed_policy else filled(task, answers)
    assert task.submission is not None
    try:
        files = dict(task.submission(complete, inputs))  # type: ignore[arg-type]  # None: asked for
    except BenchError:
        raise
    except Exception as error:  # The task's own code is foreign: it may raise anything.
        raise PluginError(
            f"task {task.name}: submission() failed: {type(error).__name__}: {error}"
        ) from error
    for name, data in files.items():
        if not isinstance(name, str) or Path(name).name != name or not isinstance(data, bytes):
            raise PluginError(
                f"task {task.name}: submission() returned {name!r}; return file names and bytes"
            )
    return files


def filled(task: Task, answers: Mapping[str, Answer | None]) -> dict[str, Answer]:
    """Return the answers with the output's blank one for unparsed answers: organisers require an
    answer to every example, and a guess, such as the most frequent answer, would mislead."""
    blank = task.output.fallback_answer()
    return {id_: blank if answer is None else answer for id_, answer in answers.items()}
