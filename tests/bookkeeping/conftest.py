"""A world in memory and an account that trades in it."""

from __future__ import annotations

from tests.worlds import fake_account, world

__all__ = ["fake_account", "world"]
