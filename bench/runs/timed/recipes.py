"""The recipes of an experiment by name: a baseline's own, or that of an earlier plan."""

from collections.abc import Iterator

from bench.errors import UserError
from bench.runs.planning.experiment import Experiment
from bench.runs.timed.timed_plan import Recipe, TimedPlan


def named_recipes(experiment: Experiment, plan: TimedPlan | None) -> dict[str, Recipe]:
    """Return a recipe for each baseline of an experiment. One that is in the plan keeps its name;
    another of the same baseline gets a number.

    Raises:
        UserError: the experiment tries several values of a parameter.
    """
    if experiment.sweep:
        raise UserError("--time takes one value for each parameter; --set NAME=[…] gives several")
    known = dict(plan.recipes) if plan else {}
    found = {}
    for baseline in experiment.families:
        recipe = Recipe(baseline=baseline, params=dict(experiment.params.get(baseline, {})))
        name = next((name for name, old in known.items() if old == recipe), None)
        name = name or next(name for name in _names(baseline) if name not in known)
        found[name] = known[name] = recipe
    return found


def _names(baseline: str) -> Iterator[str]:
    yield baseline
    number = 2
    while True:
        yield f"{baseline}-{number}"
        number += 1
