"""Chooses the database of a test run, before anything else is made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

import cdsync.config

from . import NAMES, choose, chosen, server
from .postgresql import PostgresqlServer
from .sqlite import SqliteFiles

ADDRESS = "postgresql_address"  # what the first process tells the workers that it starts
_OPEN = pytest.StashKey[ExitStack]()
_ADDRESS = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=NAMES, default=NAMES[0], help="what the tests keep their rows in")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """One server for all workers, started by the process that starts them."""
    config.addinivalue_line("markers", "only_on(database, reason): asks about one kind of database")
    config.stash[_OPEN] = opened = ExitStack()
    if config.getoption("database") == "sqlite":
        choose(SqliteFiles())
    else:
        told = getattr(config, "workerinput", {})
        try:
            config.stash[_ADDRESS] = told.get(ADDRESS) or opened.enter_context(server.running())
        except server.NoServer as error:
            raise pytest.UsageError(str(error)) from None
        choose(PostgresqlServer(config.stash[_ADDRESS], told.get("workerid", "main")))
    opened.callback(chosen().stop)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput[ADDRESS] = node.config.stash.get(_ADDRESS, "")


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[_OPEN].close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        for mark in item.iter_markers("only_on"):
            database, reason = mark.args
            if database != chosen().name:
                item.add_marker(pytest.mark.skip(reason=f"only on {database}: {reason}"))


@pytest.fixture(autouse=True, scope="session")
def _usual_database() -> Iterator[None]:
    """An application that is told of no database gets one of the chosen kind."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cdsync.config, "usual_database", chosen().address)
        yield


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    earlier = chosen().made()
    yield
    chosen().forget(earlier)
