"""Experiment → list of runs, each with the key of everything that can change its answers; pure."""

import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.baseline import Baseline, parameters_of
from bench.chosen import choose, folded, hash_of_texts, hashed, labelled
from bench.experiment import ONLY, Experiment, Sweep
from bench.prepare import Material, Prepared
from bench.records import Limit
from bench.run import Run, TaskRows


@dataclass(frozen=True)
class _Setting:
    """A baseline with one set of parameters and one train limit."""

    name: str
    family: type[Baseline]
    params: Mapping[str, Any]
    train: int | None
    variant: str | None
    full_data_row_beside: int | None = None
    """The train limit that the extra full-data row stands beside; None for a limited row."""


@dataclass(frozen=True)
class Code:
    """What the code of each baseline contributes to a key."""

    sources: Mapping[str, str]
    """Baseline -> sha256 of its source."""
    libraries: Mapping[str, str]
    """Baseline -> the major versions of the libraries that compute."""
    further: Callable[[str, Mapping[str, Any]], Mapping[str, str]] = lambda name, params: {}
    """Baseline and parameters -> what else its answers hang on: weights, number format."""


def plan(experiment: Experiment, material: Material, code: Code) -> list[Run]:
    """All runs of an experiment, task by task so that workers reuse what they loaded."""
    planner = _Planner(experiment, material, code)
    runs = [run for setting in planner.settings() for run in planner.runs(setting)]
    order = {name: i for i, name in enumerate(material.tasks)}
    return sorted(runs, key=lambda run: (len(run.tasks) > 1, order[run.tasks[0].task]))


