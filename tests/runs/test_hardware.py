"""What the machine has to give, cores above all, and what is asked of the checkout."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from bench.runs.cores import Cores, available, cpu_quota
from bench.runs.provenance import _git

V2 = "30 23 0:28 {root} /cg rw - cgroup2 cgroup2 rw\n"
V1 = "31 23 0:29 {root} /cg rw shared:1 - cgroup cgroup rw,cpu,cpuacct\n"


def quota(folder: Path, cgroup: str, mount: str, files: dict[str, str]) -> float | None:
    """By real folders that look as the kernel's do."""
    texts = {"proc/cgroup": cgroup, "proc/mountinfo": "1 0 8:1 / / rw - ext4 /dev/x rw\n" + mount}
    for name, text in {**texts, **{f"cg/{name}": text for name, text in files.items()}}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return cpu_quota(folder / "proc", folder)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"a/b/cpu.max": "150000 100000\n"}, 1.5),
        ({"a/b/cpu.max": "max 100000\n", "a/cpu.max": "50000 100000\n"}, 0.5),
        ({"a/b/cpu.max": "100000 100000\n", "cpu.max": "400000 100000\n"}, 1.0),
        ({"a/b/cpu.max": "max 100000\n", "beside/cpu.max": "100000 100000\n"}, None),
        ({"a/b/cpu.max": "no number\n"}, None),
    ],
)
def test_the_least_quota_of_a_cgroup_and_those_above_it_counts(
    files: dict[str, str], expected: float | None, tmp_path: Path
) -> None:
    assert quota(tmp_path, "0::/a/b\n", V2.format(root="/"), files) == expected


def test_a_quota_of_the_older_cgroups_counts(tmp_path: Path) -> None:
    files = {"a/cpu.cfs_quota_us": "200000\n", "a/cpu.cfs_period_us": "50000\n"}
    files |= {"a/b/cpu.cfs_quota_us": "-1\n", "a/b/cpu.cfs_period_us": "100000\n"}
    cgroup = "5:memory:/m\n4:cpu,cpuacct:/a/b\n0::/\n"
    assert quota(tmp_path, cgroup, V1.format(root="/"), files) == 4.0


@pytest.mark.parametrize("path", ["/docker/x/sub", "/docker/x"])
def test_a_container_sees_its_own_part_of_the_cgroups(path: str, tmp_path: Path) -> None:
    files = {"cpu.max": "300000 100000\n"}
    assert quota(tmp_path, f"0::{path}\n", V2.format(root="/docker/x"), files) == 3.0


def test_without_cgroups_there_is_no_quota(tmp_path: Path) -> None:
    assert cpu_quota(tmp_path / "none", tmp_path) is None


@pytest.mark.parametrize(
    ("mask", "of_cpu", "count"), [(4, None, 4), (4, 1.5, 1), (4, 0.1, 1), (2, 7.0, 2), (8, 2.9, 2)]
)
def test_a_quota_caps_the_cores_of_the_mask(mask: int, of_cpu: float | None, count: int) -> None:
    assert Cores(mask, of_cpu).count == count


@pytest.fixture
def group() -> Iterator[Path]:
    """A new cgroup that can have a CPU quota."""
    hierarchies = [Path("/sys/fs/cgroup/cpu"), Path("/sys/fs/cgroup")]
    made = next((p for p in hierarchies if (p / "cgroup.procs").is_file()), hierarchies[0])
    made = made / f"bench-test-{uuid4().hex}"
    try:
        made.mkdir()
    except OSError:
        pytest.skip("no cgroup can be made here")
    yield made
    made.rmdir()


def test_the_kernels_own_quota_is_read(group: Path) -> None:
    name, text = ("cpu.max", "50000 100000")
    if not (group / name).exists():
        name, text = ("cpu.cfs_quota_us", "50000")
    if not (group / name).exists():
        pytest.skip("cgroups have no CPU controller here")
    (group / name).write_text(text)
    code = f"open({str(group / 'cgroup.procs')!r}, 'w').write('0'); "
    code += "from bench.runs.cores import available; print(available().quota, available().count)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.split() == ["0.5", "1"], done.stderr


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system has no masks")
def test_a_process_on_one_core_has_one_and_busy_ones_count(tmp_path: Path) -> None:
    before = os.sched_getaffinity(0)
    spin = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        assert available().mask == len(before)
        os.sched_setaffinity(0, {min(before)})
        assert available().count == 1
    finally:
        os.sched_setaffinity(0, before)
        spin.kill()
        spin.wait()


def test_looking_at_a_checkout_writes_nothing_into_it(tmp_path: Path) -> None:
    file, index = tmp_path / "a.txt", tmp_path / ".git" / "index"
    file.write_text("a")
    for words in (["init"], ["add", "a.txt"]):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True, capture_output=True)
    # Looked at again, an unchanged file of another date has its entry renewed.
    os.utime(file, (1, 1))
    before = index.read_bytes()
    assert _git(tmp_path, "status", "--porcelain") == "A  a.txt"
    assert index.read_bytes() == before
