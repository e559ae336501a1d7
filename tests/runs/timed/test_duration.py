"""Durations as people write them."""

import pytest

from bench.errors import UserError
from bench.runs.timed.duration import seconds_of


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("10m", 600), ("2h", 7200), ("1h30m", 5400), ("1.5m", 90)]
)
def test_a_duration_is_hours_minutes_and_seconds(text: str, seconds: float) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "10", "m", "10 minutes", "-5m", "0s", "9999999h", "nan", "5d"]
)
def test_anything_else_is_refused_on_one_line(text: str) -> None:
    with pytest.raises(UserError, match="--time") as caught:
        seconds_of(text)
    assert "\n" not in str(caught.value)
