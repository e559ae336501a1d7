"""The vocabulary of the benchmark: task, example, baseline, prediction, records, errors."""

from pathlib import Path

from bench import old_paths

__version__ = "0.1.0"

# A checkout works without installing: tasks/, baselines/ and reports/ lie beside bench/ there.
if (Path(__file__).parent.parent / "pyproject.toml").is_file():
    __path__.append(str(Path(__file__).parent.parent))

old_paths.keep()
