"""How many orders share their requests, and how many entities a body: by how fast the shop has answered so far."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from cdsync.connectors.prestashop.webservice.body_size import BodySize
from cdsync.sandbox.faults import Fault
from cdsync.sandbox.prestashop import PrestaShopSandbox
from tests.connectors.prestashop.crashes import stocks, wrongs
from tests.connectors.prestashop.shop import VERSIONS, connector, draft, drafts, rehearsal_shop, run
from tests.connectors.prestashop.test_cache import MemoryCache

SMALL: dict[str, Any] = {"id": 7}


@pytest.fixture(params=VERSIONS)
def shop(request: pytest.FixtureRequest) -> Iterator[PrestaShopSandbox]:
    with rehearsal_shop(request.param) as running:
        yield running


def after(*writes: tuple[str, float, int], cache: MemoryCache | None = None) -> BodySize:
    """Measured in one batch: resource, seconds and entities of each body."""
    size = BodySize(cache or MemoryCache(), 60.0, "here")
    for resource, seconds, entities in writes:
        size.took("POST", resource, seconds, entities)
    size.after_batch()
    return size


def test_a_shop_nothing_is_known_of_gets_twenty_orders_and_each_kind_in_one_body() -> None:
    size = BodySize(MemoryCache(), 60.0, "here")
    assert (size.orders, size.entities("POST", "addresses", [SMALL] * 40)) == (20, 40)


@pytest.mark.parametrize(("seconds", "orders"), [(0.05, 50), (0.3, 50), (0.5, 30), (0.75, 20), (4.0, 20)])
def test_a_batch_is_as_large_as_its_slowest_kind_allows(seconds: float, orders: int) -> None:
    assert after(("customers", 0.02, 20), ("orders", seconds * 20, 20)).orders == orders


def test_a_time_limit_that_is_shorter_allows_less() -> None:
    size = BodySize(MemoryCache(), 20.0, "here")
    size.took("POST", "orders", 4.0, 20)
    size.after_batch()
    assert size.orders == 25


def test_it_is_remembered_of_that_shop_alone() -> None:
    cache = MemoryCache()
    after(("orders", 1.0, 20), cache=cache)
    assert BodySize(cache, 60.0, "here").orders == 50
    assert BodySize(cache, 60.0, "elsewhere").orders == 20


def test_a_kind_that_was_slow_goes_in_smaller_bodies_at_once() -> None:
    size = after(("orders", 1.0, 20))
    size.took("PATCH", "orders", 25.0, 50)
    assert size.entities("PATCH", "orders", [SMALL] * 50) == 30
    size.took("PATCH", "orders", 100.0, 30)
    assert size.entities("PATCH", "orders", [SMALL] * 50) == 20
    assert size.entities("POST", "addresses", [SMALL] * 100) == 100
    size.after_batch()
    assert size.orders == 20


def test_after_a_body_without_a_good_answer_nothing_is_larger_than_usual() -> None:
    cache = MemoryCache()
    size = after(("orders", 1.0, 20), cache=cache)
    size.failed()
    assert size.entities("POST", "addresses", [SMALL] * 100) == 20
    size.after_batch()
    assert (size.orders, BodySize(cache, 60.0, "here").orders) == (20, 20)
    size.took("POST", "orders", 1.0, 20)
    size.after_batch()
    assert (size.orders, size.entities("POST", "addresses", [SMALL] * 100)) == (50, 100)


def test_a_body_is_no_larger_than_what_stands_before_a_shop_takes() -> None:
    size = BodySize(MemoryCache(), 60.0, "here")
    large: dict[str, Any] = {"other": "x" * 25_000}
    assert size.entities("POST", "carts", [large, large, large]) == 2
    assert size.entities("POST", "carts", [SMALL, large, large, large]) == 3
    assert size.entities("POST", "carts", [{"other": "x" * 100_000}, SMALL]) == 1


def bodies(shop: PrestaShopSandbox, what: str) -> int:
    return sum(f"{seen.method} {seen.path}" == what for seen in shop.server.log)


def test_a_quick_shop_takes_fifty_orders_together_from_its_second_batch_on(shop: PrestaShopSandbox) -> None:
    presta = connector(shop)
    run(presta, drafts(70))
    assert bodies(shop, "POST /api/customers") == 2
    assert bodies(shop, "POST /api/orders") == 70
    assert presta.orders_at_once() == 50


def test_a_body_that_got_no_answer_makes_the_next_batch_a_usual_one(shop: PrestaShopSandbox) -> None:
    presta = connector(shop)
    run(presta, draft("WARM"))
    assert presta.orders_at_once() == 50
    shop.server.faults.add(Fault("answer_lost", method="POST", path="/api/carts"))
    run(presta, drafts(3))
    assert presta.orders_at_once() == 20


@pytest.fixture
def in_twos(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two entities in each body, as of a shop that is far too slow."""
    monkeypatch.setattr(BodySize, "entities", lambda *_asked: 2)


@pytest.mark.usefixtures("in_twos")
def test_a_batch_in_several_bodies_ends_as_one_in_one(shop: PrestaShopSandbox) -> None:
    made, before = drafts(5), stocks(shop)
    run(connector(shop), made)
    assert bodies(shop, "POST /api/customers") == 3
    assert bodies(shop, "POST /api/addresses") == 5
    assert wrongs(shop, made, before) == []
