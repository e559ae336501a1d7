"""Signals that end a command, in processes of their own."""

import signal
import subprocess
import sys

import pytest

CODE = """
import os, signal, sys
from bench.cli.running.interrupts import Interrupts

class Late:
    def __del__(self, kill=os.kill, pid=os.getpid(), number={number}):
        kill(pid, number)  # while Python shuts down: its own handlers are gone by then

with Interrupts() as interrupts:
    try:
        os.kill(os.getpid(), {number})
    except KeyboardInterrupt:
        print(interrupts.words)
sys.stdout.late = Late()
sys.modules["late"] = Late()
sys.exit(interrupts.code)
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"])
def test_a_further_signal_does_not_change_the_exit_code(name: str) -> None:
    number = getattr(signal, name)
    command = [sys.executable, "-c", CODE.format(number=int(number))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (128 + number, "")
