"""Typed records of stored runs: read and written by `bench.store.store` alone."""

from bench.records.base import (
    SCHEMA as SCHEMA,
)
from bench.records.base import (
    TRAIN_SIZE as TRAIN_SIZE,
)
from bench.records.base import (
    Limit as Limit,
)
from bench.records.base import (
    Record as Record,
)
from bench.records.base import (
    Status as Status,
)
from bench.records.base import (
    TestOrigin as TestOrigin,
)
from bench.records.result import (
    Cost as Cost,
)
from bench.records.result import (
    ModelFacts as ModelFacts,
)
from bench.records.result import (
    Outside as Outside,
)
from bench.records.result import (
    Result as Result,
)
from bench.records.task_scores import (
    AnnotatorFacts as AnnotatorFacts,
)
from bench.records.task_scores import (
    CalibrationFacts as CalibrationFacts,
)
from bench.records.task_scores import (
    CalibrationMethod as CalibrationMethod,
)
from bench.records.task_scores import (
    ClassScore as ClassScore,
)
from bench.records.task_scores import (
    Confusion as Confusion,
)
from bench.records.task_scores import (
    Counts as Counts,
)
from bench.records.task_scores import (
    DataFacts as DataFacts,
)
from bench.records.task_scores import (
    IntervalFacts as IntervalFacts,
)
from bench.records.task_scores import (
    Irregular as Irregular,
)
from bench.records.task_scores import (
    Latency as Latency,
)
from bench.records.task_scores import (
    MetricDirection as MetricDirection,
)
from bench.records.task_scores import (
    PeopleFacts as PeopleFacts,
)
from bench.records.task_scores import (
    Ranking as Ranking,
)
from bench.records.task_scores import (
    ReadoutScores as ReadoutScores,
)
from bench.records.task_scores import (
    Reliability as Reliability,
)
from bench.records.task_scores import (
    ScoreCurve as ScoreCurve,
)
from bench.records.task_scores import (
    TaskScores as TaskScores,
)
