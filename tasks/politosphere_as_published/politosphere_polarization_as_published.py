"""Polarization of a comment, published split with some authors in both parts (Politosphere)."""

from bench.derive import derived
from bench.tasks.politosphere.politosphere_polarization import LABELS
from bench.tasks.politosphere.politosphere_polarization import TASK as BY_AUTHOR
from bench.tasks.politosphere_as_published.politosphere_7_as_published import TASK as SEVEN

TASK = derived(
    SEVEN,
    "politosphere_polarization_as_published",
    LABELS,
    prompt=BY_AUTHOR.prompt,
    prompts=BY_AUTHOR.prompts,
)
