"""Runs are handed to RQ by the job's name; without Redis a clear error says so."""

from __future__ import annotations

import importlib
import socket

import pytest

from cdsync import queue, runs
from cdsync.errors import ConfigError
from cdsync.operations import OPERATIONS, runner, start_and_enqueue
from tests.worlds import last_run


@pytest.fixture
def no_redis(app):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        app.config["CDSYNC_REDIS_URL"] = f"redis://:secret@127.0.0.1:{free.getsockname()[1]}"


def test_redis_away_is_said_without_the_password_and_the_run_is_closed(no_redis, fake_account):
    with pytest.raises(ConfigError) as caught:
        start_and_enqueue(fake_account, "lookup", trigger="button")
    assert caught.value.code == "redis.away"
    assert "secret" not in str(caught.value)
    assert (last_run().state, last_run().error_code) == ("failed", "redis.away")
    assert runs.start(fake_account, "lookup", trigger="button").state == "queued"


def test_asking_for_workers_without_redis_says_so(no_redis):
    with pytest.raises(ConfigError) as caught:
        queue.workers_alive()
    assert caught.value.code == "redis.away"


def test_the_jobs_name_resolves():
    module, _, name = queue.JOB.rpartition(".")
    assert callable(getattr(importlib.import_module(module), name))


def test_every_operation_has_a_recipe(fake_account):
    assert set(runner.RECIPES) == set(OPERATIONS)
    with pytest.raises(ValueError, match="not an operation"):
        start_and_enqueue(fake_account, "dance", trigger="button")
