"""A folder handed to the Hugging Face Hub."""

from pathlib import Path
from typing import Any, Literal

from bench.errors import Unavailable
from bench.guards.secure import is_open
from bench.models.hub import in_words, silence
from bench.redaction import redact


def push(folder: Path, repo: str, *, kind: Literal["model", "dataset"] = "model") -> str:
    """Upload a folder; a repository that is not there yet is made, private.

    The log-in is the Hub's own: `hf auth login`, or HF_TOKEN.

    Args:
        folder: what to upload, all of it.
        repo: `owner/name`.
        kind: what it is uploaded as.

    Returns:
        Its address.

    Raises:
        Unavailable: the Hub cannot be reached, or does not take it.
    """
    import huggingface_hub
    from huggingface_hub import constants

    what = f"{folder} is written, but cannot be pushed to {repo}"
    if constants.HF_HUB_OFFLINE:
        raise Unavailable(f"{what} (HF_HUB_OFFLINE is set)")
    typed: dict[str, Any] = {} if kind == "model" else {"repo_type": kind}
    flag = "" if kind == "model" else f" --repo-type {kind}"
    hint = f"log in with `hf auth login`, then `hf upload {repo} {folder}{flag}`"
    if "@" in constants.ENDPOINT or is_open(constants.ENDPOINT):
        raise Unavailable(f"{what} (HF_ENDPOINT holds a log-in, or takes one without TLS)")
    if reason := silence(constants.ENDPOINT):
        raise Unavailable(f"{what} ({reason}; {hint})")
    try:
        with in_words(what, hint):
            hub = huggingface_hub.HfApi(library_name="textbench")
            address = hub.create_repo(repo, private=True, exist_ok=True, **typed)
            hub.upload_folder(
                repo_id=repo,
                folder_path=folder,
                commit_message="Exported with textbench",
                **typed,
            )
    # A card that the Hub finds fault with, and large files that break off.
    except (ValueError, RuntimeError) as error:
        reason = " ".join(redact(str(error)).split())
        raise Unavailable(f"{what} ({reason}; {hint})") from None
    return str(address)
