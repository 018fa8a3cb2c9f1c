"""Recorders that see what a connector sends, and the checks that hold for both sides."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from ...errors import CdsyncError
from ..declarations import Check, Setting
from ..recording.exchange import Exchange
from .remotes import Remote

KINDS = {"text", "secret", "url", "number", "list", "choice"}
LONG_ENOUGH = 8  # a shorter secret stands in many a text by chance


class Kept:
    """A recorder that keeps what it was told. sent: requests that were about to leave."""

    def __init__(self) -> None:
        self.sent = 0
        self.exchanges: list[Exchange] = []

    def sending(self) -> None:
        self.sent += 1

    def record(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)


class NotNow(Exception):
    """What cdsync's recorder raises where a request must not leave: a transaction is open, or the run was lost."""


class Forbidding(Kept):
    """Lets nothing leave."""

    def sending(self) -> None:
        super().sending()
        raise NotNow


def forbidden(recorder: Forbidding, call: Callable[[], object]) -> bool:
    """Whether the recorder's no was heard; a connector that sends nothing anywhere need not ask it."""
    try:
        call()
    except NotNow:
        return True
    assert recorder.sent == 0, "went on although the recorder said that nothing may leave"
    return False


def check_declaration(connector: Any) -> None:
    """Of a connector's class."""
    assert isinstance(connector.title, str), "title is a text"
    assert connector.title.strip(), "title names the other side"
    names = [each.name for each in connector.settings]
    assert len(names) == len(set(names)), f"two settings of one name: {names}"
    for each in connector.settings:
        _check_setting(each)


def _check_setting(each: Setting) -> None:
    assert isinstance(each, Setting), f"{each!r} is a Setting"
    assert each.name.isidentifier(), f"{each.name!r} can be a key of settings"
    assert each.name not in ("connector", "cancelled_status"), f"{each.name} is cdsync's own"
    assert each.label, f"{each.name} has a label"
    assert each.kind in KINDS, f"{each.name} is of a kind that the form knows"
    assert (each.kind == "choice") == bool(each.choices), f"{each.name}: choices belong to a choice"
    if each.choices and each.default is not None:
        assert each.default in each.choices, f"{each.name}: the default is one of the choices"
    assert each.kind != "secret" or not each.default, f"{each.name}: a secret has no default"


def check_lines(lines: Sequence[Check]) -> None:
    """What "Test connection" shows."""
    assert lines, "says what it tried"
    for each in lines:
        assert isinstance(each, Check), f"{each!r} is a Check"
        assert each.name, "each line says what was tried"
        assert each.ok or each.code, f"{each.name}: what failed has a code"


def check_secrets(remote: Remote, exchanges: Sequence[Exchange]) -> None:
    """Nothing that was recorded holds a secret of the settings."""
    values = remote.values()
    secrets = [str(values.get(each.name) or "") for each in remote.connector.settings if each.kind == "secret"]
    for secret in secrets:
        for each in exchanges if len(secret) >= LONG_ENOUGH else ():
            for what in (each.url, each.request_body, each.response_body):
                assert secret not in what, f"{each.method} {each.url}: a secret was recorded"


def each_tried(*calls: Callable[[], object]) -> None:
    """Makes every call, for what it leaves in the record; other checks say whether it did what it should."""
    for call in calls:
        with contextlib.suppress(CdsyncError):
            call()


def failed(call: Callable[[], object], kind: type[CdsyncError], code: str = "") -> None:
    """The call raises an error of this class; with this code where the protocol names one."""
    with pytest.raises(CdsyncError) as raised:
        call()
    assert isinstance(raised.value, kind), f"{raised.value!r} where {kind.__name__} is due"
    assert not code or raised.value.code == code, f"{raised.value} where {code} is due"


def able(lent: Any, what: str) -> Any:
    """What a remote lends a hand with; the check is skipped where it cannot."""
    if lent in (None, False):
        pytest.skip(f"this remote cannot {what}")
    return lent
