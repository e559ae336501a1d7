"""Faults on purpose: kills, full disks, odd records and the like, and what comes of each.

Run: python perf/faults.py {records,kills,crowds,disk} [option …]. Each sub-command is a module of
its own, perf/faults_NAME.py, with a function `main` that takes the arguments after the name.
"""

import sys
from importlib import import_module
from pathlib import Path


def main() -> None:
    """Hand over to the sub-command's module."""
    names = sorted(
        path.stem.removeprefix("faults_") for path in Path(__file__).parent.glob("faults_*.py")
    )
    if len(sys.argv) < 2 or sys.argv[1] not in names:
        sys.exit(f"usage: python perf/faults.py {{{','.join(names)}}} [option …]")
    import_module(f"faults_{sys.argv[1]}").main(sys.argv[2:])


if __name__ == "__main__":
    main()
