"""How sentences name rows and lists of them."""

from collections.abc import Sequence

from bench.board import Row


def name(row: Row, rows: Sequence[Row]) -> str:
    """A row's baseline, with what tells it from the other rows of that baseline."""
    family = [other for other in rows if other.baseline == row.baseline]
    if len(family) < 2:
        return row.baseline
    values = ", ".join(f"{key}={value}" for key, value in sorted(row.params.items()))
    parts = [row.variant or values, f"{row.recipe} recipe" if row.recipe else ""]
    if len({other.limit_train for other in family}) > 1 and "train=" not in parts[0]:
        parts.append("all rows" if row.limit_train is None else f"{row.limit_train:,} rows")
    extra = "; ".join(part for part in parts if part)
    return f"{row.baseline} ({extra})" if extra else row.baseline


def listed(names: Sequence[str], *, most: int = 4) -> str:
    """`a`, `a and b`, `a, b and c`, `a, b, c and 7 more`."""
    shown = list(names) if len(names) <= most else [*names[: most - 1], _more(names, most)]
    *first, last = shown
    return f"{', '.join(first)} and {last}" if first else last


def _more(names: Sequence[str], most: int) -> str:
    return f"{len(names) - most + 1} more"
