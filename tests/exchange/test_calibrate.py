"""Calibrated rows: computed from what is stored, beside the row that they were made of."""

from pathlib import Path

import numpy as np
import pytest
from scipy.special import log_softmax, softmax
from typer.testing import CliRunner

from bench.cli.main import app
from bench.data.source import Source
from bench.errors import UserError
from bench.exchange.calibrate import calibrate, calibrated
from bench.store.store import Store
from tests.support.tiny_llama import tiny_llama

SCORES = np.log([[0.8, 0.2], [0.7, 0.3], [0.6, 0.4]]) - 3.0
TASK = '''"""Made up."""
from bench.outputs import SingleLabel
from bench.task import Example, Prompt, Task
WORDS = ("sour", "sweet")
def load(files):
    rows = [Example(f"{i}", f"the {WORDS[i % 2]} lemon {i}", WORDS[i % 2]) for i in range(40)]
    return {"train": rows[:20], "test": rows[20:]}
TASK = Task(name="taste", output=SingleLabel("sour", "sweet"), load=load,
            prompt=Prompt(instruction="Which taste?"), licence="", citation="", source="made up")
'''


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("calibrate")
    (folder / "plugins" / "tasks").mkdir(parents=True)
    (folder / "plugins" / "tasks" / "taste.py").write_text(TASK)
    model = tiny_llama(folder / "model")
    words = ["run", "-t", "taste", "-b", "llama_zero_shot", "-b", "majority", "--profile", "quick"]
    words += ["--set", f"llama_zero_shot.model={model}", "--plugins", str(folder / "plugins")]
    done = CliRunner().invoke(app, [*words, "--results", str(folder / "results")])
    assert done.exit_code == 0, done.output
    return folder / "results"


def source(results: Path) -> Source:
    return Source([results.parent / "plugins"], (), True)


def test_batch_calibration_divides_by_the_mean_over_the_texts() -> None:
    shares = softmax(SCORES, axis=1)
    known = shares / shares.mean(axis=0)
    found = calibrated(SCORES, "batch", np.zeros(2))
    np.testing.assert_allclose(found, known / known.sum(axis=1, keepdims=True))
    assert found.argmax(axis=1).tolist() == [0, 1, 1]


def test_contextual_calibration_divides_by_texts_without_content() -> None:
    blank = np.log([0.75, 0.25])
    known = softmax(log_softmax(SCORES, axis=1) - blank, axis=1)
    np.testing.assert_allclose(calibrated(SCORES, "contextual", blank), known)


def test_an_even_prior_changes_nothing() -> None:
    found = calibrated(SCORES, "contextual", np.log([0.5, 0.5]))
    np.testing.assert_allclose(found, softmax(SCORES, axis=1))


def test_each_method_makes_a_row_of_its_own_and_none_of_others(results: Path) -> None:
    before = {s.result.key for s in Store(results).contents().results}
    for method in ("batch", "contextual", "batch"):
        assert len(list(calibrate(results, method, source(results)))) == 1  # type: ignore[arg-type]
    made = [s.result for s in Store(results).contents().results if s.result.key not in before]
    assert sorted(r.params["calibration"] for r in made) == ["batch", "contextual"]
    assert {r.baseline for r in made} == {"llama_zero_shot"} and len(before) == 2


def test_the_rows_are_the_very_same(results: Path) -> None:
    list(calibrate(results, "batch", source(results)))
    found = [s.result.results[0] for s in Store(results).contents().results]
    assert len({r.data.test_hash for r in found}) == 1


def test_a_store_without_log_likelihoods_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"log-likelihoods.*columns logprob"):
        list(calibrate(tmp_path, "batch", Source((), (), True)))


def test_an_unknown_method_is_refused(results: Path) -> None:
    done = CliRunner().invoke(app, ["calibrate", "--method", "none", "--results", str(results)])
    assert isinstance(done.exception, UserError) and "batch or contextual" in str(done.exception)
