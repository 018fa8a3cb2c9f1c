"""What an hour in which nothing happens asks of the marketplace: the real scheduler, Redis and workers, a clock that
jumps. How soon an order comes in such an hour is measured by `bench.hours`."""

from __future__ import annotations

import pytest

from bench.hours import MOST_REQUESTS, hours, idle_hour

pytestmark = [pytest.mark.redis, pytest.mark.sockets]  # what the forked runs ask is counted by this process


def test_an_idle_hour_asks_little_of_the_marketplace() -> None:
    with hours(accepts=False) as of:
        asked, runs = idle_hour(of)
    assert asked["GET /seller/v2/orders/count"] >= 15, "nobody asks between lookups"
    assert asked["GET /seller/v2/orders"] >= 3, "nothing is looked up"
    assert asked.total() <= MOST_REQUESTS == 40
    assert runs >= 4
