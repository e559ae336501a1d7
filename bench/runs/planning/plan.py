"""Plan an experiment: a list of runs, each with a key over everything that can change its answers;
pure."""

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bench.baseline import Baseline, parameters_of
from bench.data.prepare import PreparedTask, PreparedTasks
from bench.records import TRAIN_SIZE, Limit
from bench.runs.planning.default_folds import default_folds
from bench.runs.planning.experiment import ONLY, Experiment, Sweep
from bench.runs.planning.keys import Code, Inputs, key_parts
from bench.runs.planning.planned_entry import PlannedEntry
from bench.runs.planning.row_selection import apart, choose, folded, hashed, labelled
from bench.runs.planning.run_spec import Run, TaskRows, variant_text


@dataclass(frozen=True)
class _Setting:
    """A baseline with one set of parameters and one train limit."""

    name: str
    family: type[Baseline]
    params: Mapping[str, Any]
    train: int | None
    swept: Mapping[str, Any]
    full_data_row_beside: int | None = None
    """Train limit of the entry that this extra full-data entry accompanies; None for a limited
    entry."""
    larger: bool = False
    """Whether a plan for a given time has it at a smaller size, too, which is the one that is
    ranked."""


def plan(experiment: Experiment, material: PreparedTasks, code: Code) -> list[Run]:
    """Plan all runs of an experiment, task by task so that workers reuse loaded data."""
    planner = _Planner(experiment, material, code)
    runs = [*planner.planned()] or [r for s in planner.settings() for r in planner.runs(s)]
    order = {name: i for i, name in enumerate(material.tasks)}
    return sorted(runs, key=lambda run: (len(run.tasks) > 1, order[run.tasks[0].task]))


