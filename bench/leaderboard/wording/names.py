"""Names of entries, and lists of names, in sentences."""

from collections.abc import Sequence

from bench.leaderboard.board import Row
from bench.records import TRAIN_SIZE


def names(rows: Sequence[Row]) -> dict[str, str]:
    """Return a name for each entry, by id. A small model that stands in for a larger one is called
    that."""
    return {row.id: called(name(row, rows), _stand_in(row)) for row in rows}


def name(row: Row, rows: Sequence[Row]) -> str:
    """Return an entry's baseline, with the properties that distinguish it from the other entries of
    that baseline; submitted predictions are called that."""
    family = [sibling for sibling in rows if sibling.baseline == row.baseline]
    base = f"{row.baseline} outside" if row.outside else row.baseline
    return called(base, "; ".join(filter(None, _apart(row, family))))


def called(name: str, extra: str) -> str:
    """Return `name (extra)`; within the same brackets where the name already has some."""
    if not extra:
        return name
    return f"{name[:-1]}; {extra})" if name.endswith(")") else f"{name} ({extra})"


def _apart(row: Row, family: Sequence[Row]) -> list[str]:
    if len(family) < 2:
        return []
    variant = row.variant or ", ".join(f"{k}={v}" for k, v in sorted(row.params.items()))
    limits = {sibling.limit_train for sibling in family}
    parts = [variant]
    if row.full_data_row:
        parts.append("all examples")
    elif len(limits) > 1 and TRAIN_SIZE not in row.swept:
        parts.append("all examples" if row.limit_train is None else f"{row.limit_train:,} examples")
    if len({sibling.recipe for sibling in family}) > 1:
        parts.append(f"{row.recipe or 'no'} recipe")
    return parts


def _stand_in(row: Row) -> str:
    small = row.model is not None and row.model.stand_in_for
    return f"{row.model.name}, a stand-in for {small}" if row.model and small else ""


def listed(names: Sequence[str], *, most: int = 4) -> str:
    """Join names: `a`, `a and b`, `a, b and c`, `a, b, c and 7 more`."""
    shown = list(names) if len(names) <= most else [*names[: most - 1], _more(names, most)]
    *first, last = shown
    return f"{', '.join(first)} and {last}" if first else last


def _more(names: Sequence[str], most: int) -> str:
    return f"{len(names) - most + 1} more"
