"""Results on disk: written atomically, verified whenever they are read."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bench.store.store import Store as Store


def __getattr__(name: str) -> Any:
    """Import `Store` on first use: numpy must not be imported for `bench --help`."""
    if name != "Store":
        raise AttributeError(f"module 'bench.store' has no attribute {name!r}")
    from bench.store.store import Store

    return Store
