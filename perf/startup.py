"""Compare `bench --help` and `bench list` with a minimal Typer app that prints one Rich table.

Run: python perf/startup.py [RUNS]. Prints medians and their ratio, and the heavy modules imported.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PEER = """
import typer
from rich.console import Console
from rich.table import Table

app = typer.Typer(add_completion=False)


@app.command()
def show() -> None:
    table = Table("name", "suite", "what it is")
    for number in range(12):
        table.add_row(f"task{number}", "starter", "a line that says what it is")
    Console().print(table)


app()
"""
HEAVY = ("torch", "transformers", "sklearn", "pandas", "datasets", "scipy", "numpy")


def seconds(command: list[str]) -> float:
    """Return the elapsed seconds of a process."""
    clock = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - clock


def heavy_modules(words: list[str]) -> list[str]:
    """Return the modules of HEAVY that the command imports."""
    code = f"import sys\nsys.argv = ['bench', *{words!r}]\nfrom bench.cli.main import main\n"
    code += "try:\n    main()\nexcept SystemExit:\n    pass\n"
    code += f"print('\\nHEAVY', *(m for m in {HEAVY!r} if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1].split()[1:]


def main() -> None:
    """Measure all commands alternately, so that drift of the machine affects all equally."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 11
    with tempfile.TemporaryDirectory() as folder:
        peer = Path(folder) / "peer.py"
        peer.write_text(PEER)
        commands = {
            "peer": [sys.executable, str(peer)],
            "bench --help": [sys.executable, "-m", "bench", "--help"],
            "bench list": [sys.executable, "-m", "bench", "list"],
        }
        found: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(runs + 1):
            for name, command in commands.items():
                found[name].append(seconds(command))
    middle = {name: statistics.median(times[1:]) for name, times in found.items()}
    for name, value in middle.items():
        print(f"{name:14} {value:.3f} s  {value / middle['peer']:.2f} x peer")
    for words in (["--help"], ["list"]):
        print(
            f"bench {' '.join(words)} imports: {heavy_modules(words) or 'none of the heavy ones'}"
        )


if __name__ == "__main__":
    main()
