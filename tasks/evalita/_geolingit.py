"""GeoLingIt (EVALITA 2023): the place in Italy where a tweet in a regional variety was written.

Formats follow the organisers' repository; quotation marks are part of the texts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bench.errors import DataError
from bench.files import Files
from bench.files.tables import Table
from bench.metrics import macro_f1, of_part
from bench.metrics.aligned import Scored
from bench.metrics.base import Floats, ratio
from bench.metrics.spans import totals
from bench.outputs import Answer
from bench.task import Example, Input, Split, Splits
from bench.tasks._readers import optional_file, required_file
from bench.tasks.evalita import _lab as lab

TESTED = (
    "Abruzzo",
    "Calabria",
    "Campania",
    "Emilia Romagna",
    "Friuli-Venezia Giulia",
    "Lazio",
    "Liguria",
    "Lombardia",
    "Marche",
    "Piemonte",
    "Puglia",
    "Sardegna",
    "Sicilia",
    "Toscana",
    "Trentino-Alto Adige",
    "Umbria",
    "Veneto",
)
"""Regions that the official scorer averages over."""
REGIONS = tuple(sorted((*TESTED, "Basilicata", "Molise", "Valle d'Aosta")))
_LISTED = [REGIONS.index(region) for region in TESTED]


def _score(sums: Floats) -> Floats:
    """Compute the F1 from correct, gold and predicted counts by region, averaged over the scored
    regions that occur in the examples; the official test has all of them."""
    right, gold, predicted = sums[:-1].reshape(3, len(REGIONS), -1)[:, _LISTED]
    present = gold > 0
    return ratio((ratio(2 * right, gold + predicted) * present).sum(axis=0), present.sum(axis=0))


def _point(scored: Scored) -> float:
    return float(_score(totals(macro_f1.statistic, scored))[0])


region_f1 = of_part("region", replace(macro_f1, point=_point, score=_score))


def load(files: Files) -> Splits:
    """Load the train and validation splits, and the test split where its gold is available."""
    names: dict[Split, str] = {"train": "train", "validation": "dev"}
    splits: dict[Split, Sequence[Example]] = {}
    for split, name in names.items():
        a = required_file(files, f"{name}_a.tsv", f"subtask_a/{name}_a.tsv")
        b = required_file(files, f"{name}_b.tsv", f"subtask_b/{name}_b.tsv")
        splits[split] = _rows(a, b)
    if golden := _golden(files):
        splits["test"] = _rows(*golden)
    return splits


def _golden(files: Files) -> tuple[Path, Path] | None:
    """Return both files of the test, where they are available with gold."""
    a, b = optional_file(files, "test_a.tsv"), optional_file(files, "test_b.tsv")
    has_gold = lab.labelled(a, "region", quoted=False)
    has_gold = has_gold and lab.labelled(b, "latitude", "longitude", quoted=False)
    return (a, b) if a and b and has_gold else None


def _rows(a: Path, b: Path) -> list[Example]:
    regions = lab.table(a, "id", "text", "region", quoted=False)
    places = lab.table(b, "id", "text", "latitude", "longitude", quoted=False)
    lab.refuse_repeated_ids(a, regions.column("id"))
    lab.refuse_repeated_ids(b, places.column("id"))
    coordinates = _coordinates(places)
    known = {region: region for region in REGIONS}
    examples = []
    for n, (id_, text, region) in enumerate(lab.rows_of(regions, "id", "text", "region"), 2):
        place = lab.place(a, n)
        if id_ not in coordinates:
            raise DataError(
                f"{place}: id {id_!r} is not in {b}; use both files of the same release"
            )
        examples.append(Example(id_, text, (lab.chosen(known, region, place), *coordinates[id_])))
    if len(examples) < len(coordinates):
        raise DataError(
            f"{b}: {len(coordinates) - len(examples)} of its ids are not in {a}; use both files "
            "of the same release"
        )
    return examples


def _coordinates(places: Table) -> dict[str, tuple[float, float]]:
    rows = lab.rows_of(places, "id", "latitude", "longitude")
    return {
        id_: (
            lab.number(latitude, lab.place(places.path, n)),
            lab.number(longitude, lab.place(places.path, n)),
        )
        for n, (id_, latitude, longitude) in enumerate(rows, 2)
    }


def unscored(files: Files) -> list[Input]:
    """Return the texts of the official test, where its gold is not available."""
    path = optional_file(files, "test.tsv", "test_a.tsv")
    return [] if path is None or _golden(files) else lab.inputs(path, quoted=False)


def submission(answers: Mapping[str, Answer], inputs: Mapping[str, Input]) -> Mapping[str, bytes]:
    """Return files for both subtasks of the standard track; the texts are left empty, as the
    organisers allow. Their scorer compares line by line."""
    rows: list[tuple[object, ...]] = [
        (id_, *answer) for id_, answer in answers.items() if isinstance(answer, tuple)
    ]
    regions = [(id_, "", region) for id_, region, _, _ in rows]
    places = [(id_, "", latitude, longitude) for id_, _, latitude, longitude in rows]
    return {
        "textbench.standard.a.1": lab.written(["id", "text", "region"], regions),
        "textbench.standard.b.1": lab.written(["id", "text", "latitude", "longitude"], places),
    }
