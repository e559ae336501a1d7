"""Experiment files: their keys, the shipped ones, and the two profiles among them."""

import importlib.util
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from bench.errors import UserError, did_you_mean

Profile = Literal["quick", "full"]


PROFILES: tuple[Profile, ...] = ("quick", "full")


LARGEST_SEED = 2**32 - 1
"""NumPy's; torch and transformers take it, too."""
Count = Annotated[int, Field(ge=1, strict=True)]


def _several(folds: int) -> int:
    if folds == 1:
        raise ValueError("one fold has no other to learn from; give 2 to 100, or 0 for none")
    return folds


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Limits(_Table):
    """Maximum examples per task (labelled: train and validation together; test) and seconds per
    cell."""

    train: Count | None = None
    test: Count | None = None
    timeout: Annotated[float, Field(gt=0)] | None = None


class ExperimentFile(_Table):
    """The keys of an experiment's TOML file.

    `baselines` is a list of names, or tables `[baselines.NAME]` with parameters. `sweep` holds a
    table of lists for each baseline, and `limits.train` for learning curves: all combinations are
    run. Several sweeps are written as `[[sweep]]`; one with `baselines` applies to those alone.
    With `folds` every example is tested, by a model trained on the other folds (0: no task has
    folds, not even by default); with `score_train` the training examples are scored, too.
    """

    tasks: list[str] = []
    suites: list[str] = []
    baselines: list[str] | dict[str, dict[str, Any]] = []
    seeds: list[Annotated[int, Field(ge=0, le=LARGEST_SEED, strict=True)]] = []
    profile: Profile | None = None
    limits: Limits = Limits()
    sweep: dict[str, Any] | list[dict[str, Any]] = []
    folds: Annotated[int, AfterValidator(_several), Field(ge=0, le=100, strict=True)] | None = None
    score_train: bool = False


def shipped() -> dict[str, Path]:
    """Return the experiments that come with bench: name -> TOML file."""
    return {path.stem: path for path in toml_files()}


def read_file(path: Path) -> ExperimentFile:
    """Read an experiment's TOML file.

    Raises:
        UserError: it cannot be read, or has invalid keys: all of them are named.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: not valid TOML: {error}") from None
    try:
        return ExperimentFile.model_validate(data)
    except ValidationError as error:
        raise _all_of([f"{path}: {line}" for line in _lines(error)]) from None


def _lines(error: ValidationError) -> Iterator[str]:
    keys = {*ExperimentFile.model_fields, *Limits.model_fields}
    for fault in error.errors():
        where = ".".join(str(part) for part in fault["loc"] if part not in ("list[str]",))
        hint = (
            did_you_mean(str(fault["loc"][-1]), keys) if fault["type"] == "extra_forbidden" else ""
        )
        problem = (
            "unknown key"
            if hint
            else f"{fault['msg'].removeprefix('Value error, ')}, found {fault['input']!r}"
        )
        yield f"{where}: {problem}{'; ' if hint else ''}{hint}"


def _all_of(errors: Sequence[str]) -> UserError:
    unique = list(dict.fromkeys(errors))
    return UserError(unique[0] if len(unique) == 1 else "\n".join(f"- {line}" for line in unique))


def default_profile() -> Profile:
    """Return `full` with a GPU, else `quick`."""
    from bench.hardware import has_gpu

    return "full" if has_gpu() else "quick"


def toml_files() -> list[Path]:
    """Return the shipped experiments, sorted by name."""
    spec = importlib.util.find_spec("bench.experiments")
    places = (spec.submodule_search_locations or ()) if spec else ()
    return sorted(path for place in places for path in Path(place).glob("*.toml"))
