"""Which GPUs there are, and which worker gets which; the driver's answers are made
up, as no machine that runs the tests need have one."""

from pathlib import Path

import pytest

from bench import devices
from bench.devices import VARIABLE, Seat, seats, visible
from bench.experiment import Request
from bench.records import Result
from bench.session import Options, carry_out, set_up
from bench.store import Store
from tests.plugins_for_tests import add_baseline, add_task


class MadeUp:
    """A driver that knows so many GPUs."""

    def __init__(self, gpus: int) -> None:
        self.gpus = gpus

    def count(self) -> int:
        return self.gpus


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
    assert found == (Seat("0", own=False), Seat("GPU-b", own=True), Seat("0", own=False))


def test_without_gpus_a_worker_computes_where_its_parent_does() -> None:
    assert seats((), 2) == (Seat(), Seat())


def test_each_worker_gets_one_gpu_of_those_given(tmp_path: Path, given: pytest.MonkeyPatch) -> None:
    given.setattr(devices, "driver", MadeUp(2))
    assert sorted(devices_of_runs(tmp_path, Options(results=tmp_path / "results"))) == ["0", "1"]


def test_one_job_computes_on_one_gpu_of_several(tmp_path: Path, given: pytest.MonkeyPatch) -> None:
    given.setattr(devices, "driver", MadeUp(2))
    given.setenv(VARIABLE, "GPU-b,GPU-c")
    options = Options(results=tmp_path / "results", jobs=1)
    assert devices_of_runs(tmp_path, options) == ["GPU-b", "GPU-b"]


@pytest.mark.parametrize("variable", [None, "", "3"])
def test_without_a_gpu_the_variable_stays_as_it_is(
    tmp_path: Path, given: pytest.MonkeyPatch, variable: str | None
) -> None:
    given.setattr(devices, "driver", MadeUp(0))
    if variable is not None:
        given.setenv(VARIABLE, variable)
    found = devices_of_runs(tmp_path, Options(results=tmp_path / "results"))
    assert found == ["none" if variable is None else variable] * 2


# Waits a while for the other run, so that one worker does not do both.
MEET = """here = __import__("pathlib").Path({place!r})
        (here / self.word).touch()
        for _ in range(3000):
            if len(list(here.iterdir())) < {wanted}:
                time.sleep(0.01)
        seen = os.environ.get("CUDA_VISIBLE_DEVICES", "none")
        self.artefacts = lambda: {{"device.txt": seen.encode()}}"""


def devices_of_runs(folder: Path, options: Options) -> list[str]:
    """What the variable says in the workers of two runs, which wait for one another where each can
    have a worker."""
    place = folder / "place"
    place.mkdir()
    wanted = 2 if options.jobs is None and len(visible()) > 1 else 1
    add_baseline(folder / "plugins", "asking", MEET.format(place=str(place), wanted=wanted))
    stored = two_runs(folder, options)
    return [Store(options.results).artefacts(run.key)["device.txt"].decode() for run in stored]


def two_runs(folder: Path, options: Options) -> list[Result]:
    """The records of `asking` with the word a and the word b."""
    add_task(folder / "plugins", "colours")
    request = Request(
        tasks=["colours"],
        baselines=["asking"],
        settings=['asking.word=["a", "b"]'],
        plugins=[folder / "plugins"],
    )
    carry_out(set_up(request, options), request, options, lambda event: None)
    done = [stored.result for stored in Store(options.results).contents().results]
    assert [run.reason for run in done] == ["", ""]
    return done
