"""Bounds of parameters, as one clear error."""

import math

from bench.errors import UserError


def positive(**values: float) -> None:
    """Refuse what is not above zero.

    Raises:
        UserError: naming the parameter.
    """
    for name, value in values.items():
        if not (math.isfinite(value) and value > 0):
            raise UserError(f"{name} = {value}: give a number above 0")


def between(low: float, high: float, **values: float) -> None:
    """Refuse what lies outside of two bounds, which are themselves allowed.

    Raises:
        UserError: naming the parameter.
    """
    for name, value in values.items():
        if not low <= value <= high:
            raise UserError(f"{name} = {value}: give a number from {low:g} to {high:g}")
