"""Reconstruct an answer space from its stored description, as written by `Output.spec`."""

from collections.abc import Callable, Mapping
from typing import Any

from bench.errors import StoreError, UserError, quoted
from bench.outputs import Fields, FreeText, MultiLabel, Pairs, Regression, SingleLabel, Spans
from bench.outputs.base import Output

Spec = Mapping[str, Any]
_MAKE: Mapping[str, Callable[[Spec], Output]] = {
    SingleLabel.kind: lambda spec: SingleLabel(*spec["labels"]),
    MultiLabel.kind: lambda spec: MultiLabel(*spec["labels"]),
    Regression.kind: lambda spec: Regression(spec["low"], spec["high"]),
    FreeText.kind: lambda spec: FreeText(),
    Spans.kind: lambda spec: Spans(*spec["labels"], **_option(spec, "none")),
    Pairs.kind: lambda spec: Pairs(*spec["labels"], marks=tuple(spec["marks"]), none=spec["none"]),
    Fields.kind: lambda spec: Fields(
        spec["form"], **{name: output_of(part) for name, part in spec["parts"].items()}
    ),
}


def output_of(spec: Spec) -> Output:
    """Return the answer space of a stored result.

    Raises:
        StoreError: the description is not that of an answer space here, or is incomplete.
    """
    make = _MAKE.get(str(spec.get("kind")))
    if make is None:
        raise StoreError(f"answer space {spec.get('kind')!r} is unknown")
    try:
        return make(spec)
    except (KeyError, TypeError, ValueError, AttributeError, UserError) as error:
        words = f"{type(error).__name__}: {error}"
        raise StoreError(f"answer space {quoted(spec)}: {words}") from None


def _option(spec: Spec, name: str) -> dict[str, Any]:
    return {name: spec[name]} if name in spec else {}