class _Planner:
    def __init__(self, experiment: Experiment, material: Material, code: Code) -> None:
        self.experiment, self.material, self.code = experiment, material, code
        self._chosen: dict[tuple[str, int | None, int], TaskRows] = {}
        self._further: dict[str, Mapping[str, str]] = {}

    def settings(self) -> Iterator[_Setting]:
        """All settings, each once: of several sweeps some can meet."""
        seen = set()
        for sweep in self.experiment.sweep or ({},):
            for setting in self._swept(sweep):
                same = json.dumps(
                    [
                        setting.name,
                        dict(setting.params),
                        setting.train,
                        setting.full_data_row_beside is not None,
                    ],
                    default=str,
                )
                if same not in seen:
                    seen.add(same)
                    yield setting

    def _swept(self, sweep: Sweep) -> Iterator[_Setting]:
        asked = self.experiment
        families = {n: f for n, f in asked.families.items() if n in sweep.get(ONLY, asked.families)}
        for name, family in families.items():
            lists = dict(sweep.get(name, {}))
            trains = list(sweep.get("limits", {}).get("train", ()))
            for values in itertools.product(*lists.values()):
                swept = dict(zip(lists, values, strict=True))
                params = {**asked.params.get(name, {}), **swept}
                for train in trains or [asked.limits.train]:
                    parts = [f"{k}={v}" for k, v in swept.items()]
                    parts += [f"train={train}"] if trains else []
                    yield _Setting(name, family, params, train, ", ".join(parts) or None)
                if family.cheap and (trains or asked.limits.train is not None):
                    variant = ", ".join(f"{k}={v}" for k, v in swept.items()) or None
                    largest = max(trains or [asked.limits.train or 0])
                    yield _Setting(name, family, params, None, variant, largest)

    def runs(self, setting: _Setting) -> Iterator[Run]:
        tasks = list(self.material.tasks.values())
        groups = [tasks] if setting.family.multi_task and tasks else [[t] for t in tasks]
        beside = setting.full_data_row_beside
        for group in groups:
            if beside is not None and self.experiment.folds:
                continue
            if beside is not None and all(beside >= labelled(task) for task in group):
                continue  # the limited row has all rows already
            drawn = setting.train is not None and any(
                setting.train < labelled(task) for task in group
            )
            varies = _uses_seed(setting) or drawn or self.experiment.folds > 0
            for seed in self.experiment.seeds if varies else self.experiment.seeds[:1]:
                rows = tuple(self.rows(t, setting.train, seed) for t in group)
                yield self._run(setting, rows, seed if varies else 0, varies)

    def further(self, setting: _Setting) -> Mapping[str, str]:
        """What else a setting's answers hang on; asked once, since weights may be hashed for it."""
        asked = setting.name + json.dumps(dict(setting.params), sort_keys=True, default=str)
        if asked not in self._further:
            self._further[asked] = self.code.further(setting.name, setting.params)
        return self._further[asked]

    def rows(self, prepared: Prepared, train: int | None, seed: int) -> TaskRows:
        """The rows of a task at a limit; the train rows are drawn anew for each seed, the test
        rows are the same for all."""
        folds = self.experiment.folds
        choice = (prepared.task.name, train, seed if train is not None or folds else 0)
        if choice not in self._chosen:
            if folds:
                self._chosen[choice] = folded(prepared, train, folds, seed)
            else:
                self._chosen[choice] = choose(prepared, train, self.experiment.limits.test, seed)
        return self._chosen[choice]

    def _run(self, setting: _Setting, rows: tuple[TaskRows, ...], seed: int, varies: bool) -> Run:
        asked = self.experiment
        limit = Limit(train=setting.train, test=None if asked.folds else asked.limits.test)
        tasks = [self.material.tasks[r.task] for r in rows]
        further = self.further(setting)
        ingredients = {
            **{f"its {name}": value for name, value in further.items()},
            "task": hashed([t.task.spec() for t in tasks]),
            "data": hashed([[r.train_hash, r.test_hash] for r in rows]),
            "baseline": setting.name,
            "source": self.code.sources[setting.name],
            "params": json.dumps(dict(setting.params), sort_keys=True, default=str),
            "libraries": self.code.libraries[setting.name],
            "seed": str(seed),
            "limit": json.dumps(
                [limit.train, limit.test, setting.full_data_row_beside is not None]
            ),
        }
        if asked.score_train:
            ingredients["scored on train, too"] = "yes"
        if any(t.unscored for t in tasks) and limit.test is None:
            ingredients["unscored"] = hash_of_texts(r for t in tasks for r in t.unscored)
        recipe = self.experiment.recipes.get(setting.name, {})
        defaults = {n: p.default for n, p in parameters_of(setting.family).items()} | {**recipe}
        changed = {k: v for k, v in setting.params.items() if v != defaults.get(k)}
        return Run(
            key=hashed(ingredients),
            ingredients=ingredients,
            baseline=setting.name,
            params=dict(setting.params),
            changed=changed,
            variant=_variant(setting, asked.folds),
            seed=seed,
            seeded=varies,
            full_data_row=setting.full_data_row_beside is not None,
            limit=limit,
            profile=self.experiment.profile,
            recipe=self.experiment.profile if recipe else "",
            tasks=rows,
            score_train=asked.score_train,
        )


def _variant(setting: _Setting, folds: int) -> str | None:
    parts = [setting.variant or "", f"{folds} folds" if folds else ""]
    return ", ".join(filter(None, parts)) or None


def _uses_seed(setting: _Setting) -> bool:
    if not setting.family.seeded:
        return False
    return bool(getattr(setting.family(**setting.params), "uses_seed", True))


def why_stale(run: Run, stored: Sequence[Mapping[str, str]]) -> str:
    """Why a run is to be done: `new`, or what changed since the stored run nearest to it.

    Args:
        run: a run whose key is not stored.
        stored: the ingredients of the stored runs of the same baseline and tasks.
    """
    if not stored:
        return "new"
    changes: list[tuple[int, list[str]]] = []
    for old in stored:
        names = sorted(name for name, value in run.ingredients.items() if old.get(name) != value)
        changes.append((len(names), names))
    return "changed: " + ", ".join(min(changes)[1])
