"""The seven labels of Politosphere on the published split: authors stand on both sides."""

from dataclasses import replace

from bench.tasks.politosphere import _comments as _politosphere
from bench.tasks.politosphere.politosphere_7 import TASK as SEVEN

TASK = replace(SEVEN, name="politosphere_7_as_published", load=_politosphere.as_published)
