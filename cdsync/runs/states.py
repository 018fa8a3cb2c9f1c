"""How far a run got. Pure."""

from __future__ import annotations

QUEUED, RUNNING, FINISHED, FAILED, STOPPED, LOST = "queued", "running", "finished", "failed", "stopped", "lost"
