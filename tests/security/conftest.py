"""The world that the walks go through, and the lines of their tables."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial

import pytest
from flask import Flask

from cdsync.rehearsal import account as rehearsing
from cdsync.rehearsal import asking
from cdsync.runs import queue
from cdsync.sandbox.octopia import OctopiaSandbox
from cdsync.sandbox.prestashop import PrestaShopSandbox
from cdsync.web.settings import choices as settings_choices

from .lines import Lines, lines
from .populated import Populated, populate


@pytest.fixture
def table(record_property: Callable[[str, object], None]) -> Callable[[str], AbstractContextManager[Lines]]:
    """`with table(title) as of:` the lines found are told at its end, and have to hold."""
    return partial(lines, record=record_property)


@pytest.fixture
def whole(request: pytest.FixtureRequest) -> bool:
    """Whether everything is walked (`make security`), or the sample that `make test` takes."""
    return bool(request.config.getoption("--sample", True) is False)


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No queue, no launcher, nothing kept from another test."""
    monkeypatch.setattr(queue, "enqueue", lambda run: None)
    monkeypatch.setattr(rehearsing, "RUNS_END_WITHIN", 0.05)
    monkeypatch.delenv(asking.LAUNCHED, raising=False)
    settings_choices.forget()
    yield
    settings_choices.forget()


@pytest.fixture
def populated(app: Flask, market: OctopiaSandbox, shop: PrestaShopSandbox, alone: None) -> Populated:
    return populate(market, shop)


class Logged(logging.Handler):
    """What went to the terminal of a worker or a server."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def logged() -> Iterator[Logged]:
    handler = Logged()
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)
