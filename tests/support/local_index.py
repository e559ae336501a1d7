"""Made-up packages in a folder that pip takes for an index, so that tests really download."""

import hashlib
import io
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.files import Asset

NAME, VERSION = "made-up-texts", "1.0"
STEM = "made_up_texts-1.0"
WHEEL = f"{STEM}-py3-none-any.whl"
SDIST = f"{NAME}-{VERSION}.zip"
INNER = f"{NAME}-{VERSION}/data/texts.tar.gz"
METADATA = f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {VERSION}\n"

# Pip asks an sdist's own build step for its metadata: this one leaves a mark that it ran.
BACKEND = """from pathlib import Path


def prepare_metadata_for_build_wheel(folder, config_settings=None):
    Path({mark!r}).touch()
    place = Path(folder) / "{stem}.dist-info"
    place.mkdir()
    (place / "METADATA").write_text({metadata!r})
    (place / "WHEEL").write_text("Wheel-Version: 1.0\\nTag: py3-none-any\\n")
    return place.name
"""
PROJECT = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'


class LocalIndex:
    """A folder of packages.

    Args:
        folder: created here.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder, self.built = folder, folder.parent / "build_step_ran"

    def wheel(self, members: Mapping[str, bytes], *, wanted: Sequence[str] = ("texts/*",)) -> Asset:
        """Put a wheel of those members there and pin it."""
        info = {
            f"{STEM}.dist-info/METADATA": METADATA.encode(),
            f"{STEM}.dist-info/WHEEL": b"Wheel-Version: 1.0\nTag: py3-none-any\n",
            f"{STEM}.dist-info/RECORD": b"",
        }
        return self._pin(WHEEL, _zip({**members, **info}), wanted, "")

    def sdist(self, inner: bytes, *, wanted: Sequence[str] = ("texts/*",)) -> Asset:
        """Put an sdist holding an archive there and pin it."""
        backend = BACKEND.format(mark=str(self.built), stem=STEM, metadata=METADATA)
        top = f"{NAME}-{VERSION}"
        members = {
            f"{top}/PKG-INFO": METADATA.encode(),
            f"{top}/pyproject.toml": PROJECT.encode(),
            f"{top}/backend.py": backend.encode(),
            INNER: inner,
        }
        return self._pin(SDIST, _zip(members), wanted, INNER)

    def _pin(self, filename: str, raw: bytes, wanted: Sequence[str], inside: str) -> Asset:
        (self.folder / filename).write_bytes(raw)
        digest = hashlib.sha256(raw).hexdigest()
        return Asset(NAME, VERSION, filename, digest, tuple(wanted), inside)


def _zip(members: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, data in members.items():
            bundle.writestr(name, data)
    return made.getvalue()


def tar_gz(members: Mapping[str, bytes], *, links: Mapping[str, str] | None = None) -> bytes:
    """A .tar.gz of those files, and of symbolic links: name -> what it points to."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as tar:
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
        for name, target in (links or {}).items():
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = tarfile.SYMTYPE, target
            tar.addfile(entry)
    return made.getvalue()
