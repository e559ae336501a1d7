"""Polarization of a Reddit comment on guns: polarized, unpolarized, or neither (Politosphere)."""

from bench.derive import derived
from bench.tasks.politosphere import _prompts as prompts
from bench.tasks.politosphere.politosphere_7 import TASK as SEVEN

LABELS = {
    "Support Gun Polarized": "polarized",
    "Support Gun non-Polarized": "unpolarized",
    "Neutral": "other",
    "Anti Gun Polarized": "polarized",
    "Anti Gun non-Polarized": "unpolarized",
    "Not Relevant": "other",
    "Not Sure": "other",
}
TASK = derived(
    SEVEN,
    "politosphere_polarization",
    LABELS,
    prompt=prompts.polarization,
    prompts={"without_definitions": prompts.prompt(prompts.POLARIZATION)},
)
