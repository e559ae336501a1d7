"""The command that reproduces a cell, derived from the stored records of its runs."""

import json
import shlex
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from bench.leaderboard.entry_key import EntryKey
from bench.leaderboard.older_results import score_train, variant
from bench.records import Outside, Result
from bench.registry import Kind, Registry
from bench.runs.planning.default_folds import SMALLEST
from bench.runs.planning.profiles import PROFILES, ExperimentFile, read_file, shipped

PLUGINS, DATA = "PLUGINS_DIR", "DATA_DIR"
"""Placeholders for the user's folders, which no result records."""


def command(runs: Sequence[Result], entries: Iterable[EntryKey] = ()) -> str:
    """Return the `bench run` command that reproduces a cell: with unchanged code and data it plans
    runs with the same keys. For a full-data entry the command also plans the limited entry that it
    accompanies, as nothing else would plan it. For submitted predictions, return the `bench score`
    command.

    Where training examples were removed because other tasks of the run test on them, a comment says
    that these tasks must be named.

    Args:
        runs: the cell's runs, one per seed.
        entries: entries that have scored the task; they give the limit that a full-data entry
            accompanies.
    """
    run = max(runs, key=lambda run: (run.started, run.key))
    if run.outside is not None:
        return shlex.join(_score(run, run.outside))
    words = ["bench", "run", *_option_words("-t", run.tasks), "-b", run.baseline]
    words += [
        "--profile",
        run.profile,
        *_option_words("--set", _settings(run)),
        *_limits(run, entries),
    ]
    if run.seeded or run.full_data_row:
        words += _option_words("--seed", sorted({stored.seed for stored in runs}))
    words += _folds(run)
    if score_train(run):
        words.append("--score-train")
    return shlex.join([*words, *_folders(run)]) + _note(run)


def _score(run: Result, submission: Outside) -> Iterator[str]:
    yield from ("bench", "score", submission.file, *_option_words("--task", run.tasks))
    yield from ("--name", run.baseline, *(["--note", submission.note] if submission.note else []))
    test = run.limit.test
    yield from ("--profile", "full") if test is None else ("--limit-test", str(test))
    yield from _folders(run)


def _option_words(option: str, values: Iterable[object]) -> list[str]:
    return [word for value in values for word in (option, str(value))]


def _settings(run: Result) -> Iterator[str]:
    """Yield each parameter that was set beyond the profile's own in the form that `--set` takes;
    swept values as a list of one, so that the entry gets its variant again."""
    settings = run.settings or run.params
    swept = [name for name in variant(run).swept if name in settings]
    recipe = _recipe(run.profile, run.baseline)
    for name in (*swept, *(name for name in settings if name not in swept)):
        value = settings[name]
        # As JSON, as in a key, where 1 and 1.0 differ.
        if name in swept or json.dumps(value) != json.dumps(recipe.get(name)):
            # A bare list would be swept, value by value.
            alone = name not in swept and not isinstance(value, list)
            yield f"{run.baseline}.{name}={_option(value) if alone else _toml([value])}"


def _option(value: Any) -> str:
    """Return a value in the form that `--set` parses; a text goes without quotes where it cannot be
    parsed as another type."""
    plain = isinstance(value, str) and value == value.strip() != "" and "\n" not in value
    return str(value) if plain and not _is_toml(value) else _toml(value)


def _is_toml(text: str) -> bool:
    try:
        tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return False
    return True


def _toml(value: Any) -> str:
    if isinstance(value, str):
        # TOML's escapes are JSON's, except for this character.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_toml(str(k))} = {_toml(v)}" for k, v in value.items()) + "}"
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _limits(run: Result, entries: Iterable[EntryKey]) -> list[str]:
    train = _accompanying_limit(run, entries) if run.full_data_row else run.limit.train
    limits = {"--limit-train": train, "--limit-test": run.limit.test}
    return [
        w for option, limit in limits.items() if limit is not None for w in (option, str(limit))
    ]


def _folds(run: Result) -> list[str]:
    """Return the option for a run's folds, or against those that its task might have by default."""
    if folds := run.folds or variant(run).folds:
        return ["--folds", str(folds)]
    small = any(s.data.test_of == "cut" and s.data.groups < SMALLEST for s in run.results)
    return ["--folds", "0"] if small else []


def _accompanying_limit(run: Result, entries: Iterable[EntryKey]) -> int:
    """Return a limit below the size of a full-data entry's training set, so that the entry is
    planned again; preferably that of its family's limited entries, as these are then done
    already."""
    size = max((s.data.train + s.data.validation for s in run.results), default=None)
    known = [key for key in entries if key.limit_train and (size is None or key.limit_train < size)]
    family = [key for key in known if key.baseline == run.baseline]
    limits = [key.limit_train for key in family or known if key.limit_train]
    profile = _profile(run.profile)
    if not limits and profile and profile.limits.train:
        limits = [n for n in [profile.limits.train] if size is None or n < size]
    return max(limits, default=max(1, (size or 2) - 1))


def _recipe(profile: str, baseline: str) -> Mapping[str, Any]:
    experiment = _profile(profile)
    tables = experiment.baselines if experiment else []
    return tables.get(baseline, {}) if isinstance(tables, dict) else {}


@lru_cache(maxsize=8)
def _profile(name: str) -> ExperimentFile | None:
    return read_file(shipped()[name]) if name in PROFILES else None


@lru_cache(maxsize=2)
def _installed(kind: Kind) -> Registry:
    return Registry(kind)


def _folders(run: Result) -> Iterator[str]:
    tasks, baselines = _installed("tasks").plugins, _installed("baselines").plugins
    own_baseline = run.outside is None and run.baseline not in baselines
    if own_baseline or any(task not in tasks for task in run.tasks):
        yield from ("--plugins", PLUGINS)
    # The suites of the profiles fetch their files themselves; other suites read files that the user
    # provides.
    fetched = {suite for name in PROFILES for suite in (_profile(name) or ExperimentFile()).suites}
    if any(task in tasks and tasks[task].suite not in fetched for task in run.tasks):
        yield from ("--data", DATA)


def _note(run: Result) -> str:
    if len(run.tasks) > 1:
        return ""
    removed = sum(s.data.checks.get("removed_in_other_test", 0) for s in run.results)
    what = "examples were left out, since other tasks of the run test them"
    return f"  # {removed:,} {what}: name those tasks with -t, too" if removed else ""
