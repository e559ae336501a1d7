"""Short names of rows for sentences: what tells each from the other rows of its baseline."""

from collections.abc import Sequence

from bench.board import Row


def names(rows: Sequence[Row]) -> dict[str, str]:
    """A name for each row, by id. What only stands in for a larger model is called that."""
    by_baseline: dict[str, list[Row]] = {}
    for row in rows:
        by_baseline.setdefault(row.baseline, []).append(row)
    return {row.id: _name(row, by_baseline[row.baseline]) for row in rows}


def _name(row: Row, family: Sequence[Row]) -> str:
    parts = [*_apart(row, family), _stand_in(row)]
    extra = ", ".join(part for part in parts if part)
    return f"{row.baseline} ({extra})" if extra else row.baseline


def _apart(row: Row, family: Sequence[Row]) -> list[str]:
    variant = row.variant or ", ".join(f"{k}={v}" for k, v in sorted(row.params.items()))
    limits = {other.limit_train for other in family if not other.full_data_row}
    parts = [variant] if len(family) > 1 else []
    if row.full_data_row:
        parts.append("all rows")
    elif len(limits) > 1 and "train=" not in variant:
        parts.append("all rows" if row.limit_train is None else f"{row.limit_train:,} rows")
    if len({other.recipe for other in family}) > 1:
        parts.append(f"{row.recipe or 'no'} recipe")
    return parts


def _stand_in(row: Row) -> str:
    small = row.model is not None and row.model.stand_in_for
    return f"{row.model.name}, a stand-in for {small}" if row.model and small else ""
