"""A marketplace and a shop that only declare settings, one of each kind, and remember what they were opened with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cdsync.connectors.base import Recorder, Setting


class PlainMarketplace:
    settings = (
        Setting("key", "Key", kind="secret"),
        Setting("channels", "Channels", kind="list", required=False, default=("A",)),
        Setting("mode", "Mode", kind="choice", choices=("fast", "slow"), default="fast"),
        Setting("note", "Note", required=False),
    )

    def __init__(self, values: Mapping[str, Any], recorder: Recorder) -> None:
        self.values = dict(values)


class PlainShop:
    settings = (
        Setting("url", "Address", kind="url"),
        Setting("key", "Key", kind="secret"),
        Setting("spare_key", "Spare key", kind="secret", required=False),
        Setting("shop_id", "Shop number", kind="number", required=False),
        Setting("timeout_seconds", "Time limit", kind="number", default=60, minimum=5, maximum=600),
    )

    def __init__(self, values: Mapping[str, Any], recorder: Recorder) -> None:
        self.values = dict(values)
