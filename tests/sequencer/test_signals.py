"""A signal ends the sequencer whatever its main thread is about just then."""

from __future__ import annotations

import subprocess
import sys

from tests.sequencer.trees import REPOSITORY

# The event's own lock is held for a moment at the beginning and the end of each wait.
HELD = """
import os, signal, threading
import django
django.setup()
from custodian.management.commands.sequencer import stop_on_signals
stop = threading.Event()
stop_on_signals(stop)
with stop._cond:
    os.kill(os.getpid(), signal.SIGTERM)
    sum(range(100_000))
assert stop.wait(10)
print("ended")
"""


def test_a_signal_in_the_middle_of_a_wait_is_not_lost_and_holds_nobody_up() -> None:
    done = subprocess.run(
        [sys.executable, "-c", HELD],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, "ended"), done.stderr
