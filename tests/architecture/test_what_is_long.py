"""The tests that `make test` leaves to `make proof` are named by path, and each path is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import LONG

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("beginning", LONG)
def test_each_beginning_is_a_folder_or_a_file_of_tests(beginning: str) -> None:
    place = ROOT / beginning
    assert place.is_dir() if beginning.endswith("/") else place.with_name(f"{place.name}.py").is_file()
