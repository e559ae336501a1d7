"""Threads of a worker: settled once, remembered by the results folder, whosever that is."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from bench.runs.cores import Cores
from bench.runs.loaded_experiment import RunOptions
from bench.runs.planning.experiment import RunRequest
from bench.runs.session import carry_out, set_up
from bench.runs.threads import FILE, Threads, remember, settle
from bench.store.store import Store
from tests.cli.test_main import bench
from tests.support.plugins_for_tests import add_baseline, add_task


def settled(folder: Path, cores: int = 8, jobs: int = 1, given: int | None = None) -> Threads:
    found = settle(folder, Cores(cores), jobs, given=given)
    store = Store(folder)
    store.prepare()
    remember(store, found)
    return found


@pytest.mark.parametrize(("cores", "jobs", "count"), [(8, 1, 8), (8, 3, 2), (2, 5, 1)])
def test_the_cores_are_shared_out_among_the_workers(
    cores: int, jobs: int, count: int, tmp_path: Path
) -> None:
    assert settled(tmp_path, cores, jobs).count == count


def test_a_folder_keeps_the_number_of_its_first_run(tmp_path: Path) -> None:
    assert [settled(tmp_path, 8, jobs).count for jobs in (2, 1, 8)] == [4, 4, 4]


def test_a_given_number_takes_the_place_of_the_remembered_one(tmp_path: Path) -> None:
    assert [settled(tmp_path, given=n).count for n in (None, 3, None)] == [8, 3, 3]


def test_on_fewer_cores_a_remembered_number_is_capped_and_kept(tmp_path: Path) -> None:
    settled(tmp_path, 8)
    capped = settled(tmp_path, 2)
    assert (capped.count, settled(tmp_path, 16).count) == (2, 8)
    assert "8 threads" in capped.note and "2 cores" in capped.note


BAD = [b"", b"[]", b"3", b'{"threads": "2"}', b'{"threads": true}', b'{"threads": 0}', b"\xff"]
BAD += [b'{"threads": 1025}', b'{"threads": 2.0}', b'{"threads": 2}' + b" " * 5000, b"[" * 4000]


@pytest.mark.parametrize("text", BAD)
def test_a_file_that_is_no_number_is_ignored_and_left_as_it_is(text: bytes, tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(text)
    found = settled(tmp_path, 8)
    assert found.count == 8 and str(tmp_path / FILE) in found.note
    assert (tmp_path / FILE).read_bytes() == text


@pytest.mark.parametrize("kind", ["link", "dangling link", "folder", "pipe"])
def test_what_is_no_file_is_ignored_and_left_as_it_is(kind: str, tmp_path: Path) -> None:
    place, real = tmp_path / FILE, tmp_path / "real.json"
    real.write_text('{"threads": 3}')
    if kind == "folder":
        place.mkdir()
    elif kind == "pipe":
        os.mkfifo(place)
    else:
        place.symlink_to(real if kind == "link" else tmp_path / "none")
    before = place.lstat()
    assert settled(tmp_path, 8, given=5).count == 5
    assert settled(tmp_path, 8).note
    assert place.lstat() == before and json.loads(real.read_text()) == {"threads": 3}


LINE = (
    "import os; from bench.run_context import current; e = os.environ; "
    "assert {e[n + '_NUM_THREADS'] for n in ('OMP', 'MKL', 'OPENBLAS')} == {'3'}; "
    "assert current().threads == 3; "
    "assert (e['OMP_WAIT_POLICY'], e['GOMP_SPINCOUNT']) == ('ACTIVE', '0')"
)


def test_a_worker_and_its_record_have_the_settled_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    monkeypatch.setenv("MKL_NUM_THREADS", "1")
    monkeypatch.delenv("GOMP_SPINCOUNT", raising=False)
    add_task(tmp_path / "plugins", "colours")
    add_baseline(tmp_path / "plugins", "odd", LINE)
    request = RunRequest(tasks=["colours"], baselines=["odd"], plugins=[tmp_path / "plugins"])
    options = RunOptions(results=tmp_path / "results", threads=3, jobs=2)
    carry_out(set_up(request, options), request, options, lambda event: None)
    (stored,) = Store(options.results).contents().results
    assert (stored.result.reason, stored.result.cost and stored.result.cost.threads) == ("", 3)


def a_run(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    add_task(folder / "plugins", "colours")
    names = ("-t", "colours", "-b", "majority", "--plugins", folder / "plugins")
    return bench("run", *names, "--results", folder / "results", *words)


def test_a_run_says_its_threads_and_a_dry_one_remembers_none(tmp_path: Path) -> None:
    assert "5 threads per worker" in a_run(tmp_path, "--threads", "5", "--dry-run").stderr
    assert not (tmp_path / "results" / FILE).exists()


def test_with_other_threads_what_is_done_stays_done(tmp_path: Path) -> None:
    a_run(tmp_path, "--threads", "1")
    done = a_run(tmp_path, "--threads", "2")
    assert "0 to do" in done.stderr
    assert json.loads((tmp_path / "results" / FILE).read_text()) == {"threads": 2}
