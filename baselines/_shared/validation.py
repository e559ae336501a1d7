"""Range checks of parameters, with one clear error each."""

import math

from bench.errors import UserError


def positive(**values: float) -> None:
    """Refuse values that are not finite and above zero.

    Raises:
        UserError: a value is refused; the message names the parameter.
    """
    for name, value in values.items():
        if not (math.isfinite(value) and value > 0):
            raise UserError(f"{name} = {value}: give a number above 0")


def between(low: float, high: float, **values: float) -> None:
    """Refuse values outside the closed interval from `low` to `high`.

    Raises:
        UserError: a value is refused; the message names the parameter.
    """
    for name, value in values.items():
        if not low <= value <= high:
            raise UserError(f"{name} = {value}: give a number from {low:g} to {high:g}")
