"""Opinion on guns in a Reddit comment, five labels: side and tone, or other (Politosphere)."""

from bench.derive import derived
from bench.tasks.politosphere import _prompts as prompts
from bench.tasks.politosphere.politosphere_7 import TASK as SEVEN

TASK = derived(
    SEVEN,
    "politosphere_5",
    {
        "Support Gun Polarized": "support gun polarized",
        "Support Gun non-Polarized": "support gun non-polarized",
        "Neutral": "other",
        "Anti Gun Polarized": "anti gun polarized",
        "Anti Gun non-Polarized": "anti gun non-polarized",
        "Not Relevant": "other",
        "Not Sure": "other",
    },
    prompt=prompts.five,
    prompts={"without_definitions": prompts.prompt(prompts.FIVE)},
)
