"""What networks learn for each answer space."""

import numpy as np
import pytest
import torch
from sklearn.metrics import f1_score
from sklearn.utils.class_weight import compute_class_weight

from bench.baseline import TaskData
from bench.baselines._encoders.objective import objective_for
from bench.baselines._shared.threshold import FEW, best_threshold
from bench.conformance.toy_tasks import toys
from bench.outputs import MultiLabel, Regression, SingleLabel
from bench.task import Example, Input

TOYS = {toy.task.output.kind: toy.data for toy in toys()}


def test_balanced_classes_weigh_as_in_scikit_learn() -> None:
    data = TOYS["single_label"]
    few = TaskData(data.task, data.train[:7], ())
    made = objective_for(few, balanced=True)
    gold = [made.target(e) for e in few.train]
    known = compute_class_weight("balanced", classes=np.arange(4), y=gold)
    assert made.weights.values.tolist() == pytest.approx(known)  # type: ignore[attr-defined]


@pytest.mark.parametrize("seed", range(20))
def test_the_best_threshold_has_the_best_f1_of_all(seed: int) -> None:
    draw = np.random.default_rng(seed)
    gold, scores = draw.random(30) < 0.4, draw.random(30).round(1)
    found = f1_score(gold, scores >= best_threshold(gold, scores), zero_division=0)
    assert found == max(f1_score(gold, scores >= t, zero_division=0) for t in (*scores, 2.0))


def test_a_label_with_few_validation_rows_keeps_one_half() -> None:
    made = objective_for(TOYS["multi_label"], balanced=False)
    rows = [e for e in TOYS["multi_label"].train if "sweet" in e.target][: FEW - 1]  # type: ignore[operator]
    made.calibrate(rows, np.full((len(rows), made.width), -3.0))
    assert made.thresholds.tolist() == [0.5] * 5  # type: ignore[attr-defined]


def test_a_threshold_is_settled_on_validation_and_used() -> None:
    made = objective_for(TOYS["multi_label"], balanced=False)
    rows = TOYS["multi_label"].train
    logits = np.array([[-1.0 if "hot" in e.target else -2.0] * 5 for e in rows])  # type: ignore[operator]
    made.calibrate(rows, logits)
    (answer,) = made.answers([Input("a", "")], np.full((1, 5), -1.5 + 0.1))
    assert "hot" in answer.value  # type: ignore[operator]


def test_a_number_stays_on_its_scale() -> None:
    made = objective_for(TOYS["regression"], balanced=False)
    low, high = made.answers([Input("a", ""), Input("b", "")], np.array([[-99.0], [99.0]]))
    assert (low.value, high.value) == (0.0, 10.0)


@pytest.mark.parametrize("kind", TOYS)
@pytest.mark.parametrize("balanced", [False, True])
def test_losses_of_parts_add_up_to_the_loss_of_all(kind: str, balanced: bool) -> None:
    made = objective_for(TOYS[kind], balanced=balanced)
    targets = [made.target(e) for e in TOYS[kind].train[:6]]
    sizes = [len(t) if made.tagging else 1 for t in targets]
    logits = torch.randn(sum(sizes), made.width, generator=torch.Generator().manual_seed(0))
    cut = sum(sizes[:2])
    first, rest, whole = (
        torch.from_numpy(made.gold(some)) for some in (targets[:2], targets[2:], targets)
    )
    parts = made.loss(logits[:cut], first) + made.loss(logits[cut:], rest)
    assert float(parts) == pytest.approx(float(made.loss(logits, whole)), rel=1e-5)
    weights = made.weight(targets[:2]) + made.weight(targets[2:])
    assert weights == pytest.approx(made.weight(targets))


def test_a_part_that_is_none_of_the_classes_counts_for_nothing() -> None:
    made = objective_for(TOYS["free_text"], balanced=True)
    logits = torch.randn(3, made.width, generator=torch.Generator().manual_seed(0))
    gold = torch.from_numpy(made.gold([1, None, 0]))
    known = made.loss(logits[[0, 2]], torch.from_numpy(made.gold([1, 0])))
    assert float(made.loss(logits, gold)) == pytest.approx(float(known))
    assert made.weight([1, None, 0]) == made.weight([1, 0])


def test_equal_numbers_can_be_learnt() -> None:
    same = [Example(str(n), "text", 3.0) for n in range(4)]
    data = TaskData(TOYS["regression"].task, same, ())
    assert objective_for(data, balanced=False).target(same[0]) == 0.0


def test_the_outputs_say_what_they_need() -> None:
    said = {kind: objective_for(data, balanced=False).describe for kind, data in TOYS.items()}
    assert said["single_label"] == "" and all(said[kind] for kind in TOYS if "single" not in kind)
    assert {type(data.output) for data in TOYS.values()} >= {SingleLabel, MultiLabel, Regression}
