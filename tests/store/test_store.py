"""The store on real files: what is damaged is found, said and left alone."""

import json
import os
import resource
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bench.errors import StoreError
from bench.records import Limit, Result
from bench.store.record_file import Damaged, seal, unseal
from bench.store.store import Store


def a_result(key: str = "k" * 64, **words: object) -> Result:
    """A made-up record without scores."""
    fields: dict[str, object] = {
        "key": key,
        "ingredients": {},
        "status": "done",
        "baseline": "made_up",
        "params": {},
        "seed": 0,
        "seeded": False,
        "limit": Limit(),
        "profile": "quick",
        "tasks": (),
        "versions": {},
        "suites": {},
        "provenance": {},
        "started": "2026-01-01T00:00:00+00:00",
        "seconds": 1.0,
    }
    return Result(**{**fields, **words})  # type: ignore[arg-type]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with one run of two files."""
    made = Store(tmp_path / "results")
    made.prepare()
    made.write(a_result(), {"notes.txt": b"some bytes", "more.txt": b"other bytes"})
    return made


def folder_of(store: Store) -> Path:
    return store.runs / ("k" * 64)


def problem_of(store: Store) -> str:
    """The one problem; nothing may be read as a result."""
    contents = store.contents()
    assert contents.results == ()
    (problem,) = contents.problems
    return problem.what


def test_a_written_run_is_read_back(store: Store) -> None:
    assert store.contents().results[0].result.files.keys() == {"notes.txt", "more.txt"}


def test_a_record_cut_at_any_byte_is_damaged() -> None:
    raw = seal(a_result())
    for length in range(len(raw)):
        with pytest.raises(Damaged):
            unseal(raw[:length])


def test_a_flipped_bit_in_a_record_is_damaged() -> None:
    raw = bytearray(seal(a_result()))
    for place in range(0, len(raw), 7):
        raw[place] ^= 1
        with pytest.raises(Damaged):
            unseal(bytes(raw))
        raw[place] ^= 1


def test_an_edited_record_is_reported_and_left_in_place(store: Store) -> None:
    file = folder_of(store) / "result.json"
    file.write_bytes(file.read_bytes().replace(b"made_up", b"better_"))
    assert "cut short or edited" in problem_of(store)
    assert b"better_" in file.read_bytes()


def test_an_edited_file_beside_the_record_is_reported(store: Store) -> None:
    (folder_of(store) / "notes.txt").write_bytes(b"some bytez")
    assert "notes.txt was cut short or edited" in problem_of(store)


def test_a_missing_file_is_reported(store: Store) -> None:
    (folder_of(store) / "more.txt").unlink()
    assert "more.txt cannot be read" in problem_of(store)


def test_a_foreign_schema_is_named(store: Store) -> None:
    body = json.loads(a_result().model_dump_json()) | {"schema_version": 99}
    import hashlib

    text = json.dumps(body).encode()
    digest = hashlib.sha256(text).hexdigest().encode()
    raw = b'{"sha256":"' + digest + b'","result":' + text + b"}\n"
    (folder_of(store) / "result.json").write_bytes(raw)
    assert "schema 99" in problem_of(store)


def test_a_renamed_run_is_reported(store: Store) -> None:
    folder_of(store).rename(store.runs / ("j" * 64))
    assert "is not its result's key" in problem_of(store)


def test_a_record_naming_a_file_outside_its_folder_is_refused(store: Store) -> None:
    bad = a_result(files={"../../secret": "0" * 64})
    (folder_of(store) / "result.json").write_bytes(seal(bad))
    assert "outside its folder" in problem_of(store)


@pytest.fixture
def kept(store: Store) -> Path:
    """What a run's fit kept: one file of the run `a`."""
    store.write(a_result("a" * 64, artefacts=("adapter",)), {"adapter": b"weights"})
    return store.runs / ("a" * 64) / "adapter"


def test_what_a_fit_kept_is_read_back(store: Store, kept: Path) -> None:
    assert store.artefacts("a" * 64) == {"adapter": b"weights"}


def test_what_a_fit_kept_is_verified_when_it_is_used_and_not_before(
    store: Store, kept: Path
) -> None:
    kept.write_bytes(b"weightz")
    assert store.status("a" * 64) == "done"
    with pytest.raises(Damaged, match="adapter was cut short or edited"):
        store.artefacts("a" * 64)


def test_a_missing_file_of_a_fit_is_reported_at_once(store: Store, kept: Path) -> None:
    kept.unlink()
    (problem,) = store.contents().problems
    assert "adapter is missing" in problem.what


def test_what_a_fit_kept_is_verified_before_a_staged_run_is_adopted(
    store: Store, kept: Path
) -> None:
    staged = kept.parent.rename(_left(store))
    (staged / "adapter").write_bytes(b"weightz")
    store.prepare()
    assert store.status("a" * 64) is None


def _set_aside(store: Store) -> list[bytes]:
    return [place.read_bytes() for place in (store.root / "damaged").glob("*/notes.txt")]


def test_a_damaged_run_is_set_aside_not_deleted(store: Store) -> None:
    (folder_of(store) / "notes.txt").write_bytes(b"edited")
    store.set_aside("k" * 64)
    assert _set_aside(store) == [b"edited"]
    assert store.stored_keys() == []


