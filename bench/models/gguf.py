"""Convert a GGUF file to a folder of safetensors, tokenizer and configuration: converted once, then
cached and verified by hash."""

import contextlib
import errno
import io
import json
import logging
from pathlib import Path

from bench.errors import DataError
from bench.files.assets import MANIFEST, cache_root
from bench.files.cache_folder import locked, replace
from bench.files.sealed_folder import hashes_of, is_intact
from bench.models.gguf_header import refuse_broken

FORM = 1
"""Version of the conversion, raised whenever it changes."""
_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES)
_log = logging.getLogger(__name__)


def converted(file: Path, *, name: str, sha256: str) -> Path:
    """Return the folder with a GGUF file's contents, the weights dequantised to bfloat16.

    Args:
        file: the GGUF file, already verified.
        name: the first part of the folder's name.
        sha256: the hash of the package that contained the file; each hash has its own folder.

    Raises:
        DataError: the file cannot be converted.
        Unavailable: the cache cannot be written to, or another process has been converting the
            file for an hour.
    """
    folder = cache_root() / "converted" / f"{name}-{sha256[:12]}-{FORM}"
    with locked(folder):
        if not is_intact(folder, MANIFEST):
            replace(folder, lambda part: _make(file, part / "made"))
    return folder


def _make(file: Path, target: Path) -> Path:
    refuse_broken(file)
    _log.info("converting %s (only once, about half a minute)", file.name)
    _convert(file, target)
    (target / MANIFEST).write_text(json.dumps(hashes_of(target), indent=0))
    return target


def _convert(file: Path, target: Path) -> None:
    import torch
    import transformers

    folder, options = str(file.parent), {"gguf_file": file.name, "local_files_only": True}
    quantised = transformers.GgufConfig(dequantize=True)
    level = transformers.logging.get_verbosity()
    transformers.logging.set_verbosity(logging.ERROR)
    # Hides the library's progress bars, which nobody sees in a worker.
    with contextlib.redirect_stderr(io.StringIO()):
        try:
            tokenizer = transformers.AutoTokenizer.from_pretrained(folder, **options)
            model = transformers.AutoModelForCausalLM.from_pretrained(
                folder, quantization_config=quantised, dtype=torch.bfloat16, **options
            )
            # Otherwise the model would be saved as if it were still quantised.
            if hasattr(model.config, "quantization_config"):
                del model.config.quantization_config
            model.save_pretrained(target)
            tokenizer.save_pretrained(target)
        # Neither of the two libraries involved expects a malformed file: anything may be raised.
        except Exception as error:
            if isinstance(error, OSError) and error.errno in _DISK:
                raise
            first = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise DataError(f"{file.name} cannot be converted: {first}") from error
        finally:
            transformers.logging.set_verbosity(level)
