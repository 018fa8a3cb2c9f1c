"""Runs of operations: against a world in memory, or over HTTP against both rehearsal systems."""

from __future__ import annotations

from tests.worlds import fake_account, run, world

__all__ = ["fake_account", "run", "world"]
