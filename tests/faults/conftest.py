"""The worlds of a test session."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from .matrix import Courses
from .world import Worlds, worlds_in


@pytest.fixture(scope="session")
def worlds() -> Iterator[Worlds]:
    """Databases in memory where the machine has such a folder: a killed process loses what it had, not the machine."""
    memory = Path("/dev/shm")
    with (
        tempfile.TemporaryDirectory(prefix="cdsync-faults-", dir=memory if memory.is_dir() else None) as folder,
        worlds_in(Path(folder)) as worlds,
    ):
        yield worlds


@pytest.fixture(scope="session")
def courses(worlds: Worlds) -> Courses:
    return Courses(worlds)
