"""Upload a folder to the Hugging Face Hub."""

from pathlib import Path
from typing import Any, Literal

from bench.errors import Unavailable
from bench.guards.secure import is_open
from bench.models.hub import in_words, silence
from bench.redaction import redact


def push(folder: Path, repo: str, *, kind: Literal["model", "dataset"] = "model") -> str:
    """Upload a folder; a repository that does not exist yet is created as private.

    Log in with the Hub's own means: `hf auth login`, or HF_TOKEN.

    Args:
        folder: the folder to upload, with all its files.
        repo: `owner/name`.
        kind: type of the repository.

    Returns:
        Its address.

    Raises:
        Unavailable: the Hub cannot be reached, or rejects the upload.
    """
    import huggingface_hub
    from huggingface_hub import constants

    problem = f"{folder} is written, but cannot be uploaded to {repo}"
    if constants.HF_HUB_OFFLINE:
        raise Unavailable(f"{problem} (HF_HUB_OFFLINE is set)")
    typed: dict[str, Any] = {} if kind == "model" else {"repo_type": kind}
    flag = "" if kind == "model" else f" --repo-type {kind}"
    hint = f"log in with `hf auth login`, then `hf upload {repo} {folder}{flag}`"
    if "@" in constants.ENDPOINT or is_open(constants.ENDPOINT):
        raise Unavailable(
            f"{problem} (HF_ENDPOINT contains a password, or would receive the token without TLS)"
        )
    if reason := silence(constants.ENDPOINT):
        raise Unavailable(f"{problem} ({reason}; {hint})")
    try:
        with in_words(problem, hint):
            hub = huggingface_hub.HfApi(library_name="textbench")
            address = hub.create_repo(repo, private=True, exist_ok=True, **typed)
            hub.upload_folder(
                repo_id=repo,
                folder_path=folder,
                commit_message="Exported with textbench",
                **typed,
            )
    # A card that the Hub rejects, and uploads of large files that are interrupted.
    except (ValueError, RuntimeError) as error:
        reason = " ".join(redact(str(error)).split())
        raise Unavailable(f"{problem} ({reason}; {hint})") from None
    return str(address)
