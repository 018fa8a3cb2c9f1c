"""A Redis of one's own that can be killed and started again, and jobs that find the test's application."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from cdsync.launch import redis_server


class KillableRedis:
    """A real server on a socket; what it holds is kept in a file between a death and the next start."""

    def __init__(self, folder: Path) -> None:
        self.url = f"unix://{folder / 's'}"
        self._command = redis_server.command(folder / "s", folder / "d")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        redis_server.wait_until_up(self.url)

    def kill(self) -> None:
        """At once, as a crash would; nothing when it is dead already."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KillableRedis]:
    server = KillableRedis(tmp_path_factory.mktemp("r"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def here(app: Flask, redis: KillableRedis, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The test's application, which jobs, worker and scheduler take for their own."""
    app.config["CDSYNC_REDIS_URL"] = redis.url
    for module in ("run_operation", "asking", "outages", "schedule", "worker", "workers"):
        monkeypatch.setattr(f"rq_jobs.{module}.application", lambda: app)
    return app
