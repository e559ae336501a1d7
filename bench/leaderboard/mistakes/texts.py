"""Texts of test examples for a report: only of tasks whose licence permits redistribution, and only
the examples that were scored."""

from collections.abc import Mapping, Sequence

from bench.data.licences import handed_on
from bench.data.prepare import PreparedTask, prepare
from bench.data.source import Source, data_folders
from bench.errors import BenchError, DataError, Unavailable
from bench.example import Example
from bench.leaderboard.board import TaskColumn
from bench.records import TaskScores
from bench.registry import Registry


class Texts:
    """Load tasks for their texts, one at a time; never uses the network.

    Args:
        source: source of the tasks' examples.
    """

    def __init__(self, source: Source) -> None:
        self._registry = Registry("tasks", source.plugins)
        self._folders = data_folders(source.data)
        self._name = ""
        self._prepared: PreparedTask | str = ""

    def of(self, task: TaskColumn, scored: TaskScores, ids: Sequence[str]) -> Mapping[str, Example]:
        """Return the test examples of a result by id.

        Args:
            task: the task, as on the leaderboard.
            scored: the result's record.
            ids: ids of the predictions, in order.

        Raises:
            Unavailable: its texts must not be shown, or are missing; the message says why.
            DataError: the available data differs from the data that was scored.
        """
        _refuse_licence(task.licence)
        prepared = self._load(task.name)
        _refuse_licence(prepared.task.licence)
        known = [prepared.position[id_] for id_ in ids if id_ in prepared.position]
        same = prepared.task.version == scored.version
        if not same or prepared.hash_of(known) != scored.data.test_hash:
            raise DataError("the data here is not the data that was scored")
        return {prepared.rows[i].id: prepared.rows[i] for i in known}

    def _load(self, name: str) -> PreparedTask:
        if self._name != name:
            self._name, self._prepared = name, self._found(name)
        if isinstance(self._prepared, str):
            raise Unavailable(self._prepared)
        return self._prepared

    def _found(self, name: str) -> PreparedTask | str:
        """Return the task, or the reason why it is unavailable."""
        try:
            prepared = prepare([name], self._registry, self._folders, offline=True)
        except BenchError as error:  # the task is not installed, or cannot be imported
            return str(error)
        return {**prepared.missing, **prepared.broken}.get(name) or prepared.tasks[name]


def _refuse_licence(licence: str) -> None:
    if handed_on(licence) is None:
        raise Unavailable(
            f"its licence reads {licence!r}, which does not permit redistribution of its texts"
        )
