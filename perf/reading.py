"""A million examples read from Parquet and from JSON Lines: a loaded task, and its data checks,
beside what pandas takes to read the file.

Run: python perf/reading.py [EXAMPLES]. Texts are made up; each measurement has a process of its
own. Seconds are the processor's; memory is what the process takes more than before.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from bench.data.checks import check_task, leaked_ids
from bench.data.load import load_task
from bench.files import Files
from bench.outputs import SingleLabel
from bench.task import Prompt, Splits, Task

LABELS = ("pos", "neg", "neu")


def write(folder: Path, count: int) -> int:
    """Write train and test in both forms; return the bytes of all texts."""
    random = np.random.default_rng(0)
    words = np.array([f"{random.integers(10**6):x}" for _ in range(20_000)])
    total = 0
    for split, size in (("train", count * 9 // 10), ("test", count // 10)):
        drawn = words[np.minimum(random.zipf(1.3, (size, 16)) - 1, 19_999)].tolist()
        lengths = random.integers(8, 17, size)
        texts = [" ".join(row[:length]) for row, length in zip(drawn, lengths, strict=True)]
        total += sum(map(len, texts))
        ids = [f"{split}{n}" for n in range(size)]
        labels = [LABELS[k] for k in random.integers(3, size=size)]
        table = pa.table({"id": ids, "text": texts, "label": labels})
        for form in ("parquet", "jsonl"):
            (folder / form).mkdir(exist_ok=True)
        pq.write_table(table, folder / f"parquet/{split}.parquet")
        with (folder / f"jsonl/{split}.jsonl").open("w") as file:
            file.writelines(json.dumps(row) + "\n" for row in table.to_pylist())
    return total


def memory() -> float:
    """Return the most memory that this process has taken, in MB."""
    # Not ru_maxrss: a new process inherits its parent's.
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1000


def measure(who: str, source: Path) -> None:
    """Print the seconds and the memory of one reader."""
    before, start = memory(), time.process_time()
    if who == "pandas":
        for path in sorted(source.iterdir()):
            (pd.read_parquet(path) if source.name == "parquet" else pd.read_json(path, lines=True))
        print(time.process_time() - start, memory() - before)
        return

    def load(files: Files) -> Splits:
        material = files.read(source)
        rows = material.examples(id="id", text="text", label="label")
        parts = material.parts
        return {"train": rows.take(parts["train"]), "test": rows.take(parts["test"])}

    task = Task(
        name="made_up",
        output=SingleLabel(*LABELS),
        load=load,
        prompt=Prompt(instruction="?"),
        licence="",
        citation="",
        source="",
    )
    loaded = load_task(task, Files("made_up"))
    read, taken, start = time.process_time() - start, memory() - before, time.process_time()
    check_task(loaded)
    leaked_ids(loaded)
    print(read, taken, time.process_time() - start)


def main() -> None:
    """Print a line for each form."""
    if len(sys.argv) == 4:
        measure(sys.argv[2], Path(sys.argv[3]))
        return
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        size = write(Path(folder), count) / 1e6
        print(f"{count:,} examples, {size:.0f} MB of text")
        for form in ("parquet", "jsonl"):
            found = {}
            for who in ("ours", "pandas"):
                command = [sys.executable, __file__, "one", who, str(Path(folder, form))]
                printed = subprocess.run(command, check=True, capture_output=True, text=True)
                found[who] = [float(value) for value in printed.stdout.split()]
            (load, taken, checks), (peer, peer_taken) = found["ours"], found["pandas"]
            print(
                f"{form:<8} loaded in {load:.2f} s ({load / peer:.2f} of pandas' {peer:.2f} s), "
                f"{taken / size:.1f} times the text (pandas {peer_taken / size:.1f}); "
                f"checks {checks:.1f} s"
            )


if __name__ == "__main__":
    main()
