"""Signs of life, by name, for the pages that say whether a worker and the scheduler are alive."""

from __future__ import annotations

from datetime import timedelta

from cdsync.db import db, now, transaction
from cdsync.models import Heartbeat
from cdsync.runs import heartbeats


def test_the_last_sign_counts_and_is_one_row(app):
    heartbeats.beat("worker:a:1", job="x")
    heartbeats.beat("worker:a:1", job="y")
    heartbeats.beat("scheduler:a:2")
    assert [(beat.name, beat.detail) for beat in heartbeats.alive("worker:")] == [("worker:a:1", {"job": "y"})]
    assert db.session.query(Heartbeat).count() == 2


def test_who_was_silent_too_long_is_not_alive(app):
    heartbeats.beat("worker:a:1")
    with transaction() as session:
        session.get_one(Heartbeat, "worker:a:1").at = now() - timedelta(seconds=91)
    assert heartbeats.alive("worker:") == []
    assert len(heartbeats.alive("worker:", seconds=120)) == 1
