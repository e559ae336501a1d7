"""Build one experiment from a TOML file, a profile and the command line; all of it is validated
before anything runs."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.baseline import Baseline
from bench.errors import UserError, did_you_mean
from bench.registry import Registry
from bench.runs.planning.parameters import Choices
from bench.runs.planning.planned_entry import PlannedEntry
from bench.runs.planning.profiles import (
    PROFILES,
    ExperimentFile,
    Limits,
    _all_of,
    default_profile,
    read_file,
    shipped,
)

Sweep = Mapping[str, Any]
Settings = Mapping[str, Mapping[str, Any]]
ONLY = "baselines"
"""Key of a sweep that restricts it to the named baselines."""


@dataclass(frozen=True)
class RunRequest:
    """The options of the command line, not yet validated; empty means not given."""

    experiment: str = ""
    everything: bool = False
    tasks: Sequence[str] = ()
    suites: Sequence[str] = ()
    baselines: Sequence[str] = ()
    profile: str = ""
    seeds: Sequence[int] = ()
    limit_train: int | None = None
    limit_test: int | None = None
    settings: Sequence[str] = ()
    folds: int | None = None
    score_train: bool = False
    plugins: Sequence[Path] = ()


@dataclass(frozen=True)
class Experiment:
    """A validated experiment: existing names, and parameters that their baselines accept.

    Args:
        tasks: task names.
        families: the class of each baseline, by name.
        params: the parameters set for each baseline.
        sweep: lists of values to try, by baseline and parameter; `limits` holds `train`, and
            `baselines` restricts the sweep to the named ones. If there is a sweep, nothing else is
            run.
        broken: plugins that could not be imported, with the reason.
        recipes: the parameters that the profile sets, for each baseline that it configures.
        folds: number of folds for every task; 0: none; None: as each task has by default.
        entries: the entries of a plan for a given time; if there are any, nothing else is run.
        task_folds: the number of folds of each task of such a plan.
    """

    tasks: tuple[str, ...]
    families: Mapping[str, type[Baseline]]
    params: Mapping[str, Mapping[str, Any]]
    seeds: tuple[int, ...]
    profile: str
    limits: Limits
    sweep: Sequence[Sweep] = ()
    folds: int | None = None
    score_train: bool = False
    broken: Mapping[str, str] = field(default_factory=dict)
    recipes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    entries: tuple[PlannedEntry, ...] = ()
    task_folds: Mapping[str, int] = field(default_factory=dict)


def build(request: RunRequest, tasks: Registry, baselines: Registry) -> Experiment:
    """Combine file, profile and command line; later ones override earlier ones.

    Raises:
        UserError: lists every mistake found, one per line.
    """
    errors: list[str] = []
    file = _file_of(request.experiment)
    profile = request.profile or file.profile or default_profile()
    if profile not in PROFILES:
        errors.append(f"--profile {profile}: {did_you_mean(profile, PROFILES)}")
        profile = "quick"
    base = read_file(shipped()[profile])
    chosen = Choices(tasks, baselines, errors)
    selection = request if request.tasks or request.suites else file
    names = (
        chosen.everything()
        if request.everything
        else chosen.tasks(selection.tasks, selection.suites)
    )
    families = chosen.families(list(request.baselines) or list(file.baselines))
    settings = _settings(request, errors)
    fixed, listed = _by_form(settings)
    params = chosen.params(families, _tables(base), _tables(file), fixed)
    swept = [file.sweep] if isinstance(file.sweep, dict) else file.sweep
    sweep_tables = [_set(table, settings, listed) for table in swept or [{}]]
    sweeps = [chosen.sweep(families, table) for table in sweep_tables if table]
    if sweeps and families and not errors and not any(_is_for(table, families) for table in sweeps):
        errors.append(f"nothing to run: no sweep includes {', '.join(families)}")
    folds = file.folds if request.folds is None else request.folds
    if request.folds and not 2 <= request.folds <= 100:
        errors.append(f"--folds {request.folds}: give 2 to 100, or 0 for none")
    limits = _limits(request, file, base, errors)
    if folds and request.limit_test is None and file.limits.test is None:
        limits.test = None  # who asks for folds wants every example tested, on any profile
    if errors:
        raise _all_of(errors)
    return Experiment(
        tasks=names,
        families=families,
        params=params,
        seeds=tuple(dict.fromkeys([*request.seeds] or file.seeds or base.seeds)),
        profile=profile,
        limits=limits,
        sweep=[_capped(table, request.limit_train) for table in sweeps],
        folds=folds,
        score_train=request.score_train or file.score_train,
        broken=chosen.broken,
        recipes=_tables(base),
    )


def _is_for(sweep: Sweep, families: Iterable[str]) -> bool:
    only = sweep.get(ONLY, families)
    return any(name in only for name in families)


def _capped(sweep: Sweep, largest: int | None) -> Sweep:
    """Return the sweep without training set sizes above the requested limit."""
    sizes = sweep.get("limits", {}).get("train")
    if not sizes or largest is None:
        return sweep
    return {**sweep, "limits": {"train": [size for size in sizes if size <= largest] or [largest]}}


def _by_form(settings: Settings) -> tuple[Settings, Settings]:
    """Divide parameters into those set to a single value and those set to several."""

    def those(several: bool) -> Settings:
        return {
            name: {k: v for k, v in values.items() if isinstance(v, list) is several}
            for name, values in settings.items()
        }

    return those(False), {name: values for name, values in those(True).items() if values}


def _set(sweep: Sweep, settings: Settings, listed: Settings) -> Sweep:
    """Return the sweep with the values set on the command line in place of its own lists."""
    only = sweep.get(ONLY)
    remaining = {
        name: {k: v for k, v in lists.items() if k not in settings.get(name, {})}
        if isinstance(lists, dict)
        else lists
        for name, lists in sweep.items()
    }
    set_here = {n: v for n, v in listed.items() if not isinstance(only, list) or n in only}
    return {
        **remaining,
        **{name: {**remaining.get(name, {}), **values} for name, values in set_here.items()},
    }


def _file_of(name: str) -> ExperimentFile:
    if not name:
        return ExperimentFile()
    if name in shipped():
        return read_file(shipped()[name])
    if name.endswith(".toml") or Path(name).is_file():
        return read_file(Path(name))
    raise UserError(f"unknown experiment '{name}'; {did_you_mean(name, shipped())}")


def _tables(file: ExperimentFile) -> dict[str, dict[str, Any]]:
    return file.baselines if isinstance(file.baselines, dict) else {}


def _settings(request: RunRequest, errors: list[str]) -> dict[str, dict[str, Any]]:
    tables: dict[str, dict[str, Any]] = {}
    for text in request.settings:
        target, equals, value = text.partition("=")
        name, dot, param = target.rpartition(".")  # a baseline's name may contain dots
        if not (equals and dot and name and param):
            errors.append(_unread_setting(text, list(request.baselines)))
            continue
        tables.setdefault(name.strip(), {})[param.strip()] = _value(value.strip())
    return tables


def _unread_setting(text: str, baselines: Sequence[str]) -> str:
    name, equals, value = text.partition("=")
    if equals and value and name.strip() and "." not in name:
        example = f"{baselines[0] if baselines else 'naive_bayes'}.{text}"
        return f"--set {text}: name the model too, e.g. --set {example}"
    return f"--set {text}: write BASELINE.PARAM=VALUE, e.g. --set naive_bayes.alpha=1"


def _value(text: str) -> Any:
    """Parse a TOML value; a text without quotes is taken as it is: `--set bert.model=minilm-l6`."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _limits(
    request: RunRequest, file: ExperimentFile, base: ExperimentFile, errors: list[str]
) -> Limits:
    options = {"train": request.limit_train, "test": request.limit_test}
    limits = {name: value for name, value in options.items() if value is not None}
    for name, value in limits.items():
        if value < 1:
            errors.append(f"--limit-{name} {value}: give 1 or more")
    layers = (base.limits, file.limits)
    merged = {k: v for layer in layers for k, v in layer.model_dump(exclude_unset=True).items()}
    return Limits.model_construct(**{**merged, **limits})
