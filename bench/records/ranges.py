"""Types for the numbers of a record, each with its valid range."""

from typing import Annotated

from pydantic import Field

MOST = 2**53
"""The largest count: up to here a float represents every integer exactly."""

Number = Annotated[float, Field(allow_inf_nan=True)]
"""Any number; NaN where a metric is not defined."""
Finite = Annotated[float, Field(allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Amount = Annotated[float, Field(ge=0, le=MOST, allow_inf_nan=False)]
"""Seconds, joules, and the like."""
Count = Annotated[int, Field(ge=0, le=MOST)]
