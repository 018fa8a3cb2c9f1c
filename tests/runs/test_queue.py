"""Runs are handed to RQ by the job's name; without Redis a clear error says so."""

from __future__ import annotations

import importlib
import socket
import traceback

import pytest
from redis.exceptions import AuthenticationError, NoPermissionError
from redis.exceptions import ConnectionError as RedisConnectionError

from cdsync import runs
from cdsync.errors import ConfigError
from cdsync.installation.shared_traffic import SharedTraffic
from cdsync.operations import OPERATIONS, runner, start_and_enqueue
from cdsync.runs import queue
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


@pytest.mark.parametrize(
    "ask", [lambda account: start_and_enqueue(account, "lookup", trigger="button"), lambda _: queue.waiting_since()]
)
def test_a_redis_that_takes_a_connection_and_says_nothing_holds_nobody(app, fake_account, monkeypatch, ask):
    monkeypatch.setattr(queue, "ANSWERS_WITHIN", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # connections wait in its backlog
        app.config["CDSYNC_REDIS_URL"] = f"redis://:secret@127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(ConfigError) as caught:
            ask(fake_account)
    assert caught.value.code == "redis.away"


def test_asking_for_workers_without_redis_says_so(no_redis):
    with pytest.raises(ConfigError) as caught:
        queue.workers_alive()
    assert caught.value.code == "redis.away"


OPEN = ["redis://127.0.0.1:6379", "redis://redis.example/3", "rediss://redis.example:6380", "redis://@localhost:1"]
CLOSED = [
    "unix:///run/redis.sock", "redis://:secret@127.0.0.1", "rediss://me:secret@redis.example:1/2",
    "redis://redis.example?password=secret",
]  # fmt: skip


@pytest.mark.parametrize("said", ["", "no", "perhaps"])
@pytest.mark.parametrize("url", OPEN)
def test_a_redis_at_a_port_without_a_password_is_not_used(app, url, said):
    app.config.update(CDSYNC_REDIS_URL=url, CDSYNC_ALLOW_OPEN_REDIS=said)
    for use in (queue.connection, queue.workers_alive, queue.waiting_runs):
        with pytest.raises(ConfigError, match=r"^redis\.no_password"):
            use()
    with pytest.raises(ConfigError, match=r"^redis\.no_password"):
        SharedTraffic(url)
    app.config["CDSYNC_ALLOW_OPEN_REDIS"] = "yes"
    queue.connection()


@pytest.mark.parametrize("url", CLOSED)
def test_a_redis_with_a_password_or_at_a_socket_is_used(app, url):
    app.config.update(CDSYNC_REDIS_URL=url, CDSYNC_ALLOW_OPEN_REDIS="")
    queue.connection()


@pytest.mark.parametrize(
    "url", ["redis://:secret@host:port", "secret@nonsense", "http://:secret@host", "redis://[secret"]
)
def test_an_address_that_is_none_is_said_without_what_stands_in_it(app, url):
    app.config["CDSYNC_REDIS_URL"] = url
    with pytest.raises(ConfigError, match=r"^redis\.away") as caught:
        queue.connection()
    assert "secret" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (AuthenticationError("invalid username-password pair or user is disabled."), "redis.password_wrong"),
        (NoPermissionError("this user has no permissions to run the 'info' command"), "redis.password_wrong"),
        (RedisConnectionError("Error 111 connecting"), "redis.away"),
    ],
)
def test_a_refused_password_is_not_a_redis_that_is_away(no_redis, monkeypatch, answer, code):
    def refuse(*_: object, **__: object) -> None:
        raise answer

    monkeypatch.setattr(queue, "every", refuse)
    with pytest.raises(ConfigError) as caught:
        queue.waiting_runs()
    assert caught.value.code == code


def test_the_jobs_name_resolves():
    module, _, name = queue.JOB.rpartition(".")
    assert callable(getattr(importlib.import_module(module), name))


def test_every_operation_has_a_recipe(fake_account):
    assert set(runner.RECIPES) == set(OPERATIONS)
    with pytest.raises(ValueError, match="not an operation"):
        start_and_enqueue(fake_account, "dance", trigger="button")