def test_a_sound_run_is_not_set_aside(store: Store) -> None:
    store.set_aside("k" * 64)
    assert store.status("k" * 64) == "done"


def test_a_damaged_run_that_a_rerun_replaces_is_set_aside_not_deleted(store: Store) -> None:
    (folder_of(store) / "notes.txt").write_bytes(b"edited")
    store.write(a_result(), {}, replace=True)
    assert _set_aside(store) == [b"edited"]
    assert store.status("k" * 64) == "done"


def test_a_run_under_another_key_is_damaged(store: Store) -> None:
    folder_of(store).rename(store.runs / ("j" * 64))
    assert store.status("j" * 64) == "damaged"


def test_a_rerun_that_is_skipped_leaves_the_finished_run(store: Store) -> None:
    store.write(a_result(status="skipped", reason="no weights"), {}, replace=True)
    assert store.status("k" * 64) == "done"


def test_many_writers_of_one_key_do_not_disturb_one_another(store: Store) -> None:
    def write(number: int) -> None:
        store.write(a_result(f"{number // 8:064d}", seed=number), {"notes.txt": b"x" * number})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(400)))
    assert [store.status(key) for key in store.stored_keys()] == ["done"] * 51
    assert list((store.root / ".staging").iterdir()) == []


def test_a_finished_run_is_not_replaced(store: Store) -> None:
    store.write(a_result(seconds=2.0), {})
    assert store.read("k" * 64).result.seconds == 1.0


def test_a_failed_run_gives_way(store: Store) -> None:
    store.write(a_result("f" * 64, status="failed", reason="made up"), {})
    store.write(a_result("f" * 64), {})
    assert store.status("f" * 64) == "done"


def test_rerun_replaces_a_finished_run(store: Store) -> None:
    store.write(a_result(seconds=2.0), {}, replace=True)
    assert store.read("k" * 64).result.seconds == 2.0
    assert list((store.root / ".staging").iterdir()) == []


def test_a_whole_staged_run_of_a_dead_process_is_adopted(store: Store) -> None:
    name = folder_of(store).rename(_left(store))
    store.prepare()
    assert not name.exists() and store.status("k" * 64) == "done"


def test_a_half_staged_run_of_a_dead_process_is_cleared(store: Store) -> None:
    half = _left(store)
    half.mkdir()
    (half / "result.json").write_bytes(seal(a_result("h" * 64))[:-9])
    store.prepare()
    assert not half.exists() and store.status("h" * 64) is None


def test_staged_work_of_a_living_process_is_left_alone(store: Store) -> None:
    code = "import sys; from pathlib import Path; from bench.store.store import Store\n"
    code += "with Store(Path(sys.argv[1])).workspace(): print('made', flush=True), input()"
    words = [sys.executable, "-c", code, str(store.root)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as living:
        assert living.stdin and living.stdout and living.stdout.readline()
        (mine,) = (store.root / ".staging").glob("[!.]*[!k]")
        store.prepare()
        assert mine.is_dir()
        living.kill()
    store.prepare()
    assert list((store.root / ".staging").iterdir()) == []


def _left(store: Store) -> Path:
    """A place for what a dead process has left, with the lock that it no longer holds."""
    place = store.root / ".staging" / ("0" * 32)
    place.with_name(place.name + ".lock").touch()
    return place


def test_a_results_path_that_is_a_file_gives_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("not a folder")
    with pytest.raises(StoreError, match="choose another with --results DIR"):
        Store(tmp_path / "results").prepare()


def _write_with_little_room(place: str) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
    try:
        Store(Path(place)).write(a_result("w" * 64), {"big": b"x" * 5000})
    except StoreError as error:
        sys.stdout.write(str(error))


def test_a_full_disk_gives_one_clear_line_and_no_half_run(store: Store) -> None:
    code = (
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "from tests.store.test_store import _write_with_little_room as write\n"
        f"write({str(store.root)!r})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "results folder" in done.stdout and "File too large" in done.stdout
    assert store.status("w" * 64) is None


@pytest.mark.parametrize("key", ["..", "a/b", "a\0b"])
def test_a_staged_record_whose_key_leads_elsewhere_is_not_adopted(store: Store, key: str) -> None:
    staged = _left(store)
    staged.mkdir()
    (staged / "result.json").write_bytes(seal(a_result(key)))
    store.prepare()
    assert store.stored_keys() == ["k" * 64] and not staged.exists()


def test_a_whole_staged_run_takes_a_failed_ones_place(store: Store) -> None:
    staged = folder_of(store).rename(_left(store))
    store.write(a_result(status="failed", reason="made up"), {})
    store.prepare()
    assert store.status("k" * 64) == "done" and not staged.exists()


@pytest.mark.parametrize(("hours", "stays"), [(0, True), (2, False)])
def test_an_earlier_versions_half_run_is_cleared_after_an_hour(
    store: Store, hours: int, stays: bool
) -> None:
    left = store.root / ".staging" / f"some-host-17-{'0' * 32}"
    left.mkdir()
    since = time.time() - hours * 3600
    os.utime(left, (since, since))
    store.prepare()
    assert left.exists() == stays


def test_an_earlier_versions_whole_run_is_adopted(store: Store) -> None:
    folder_of(store).rename(store.root / ".staging" / f"some-host-17-{'0' * 32}")
    store.prepare()
    assert store.status("k" * 64) == "done"
