"""The place that `-o` names for a plan: never a file that is something else."""

import os
from pathlib import Path

from bench.errors import UserError
from bench.runs.timed.plan_file import is_plan


def check_output(output: Path) -> None:
    """Refuse a place for a plan before anything is done.

    Raises:
        UserError: it is a folder or a file other than a plan, or its folder does not exist or
            cannot be written to.
    """
    folder = output.resolve().parent
    if output.is_dir():
        raise UserError(f"-o {output}: it is a folder; give a file, such as {output}/plan.toml")
    if not folder.is_dir():
        raise UserError(f"-o {output}: there is no folder {folder}; make it first")
    if not os.access(folder, os.W_OK):
        raise UserError(f"-o {output}: the folder {folder} is not writable")
    if output.exists() and not is_plan(output):
        raise UserError(f"-o {output}: it is there and is no plan; give another file")
