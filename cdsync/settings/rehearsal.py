"""The rehearsal's own rules: its systems may be stopped, and nothing of it mixes with real ones."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..connectors import declared_settings
from ..connectors.base import Exchange, Recorder
from ..connectors.identity import place
from ..errors import ConfigError

if TYPE_CHECKING:
    from .store import AccountSettings

ANSWERS_WITHIN = 1.0  # seconds: it runs on this machine


class OnlyWhileItRuns:
    """A recorder for the rehearsal's connectors: a request to systems that are stopped is not even tried.

    "Unreachable" would send a person looking for a fault; the rehearsal was only left.
    """

    def __init__(self, recorder: Recorder, chosen: AccountSettings) -> None:
        self._recorder, self._chosen = recorder, chosen

    def sending(self) -> None:
        """Raises ConfigError("rehearsal.stopped") when its systems do not run, and what the recorder raises."""
        self._recorder.sending()
        if not runs(addresses(self._chosen.marketplace, self._chosen.shop)):
            raise ConfigError("rehearsal.stopped")

    def record(self, exchange: Exchange) -> None:
        self._recorder.record(exchange)


def addresses(marketplace: Mapping[str, Any], shop: Mapping[str, Any]) -> frozenset[str]:
    """Host and port of every address in both sections as they are stored or posted."""
    return frozenset(
        place(str(values[setting.name]), with_path=False)
        for side, values in (("marketplace", marketplace), ("shop", shop))
        if values.get("connector")
        for setting in _declared(side, str(values["connector"]))
        if setting.kind == "url" and values.get(setting.name)
    )


def runs(places: frozenset[str]) -> bool:
    """Whether somebody answers at each of these places."""
    return bool(places) and all(_answers(each) for each in places)


def _declared(side: str, connector: str) -> Iterator[Any]:
    try:
        yield from declared_settings(side, connector)
    except ConfigError:
        return


def _answers(where: str) -> bool:
    split = urlsplit(f"//{where}")
    try:
        socket.create_connection((split.hostname or "", split.port or 80), timeout=ANSWERS_WITHIN).close()
    except (OSError, ValueError):
        return False
    return True
