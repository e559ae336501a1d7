"""One experiment: a TOML file, a profile and the command line, validated whole before anything
runs."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.baseline import Baseline
from bench.errors import UserError, did_you_mean
from bench.registry import Registry
from bench.runs.planning.parameters import Choices
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
"""The key of a sweep that names the only baselines it is for."""


@dataclass(frozen=True)
class Request:
    """What the command line asked for, unchecked; empty means not given."""

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
    """What to run: names that exist, parameters that their baselines take.

    Args:
        tasks: task names.
        families: the class of each baseline, by name.
        params: parameters given for each baseline, only those given.
        sweep: lists of values to try, by baseline and parameter; `limits` holds `train`, and
            `baselines` the only ones that it is for. Nothing else is run where there is one.
        broken: plugins that could not be imported, with the reason.
        recipes: the profile's own parameters for each baseline that it has some for.
    """

    tasks: tuple[str, ...]
    families: Mapping[str, type[Baseline]]
    params: Mapping[str, Mapping[str, Any]]
    seeds: tuple[int, ...]
    profile: str
    limits: Limits
    sweep: Sequence[Sweep] = ()
    folds: int = 0
    score_train: bool = False
    broken: Mapping[str, str] = field(default_factory=dict)
    recipes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def build(request: Request, tasks: Registry, baselines: Registry) -> Experiment:
    """Put file, profile and command line together; the later ones win.

    Raises:
        UserError: with every mistake found, one a line.
    """
    errors: list[str] = []
    file = _file_of(request.experiment)
    profile = request.profile or file.profile or default_profile()
    if profile not in PROFILES:
        errors.append(f"--profile {profile}: {did_you_mean(profile, PROFILES)}")
        profile = "quick"
    base = read_file(shipped()[profile])
    chosen = Choices(tasks, baselines, errors)
    asked = request if request.tasks or request.suites else file
    names = chosen.everything() if request.everything else chosen.tasks(asked.tasks, asked.suites)
    families = chosen.families(list(request.baselines) or list(file.baselines))
    settings = _settings(request, errors)
    fixed, listed = _by_form(settings)
    params = chosen.params(families, _tables(base), _tables(file), fixed)
    asked_for = [file.sweep] if isinstance(file.sweep, dict) else file.sweep
    given = [_set(one, settings, listed) for one in asked_for or [{}]]
    sweeps = [chosen.sweep(families, one) for one in given if one]
    if sweeps and families and not errors and not any(_is_for(one, families) for one in sweeps):
        errors.append(f"nothing to run: no sweep is for {', '.join(families)}")
    folds = file.folds if request.folds is None else request.folds
    if request.folds is not None and not 2 <= request.folds <= 100:
        errors.append(f"--folds {request.folds}: give 2 to 100")
    limits = _limits(request, file, base, errors)
    if errors:
        raise _all_of(errors)
    return Experiment(
        tasks=names,
        families=families,
        params=params,
        seeds=tuple(dict.fromkeys([*request.seeds] or file.seeds or base.seeds)),
        profile=profile,
        limits=limits,
        sweep=[_capped(one, request.limit_train) for one in sweeps],
        folds=folds or 0,
        score_train=request.score_train or file.score_train,
        broken=chosen.broken,
        recipes=_tables(base),
    )


def _is_for(sweep: Sweep, families: Iterable[str]) -> bool:
    only = sweep.get(ONLY, families)
    return any(name in only for name in families)


def _capped(sweep: Sweep, most: int | None) -> Sweep:
    """The sweep without train sizes above a limit that was asked for."""
    sizes = sweep.get("limits", {}).get("train")
    if not sizes or most is None:
        return sweep
    return {**sweep, "limits": {"train": [size for size in sizes if size <= most] or [most]}}


def _by_form(settings: Settings) -> tuple[Settings, Settings]:
    """Parameters that were set to one value, and those that were set to several."""

    def those(several: bool) -> Settings:
        return {
            name: {k: v for k, v in values.items() if isinstance(v, list) is several}
            for name, values in settings.items()
        }

    return those(False), {name: values for name, values in those(True).items() if values}


def _set(sweep: Sweep, settings: Settings, listed: Settings) -> Sweep:
    """The sweep with what was set on the command line in the place of its own lists."""
    only = sweep.get(ONLY)
    rest = {
        name: {k: v for k, v in lists.items() if k not in settings.get(name, {})}
        if isinstance(lists, dict)
        else lists
        for name, lists in sweep.items()
    }
    mine = {n: v for n, v in listed.items() if not isinstance(only, list) or n in only}
    return {**rest, **{name: {**rest.get(name, {}), **values} for name, values in mine.items()}}


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


def _settings(request: Request, errors: list[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for text in request.settings:
        target, equals, value = text.partition("=")
        name, dot, param = target.rpartition(".")  # a baseline's name may hold dots
        if not (equals and dot and name and param):
            errors.append(f"--set {text}: write BASELINE.PARAM=VALUE")
            continue
        found.setdefault(name.strip(), {})[param.strip()] = _value(value.strip())
    return found


def _value(text: str) -> Any:
    """A TOML value, or the text itself: `--set bert.model=minilm-l6` needs no quotes."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _limits(
    request: Request, file: ExperimentFile, base: ExperimentFile, errors: list[str]
) -> Limits:
    asked = {"train": request.limit_train, "test": request.limit_test}
    given = {name: value for name, value in asked.items() if value is not None}
    for name, value in given.items():
        if value < 1:
            errors.append(f"--limit-{name} {value}: give 1 or more")
    layers = (base.limits, file.limits)
    merged = {k: v for layer in layers for k, v in layer.model_dump(exclude_unset=True).items()}
    return Limits.model_construct(**{**merged, **given})
