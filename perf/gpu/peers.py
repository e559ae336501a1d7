"""Peers that need an environment of their own: they read examples from a file and return
figures."""

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from perf.gpu.measure import Measured, clean
from perf.gpu.ours import Scored
from perf.gpu.random_models import Form, Shape, plain_tokeniser, random_llama
from perf.gpu.token_rows import Tokens

PEERS = Path(__file__).parent.parent / "peers"
LONGEST = 420
"""Maximum seconds for a peer."""


class PeerFailed(Exception):
    """The output of a peer that failed."""


def score_lm_eval(
    python: str, shape: Shape, form: Form, rows: Sequence[Tokens], *, answers: int, batch: int
) -> Scored:
    """Return the harness's log-likelihoods for the same tokens.

    Args:
        python: interpreter of its environment.
        shape: shape of the model, which it builds itself from the same seed.
        form: form of the weights.
        rows: every document with each of its answers.
        answers: number of answers per document.
        batch: batch size.

    Raises:
        PeerFailed: the peer failed.
    """
    given: dict[str, Any] = {"shape": asdict(shape), "form": form, "batch": batch}
    given["rows"] = [row.plain for row in rows]
    found = _asked(python, "with_lm_eval_tokens.py", given)
    totals = np.array(found["totals"]).reshape(-1, answers)
    return Scored(found["seconds"], totals, found["peak"])


def write_quantised(shape: Shape, folder: Path) -> None:
    """Write a folder with a 4-bit model, for peers that load one."""
    network = random_llama(shape, "nf4")
    network.save_pretrained(folder)
    plain_tokeniser(shape).save_pretrained(folder)
    del network
    clean()


@dataclass(frozen=True)
class Job:
    """A training job for a peer.

    Args:
        rows: examples for the largest possible number of steps.
        step: examples per optimiser step.
        micro: examples computed at once.
        warm: number of warm-up steps.
        limit: seconds after which to stop.
    """

    rows: Sequence[Tokens]
    step: int
    micro: int
    warm: int
    limit: float

    @property
    def plain(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        rows = [row.plain for row in self.rows]
        return {**vars(self), "rows": rows, "micro": min(self.micro, self.step)}


def train_unsloth(
    python: str, folder: Path, jobs: Mapping[str, Job], *, checkpointing: bool
) -> dict[str, Measured]:
    """Run Unsloth's steps on the same examples, by the jobs' names; failed jobs are left out.

    Args:
        python: interpreter of its environment.
        folder: a quantised model.
        jobs: the trainings, one after the other.
        checkpointing: whether to recompute activations, in Unsloth's own way.

    Raises:
        PeerFailed: the peer failed.
    """
    given = {"folder": str(folder), "checkpointing": checkpointing}
    told = {name: job.plain for name, job in jobs.items()}
    done = _asked(python, "with_unsloth.py", {**given, "jobs": told})
    measured = {}
    for name, found in done.items():
        if "failed" in found:
            print(f"{name}: Unsloth failed: {found['failed'][-1500:]}", flush=True)
            continue
        measured[name] = Measured(jobs[name].step, losses=found["losses"])
        measured[name].peak, measured[name].reserved = found["peak"], found["reserved"]
        measured[name].mark(found["clocks"], skip=jobs[name].warm)
    return measured


def _asked(python: str, script: str, given: Mapping[str, Any]) -> Any:
    """Run a script and return the data that it writes."""
    clean()
    with tempfile.TemporaryDirectory() as work:
        what, out = Path(work, "given.json"), Path(work, "out.json")
        what.write_text(json.dumps(given), encoding="utf-8")
        command = [python, str(PEERS / script), str(what), str(out)]
        done = subprocess.run(
            command,
            env={**os.environ, "HF_HOME": work, "PYTHONPATH": str(PEERS.parent.parent)},
            cwd=work,
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST,
        )
        if done.returncode or not out.is_file():
            raise PeerFailed(f"{script}: {done.stdout[-1500:]}\n{done.stderr[-3000:]}")
        return json.loads(out.read_text(encoding="utf-8"))
