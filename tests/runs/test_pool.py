"""Real worker processes: what breaks inside one is a Failure or a Skip, and the rest goes on."""

from pathlib import Path

import pytest

from bench.runs.loaded_experiment import RunOptions
from bench.runs.planning.experiment import RunRequest
from bench.runs.session import carry_out, set_up
from bench.store.store import Store
from tests.support.plugins_for_tests import add_baseline, add_task
from tests.support.runs import run_all

BREAKS = {
    "an exception": ("raise ZeroDivisionError('made up')", "failed", "ZeroDivisionError: made up"),
    "a hard exit": ("os._exit(3)", "failed", "ended with code 3"),
    "a kill": ("os.kill(os.getpid(), signal.SIGKILL)", "failed", "killed by SIGKILL"),
    "missing weights": ("raise Unavailable('weights: bench fetch x')", "skipped", "bench fetch x"),
}


@pytest.mark.parametrize("how", BREAKS)
def test_what_breaks_in_a_worker_is_recorded_and_the_next_run_is_done(
    tmp_path: Path, how: str
) -> None:
    line, status, reason = BREAKS[how]
    add_baseline(tmp_path / "plugins", "a_broken", line)
    add_baseline(tmp_path / "plugins", "b_sound")
    found = run_all(tmp_path)
    assert (found["a_broken"].result.status, found["b_sound"].result.status) == (status, "done")
    assert reason in found["a_broken"].result.reason


def test_a_run_over_its_time_is_ended_and_the_next_is_done(tmp_path: Path) -> None:
    add_baseline(tmp_path / "plugins", "a_slow", "time.sleep(600)")
    add_baseline(tmp_path / "plugins", "b_sound")
    file = tmp_path / "limits.toml"
    file.write_text("[limits]\ntimeout = 20\n")
    found = run_all(tmp_path, experiment=str(file))
    assert "took longer than the limit of 20 s" in found["a_slow"].result.reason
    assert found["b_sound"].result.status == "done"


def test_what_a_baseline_prints_does_not_disturb_the_answers(tmp_path: Path) -> None:
    add_baseline(tmp_path / "plugins", "loud", "print('{}'); os.write(1, b'noise\\n')")
    assert run_all(tmp_path)["loud"].result.status == "done"


def test_a_token_in_an_error_is_not_stored(tmp_path: Path) -> None:
    add_baseline(tmp_path / "plugins", "leaky", "raise OSError('hf_abcdefghijklmnop was refused')")
    stored = run_all(tmp_path)["leaky"]
    trace = (tmp_path / "results" / stored.folder / "traceback.txt").read_text()
    assert "hf_abcdef" not in stored.result.reason + trace
    assert "[redacted] was refused" in stored.result.reason


def test_an_error_with_half_a_character_keeps_its_reason(tmp_path: Path) -> None:
    add_baseline(tmp_path / "plugins", "odd_name", "raise OSError('made up \\udc80 file')")
    assert run_all(tmp_path)["odd_name"].result.reason == "OSError: made up \\x80 file"


def test_a_label_that_was_never_declared_fails_the_cell_by_name(tmp_path: Path) -> None:
    file = add_baseline(tmp_path / "plugins", "inventive")
    file.write_text(file.read_text().replace("labels[len(i.text) % len(labels)]", "'tepid'"))
    reason = run_all(tmp_path)["inventive"].result.reason
    assert "predicted 'tepid'" in reason and "is not declared" in reason


def test_a_multi_task_baseline_is_fitted_once_and_gives_a_result_a_task(tmp_path: Path) -> None:
    plugins = tmp_path / "plugins"
    add_baseline(plugins, "both", "assert len(data) == 2", multi_task=True)
    add_task(plugins, "one")
    add_task(plugins, "two", rows=60)
    request = RunRequest(tasks=["one", "two"], baselines=["both"], plugins=[plugins])
    options = RunOptions(results=tmp_path / "results")
    setup = set_up(request, options)
    carry_out(setup, request, options, lambda event: None)
    (stored,) = Store(options.results).contents().results
    assert [part.task for part in stored.result.results] == ["one", "two"]
    assert len(setup.runs) == 1


def test_two_workers_give_the_same_predictions_as_one(tmp_path: Path) -> None:
    plugins = tmp_path / "plugins"
    for name in ("one", "two", "three"):
        add_task(plugins, name)
    request = RunRequest(
        tasks=["one", "two", "three"], baselines=["naive_bayes"], plugins=[plugins]
    )
    digests = []
    for jobs in (1, 2):
        options = RunOptions(results=tmp_path / f"results{jobs}", jobs=jobs)
        carry_out(set_up(request, options), request, options, lambda event: None)
        stored = Store(options.results).contents().results
        digests.append({s.result.key: s.result.files["predictions-0.parquet"] for s in stored})
    assert digests[0] == digests[1] and len(digests[0]) == 3


def test_what_a_baseline_keeps_stands_beside_its_result(tmp_path: Path) -> None:
    line = "self.artefacts = lambda: {'notes.bin': bytes(seed)}"
    add_baseline(tmp_path / "plugins", "keeper", line, seeded=True)
    found = run_all(tmp_path, seeds=[5])["keeper"].result
    assert (found.status, found.artefacts) == ("done", ("notes.bin",))
    assert Store(tmp_path / "results").artefacts(found.key) == {"notes.bin": bytes(5)}


@pytest.mark.parametrize("name", ["../x", "/x", ".x", "", "result.json", "predictions-0.parquet"])
def test_a_baseline_cannot_keep_a_file_under_any_name(tmp_path: Path, name: str) -> None:
    add_baseline(tmp_path / "plugins", "odd", f"self.artefacts = lambda: {{{name!r}: b'x'}}")
    found = run_all(tmp_path)["odd"].result
    assert found.status == "failed" and "a name that cannot be used" in found.reason
