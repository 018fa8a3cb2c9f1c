""" "Test connection" for Octopia: each right the credentials need, tried by reading. Never writes.

A failed check carries the error's code and data; the catalogue says what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from ...errors import CdsyncError, ConfigError, RejectedError
from ..base import Check
from .api.client import OctopiaClient
from .api.fields import text

RECENT = timedelta(days=7)


def run_checks(client: OctopiaClient, channels: tuple[str, ...]) -> list[Check]:
    """Sign-in, the seller's orders, each sales channel. Stops at the first failure that makes the others fail."""
    checks = [_tried("Sign in with the client id and secret", lambda: _sign_in(client))]
    if checks[-1].ok:
        checks.append(_tried("Read the seller's orders", lambda: _orders(client, channels)))
    if checks[-1].ok:
        checks += [_tried(f"Sales channel {channel}", partial(_channel, client, channel)) for channel in channels]
    return checks


def failed(name: str, error: CdsyncError) -> Check:
    """A check that did not hold, and why."""
    return Check(name, False, code=error.code, data=error.data)


def _tried(name: str, attempt: Callable[[], str]) -> Check:
    try:
        return Check(name, True, attempt())
    except CdsyncError as exc:
        return failed(name, exc)


def _sign_in(client: OctopiaClient) -> str:
    client.renew_token()
    return ""


def _orders(client: OctopiaClient, channels: tuple[str, ...]) -> str:
    """How many orders changed in the last days; by the list itself where the count does not answer."""
    since = (datetime.now(UTC) - RECENT).strftime("%Y-%m-%dT%H:%M:%SZ")
    channel = channels[0] if channels else ""
    page = client.page("/orders", [("updatedAtMin", since), ("pageIndex", "1"), ("pageSize", "1")], channel)
    try:
        count = client.value("/orders/count", [("updatedAtMin", since)], channel)
    except (ConfigError, RejectedError):
        count = None
    if isinstance(count, int) and not isinstance(count, bool):
        return f"{count} in the last {RECENT.days} days"
    return "at least one in the last 7 days" if page.entries else "none in the last 7 days"


def _channel(client: OctopiaClient, channel: str) -> str:
    """Whether the seller is subscribed; the form of the answer is not established, so ids are looked for anywhere."""
    try:
        answer = client.value("/sellers/subscriptions", channel=channel)
    except RejectedError:
        return "could not be asked"
    found = list(_objects(answer))
    named = [entry for entry in found if channel.casefold() in _texts(entry)]
    if not named and found:
        known = sorted({text(value) for entry in found for key, value in entry.items() if key in _ID_KEYS} - {""})
        raise ConfigError("marketplace.channel_missing", channel=channel, channels=known)
    if any(entry.get(key) is False for entry in named for key in ("isActive", "active", "enabled")):
        raise ConfigError("marketplace.channel_missing", channel=channel, channels=[])
    return "subscribed" if named else "could not be asked"


_ID_KEYS = ("salesChannelId", "id", "channelId")


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every object in the value, whatever holds it."""
    if isinstance(value, Mapping):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _objects(item)


def _texts(entry: Mapping[str, Any]) -> set[str]:
    return {text(value).casefold() for value in entry.values()}
