"""Stance of a Reddit comment on guns: for them, against them, or neither (Politosphere)."""

from bench.derive import derived
from bench.tasks.politosphere import _prompts as prompts
from bench.tasks.politosphere.politosphere_7 import TASK as SEVEN

LABELS = {
    "Support Gun Polarized": "support gun",
    "Support Gun non-Polarized": "support gun",
    "Neutral": "other",
    "Anti Gun Polarized": "anti gun",
    "Anti Gun non-Polarized": "anti gun",
    "Not Relevant": "other",
    "Not Sure": "other",
}
TASK = derived(
    SEVEN,
    "politosphere_stance",
    LABELS,
    prompt=prompts.stance,
    prompts={"without_definitions": prompts.prompt(prompts.STANCE, sentiment=prompts.TENDENCY)},
)
