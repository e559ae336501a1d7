"""Region and coordinates of a tweet's author, subtasks A and B in one answer (GeoLingIt, 2023)."""

from bench.metrics import kilometres
from bench.outputs import Fields, Regression, SingleLabel
from bench.task import Task
from bench.tasks.evalita import _geolingit
from bench.tasks.evalita._common import prompt
from bench.tasks.evalita._lab import GATED, overview

TASK = Task(
    name="geolingit",
    output=Fields(
        "[regione] {region} [geo] {latitude} {longitude}",
        region=SingleLabel(*_geolingit.REGIONS),
        # Italy lies within 35.4 to 47.1 and 6.6 to 18.6 degrees.
        latitude=Regression(35.0, 47.5),
        longitude=Regression(6.0, 19.0),
    ),
    load=_geolingit.load,
    unscored=_geolingit.unscored,
    submission=_geolingit.submission,
    metrics=(_geolingit.region_f1, kilometres),
    prompt=prompt(
        "Scrivi la regione di appartenenza di chi ha scritto questo testo, seguito dalla "
        "latitudine, seguita dalla longitudine."
    ),
    licence=GATED,
    citation=overview(
        "Ramponi, A. and Casula, C.",
        "GeoLingIt at EVALITA 2023: Overview of the Geolocation of Linguistic Variation in Italy "
        "Task",
    ),
    source="geolingit",
    language="it",
    how_to_get_data="put train_a.tsv, train_b.tsv, dev_a.tsv and dev_b.tsv, and for the test "
    "test.tsv or, with gold, test_a.tsv and test_b.tsv in DIR/geolingit/; request them with the "
    "form at github.com/dhfbk/geolingit-evalita2023",
)
