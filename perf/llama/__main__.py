"""Compare the Llama engine with its peers in one run: lm-evaluation-harness and TRL's SFTTrainer.

Run: python -m perf.llama PART… [--texts N] [--examples N] [--lm-eval-python PATH] [--json FILE]

PART is `zero_shot` (two labels after a prompt with a shared prefix of about 75 tokens), `labels`
(eight labels of several tokens, 200 shared tokens), `train75` or `train330` (QLoRA, 32 examples per
step, that many shared tokens), or `all`. Both sides get the same strings and the same weights, in
float32 on the CPU. Output: both values and how many times better ours is; the last column gives the
number of cores that other programs used meanwhile, since times on a busy machine mean little.

The peer of the first two parts is lm_eval 0.4.13 in an environment of its own:
python -m venv DIR && DIR/bin/pip install torch lm_eval==0.4.13 transformers accelerate
"""

import argparse
import os
from collections.abc import Callable, Mapping
from pathlib import Path

# Before importing torch: only CPUs are compared.
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import torch
import transformers

from perf.figures import Figure, keep, show
from perf.llama.scoring import Peer, many_labels, zero_shot
from perf.llama.training import train

Part = Callable[[argparse.Namespace], tuple[list[Figure], dict[str, object]]]


def _peer(asked: argparse.Namespace) -> Peer:
    return Peer(asked.lm_eval_python, asked.model, asked.peer_batch, asked.peer_draws)


PARTS: Mapping[str, Part] = {
    "zero_shot": lambda asked: zero_shot(asked.texts or 300, _peer(asked)),
    "labels": lambda asked: many_labels(asked.texts or 64, _peer(asked)),
    "train75": lambda asked: train(asked.model, asked.examples, shared=75, expected=3),
    "train330": lambda asked: train(asked.model, asked.examples, shared=330, expected=6),
}


def main() -> None:
    """Run the requested parts."""
    asked = _arguments()
    torch.set_num_threads(asked.threads)
    transformers.logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    figures: list[Figure] = []
    details: dict[str, object] = {}
    for name in PARTS if "all" in asked.parts else asked.parts:
        found, told = PARTS[name](asked)
        figures += found
        details |= told
        show(found)
        if asked.json:
            keep(asked.json, figures, details)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add = parser.add_argument
    add("parts", nargs="+", choices=[*PARTS, "all"], metavar="PART")
    add("--texts", type=int, default=0, help="texts to score; default 300, or 64 of `labels`")
    add("--examples", type=int, default=256, help="examples to train on")
    add("--model", default="smollm2-135m", help="an alias or a folder")
    add("--threads", type=int, default=2)
    add("--lm-eval-python", default="python", help="of the environment that holds lm_eval")
    add("--peer-batch", type=int, default=1, help="texts that lm_eval scores together; its own: 1")
    add("--peer-draws", type=int, default=100_000, help="of lm_eval's bootstrap; its own: 100000")
    add("--json", type=Path, help="a file for the figures")
    return parser.parse_args()


if __name__ == "__main__":
    main()
