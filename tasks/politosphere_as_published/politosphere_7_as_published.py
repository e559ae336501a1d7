"""Opinion on guns, seven labels, published split with some authors in both parts (Politosphere)."""

from dataclasses import replace

from bench.tasks.politosphere import _comments as _politosphere
from bench.tasks.politosphere.politosphere_7 import TASK as SEVEN

TASK = replace(SEVEN, name="politosphere_7_as_published", load=_politosphere.as_published)
