"""textbench: which rung of the ladder does a text task need, and what does each rung cost?"""

from pathlib import Path

__version__ = "0.1.0"

# A checkout works without installing: tasks/, baselines/ and reports/ lie beside bench/ there.
if (Path(__file__).parent.parent / "pyproject.toml").is_file():
    __path__.append(str(Path(__file__).parent.parent))
