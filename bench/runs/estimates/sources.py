"""An estimator made of what is known: stored cells, this machine's calibration, arithmetic."""

from dataclasses import replace

from bench.data.prepare import PreparedTasks
from bench.runs.estimates.estimator import Estimator
from bench.runs.estimates.kept import Measured, recall
from bench.runs.estimates.machine import Machine
from bench.runs.estimates.observed import observations
from bench.runs.planning.experiment import Experiment
from bench.store.store import Store


def estimator(
    experiment: Experiment, material: PreparedTasks, store: Store | None, machine: Machine
) -> Estimator:
    """Return an estimator of an experiment's runs.

    Args:
        experiment: its baselines are estimated.
        material: the prepared tasks.
        store: the results folder, whose finished cells tell how fast the machine is; None: none.
        machine: where the runs are to be executed.
    """
    measured = recall(machine) if machine.here else Measured()
    if measured.products_per_second:
        machine = replace(machine, products_per_second=measured.products_per_second)
    families, tasks = experiment.families, material.tasks
    results = [stored.result for stored in store.contents().results] if store else []
    found = observations(results, families, tasks, machine) if machine.here else []
    return Estimator(families, tasks, machine, stored=found, measured=measured)
