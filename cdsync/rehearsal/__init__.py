"""The rehearsal: whether its systems run, and how it is taken up, left, put back to its opening and removed.

Its two systems are a process of `make run` (`cdsync.launch`), which is asked through a file (`asking`).
"""

from .account import Done, Place, answer, desk_of, leave, open_runs, place, places, remove, reset, runs, take_up
from .asking import has_launcher

__all__ = [
    "Done",
    "Place",
    "answer",
    "desk_of",
    "has_launcher",
    "leave",
    "open_runs",
    "place",
    "places",
    "remove",
    "reset",
    "runs",
    "take_up",
]