class _Planner:
    def __init__(self, experiment: Experiment, material: PreparedTasks, code: Code) -> None:
        self.experiment, self.material, self.code = experiment, material, code
        self._chosen: dict[tuple[str, int | None, int, int], TaskRows] = {}
        self._default: dict[tuple[str, ...], int] = {}
        self._further: dict[str, Mapping[str, str]] = {}

    def planned(self) -> Iterator[Run]:
        """Yield the runs of a plan for a given time."""
        for entry in self.experiment.entries:
            group = [self.material.tasks[name] for name in entry.tasks]
            yield from self._of_group(self._of(entry), group, entry.seeds)

    def _of(self, entry: PlannedEntry) -> _Setting:
        setting = self._setting(entry.baseline, {}, entry.train)
        return replace(
            setting,
            params=entry.params,
            swept={} if entry.train is None else {TRAIN_SIZE: entry.train},
            full_data_row_beside=entry.smallest if entry.train is None else None,
            larger=entry.larger,
        )

    def settings(self) -> Iterator[_Setting]:
        """Yield all settings, each once: several sweeps can share some."""
        yielded = set()
        for sweep in self.experiment.sweep or ({},):
            for setting in self._swept(sweep):
                if (content := _content_key(setting)) not in yielded:
                    yielded.add(content)
                    yield setting

    def _swept(self, sweep: Sweep) -> Iterator[_Setting]:
        experiment, trains = self.experiment, sweep.get("limits", {}).get("train", ())
        for name in experiment.families:
            if name in sweep.get(ONLY, experiment.families):
                for swept in _combinations(sweep.get(name, {})):
                    yield from self._limited(name, swept, trains)
                    yield from self._with_all_rows(name, swept, trains)

    def _limited(
        self, name: str, swept: Mapping[str, Any], trains: Sequence[int]
    ) -> Iterator[_Setting]:
        """Yield a setting for each train limit: those that are swept, or the experiment's own."""
        limits: Sequence[int | None] = trains or [self.experiment.limits.train]
        for train in limits:
            setting = self._setting(name, swept, train)
            size = {TRAIN_SIZE: train} if trains else {}
            yield replace(setting, swept={**swept, **size})

    def _with_all_rows(
        self, name: str, swept: Mapping[str, Any], trains: Sequence[int]
    ) -> Iterator[_Setting]:
        """Yield the extra full-data entry of a cheap family, where there are limits at all."""
        limit = self.experiment.limits.train
        if self.experiment.families[name].full_data_entry and (trains or limit is not None):
            setting = self._setting(name, swept, None)
            yield replace(setting, full_data_row_beside=max(trains or [limit or 0]))

    def _setting(self, name: str, swept: Mapping[str, Any], train: int | None) -> _Setting:
        experiment = self.experiment
        params = {**experiment.params.get(name, {}), **swept}
        return _Setting(name, experiment.families[name], params, train, swept)

    def runs(self, setting: _Setting) -> Iterator[Run]:
        tasks = list(self.material.tasks.values())
        groups = [tasks] if setting.family.multi_task and tasks else [[t] for t in tasks]
        for group in groups:
            yield from self._of_group(setting, group, self.experiment.seeds)

    def _of_group(
        self, setting: _Setting, group: Sequence[PreparedTask], seeds: Sequence[int]
    ) -> Iterator[Run]:
        beside, folds = setting.full_data_row_beside, self.folds(group)
        if beside is not None and not self._binds(beside, group, folds):
            return  # the limited entry uses all examples already
        drawn = setting.train is not None and any(setting.train < labelled(t) for t in group)
        varies = uses_seed(setting.family, setting.params) or drawn or folds > 0
        for seed in seeds if varies else seeds[:1]:
            rows = tuple(self.rows(t, setting.train, seed, folds) for t in group)
            if folds and len(group) > 1:
                rows = apart(group, rows)
            yield self._run(setting, rows, seed if varies else 0, varies)

    def folds(self, group: Sequence[PreparedTask]) -> int:
        """Return the number of folds of a run over these tasks; 0: none."""
        asked, planned = self.experiment.folds, self.experiment.task_folds
        if planned:
            return min(planned[task.task.name] for task in group)
        return self._default_folds(group) if asked is None else asked

    def _default_folds(self, group: Sequence[PreparedTask]) -> int:
        names = tuple(task.task.name for task in group)
        if names not in self._default:
            self._default[names] = default_folds(group)
        return self._default[names]

    def _binds(self, train: int, group: Sequence[PreparedTask], folds: int) -> bool:
        """Return whether a train limit leaves out any example of these tasks."""
        seed = self.experiment.seeds[0]
        return any(
            self.rows(task, train, seed, folds).train_hash
            != self.rows(task, None, seed, folds).train_hash
            for task in group
        )

    def further(self, setting: _Setting) -> Mapping[str, str]:
        """Return further dependencies of a setting's answers; cached, since weights may be hashed
        for it."""
        choice = setting.name + json.dumps(dict(setting.params), sort_keys=True, default=str)
        if choice not in self._further:
            self._further[choice] = self.code.further(setting.name, setting.params)
        return self._further[choice]

    def rows(self, prepared: PreparedTask, train: int | None, seed: int, folds: int) -> TaskRows:
        """Select a task's examples within a limit; training examples are sampled anew for each
        seed, test examples are the same for all."""
        test = self.experiment.limits.test
        choice = (prepared.task.name, train, seed if train is not None or folds else 0, folds)
        if choice not in self._chosen:
            if folds:
                self._chosen[choice] = folded(prepared, train, folds, seed, test=test)
            else:
                self._chosen[choice] = choose(prepared, train, test, seed)
        return self._chosen[choice]

    def _run(self, setting: _Setting, rows: tuple[TaskRows, ...], seed: int, varies: bool) -> Run:
        experiment, ingredients = self.experiment, self._ingredients(setting, rows, seed)
        recipe = experiment.recipes.get(setting.name, {})
        folds = len(rows[0].folds)
        usual = folds == self._default_folds([self.material.tasks[r.task] for r in rows])
        return Run(
            key=hashed(ingredients),
            ingredients=ingredients,
            baseline=setting.name,
            params=dict(setting.params),
            changed=_changed(setting, recipe),
            variant=variant_text(setting.swept, 0 if usual else folds) or None,
            swept=dict(setting.swept),
            folds=folds,
            folds_by_default=folds > 0 and usual,
            seed=seed,
            seeded=varies,
            full_data_row=setting.full_data_row_beside is not None,
            larger=setting.larger,
            is_floor=bool(getattr(setting.family, "is_floor", False)),
            single_task_twin=str(getattr(setting.family, "single_task_twin", "")),
            limit=self._limit(setting),
            profile=experiment.profile,
            recipe=experiment.profile if recipe else "",
            tasks=rows,
            score_train=experiment.score_train,
        )

    def _ingredients(
        self, setting: _Setting, rows: Sequence[TaskRows], seed: int
    ) -> dict[str, str]:
        inputs = Inputs(
            baseline=setting.name,
            params=setting.params,
            tasks=[self.material.tasks[r.task] for r in rows],
            rows=rows,
            seed=seed,
            limit=self._limit(setting),
            full_data_row=setting.full_data_row_beside is not None,
            folds=len(rows[0].folds),
            score_train=self.experiment.score_train,
        )
        return key_parts(inputs, self.code, self.further(setting))

    def _limit(self, setting: _Setting) -> Limit:
        return Limit(train=setting.train, test=self.experiment.limits.test)


def _content_key(setting: _Setting) -> str:
    """Return a string that is equal for settings with identical runs."""
    full = setting.full_data_row_beside is not None
    content = [setting.name, dict(setting.params), setting.train, full]
    return json.dumps(content, default=str, sort_keys=True)


def _combinations(lists: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """Yield each combination of one value for every parameter."""
    for values in itertools.product(*lists.values()):
        yield dict(zip(lists, values, strict=True))


def _changed(setting: _Setting, recipe: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that differ from the baseline's defaults and the profile's recipe."""
    defaults = {n: p.default for n, p in parameters_of(setting.family).items()} | {**recipe}
    return {k: v for k, v in setting.params.items() if v != defaults.get(k)}


def uses_seed(family: type[Baseline], params: Mapping[str, Any]) -> bool:
    """Return whether a baseline with these parameters draws random numbers."""
    return family.seeded and bool(getattr(family(**params), "uses_seed", True))
