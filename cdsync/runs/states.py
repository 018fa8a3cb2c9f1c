"""How far a run got, and what starts one by itself. Pure."""

from __future__ import annotations

from datetime import timedelta

QUEUED, RUNNING, FINISHED, FAILED, STOPPED, LOST = "queued", "running", "finished", "failed", "stopped", "lost"
CRON, SCHEDULER = "cron", "scheduler"
ARRIVAL = "arrival"  # the marketplace said that orders came, or a lookup found some that can go on
TAKEN_WITHIN = timedelta(seconds=15)  # from a worker's fetching a job to its taking the run: a moment
BY_ITSELF = frozenset({CRON, SCHEDULER, ARRIVAL})  # no person waits for it
