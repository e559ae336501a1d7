"""Summary of a draft for `bench new task`: what was read and guessed, and three examples."""

from collections.abc import Iterator, Sequence
from itertools import islice

from rich.markup import escape
from rich.table import Table

from bench.drafting.draft import Draft
from bench.drafting.request import FLAGS
from bench.example import Example
from bench.outputs import Regression

SHOWN = 70
"""Maximum number of characters of a text in an example."""
EXAMPLES = 3
LISTED = 8
"""Maximum number of names that a line lists."""


def summary(made: Draft) -> Iterator[Table | str]:
    """Show what was read, what was guessed, and three examples."""
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in _facts(made).items():
        if value:
            table.add_row(f"[dim]{name}[/dim]", escape(value))
    yield table
    for example in _chosen(made):
        answer = made.output.encode(example.target, example.text)
        pair = f"  |  {_short(example.pair)}" if example.pair else ""
        yield f"  [bold]{escape(_short(answer))}[/bold]  {escape(_short(example.text) + pair)}"


def _chosen(made: Draft) -> list[Example]:
    """Return examples with different answers, as far as there are any."""
    by_class: dict[str, Example] = {}
    for example in made.examples:
        by_class.setdefault(made.output.stratum(example.target), example)
    chosen = [*by_class.values()][:EXAMPLES]
    others = (example for example in made.examples if example not in chosen)
    return [*chosen, *islice(others, EXAMPLES - len(chosen))]


def _facts(made: Draft) -> dict[str, str]:
    columns, material = made.columns, made.material
    reader = columns.answer or made.form.reader
    kind = FLAGS[made.form.form].removeprefix("--").replace("-", " ")
    names = ", ".join(reader.columns[:1] if made.form.form == "spans" else reader.columns[:LISTED])
    splits = ", ".join(f"{len(rows):,} {split}" for split, rows in made.splits.items())
    cut = "; 20 % are cut off for the test" if "test" not in made.splits else ""
    dropped = [f"{count:,} {kind.replace('_', ' ')}" for kind, count in made.faults.items()]
    dropped += [f"left out: {made.left_out}"] if made.left_out else []
    return {
        "data": f"{material.source} ({material.form}), {material.table.num_rows:,} rows",
        "text": columns.text,
        "second text": columns.pair,
        "answer": f"{names if columns.answer else 'what most annotators gave'}: {kind}"
        f"{_labels(made)}",
        "group": columns.group,
        "id": columns.id or "row numbers",
        "annotators": _listed(made.annotators),
        "not used": _listed(made.unused),
        "language": made.language,
        "examples": splits + cut,
        "repaired or dropped": "; ".join(filter(None, (material.told(), *dropped))),
    }


def _labels(made: Draft) -> str:
    """Return the labels with their numbers of examples, or the ends of the scale."""
    if isinstance(made.output, Regression):
        return f" from {made.output.low:g} to {made.output.high:g}"
    labels = made.output.labels
    counts = ", ".join(f"{label} {made.counts.get(label, 0):,}" for label in labels[:LISTED])
    more = ", …" if len(labels) > LISTED else ""
    named = "1 label" if len(labels) == 1 else f"{len(labels)} labels"
    return f", {named} ({counts}{more})" if labels else ""


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:LISTED]) + (", …" if len(names) > LISTED else "")


def _short(text: str) -> str:
    line = " ".join(text[: 4 * SHOWN].split())
    return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"
