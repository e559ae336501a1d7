"""What a worker keeps from one run to the next, so that little stands between two short cells."""

from pathlib import Path

from bench.data.row_files import write_rows
from bench.runs.loaded_experiment import RunOptions
from bench.runs.planning.experiment import RunRequest
from bench.runs.planning.run_spec import WorkerSession
from bench.runs.session import carry_out, set_up
from bench.runs.workers.worker import Worker
from bench.store.store import Store
from tests.support.plugins_for_tests import add_baseline, add_task


def test_what_people_said_is_read_once_for_all_runs_of_a_task(tmp_path: Path) -> None:
    plugins, rows = tmp_path / "plugins", tmp_path / "colours.arrow"
    add_task(plugins, "colours")
    request = RunRequest(
        tasks=["colours"], baselines=["majority", "naive_bayes"], plugins=[plugins]
    )
    setup = set_up(request, RunOptions(results=tmp_path / "results"))
    Store(tmp_path / "results").prepare()
    write_rows(setup.material.tasks["colours"], rows)
    words = {"results": str(tmp_path / "results"), "plugins": (str(plugins),), "threads": 1}
    worker = Worker(WorkerSession(rows={"colours": str(rows)}, **words))  # type: ignore[arg-type]
    first, second = setup.todo[:2]
    assert worker.do(first, lambda progress: None)["status"] == "done"
    (tmp_path / "colours.opinions.json").unlink()
    assert worker.do(second, lambda progress: None)["status"] == "done"


def test_libraries_are_not_looked_through_for_garbage_between_runs(tmp_path: Path) -> None:
    line = "import gc; assert gc.get_freeze_count() > len(gc.get_objects())"
    add_baseline(tmp_path / "plugins", "curious", line)
    add_task(tmp_path / "plugins", "colours")
    request = RunRequest(tasks=["colours"], baselines=["curious"], plugins=[tmp_path / "plugins"])
    options = RunOptions(results=tmp_path / "results")
    carry_out(set_up(request, options), request, options, lambda event: None)
    (stored,) = Store(options.results).contents().results
    assert (stored.result.reason, stored.result.status) == ("", "done")
