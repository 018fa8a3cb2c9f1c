"""A stop that comes while another one is being noted: a handler may take no lock that what it interrupts holds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
# The main thread is nearly always within `set` when one of these signals interrupts it there.
STORM = """
import os, signal, threading
from cdsync.installation import stop_signals

def send():
    for _each in range(3000):
        os.kill(os.getpid(), signal.SIGTERM)
    over.append(True)

flag, over = stop_signals.StopFlag(), []
with stop_signals.caught(flag) as came:
    sender = threading.Thread(target=send)
    sender.start()
    while not over:
        flag.set()
    sender.join()
print(came.is_set(), flag.is_set())
"""


def test_a_storm_of_signals_is_noted_and_hangs_nothing():
    command = [sys.executable, "-c", STORM]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "True True\n", "")
