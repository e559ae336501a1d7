"""The wheel holds what the folders hold, and nothing else."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PLACES = {
    "bench": "bench",
    "bench/tasks": "tasks",
    "bench/baselines": "baselines",
    "bench/reports": "reports",
    "bench/experiments": "experiments",
}


def test_the_wheel_holds_every_file_of_the_folders(tmp_path: Path) -> None:
    # A copy, so that the build leaves nothing behind in the checkout.
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    for name in listed:
        target = tmp_path / "copy" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "copy")], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as bundle:
        found = {n for n in bundle.namelist() if ".dist-info/" not in n}
    wanted = {
        f"{inside}/{name.removeprefix(folder + '/')}"
        for inside, folder in PLACES.items()
        for name in listed
        if name.startswith(folder + "/")
    }
    assert found == wanted
