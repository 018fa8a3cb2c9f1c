"""From which queues a worker takes its next job: all there are by now, but for those that have had their share."""

from __future__ import annotations

from collections.abc import Sequence

from redis import Redis
from rq import Queue
from rq.utils import as_text

from cdsync.runs import fair_share, queue

LATELY_LONG = "cdsync:lately-long"  # a set in Redis: the names of the queues whose last job was long


class Turns:
    """`share`: how many long runs may be under way at once, of all accounts and workers."""

    def __init__(self, connection: Redis, share: int) -> None:
        self._redis, self._share = connection, share

    def of(self, before: Sequence[Queue]) -> tuple[list[Queue], list[Queue]]:
        """All queues, and those to be looked at now: in the order of the turns so far, new ones first.

        Needs an application context; raises RedisError and the database's errors.
        """
        known = queue.every(self._redis)
        lately = {as_text(name) for name in self._redis.smembers(LATELY_LONG)}
        owners = {each.name: owner for each in known if (owner := queue.owner_of(each.name))}
        long = {owners[name] for name in lately & owners.keys()}
        waiting = fair_share.held_back(owners.values(), fair_share.under_way(), long, self._share)
        place = {each.name: number for number, each in enumerate(before, 1)}
        served = [each for each in known if owners.get(each.name) not in waiting]
        return known, sorted(served, key=lambda each: place.get(each.name, 0))

    def remember(self, name: str, seconds: float) -> None:
        """How long the last job of a queue took; raises RedisError."""
        if seconds >= fair_share.LONG:
            self._redis.sadd(LATELY_LONG, name)
        else:
            self._redis.srem(LATELY_LONG, name)
