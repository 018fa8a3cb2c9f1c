"""A second `make run` in the same folder is refused, and only as long as the first one lives."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cdsync.error_catalogue.plain_text import told
from cdsync.errors import ConfigError
from cdsync.launch.only_one import only_one

HOLDER = """
import sys, pathlib
from cdsync.launch.only_one import only_one
with only_one(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""
ROOT = Path(__file__).resolve().parents[2]


def test_a_folder_is_held_until_the_process_dies_however_it_dies(tmp_path: Path) -> None:
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        with pytest.raises(ConfigError) as refused, only_one(tmp_path):
            raise AssertionError("two at once")
        assert refused.value.code == "launch.already_running"
        assert f"(process {first.pid})" in told(refused.value)
        first.kill()
        first.wait()
    with only_one(tmp_path):
        pass
    with only_one(tmp_path):  # and it is free again after an orderly end
        pass


def test_a_folder_that_cannot_be_written_to_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^instance\.unusable"), only_one(tmp_path / "missing"):
        raise AssertionError("held nothing")
