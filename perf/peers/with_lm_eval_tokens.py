"""Score tokenised prompts and answers with lm-evaluation-harness, on a Llama with random weights.

Runs in an environment that holds lm_eval and nothing of ours but `random_models.py`;
`perf/gpu` starts it: python perf/peers/with_lm_eval_tokens.py GIVEN.json OUT.json
"""

import json
import os
import sys
import time
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = os.environ["HF_DATASETS_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

import torch
from lm_eval.models.huggingface import HFLM

from perf.gpu.random_models import Shape, plain_tokeniser, random_llama

Request = tuple[tuple[str, str], list[int], list[int]]
"""The harness's form of a prompt and an answer: strings, which are its cache's key, and the tokens
of both."""


def main() -> None:
    """Score the given rows, and write the results."""
    given = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    shape = Shape(**given["shape"])
    network = random_llama(shape, given["form"])
    model = HFLM(
        pretrained=network, tokenizer=plain_tokeniser(shape), batch_size=int(given["batch"])
    )
    rows = [(row["ids"], row["start"]) for row in given["rows"]]
    requests: list[Request] = [
        (("", str(i)), ids[:start], ids[start:]) for i, (ids, start) in enumerate(rows)
    ]
    scored(model, requests[: 2 * given["batch"]])
    seconds, found = scored(model, requests)
    peak = torch.cuda.max_memory_allocated() / 2**30 if torch.cuda.is_available() else 0.0
    report = {"seconds": seconds, "totals": [total for total, _ in found], "peak": peak}
    Path(sys.argv[2]).write_text(json.dumps(report), encoding="utf-8")


def scored(model: HFLM, requests: list[Request]) -> tuple[float, list[tuple[float, bool]]]:
    """Return seconds and log-likelihoods, after all GPU work has finished."""
    began = time.perf_counter()
    found = model._loglikelihood_tokens(requests, disable_tqdm=True)
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter() - began, found


if __name__ == "__main__":
    main()
