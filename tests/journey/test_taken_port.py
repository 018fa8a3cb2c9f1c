"""Starting twice says what to do instead of failing with a stack trace."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from cdsync.launch.only_one import only_one

from .launched import Launched, free_port


def test_a_taken_port_is_said_in_a_sentence_and_nothing_is_started(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        started = Launched(tmp_path, port)
        try:
            assert started.wait() == 1
        finally:
            started.end()
    assert f"Port {port} is taken" in started.said
    assert f"CDSYNC_PORT={port + 1}" in started.said
    assert not (tmp_path / "instance").exists()


def test_a_folder_that_runs_already_is_said_and_nothing_is_started(tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    instance.mkdir()
    with only_one(instance):
        started = Launched(tmp_path, free_port())
        try:
            assert started.wait() == 1
        finally:
            started.end()
    assert f"running in {tmp_path} already (process {os.getpid()})" in started.said
    assert "Traceback" not in started.said
    assert not (instance / "redis").exists()
