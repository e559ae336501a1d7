"""Which GPUs there are, which worker gets which, and what they draw; the driver's answers are made
up, as no machine that runs the tests need have one."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType

import pytest

from bench.records import Result
from bench.runs import gpus as devices
from bench.runs.gpus import VARIABLE, EnergyMeter, WorkerDevice, seats, visible
from bench.runs.loaded_experiment import RunOptions
from bench.runs.planning.experiment import RunRequest
from bench.runs.session import carry_out, set_up
from bench.store.store import Store
from tests.support.plugins_for_tests import add_baseline, add_task


class MadeUp:
    """A driver that knows `gpus` of them; each reading of the counter finds so much more drawn."""

    def __init__(self, gpus: int = 1, *, draws: int = 500, mine: str = "GPU-0") -> None:
        self.gpus, self.draws, self.mine, self.readings = gpus, draws, mine, 0

    def count(self) -> int:
        return self.gpus

    def current(self) -> str:
        return self.mine

    def energy(self) -> Mapping[str, int]:
        self.readings += 1
        return {f"GPU-{i}": 7_000 + self.readings * self.draws * (i + 1) for i in range(self.gpus)}


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.delenv(VARIABLE, raising=False)
    return monkeypatch


NAMED: dict[str, tuple[str | None, tuple[str, ...]]] = {
    "all, where nobody names any": (None, ("0", "1", "2", "3")),
    "those that are named": ("2,0", ("2", "0")),
    "with spaces": (" 1, 3", ("1", "3")),
    "none at all": ("", ()),
    "none, as CUDA says it": ("-1", ()),
    "up to the first that there is not": ("1,7,2", ("1",)),
    "up to the first that is no number": ("1,x,2", ("1",)),
    "none, where one is named twice": ("1,1", ()),
    "by UUID": ("GPU-aa,GPU-bb", ("GPU-aa", "GPU-bb")),
    "parts of one": ("MIG-aa", ("MIG-aa",)),
    "by UUID, up to the first number": ("GPU-aa,1", ("GPU-aa",)),
}


@pytest.mark.parametrize("how", NAMED)
def test_the_gpus_that_may_be_used_are(how: str, given: pytest.MonkeyPatch) -> None:
    variable, expected = NAMED[how]
    given.setattr(devices, "driver", MadeUp(4))
    if variable is not None:
        given.setenv(VARIABLE, variable)
    assert visible() == expected


@pytest.mark.parametrize("variable", ["0", "GPU-aa"])
def test_without_a_gpu_none_may_be_used_whatever_is_named(
    variable: str, given: pytest.MonkeyPatch
) -> None:
    given.setattr(devices, "driver", MadeUp(0))
    given.setenv(VARIABLE, variable)
    assert visible() == ()


def test_gpus_are_dealt_in_turn_and_one_that_is_shared_is_nobodys_own() -> None:
    found = seats(("0", "GPU-b"), 3)
    assert found == (
        WorkerDevice("0", own=False),
        WorkerDevice("GPU-b", own=True),
        WorkerDevice("0", own=False),
    )


def test_without_gpus_a_worker_computes_where_its_parent_does() -> None:
    assert seats((), 2) == (WorkerDevice(), WorkerDevice())


def test_each_worker_gets_one_gpu_of_those_given(tmp_path: Path, given: pytest.MonkeyPatch) -> None:
    given.setattr(devices, "driver", MadeUp(2))
    assert sorted(devices_of_runs(tmp_path, RunOptions(results=tmp_path / "results"))) == ["0", "1"]


def test_one_job_computes_on_one_gpu_of_several(tmp_path: Path, given: pytest.MonkeyPatch) -> None:
    given.setattr(devices, "driver", MadeUp(2))
    given.setenv(VARIABLE, "GPU-b,GPU-c")
    options = RunOptions(results=tmp_path / "results", jobs=1)
    assert devices_of_runs(tmp_path, options) == ["GPU-b", "GPU-b"]


@pytest.mark.parametrize("variable", [None, "", "3"])
def test_without_a_gpu_the_variable_stays_as_it_is(
    tmp_path: Path, given: pytest.MonkeyPatch, variable: str | None
) -> None:
    given.setattr(devices, "driver", MadeUp(0))
    if variable is not None:
        given.setenv(VARIABLE, variable)
    found = devices_of_runs(tmp_path, RunOptions(results=tmp_path / "results"))
    assert found == ["none" if variable is None else variable] * 2


# Waits a while for the other run, so that one worker does not do both.
MEET = """here = __import__("pathlib").Path({place!r})
        (here / self.word).touch()
        for _ in range(3000):
            if len(list(here.iterdir())) < {wanted}:
                time.sleep(0.01)
        seen = os.environ.get("CUDA_VISIBLE_DEVICES", "none")
        self.artefacts = lambda: {{"device.txt": seen.encode()}}"""


def devices_of_runs(folder: Path, options: RunOptions) -> list[str]:
    """What the variable says in the workers of two runs, which wait for one another where each can
    have a worker."""
    place = folder / "place"
    place.mkdir()
    wanted = 2 if options.jobs is None and len(visible()) > 1 else 1
    add_baseline(folder / "plugins", "asking", MEET.format(place=str(place), wanted=wanted))
    stored = two_runs(folder, options)
    return [Store(options.results).artefacts(run.key)["device.txt"].decode() for run in stored]


def two_runs(folder: Path, options: RunOptions) -> list[Result]:
    """The records of `asking` with the word a and the word b."""
    add_task(folder / "plugins", "colours")
    request = RunRequest(
        tasks=["colours"],
        baselines=["asking"],
        settings=['asking.word=["a", "b"]'],
        plugins=[folder / "plugins"],
    )
    carry_out(set_up(request, options), request, options, lambda event: None)
    done = [stored.result for stored in Store(options.results).contents().results]
    assert [run.reason for run in done] == ["", ""]
    return done


def test_what_a_gpu_draws_is_counted_while_it_is_looked_at(given: pytest.MonkeyPatch) -> None:
    given.setattr(devices, "driver", MadeUp(2, draws=500, mine="GPU-1"))
    meter = EnergyMeter(own=True)
    for _ in range(3):
        with meter:
            pass
    assert meter.joules == 3 * 0.5 * 2


UNKNOWN = {
    "a GPU that others use": (False, MadeUp(1)),
    "no GPU": (True, MadeUp(0, mine="")),
    "a GPU that does not tell": (True, MadeUp(1, mine="GPU-9")),
    "a driver that does not tell": (True, MadeUp(0, mine="GPU-0")),
}


@pytest.mark.parametrize("what", UNKNOWN)
def test_what_is_drawn_is_not_known_of(what: str, given: pytest.MonkeyPatch) -> None:
    own, driver = UNKNOWN[what]
    given.setattr(devices, "driver", driver)
    with EnergyMeter(own=own) as meter:
        pass
    assert meter.joules is None


def test_a_counter_that_fell_silent_meanwhile_tells_nothing(given: pytest.MonkeyPatch) -> None:
    given.setattr(devices, "driver", MadeUp(1))
    meter = EnergyMeter(own=True)
    with meter:
        pass
    with meter:
        given.setattr(devices, "driver", MadeUp(0, mine="GPU-0"))
    assert meter.joules is None


@pytest.mark.parametrize(("jobs", "expected"), [(1, 1.0), (2, None)])
def test_a_run_that_has_a_gpu_to_itself_stores_what_that_drew(
    tmp_path: Path, given: pytest.MonkeyPatch, jobs: int, expected: float | None
) -> None:
    given.setattr(devices, "driver", MadeUp(1))
    file = add_baseline(tmp_path / "plugins", "asking")
    # In the worker the driver is a made-up one, too, from before the fit.
    put = "import bench.runs.gpus, tests.runs.test_gpus as t; bench.runs.gpus.driver = t.MadeUp(1)"
    head = "        self.pause, self.word = pause, word"
    file.write_text(file.read_text().replace(head, f"{head}\n        {put}"))
    done = two_runs(tmp_path, RunOptions(results=tmp_path / "results", jobs=jobs))
    assert [run.cost and run.cost.energy_joules for run in done] == [expected, expected]
    fits = [run.cost and run.cost.fit_energy_joules for run in done]
    assert fits == [expected and expected / 2] * 2
    assert [run.cost and run.cost.workers for run in done] == [jobs, jobs]


class Refused(Exception):
    """What NVML says no with."""


class Library(ModuleType):
    """NVML of six GPUs: a whole one, one in parts, one that cannot be cut, one without counter, one
    that others compute on, and one that does not say whether they do."""

    NVMLError = Refused

    def nvmlInit(self) -> None:
        pass

    def nvmlDeviceGetCount(self) -> int:
        return 6

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:
        return index

    def nvmlDeviceGetUUID(self, handle: int) -> str:
        return f"GPU-{handle}"

    def nvmlDeviceGetMigMode(self, handle: int) -> list[int]:
        if handle == 2:
            raise Refused
        return [int(handle == 1), 0]

    def nvmlDeviceGetComputeRunningProcesses(self, handle: int) -> list[object]:
        if handle == 5:
            raise Refused
        return [object()] * (handle == 4)

    def nvmlDeviceGetTotalEnergyConsumption(self, handle: int) -> int:
        if handle == 3:
            raise Refused
        return 1000 + handle


@pytest.fixture
def library(given: pytest.MonkeyPatch) -> Iterator[Library]:
    given.setitem(sys.modules, "pynvml", Library("pynvml"))
    devices._nvml.cache_clear()
    yield sys.modules["pynvml"]  # type: ignore[misc]
    devices._nvml.cache_clear()


def test_gpus_that_are_whole_and_ones_own_and_tell_have_a_counter(library: Library) -> None:
    assert devices.Nvidia().energy() == {"GPU-0": 1000, "GPU-2": 1002, "GPU-5": 1005}


def test_a_process_of_ones_own_on_a_gpu_is_nobody_else(
    library: Library, given: pytest.MonkeyPatch
) -> None:
    given.setattr("torch.cuda.is_initialized", lambda: True)
    assert devices.Nvidia().energy()["GPU-4"] == 1004


def test_without_the_library_or_a_driver_no_gpu_tells(
    library: Library, given: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise Refused

    given.setattr(library, "nvmlInit", refuse)
    assert devices.Nvidia().energy() == {}
    devices._nvml.cache_clear()
    given.setitem(sys.modules, "pynvml", None)
    assert devices.Nvidia().energy() == {}
