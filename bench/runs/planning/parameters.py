"""Validate names and parameters against the available plugins; every mistake is collected."""

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bench.baseline import Baseline, parameters_of
from bench.errors import PluginError, UserError, did_you_mean
from bench.registry import Registry, load_baseline


@dataclass
class Choices:
    """Look up names in the registries, and collect mistakes in `errors`; a plugin that cannot be
    imported is added to `broken` with the reason."""

    registry: Registry
    baselines: Registry
    errors: list[str]
    broken: dict[str, str] = field(default_factory=dict)

    def everything(self) -> tuple[str, ...]:
        """Return the names of all tasks."""
        return tuple(self.registry.names())

    def tasks(self, requested: Sequence[str], suites: Sequence[str]) -> tuple[str, ...]:
        """Return the tasks requested by name and by suite, each once."""
        names, suite_tasks = list(requested), self.registry.suites()
        for suite in suites:
            if suite not in suite_tasks:
                self.errors.append(f"unknown suite '{suite}'; {did_you_mean(suite, suite_tasks)}")
            names += suite_tasks.get(suite, [])
        for name in names:
            self._known(self.registry, name)
        if not names and not self.errors:
            self.errors.append(
                "nothing to run: choose tasks (-t NAME), --suite starter, an experiment, or --all"
            )
        return tuple(dict.fromkeys(names))

    def _known(self, registry: Registry, name: str) -> bool:
        try:
            registry[name]
        except UserError as error:
            self.errors.append(str(error))
            return False
        return True

    def families(self, requested: Sequence[str]) -> dict[str, type[Baseline]]:
        """Return the classes of the requested baselines, or of all."""
        classes: dict[str, type[Baseline]] = {}
        for name in requested or self.baselines.names():
            if not self._known(self.baselines, name):
                continue
            try:
                classes[name] = load_baseline(self.baselines[name])
            except PluginError as error:
                self.broken[name] = str(error)
        return classes

    def params(
        self, families: Mapping[str, type[Baseline]], *layers: Mapping[str, Mapping[str, Any]]
    ) -> dict[str, dict[str, Any]]:
        """Return the parameters set for each selected baseline, validated by constructing it
        once."""
        profile, *overrides = layers
        for name in {n for layer in overrides for n in layer}:
            self._known(self.baselines, name)
        params: dict[str, dict[str, Any]] = {}
        for name, family in families.items():
            merged = {
                k: v for layer in (profile, *overrides) for k, v in layer.get(name, {}).items()
            }
            params[name] = self._checked(name, family, merged)
        return params

    def sweep(
        self, families: Mapping[str, type[Baseline]], tables: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return the sweep, each value validated as its parameter."""
        for name, lists in tables.items():
            if name == "baselines":
                self._only(lists)
                continue
            if not _lists_of_some(lists):
                self.errors.append(
                    f"sweep.{name}: give a table of lists that are not empty, e.g. epochs = [1, 10]"
                )
                continue
            if name == "limits":
                # A bool would pass as an int.
                if set(lists) != {"train"} or not all(
                    type(n) is int and n >= 1 for n in lists["train"]
                ):
                    self.errors.append("sweep.limits: give only train = [N, …], each 1 or more")
                continue
            if not self._known(self.baselines, name) or name not in families:
                continue
            for param, values in lists.items():
                for value in values:
                    self._checked(name, families[name], {param: value})
        return dict(tables)

    def _only(self, names: Any) -> None:
        if not isinstance(names, list):
            self.errors.append('sweep.baselines: give a list of names, e.g. ["bert", "lstm"]')
            return
        for name in names:
            self._known(self.baselines, str(name))

    def _checked(self, name: str, family: type[Baseline], values: dict[str, Any]) -> dict[str, Any]:
        return checked(name, family, values, self.errors)


def checked(
    name: str, family: type[Baseline], values: Mapping[str, Any], errors: list[str]
) -> dict[str, Any]:
    """Return the valid ones of a baseline's parameters; every mistake is added to `errors`."""
    parameters, valid = parameters_of(family), {}
    for param, value in values.items():
        if param not in parameters:
            hint = did_you_mean(param, parameters)
            errors.append(f"{name} has no parameter '{param}'; {hint}")
            continue
        annotation = parameters[param].annotation
        try:
            # Strict, so that "2" or 2.0 is never accepted for 2; a float still accepts an int.
            accepted = Any if annotation is inspect.Parameter.empty else annotation
            valid[param] = TypeAdapter(accepted).validate_python(value, strict=True)
        except ValidationError as error:
            problem = error.errors()[0]["msg"].removeprefix("Value error, ")
            errors.append(f"{name}.{param} = {value!r}: {problem}")
    try:
        family(**valid)
    except (UserError, ValueError) as error:
        errors.append(f"{name}: {error}")
    except Exception as error:  # noqa: BLE001 - foreign code may raise anything
        errors.append(f"{name} cannot be built: {type(error).__name__}: {error}")
    return valid


def _lists_of_some(table: Any) -> bool:
    return isinstance(table, dict) and all(isinstance(v, list) and v for v in table.values())
