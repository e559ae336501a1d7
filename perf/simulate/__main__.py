"""Simulate a statistic where the truth is known, and print what was measured and what is wanted.

Run: python -m perf.simulate NAME [option …]. Each module here with a function `main`, which takes
the arguments after the name, is a simulation.
"""

import sys
from importlib import import_module
from pathlib import Path

PARTS = sorted(
    path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_")
)


def main() -> None:
    """Run the requested simulation."""
    if len(sys.argv) < 2 or sys.argv[1] not in PARTS:
        sys.exit(f"usage: python -m perf.simulate {{{','.join(PARTS)}}} [option …]")
    import_module(f"perf.simulate.{sys.argv[1]}").main(sys.argv[2:])


if __name__ == "__main__":
    main()
