"""Files of every form as one table: the form found by content, faults counted with their place."""

from bench.files.reading.any_form import read
from bench.files.reading.json_rows import read_objects
from bench.files.reading.material import Fault, Material

__all__ = ["Fault", "Material", "read", "read_objects"]
