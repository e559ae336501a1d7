"""`bench run` killed at random moments: nothing finished is lost, and the end is the same."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench.store.store import Store
from tests.support.plugins_for_tests import add_baseline, add_task

KILLS = int(os.environ.get("BENCH_KILLS", "8"))
"""How often; 200 by hand."""


def command(plugins: Path, results: Path) -> list[str]:
    words = ["-t", "one", "-t", "two", "-b", "odd", "-b", "naive_bayes", "-b", "stratified_random"]
    words += ["--seed", "0", "--seed", "1", "--plugins", str(plugins), "--results", str(results)]
    return [sys.executable, "-m", "bench", "run", *words, "--profile", "full"]


def finished(results: Path) -> dict[str, bytes]:
    """The record of every finished run, byte by byte."""
    store = Store(results)
    done = [key for key in store.stored_keys() if store.status(key) == "done"]
    return {key: (store.runs / key / "result.json").read_bytes() for key in done}


def predictions(results: Path) -> dict[str, str]:
    stored = Store(results).contents()
    assert stored.problems == ()
    return {s.result.key: s.result.files["predictions-0.parquet"] for s in stored.results}


@pytest.fixture
def plugins(tmp_path: Path) -> Path:
    for name in ("one", "two"):
        add_task(tmp_path / "plugins", name)
    add_baseline(tmp_path / "plugins", "odd", "time.sleep(0.1)", seeded=True)
    return tmp_path / "plugins"


@pytest.mark.timeout(3000)
def test_kills_lose_no_finished_cell_and_change_no_prediction(
    plugins: Path, tmp_path: Path
) -> None:
    undisturbed = tmp_path / "undisturbed"
    clock = time.monotonic()
    subprocess.run(command(plugins, undisturbed), check=True, capture_output=True)
    whole = time.monotonic() - clock
    moments, results, number = random.Random(0), tmp_path / "results0", 0
    for _ in range(KILLS):
        before = finished(results)
        process = subprocess.Popen(
            command(plugins, results), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            process.wait(timeout=moments.uniform(0.2, whole))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        process.wait()
        after = finished(results)
        assert {key: after.get(key) for key in before} == before
        if len(after) == len(finished(undisturbed)):
            number += 1
            results = tmp_path / f"results{number}"
    subprocess.run(command(plugins, results), check=True, capture_output=True)
    assert predictions(results) == predictions(undisturbed)


def test_a_worker_ends_when_its_parent_is_killed(plugins: Path, tmp_path: Path) -> None:
    add_baseline(
        plugins,
        "odd",
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(60)",
    )
    process = subprocess.Popen(
        command(plugins, tmp_path / "results"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    file = tmp_path / "pid"
    while not (file.exists() and file.read_text()):
        time.sleep(0.05)
    process.kill()
    process.wait()
    deadline = time.monotonic() + 20
    while _lives(int(file.read_text())) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _lives(int(file.read_text()))


def _lives(pid: int) -> bool:
    import psutil

    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
