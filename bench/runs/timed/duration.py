"""Durations as people write them: `90s`, `10m`, `1h30m`."""

import re

from bench.errors import UserError

_PARTS = re.compile(r"(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?\Z")
LONGEST = 365 * 24 * 3600.0


def seconds_of(text: str) -> float:
    """Return the number of seconds of a duration.

    Raises:
        UserError: it is not one, is zero, or is longer than a year.
    """
    found = _PARTS.match(text.strip().lower().replace(" ", ""))
    if not found or not any(found.groups()):
        raise UserError(f"--time {text!r}: write 90s, 10m, 2h or 1h30m")
    hours, minutes, seconds = (float(part or 0) for part in found.groups())
    total = 3600 * hours + 60 * minutes + seconds
    if not 0 < total <= LONGEST:
        raise UserError(f"--time {text!r}: give more than 0 seconds and at most a year, e.g. 10m")
    return total
