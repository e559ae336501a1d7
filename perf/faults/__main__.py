"""Inject faults, such as kills, full disks and corrupted records, and count their consequences.

Run: python -m perf.faults {crowds,disk,kills,records} [option …].
"""

import sys
from importlib import import_module

PARTS = ("crowds", "disk", "kills", "records")
"""Names of the parts: each is a module with a function `main` that takes the arguments after the
name."""


def main() -> None:
    """Run the requested part's module."""
    if len(sys.argv) < 2 or sys.argv[1] not in PARTS:
        sys.exit(f"usage: python -m perf.faults {{{','.join(PARTS)}}} [option …]")
    import_module(f"perf.faults.{sys.argv[1]}").main(sys.argv[2:])


if __name__ == "__main__":
    main()
