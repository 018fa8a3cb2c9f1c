"""What RQ logs of a Redis that went away is a line for who runs the worker; a fault of the program keeps its trace."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from flask import Flask
from redis.exceptions import ConnectionError as RedisAway

from rq_jobs import outages


@pytest.fixture
def handler(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.handler.addFilter(outages.in_a_line)
    yield
    caplog.handler.removeFilter(outages.in_a_line)


def logged(error: Exception) -> None:
    try:
        raise error
    except Exception:
        logging.getLogger("rq.worker").exception("Worker %s: failed to persist failure of job %s", "w", "run-1")


@pytest.mark.usefixtures("handler")
def test_that_redis_is_away_is_said_without_a_stack_trace(
    app: Flask, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outages, "application", lambda: app)
    logged(RedisAway("Connection reset by peer"))
    assert "failed to persist failure of job run-1: " in caplog.text
    assert "(redis.away)" in caplog.text
    assert "Traceback" not in caplog.text


@pytest.mark.usefixtures("handler")
def test_a_fault_of_the_program_keeps_its_stack_trace(caplog: pytest.LogCaptureFixture) -> None:
    logged(KeyError("state"))
    assert "Traceback" in caplog.text
    assert "KeyError: 'state'" in caplog.text
