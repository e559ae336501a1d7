"""What is said of a run for a given time."""

import pytest

from bench.cli.running.timed_messages import show_put_off


@pytest.mark.parametrize(
    ("count", "said"),
    [(1, ("1 run ", " was ", " it first")), (2, ("2 runs ", " were ", " them first"))],
)
def test_runs_that_were_put_off_are_counted(
    capsys: pytest.CaptureFixture[str], count: int, said: tuple[str, ...]
) -> None:
    show_put_off(count)
    shown = capsys.readouterr().err
    assert all(word in shown for word in said)
