"""Names of entries, and lists of names, in sentences."""

from collections.abc import Sequence

from bench.leaderboard.board import Entry
from bench.records import TRAIN_SIZE


def names(entries: Sequence[Entry]) -> dict[str, str]:
    """Return a name for each entry, by id. A small model that stands in for a larger one is called
    that."""
    return {entry.id: called(name(entry, entries), _stand_in(entry)) for entry in entries}


def name(entry: Entry, entries: Sequence[Entry]) -> str:
    """Return an entry's baseline, with the properties that distinguish it from the other entries of
    that baseline; submitted predictions are called that."""
    family = [sibling for sibling in entries if sibling.baseline == entry.baseline]
    base = f"{entry.baseline} outside" if entry.outside else entry.baseline
    return called(base, "; ".join(filter(None, _apart(entry, family))))


def called(name: str, extra: str) -> str:
    """Return `name (extra)`; within the same brackets where the name already has some."""
    if not extra:
        return name
    return f"{name[:-1]}; {extra})" if name.endswith(")") else f"{name} ({extra})"


def _apart(entry: Entry, family: Sequence[Entry]) -> list[str]:
    if len(family) < 2:
        return []
    variant = entry.variant or ", ".join(f"{k}={v}" for k, v in sorted(entry.params.items()))
    limits = {sibling.limit_train for sibling in family}
    parts = [variant]
    if entry.full_data_row:
        parts.append("all examples")
    elif len(limits) > 1 and TRAIN_SIZE not in entry.swept:
        parts.append(
            "all examples" if entry.limit_train is None else f"{entry.limit_train:,} examples"
        )
    if len({sibling.recipe for sibling in family}) > 1:
        parts.append(f"{entry.recipe or 'no'} recipe")
    return parts


def _stand_in(entry: Entry) -> str:
    small = entry.model is not None and entry.model.stand_in_for
    return f"{entry.model.name}, a stand-in for {small}" if entry.model and small else ""


def listed(names: Sequence[str], *, most: int = 4) -> str:
    """Join names: `a`, `a and b`, `a, b and c`, `a, b, c and 7 more`."""
    shown = list(names) if len(names) <= most else [*names[: most - 1], _more(names, most)]
    *first, last = shown
    return f"{', '.join(first)} and {last}" if first else last


def _more(names: Sequence[str], most: int) -> str:
    return f"{len(names) - most + 1} more"
