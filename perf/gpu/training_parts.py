"""The parts of the comparison on a GPU in which an adapter is trained."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from perf.gpu.measure import Measured
from perf.gpu.ours import Mode, train_ours
from perf.gpu.peers import Job, train_unsloth, write_quantised
from perf.gpu.random_models import SHAPES, Shape
from perf.gpu.run import Found, Run
from perf.gpu.token_rows import Kind, Tokens, training_rows
from perf.gpu.trl_side import Way, train_trl

SHORT, LONG, ALONE = Kind(75, 26), Kind(330, 37), Kind(0, 300)
TUNED = Way("trl tuned", "nf4", 32, True)
PLAIN = Way("trl as it comes", "nf4", 8, False)
DEQUANTISED = Way("trl tuned, dequantised", "dequantised", 32, True)
WAYS = (PLAIN, TUNED, DEQUANTISED)
FORMS: tuple[Mode, ...] = ("nf4", "dequantised")


@dataclass(frozen=True)
class Training:
    """A part in which an adapter is trained.

    Args:
        step: examples per optimiser step.
        kind: kind of prompts.
        ways: the ways to run TRL.
        forms: formats of our weights.
        shape: shape of the model.
    """

    step: int
    kind: Kind
    ways: tuple[Way, ...] = WAYS
    forms: tuple[Mode, ...] = FORMS
    shape: str = "7b"

    @property
    def is_long(self) -> bool:
        """True where a step takes so long that few must suffice."""
        return self.step > 64


TRAININGS: Mapping[str, Training] = {
    "train32_75": Training(32, SHORT, forms=(*FORMS, "low", "dropout")),
    "train256_75": Training(256, SHORT, (*WAYS, Way("trl tuned, batch 64", "nf4", 64, True))),
    "train32_330": Training(32, LONG, forms=(*FORMS, "low")),
    "train256_330": Training(256, LONG),
    # Some examples have a thousand tokens: 32 of those at once are too many without checkpointing.
    "no_prefix": Training(
        32,
        ALONE,
        tuple(replace(DEQUANTISED, name=f"trl tuned, batch {n}", micro=n) for n in (16, 8)),
    ),
    # About 7,600 tokens, so that lengths stay safely below 8,192.
    "share8k": Training(280, SHORT, ()),
    "train13b": Training(
        32, LONG, (TUNED, Way("trl tuned, batch 16", "nf4", 16, True)), shape="13b"
    ),
}
UNSLOTH = ("train32_75", "train256_75", "train32_330", "train256_330")


def shape_of(run: Run, name: str) -> Shape:
    """Return a model's shape, or the toy's."""
    return SHAPES["toy" if run.toy else name]


def _step(run: Run, training: Training) -> int:
    return min(training.step, 8) if run.toy else training.step


def _rows(run: Run, training: Training, steps: int) -> list[Tokens]:
    vocabulary = shape_of(run, training.shape).vocabulary
    return training_rows(training.kind, steps * _step(run, training), vocabulary)


def train_part(run: Run, name: str) -> None:
    """Compare ours with TRL's ways, in equal steps on the same examples."""
    training = TRAININGS[name]
    shape, step = shape_of(run, training.shape), _step(run, training)
    for form in training.forms:
        run.side(name, f"ours {form}", lambda form=form: _ours(run, training, form))  # type: ignore[misc]
    for way in training.ways:
        warm, steps = (0 if training.is_long else 1, 4) if not way.tuned else (1, 6)
        if way.tuned and not training.is_long:
            warm, steps = 3, 16
        rows = _rows(run, training, warm + (2 if run.toy else steps))

        tries = [way, replace(way, name=f"{way.name}, no liger", liger=False)]
        for tried in tries if way.tuned else [way]:

            def work(way: Way = tried, rows: list[Tokens] = rows, warm: int = warm) -> Found:
                limit = 60 if way.tuned else 10
                return train_trl(shape, way, rows, step=step, warm=warm, limit=limit).plain

            run.side(name, tried.name, work)
            if "failed" not in run.results.get(name, {}).get(tried.name, {}):
                break


def _ours(run: Run, training: Training, form: Mode) -> Found:
    steps, warm = (8, 2) if training.is_long else (20, 4)
    rows = _rows(run, training, (2 if run.toy else steps) + warm)
    shape, step = shape_of(run, training.shape), _step(run, training)
    found = train_ours(shape, form, rows, shared=training.kind.shared, step=step, warm=warm)
    return {**found.plain, "token_speed": found.token_speed, "linear": shape.linear}


def unsloth_part(run: Run) -> None:
    """Run Unsloth on the examples of the training parts, with and without its checkpointing."""
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        for checkpointing in (False, True):
            name = "unsloth with checkpointing" if checkpointing else "unsloth"
            jobs = {p: _job(run, TRAININGS[p], checkpointing) for p in UNSLOTH}
            found: dict[str, Measured] = {}

            def measure(
                found: dict[str, Measured] = found,
                jobs: Mapping[str, Job] = jobs,
                checkpointing: bool = checkpointing,
            ) -> Found:
                if not run.unsloth_python:
                    raise ValueError("give --unsloth-python")
                if not any(folder.iterdir()):
                    write_quantised(shape_of(run, "7b"), folder)
                found |= train_unsloth(
                    run.unsloth_python, folder, jobs, checkpointing=checkpointing
                )
                return {"jobs": len(found)}

            run.side("unsloth", name, measure)
            for part, measured in found.items():
                run.side(part, name, lambda measured=measured: measured.plain)  # type: ignore[misc]


def _job(run: Run, training: Training, checkpointing: bool) -> Job:
    warm, steps = (1, 4) if training.is_long else (3, 12)
    steps = 1 if checkpointing and training.is_long else steps
    rows = _rows(run, training, warm + (2 if run.toy else steps))
    return Job(rows, _step(run, training), micro=32, warm=warm, limit=40)
