"""Redis dies while a worker imports: whatever becomes of the worker, there is one exact shop order in the end.

A real worker of RQ, its real Redis, killed when the shop has been asked for the n-th time.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from cdsync.launch import redis_server
from cdsync.sandbox.faults import Fault, FaultPlan

from .forking import ROOT
from .matrix import Course, Courses, started_again
from .table import CASES
from .world import World, until

pytestmark = pytest.mark.redis
GONE = "Redis gone"
SAMPLE = "POST /api/orders"


class AtRequest(FaultPlan):
    """Spoils no answer, but does something when the request of a number arrives."""

    def __init__(self, number: int, act: Callable[[], None]) -> None:
        super().__init__()
        self._left, self._act = number, act

    def take(self, method: str, path: str) -> Fault | None:
        self._left -= 1
        if self._left == -1:
            self._act()
        return super().take(method, path)


def test_an_import_survives_redis(courses: Courses, tmp_path: Path) -> None:
    world, course = courses.of("9.1.4", "corrected")
    assert _wrongs(world, course, course.asked.index(SAMPLE), tmp_path) == []


@pytest.mark.faults
def test_an_import_survives_redis_at_every_request(
    courses: Courses, record_property: Callable[[str, object], None], tmp_path: Path
) -> None:
    world, course = courses.of("9.1.4", "corrected")
    places = range(len(course.requests))
    failed = {number: wrongs for number in places if (wrongs := _wrongs(world, course, number, tmp_path / str(number)))}
    record_property(CASES, (GONE, "corrected", len(places) - len(failed), len(places)))
    assert failed == {}


def _wrongs(world: World, course: Course, number: int, folder: Path) -> list[str]:
    world.back_to(course.moment)
    world.pass_time(-world.ahead)  # the commands below live now
    folder.mkdir(exist_ok=True)
    plan = world.shop.server.faults
    with _redis(folder) as redis:
        environment = _environment(world, folder)
        world.shop.server.faults = AtRequest(number, redis.kill)
        try:
            command = [sys.executable, "-m", "flask", "--app", "app", "sync", "import"]
            subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL, timeout=60)
            _work_until_redis_is_gone(redis, environment, folder)
        finally:
            world.shop.server.faults = plan
    return started_again(world, course)


def _work_until_redis_is_gone(redis: subprocess.Popen[bytes], environment: dict[str, str], folder: Path) -> None:
    """The worker is left alone for as long as a person would need to notice; then all that is left of it is killed."""
    with (folder / "worker.txt").open("wb") as said:
        worker = subprocess.Popen(
            [sys.executable, "-m", "rq_jobs.worker"],
            cwd=ROOT, env=environment, stdout=said, stderr=said, start_new_session=True,
        )  # fmt: skip
    try:
        assert until(lambda: redis.poll() is not None), (folder / "worker.txt").read_text()
        with suppress(subprocess.TimeoutExpired):
            worker.wait(timeout=2)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()


def _environment(world: World, folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "CDSYNC_DATABASE_URL": world.forks.database,
        "CDSYNC_REDIS_URL": f"unix://{folder / 's'}",
        "CDSYNC_SECRET_KEY": "a key for tests, long enough for cdsync",
    }


@contextmanager
def _redis(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(redis_server.command(folder / "s", folder / "d"), stdout=subprocess.DEVNULL)
    try:
        redis_server.wait_until_up(f"unix://{folder / 's'}")
        yield process
    finally:
        process.kill()
        process.wait()
