"""How far a run got, and what starts one by itself. Pure."""

from __future__ import annotations

QUEUED, RUNNING, FINISHED, FAILED, STOPPED, LOST = "queued", "running", "finished", "failed", "stopped", "lost"
CRON, SCHEDULER = "cron", "scheduler"
ARRIVAL = "arrival"  # the marketplace said that orders came, or a lookup found some that can go on
BY_ITSELF = frozenset({CRON, SCHEDULER, ARRIVAL})  # no person waits for it
