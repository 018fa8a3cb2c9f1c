"""Random orders imported over HTTP: exact to the cent in every kind of shop, or refused before any write."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from cdsync.connectors.base import NotImported
from cdsync.errors import RejectedError
from tests.connectors.journal import Clock, MemoryJournal
from tests.connectors.prestashop.shop import connector

from .importing import POLICY, import_into, import_random
from .random_orders import OFF, RandomOrder, random_orders
from .shop_settings import EACH_PIECE, TYPES, UNUSUAL, USUAL, VERSIONS, ShopSettings, rehearsal_shop

USUAL_SAMPLE, UNUSUAL_SAMPLE = 12, 4
WHOLE, PIECE = 5_000, 500  # orders for each thing a shop may round, imported piece by piece


@pytest.mark.parametrize("settings", USUAL, ids=str)
def test_random_orders_come_to_the_cent(settings: ShopSettings) -> None:
    outcome = import_random(settings, "sample", USUAL_SAMPLE)
    assert outcome.wrongs == []
    assert outcome.imported >= USUAL_SAMPLE / 2


@pytest.mark.parametrize("settings", UNUSUAL, ids=str)
def test_random_orders_come_to_the_cent_in_shops_that_round_otherwise(settings: ShopSettings) -> None:
    outcome = import_random(settings, "sample", UNUSUAL_SAMPLE)
    assert outcome.wrongs == []
    assert outcome.imported >= UNUSUAL_SAMPLE / 2


@pytest.mark.faults
@pytest.mark.parametrize("part", range(WHOLE // PIECE))
@pytest.mark.parametrize("round_type", TYPES)
def test_thousands_of_random_orders_come_to_the_cent(round_type: str, part: int) -> None:
    kinds = [settings for settings in (*USUAL, *UNUSUAL) if settings.round_type == round_type]
    settings = kinds[part % len(kinds)]
    outcome = import_random(settings, f"{part}", PIECE)
    assert outcome.wrongs == []
    assert outcome.imported >= PIECE * 3 / 4


def test_the_same_seed_gives_the_same_orders() -> None:
    first, again = (list(random_orders("seed", 50)) for _ in range(2))
    assert [(o.ref, o.bought, o.total) for o in first] == [(o.ref, o.bought, o.total) for o in again]
    assert len({o.ref for o in first}) == len(first)


def test_the_orders_have_everything_the_proof_is_about() -> None:
    orders = list(random_orders("what is in them", 600))
    skus = [[b.sku for b in o.bought] for o in orders]
    prices = [b.unit_price for o in orders for b in o.bought]
    assert {len(each) for each in skus} == {1, 2, 3, 4, 5, 6}
    assert {b.quantity for o in orders for b in o.bought} == set(range(1, 51))
    assert min(prices) <= Decimal("0.05")
    assert max(prices) >= Decimal("1990.00")
    assert {Decimal("0.00"), Decimal("8.40")} < {o.shipping for o in orders}
    twice = [o for o, each in zip(orders, skus, strict=True) if len(set(each)) < len(each)]
    two_prices = [o for o in twice if len({b.unit_price for b in o.bought if b.sku == _repeated(o)}) > 1]
    assert min(len(twice) - len(two_prices), len(two_prices)) > 10
    assert min(sum(bool(o.fees) for o in orders), sum(bool(o.off_by) for o in orders)) >= OFF * 300
    assert any(o.json["businessOrder"] for o in orders)


def _repeated(order: RandomOrder) -> str:
    skus = [b.sku for b in order.bought]
    return next(sku for sku in skus if skus.count(sku) > 1)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_sum_that_is_a_cent_off_is_refused_before_any_write(version: str) -> None:
    orders = [order for order in random_orders(f"a cent off {version}", 20) if not order.off_by]
    with rehearsal_shop(ShopSettings(version)) as shop:
        wrong = [replace(o.draft(), total=o.total + Decimal(sign) / 100) for o in orders for sign in (1, -1)]
        results = list(connector(shop).import_orders(wrong, POLICY, MemoryJournal(Clock())))

        assert {type(result) for result in results} == {NotImported}
        assert {result.error.code for result in results if isinstance(result, NotImported)} == {"order.total_mismatch"}
        assert [seen for seen in shop.server.log if seen.method != "GET"] == []


def test_the_marketplaces_own_sum_is_checked_when_an_order_is_read() -> None:
    off = [order for order in random_orders("off", 400) if order.off_by]
    assert off
    for order in off:
        with pytest.raises(RejectedError) as caught:
            order.draft()
        assert caught.value.code == "order.total_mismatch"
        assert Decimal(str(caught.value.data["difference"])) == -order.off_by


def test_orders_that_no_price_fits_write_nothing() -> None:
    settings = ShopSettings(round_type=EACH_PIECE, ecotax_group="1")
    with rehearsal_shop(settings) as shop:
        outcome = import_into(shop, settings, [o for o in random_orders("two prices", 150) if _is_odd(o)])
        assert outcome.wrongs == []
        assert outcome.refused["order.two_prices"] >= 3
        assert outcome.imported == 0
        assert shop.server.requests("POST") == []


def _is_odd(order: RandomOrder) -> bool:
    """Two prices whose average is no whole cent."""
    rows = order.rows.values()
    return not order.off_by and any(total % (quantity * Decimal("0.01")) for quantity, total in rows)
