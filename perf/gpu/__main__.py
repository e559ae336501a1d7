"""Compare the engine with its peers on one GPU, in one run, in the shapes of Llama 2 and BERT.

Run: python -m perf.gpu [--parts PART,…] [--toy] [--out FILE] [--budget SECONDS]
         [--unsloth-python PATH] [--lm-eval-python PATH] [--sides PATTERN;…] [--with FILE …]

Weights and tokens are random, in the real sizes. All sides get the same tokens, the same number of
examples per optimiser step, and compute the loss over the answer tokens alone. Training is QLoRA:
4-bit NormalFloat with double quantisation, rank 16 on all linear layers, bfloat16. Each side is
tried separately: a failure is shown in the table. `--toy` runs the same code with tiny sizes, also
on a CPU, where Unsloth trains in a way of its own. `--with` adds the results of earlier runs to the
table; on its own it shows them.
"""

import argparse
import json
import os
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import rich
import torch
import transformers

from perf.gpu.parts import PARTS
from perf.gpu.run import Run, machine
from perf.gpu.table import show


def main() -> None:
    """Run the requested parts."""
    asked = _arguments()
    names = _listed(asked.parts) or (() if asked.earlier else tuple(PARTS))
    if names and not asked.toy and not torch.cuda.is_available():
        raise SystemExit("perf/gpu needs a GPU; on a CPU, --toy tries its code out")
    transformers.logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    run = Run(
        toy=asked.toy,
        sides=tuple(filter(None, asked.sides.split(";"))),
        budget=asked.budget,
        out=asked.out,
        unsloth_python=asked.unsloth_python,
        lm_eval_python=asked.lm_eval_python,
    )
    for path in asked.earlier:
        for part, sides in json.loads(path.read_text(encoding="utf-8"))["results"].items():
            run.results.setdefault(part, {}).update(sides)
    print(machine(), flush=True)
    for name in names:
        PARTS[name](run)
    rich.print(f"{run.budget - run.left:.0f} s in all")
    show(run.results)


def _listed(names: str) -> tuple[str, ...]:
    return tuple(filter(None, names.split(",")))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add = parser.add_argument
    add("--parts", default="", help=f"of {','.join(PARTS)}; default: all, with --with none")
    add("--sides", default="", help="those alone, as `ours*;trl tuned*`")
    add("--toy", action="store_true", help="tiny sizes")
    add("--out", type=Path, help="a JSON file for the results")
    add("--budget", type=float, default=1e9, help="seconds after which nothing new is begun")
    add("--unsloth-python", default="", help="of the environment that holds unsloth")
    add("--lm-eval-python", default="", help="of the environment that holds lm_eval")
    add("--with", dest="earlier", type=Path, nargs="*", default=[], help="results to show, too")
    return parser.parse_args()


if __name__ == "__main__":
    main()
