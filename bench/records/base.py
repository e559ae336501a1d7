"""The base of all records, and the words that they share."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from bench.records.ranges import Count

SCHEMA: Literal[1] = 1
Status = Literal["done", "failed", "skipped"]
TRAIN_SIZE = "limits.train"
"""Key of the train limit among swept parameters; no parameter of a baseline can have this name."""
TestOrigin = Literal["task", "cut", "folds"]
"""Origin of the test examples: the task's own test split, a part that textbench split off its
training data, or all examples, each predicted by a fit without it (cross-validation)."""


class Record(BaseModel):
    """Base of all records, strict and frozen: an unknown or missing key means a damaged or foreign
    file."""

    model_config = ConfigDict(extra="forbid", frozen=True, ser_json_inf_nan="constants")


class Limit(Record):
    """The number of examples used: labelled (train and validation) and test; None: all."""

    train: Count | None = None
    test: Count | None = None
