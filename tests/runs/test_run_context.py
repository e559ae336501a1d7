"""What a fit has around it in a real worker: progress, a folder that outlives a kill, its key."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console

from bench.baseline import Model
from bench.cli.running.progress import Screen
from bench.run_context import Progress, RunContext, current, running_in
from bench.runs.loaded_experiment import RunOptions
from bench.runs.planning.experiment import RunRequest
from bench.runs.planning.run_spec import Run
from bench.runs.session import PlannedRuns, carry_out, set_up
from bench.runs.workers.pool import Event
from bench.store.checkpoint_folder import KEPT_DAYS, fit_folder, tidy
from bench.store.store import Store
from tests.support.plugins_for_tests import add_baseline, add_task

IMPORTS = "from bench.run_context import Progress, current; "


def prepared(
    folder: Path, line: str, **words: object
) -> tuple[PlannedRuns, RunRequest, RunOptions]:
    plugins = folder / "plugins"
    add_task(plugins, "colours")
    add_baseline(plugins, "odd", IMPORTS + line)
    request = RunRequest(tasks=["colours"], baselines=["odd"], plugins=[plugins])
    options = RunOptions(results=folder / "results", **words)  # type: ignore[arg-type]
    return set_up(request, options), request, options


def run(folder: Path, line: str, **words: object) -> list[Event]:
    setup, request, options = prepared(folder, line, **words)
    events: list[Event] = []
    carry_out(setup, request, options, events.append)
    return events


def test_what_a_fit_reports_arrives(tmp_path: Path) -> None:
    events = run(tmp_path, "current().report(Progress(3, 8, 'epoch 1'))")
    told = [event.progress for event in events if event.kind == "progress"]
    assert told == [Progress(3, 8, "epoch 1")]


def test_of_many_reports_few_arrive_and_the_last_does(tmp_path: Path) -> None:
    events = run(tmp_path, "[current().report(Progress(n, 5000)) for n in range(5001)]")
    told = [event.progress.done for event in events if event.progress]
    assert len(told) < 50 and told[-1] == 5000


def test_a_fit_is_told_of_its_folder_threads_and_network(tmp_path: Path) -> None:
    line = "w = current(); (w.folder / 'x').touch(); assert w.offline and w.threads >= 1, w"
    assert run(tmp_path, line, offline=True)[-1].status == "done"


def test_the_library_for_tokens_has_a_workers_threads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKENIZERS_PARALLELISM", "false")
    line = (
        "e = os.environ; assert 'TOKENIZERS_PARALLELISM' not in e; "
        "assert e['RAYON_NUM_THREADS'] == str(current().threads) == e['OMP_NUM_THREADS']"
    )
    assert run(tmp_path, line)[-1].status == "done"


def test_a_process_forked_off_a_worker_can_tokenise_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKENIZERS_PARALLELISM", "true")
    line = (
        "from tokenizers import Tokenizer, models; "
        "read = Tokenizer(models.WordLevel({'a': 0}, unk_token='a')).encode_batch; "
        "read(['a'] * 100); child = os.fork(); "
        "child or (signal.alarm(20), read(['a'] * 100), os._exit(0)); "
        "assert os.waitpid(child, 0)[1] == 0"
    )
    assert run(tmp_path, line)[-1].status == "done"


def test_the_folder_is_gone_once_the_result_is_stored(tmp_path: Path) -> None:
    run(tmp_path, "(current().folder / 'x').touch()")
    assert list((tmp_path / "results" / "unfinished").iterdir()) == []


KILL_ONCE = (
    "f = current().folder / 'x'; seen = f.exists(); f.touch(); "
    "seen or os.kill(os.getpid(), signal.SIGKILL)"
)


def test_the_folder_outlives_a_kill_and_is_seen_again(tmp_path: Path) -> None:
    assert run(tmp_path, KILL_ONCE)[-1].status == "failed"
    assert run(tmp_path, KILL_ONCE)[-1].status == "done"


def test_a_rerun_starts_with_an_empty_folder(tmp_path: Path) -> None:
    run(tmp_path, KILL_ONCE)
    assert run(tmp_path, KILL_ONCE, rerun=True)[-1].status == "failed"


def test_two_fits_of_one_run_do_not_share_a_folder(tmp_path: Path) -> None:
    with fit_folder(tmp_path, "key", fresh=False) as one:
        with fit_folder(tmp_path, "key", fresh=False) as other:
            assert one != other and one.is_dir() and other.is_dir()
        assert one.is_dir()
    assert not one.exists() and not other.exists()


def test_folders_of_finished_and_forgotten_fits_are_deleted(tmp_path: Path) -> None:
    done, old, new = ("d" * 64, "0" * 64, "e" * 64)
    for key in (done, old, new):
        (tmp_path / "unfinished" / key).mkdir(parents=True)
    long_ago = time.time() - (KEPT_DAYS + 1) * 86400
    os.utime(tmp_path / "unfinished" / old, (long_ago, long_ago))
    tidy(tmp_path, lambda key: key == done)
    assert [path.name for path in (tmp_path / "unfinished").iterdir()] == [new]


def test_a_lock_whose_folder_is_gone_is_deleted(tmp_path: Path) -> None:
    (tmp_path / "unfinished").mkdir()
    (tmp_path / "unfinished" / f"{'d' * 64}.lock").touch()
    tidy(tmp_path, lambda key: False)
    assert list((tmp_path / "unfinished").iterdir()) == []


def test_a_whole_run_that_a_kill_left_staged_is_not_planned_again(tmp_path: Path) -> None:
    setup, _, options = prepared(tmp_path, "pass")
    run(tmp_path, "pass")
    staged = options.results / ".staging" / ("0" * 32)
    staged.with_name(staged.name + ".lock").touch()
    (options.results / "runs" / setup.runs[0].key).rename(staged)
    assert prepared(tmp_path, "pass")[0].todo == []


def test_outside_of_a_run_nothing_is_kept_or_reported() -> None:
    current().report(Progress(1, 2))
    assert current().folder is None


def test_work_is_for_its_block_only() -> None:
    with running_in(RunContext(offline=True)):
        assert current().offline
    assert not current().offline


def keys(folder: Path, said: str) -> dict[str, str]:
    """The ingredients of a run whose baseline says something of its own."""
    path = add_baseline(folder / "plugins", "odd")
    method = f"\n    def key_parts(self):\n        {said}\n\n    def predict("
    path.write_text(path.read_text().replace("\n    def predict(", method))
    add_task(folder / "plugins", "colours")
    plugins = [folder / "plugins"]
    request = RunRequest(tasks=["colours"], baselines=["odd"], plugins=plugins)
    (only,) = set_up(request, RunOptions(results=folder / "results")).runs
    return {**only.ingredients, "key": only.key}


def test_what_a_baseline_says_of_itself_is_part_of_the_key(tmp_path: Path) -> None:
    one = keys(tmp_path / "a", "return {'weights': self.word}")
    assert one["its weights"] == "x"


def test_weights_that_cannot_be_named_are_planned_all_the_same(tmp_path: Path) -> None:
    found = keys(tmp_path, "raise Unavailable('no network')")
    assert found["its unavailable"] == "no network"


def test_the_model_and_the_pace_of_a_fit_are_kept(tmp_path: Path) -> None:
    _, request, options = prepared(tmp_path, "pass")
    path = tmp_path / "plugins" / "baselines" / "odd.py"
    model = Model(name="m", origin="n", revision="1", sha256={"f": "0"}, parameters=7)
    more = f"parameters=1, examples_per_second=12.5, model=Model{str(model)[5:]}"
    text = path.read_text().replace("parameters=1", more)
    path.write_text(text.replace("import FitInfo, ", "import FitInfo, Model, "))
    carry_out(set_up(request, options), request, options, lambda event: None)
    (stored,) = Store(options.results).contents().results
    assert stored.result.model is not None and stored.result.model.parameters == 7
    assert stored.result.cost is not None and stored.result.cost.examples_per_second == 12.5


def a_run(tmp_path: Path) -> Run:
    return prepared(tmp_path, "pass")[0].runs[0]


def test_a_running_cell_shows_what_it_does_and_how_long_it_will_take(tmp_path: Path) -> None:
    console = Console(force_terminal=True, width=120, record=True)
    screen, one = Screen(console, 1), a_run(tmp_path)
    for event in ("started", 1.0, 2.0):
        told = None if event == "started" else Progress(float(event), 8, "epoch 1/4, loss 0.412")
        screen.show(Event("progress" if told else "started", one, progress=told))
    console.print(screen)
    assert "epoch 1/4, loss 0.412, about" in console.export_text()


def test_off_a_terminal_a_long_cell_says_now_and_then_how_far_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.cli.running.progress.QUIET", 0.0)
    console = Console(width=120, record=True)
    screen, one = Screen(console, 1), a_run(tmp_path)
    screen.show(Event("started", one))
    screen.show(Event("progress", one, progress=Progress(1, 8, "epoch 1/4")))
    assert "odd on colours: epoch 1/4" in console.export_text()


def test_runs_of_several_seeds_are_told_apart(tmp_path: Path) -> None:
    console, one = Console(width=120, record=True), a_run(tmp_path)
    screen = Screen(console, 2)
    for seed in (0, 1):
        run = one.model_copy(update={"seed": seed})
        screen.show(Event("started", run))
        screen.show(Event("finished", run, "skipped", f"reason {seed}"))
    said = console.export_text()
    assert "odd on colours: skipped" in said and "odd on colours (seed 1): skipped" in said


@pytest.mark.parametrize("terminal", [True, False])
def test_a_reason_that_many_cells_share_is_said_in_full_once(
    tmp_path: Path, terminal: bool
) -> None:
    console = Console(force_terminal=terminal, width=120, record=True)
    screen, one = Screen(console, 3), a_run(tmp_path)
    for _ in range(3):
        screen.show(Event("started", one))
        screen.show(Event("finished", one, "skipped", "the Hub cannot be reached"))
    said = console.export_text()
    assert said.count("cannot be reached") == 1
    assert said.count("for the same reason") == (0 if terminal else 2)


def test_a_model_that_cannot_be_had_is_skipped_with_the_alias_that_works_said_once(
    tmp_path: Path,
) -> None:
    for name in ("one", "two"):
        add_task(tmp_path / "plugins", name)
    words = ["-t", "one", "-t", "two", "-b", "bert", "--set", "bert.model=nobody/nothing"]
    words += ["--plugins", "plugins", "--offline", "--profile", "quick"]
    command = [sys.executable, "-m", "bench", "run", *words]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("nobody/nothing") == done.stderr.count("minilm-l6") == 1
    assert "bert on two: skipped for the same reason" in done.stderr
