"""The documentation's examples, run in order in an empty folder as a reader would."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench.costs.prices import parsed
from bench.registry import Registry
from bench.runs.planning.experiment import RunRequest, build

DOCS = Path(__file__).parent.parent.parent / "docs"
BLOCK = re.compile(r"(?:<!-- file: (?P<file>\S+) -->\n)?```(?P<kind>\w+)\n(?P<text>.*?)```", re.S)


@pytest.mark.parametrize("page", ["writing-a-task.md", "writing-a-baseline.md"])
def test_every_example_of_a_page_works(page: str, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "bench").write_text(f'#!/bin/sh\nexec {sys.executable} -m bench "$@"\n')
    (tools / "bench").chmod(0o755)
    folder = tmp_path / "empty"
    folder.mkdir()
    env = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    ran = 0
    for block in BLOCK.finditer((DOCS / page).read_text()):
        if block["file"]:
            target = folder / block["file"]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block["text"])
        elif block["kind"] == "sh":
            command = ["bash", "-euo", "pipefail", "-c", block["text"]]
            done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
            assert done.returncode == 0, block["text"] + done.stdout + done.stderr
            ran += 1
    assert ran >= 1


def toml_of_the_readme(name: str) -> str:
    """The block that begins with a file's name."""
    blocks = [b["text"] for b in BLOCK.finditer((DOCS.parent / "README.md").read_text())]
    (text,) = [text for text in blocks if text.startswith(f"# {name}")]
    return str(text)


def test_the_prices_of_the_readme_are_valid() -> None:
    prices = parsed(toml_of_the_readme("prices.toml"), "README.md")
    assert prices.machine("NVIDIA A100-SXM4-80GB", 8, "EUR") is not None
    assert prices.model(["gpt-5-nano"], "USD") is not None


def test_the_experiment_of_the_readme_is_valid(tmp_path: Path) -> None:
    file = tmp_path / "experiment.toml"
    file.write_text(toml_of_the_readme("experiment.toml"))
    request = RunRequest(experiment=str(file))
    assert len(build(request, Registry("tasks"), Registry("baselines")).families) == 2
