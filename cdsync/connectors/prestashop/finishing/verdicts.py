"""What is done about a shop order that is not the marketplace's, by what is wrong with it: the class says it."""

from __future__ import annotations

from cdsync.errors import RejectedError


class UnfinishedError(RejectedError):
    """So an order looks while PrestaShop makes or moves it: without rows, status, payment or invoice yet.

    Judged once it stands still (`order_state.Steadiness`).
    """


class SpoiledError(RejectedError):
    """Never was the marketplace's order: cdsync's own is put away (`putting_away`)."""


class HalfMadeError(UnfinishedError, SpoiledError):
    """Without rows or status: PrestaShop is at work on it, or stopped in the middle."""
