"""Old import paths of modules that have moved; each still imports the same module."""

import importlib
import importlib.util
import sys
from collections.abc import Sequence
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from types import ModuleType

MOVED = {
    "bench.answers": "bench.outputs.base",
    "bench.assets": "bench.files.assets",
    "bench.baseline_facts": "bench.conformance.baseline_facts",
    "bench.bootstrap": "bench.scoring.bootstrap",
    "bench.checks": "bench.data.checks",
    "bench.facts": "bench.conformance.facts",
    "bench.fields": "bench.outputs.fields",
    "bench.hub": "bench.files.hub_datasets",
    "bench.labelled": "bench.outputs.labels",
    "bench.layout": "bench.models.layout",
    "bench.licences": "bench.data.licences",
    "bench.metrics.kind": "bench.metrics.base",
    "bench.metrics.labels": "bench.metrics.single_label",
    "bench.metrics.numbers": "bench.metrics.regression",
    "bench.metrics.places": "bench.metrics.geo",
    "bench.metrics.sets": "bench.metrics.multi_label",
    "bench.metrics.tokens": "bench.metrics.token_spans",
    "bench.metrics.views": "bench.metrics.derived",
    "bench.metrics.words": "bench.metrics.text",
    "bench.model_folder": "bench.models.folder",
    "bench.opinions": "bench.data.annotations",
    "bench.pairs": "bench.outputs.pairs",
    "bench.plugins": "bench.registry",
    "bench.prompt": "bench.models.prompt",
    "bench.provenance": "bench.runs.provenance",
    "bench.refusals": "bench.models.refusals",
    "bench.scored": "bench.metrics.aligned",
    "bench.scripts": "bench.texts.scripts",
    "bench.spans": "bench.outputs.spans",
    "bench.spec": "bench.outputs.from_spec",
    "bench.split": "bench.data.split",
    "bench.submission": "bench.data.submission",
    "bench.tables": "bench.files.tables",
    "bench.task_facts": "bench.conformance.task_facts",
    "bench.templates": "bench.models.templates",
    "bench.text": "bench.texts.normal_forms",
    "bench.tokens": "bench.models.tokens",
    "bench.toy": "bench.conformance.toy_tasks",
    "bench.unpack": "bench.files.archive",
    "bench.weights": "bench.models.pretrained",
    "bench.work": "bench.run_context",
}
"""Old name -> new name."""


class Elsewhere(Loader):
    """Load a module from its new path, when the old one is imported.

    Args:
        name: the new path.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the module at the new path itself, not a copy."""
        self.module = importlib.import_module(self.name)
        self.spec = self.module.__spec__
        return self.module

    def exec_module(self, module: ModuleType) -> None:
        """Restore the module's own spec; it has been executed under its new name already."""
        module.__spec__ = self.spec


class Finder:
    """Find the modules of `MOVED` by their old names."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: object = None
    ) -> ModuleSpec | None:
        """Return a spec that loads the module from its new path; None for every other name."""
        if name not in MOVED:
            return None
        place = importlib.util.find_spec(MOVED[name])
        assert place is not None
        return ModuleSpec(name, Elsewhere(MOVED[name]), origin=place.origin)


def keep() -> None:
    """Make the old paths importable. Their finder comes before all others: a checkout can hold a
    folder `plugins/`, which would be found as a package."""
    if not any(isinstance(finder, Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, Finder())
