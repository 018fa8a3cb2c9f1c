"""What the shop may still be at work on: requests whose end nobody saw, until its time limit has passed. Sends nothing.

A client that gives up meets half an order: state 0, no rows, no invoice yet; seconds later it is right (measured on
8.2.0 and 9.1.4). What is written to it meanwhile is lost or done twice: each of PrestaShop's objects is written back
whole, and OrderHistory::add gives the order its line's status once more at the very end.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from cdsync.errors import CdsyncError, UnknownOutcomeError

from ...base import Step
from .steps import REQUESTS

GAVE_UP_WAITING = (408, 499)  # from 502 on it is a gateway that speaks: behind it PHP may still be at work


def may_be_at_work(error: CdsyncError) -> bool:
    """Whether the shop may still be carrying out a write that ended with this error: PHP itself said nothing."""
    if not isinstance(error, UnknownOutcomeError):
        return False
    status = error.data.get("status")
    return status is None or status >= 502 or status in GAVE_UP_WAITING


def open_request(steps: Mapping[str, Step], now: datetime, wait: float) -> tuple[str, float]:
    """The step whose request may be under way the longest, and the seconds until it is surely over; else ("", 0)."""
    left = {
        name: wait - (now - step.begun_at).total_seconds()
        for name, step in steps.items()
        if name in REQUESTS and not step.over
    }
    name = max(left, key=lambda each: left[each], default="")
    return (name, left[name]) if name and left[name] > 0 else ("", 0.0)
