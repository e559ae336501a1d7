"""The texts that a stored cell was run on, loaded when a submission first needs one."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial

from bench.data.prepare import PreparedTask
from bench.data.source import Source, prepared_task
from bench.errors import UserError
from bench.example import Input
from bench.records import Result, TaskScores
from bench.runs.planning.row_selection import hash_of_texts


class Texts(Mapping[str, Input]):
    """Mapping from example id to text, in the order in which the task lists its examples.

    Most official files contain only ids and answers and are made from stored results, so the data
    must be available only for a submission that reads a text, and no task has to declare beforehand
    whether its own does.

    Args:
        load: returns the texts; called once, on first access, and may raise a BenchError.
    """

    def __init__(self, load: Callable[[], Mapping[str, Input]]) -> None:
        self._load = load

    @cached_property
    def _rows(self) -> Mapping[str, Input]:
        return self._load()

    def __getitem__(self, id_: str) -> Input:
        return self._rows[id_]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


class TaskTexts:
    """The texts of one task of a result, verified against the hashes stored with the result.

    Args:
        result: a stored result.
        scores: the result's scores for that task.
        source: source of the task's data.
    """

    def __init__(self, result: Result, scores: TaskScores, source: Source) -> None:
        self.result, self.scores, self.source = result, scores, source

    def of(self, part: str, ids: Sequence[str]) -> Texts:
        """Return the texts of some examples.

        Args:
            part: `test`, or `unscored`: the texts without gold.
            ids: ids of all examples of that part.

        Reading a text raises UserError where the data is unavailable, or is not the data that the
        cell was run on.
        """
        find = self._unscored if part == "unscored" else self._tested
        return Texts(partial(find, ids))

    @cached_property
    def _prepared(self) -> PreparedTask:
        return prepared_task(self.scores.task, self.source, needed_for="its official files need")

    def _tested(self, ids: Sequence[str]) -> dict[str, Input]:
        task = self._prepared
        self._refuse_absent(ids, task.position)
        # In the order in which they were hashed.
        positions = [task.position[id_] for id_ in sorted(ids)]
        self._refuse_other(task.hash_of(positions), self.scores.data.test_hash)
        return {task.rows[i].id: task.rows[i].input for i in sorted(positions)}

    def _unscored(self, ids: Sequence[str]) -> dict[str, Input]:
        by_id = {row.id: row for row in self._prepared.unscored}
        self._refuse_absent(ids, by_id)
        texts = {id_: by_id[id_] for id_ in ids}
        stored = self.scores.data.unscored_hash
        if not stored and len(self.result.tasks) == 1:  # older results: in the key only
            stored = self.result.ingredients.get("unscored", "")
        if stored:
            self._refuse_other(hash_of_texts(texts.values()), stored)
        return texts

    def _refuse_absent(self, ids: Sequence[str], known: Mapping[str, object]) -> None:
        absent = [id_ for id_ in ids if id_ not in known]
        if absent:
            raise self._not_that_data(
                f"{len(absent):,} of the {len(ids):,} answered examples are missing, e.g. "
                f"{absent[0]!r}"
            )

    def _refuse_other(self, digest: str, stored: str) -> None:
        if digest != stored:
            raise self._not_that_data("texts or gold answers differ for the same ids")

    def _not_that_data(self, why: str) -> UserError:
        return UserError(
            f"task {self.scores.task}: the data is not what the run used: {why}; "
            "give that data with --data DIR, or repeat the run"
        )
