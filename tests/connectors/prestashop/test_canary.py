"""Before orders are made the shop is asked what it would charge; a difference stops them all before any write."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from cdsync.connectors.prestashop import PrestaShop
from cdsync.errors import ConfigError
from cdsync.sandbox.prestashop import PrestaShopSandbox
from cdsync.sandbox.prestashop.carts import cart_price
from tests.connectors.journal import Clock, MemoryJournal
from tests.connectors.prestashop.crashes import stocks, wrongs
from tests.connectors.prestashop.shop import POLICY, VERSIONS, Kept, draft, drafts, failure, one, rehearsal_shop, run
from tests.connectors.prestashop.test_cache import MemoryCache


@pytest.fixture(params=VERSIONS)
def shop(request: pytest.FixtureRequest) -> Iterator[PrestaShopSandbox]:
    with rehearsal_shop(request.param) as running:
        yield running


@pytest.fixture
def shop_91() -> Iterator[PrestaShopSandbox]:
    with rehearsal_shop("9.1.4") as running:
        yield running


@pytest.fixture
def cache() -> MemoryCache:
    return MemoryCache()


def connected(shop: PrestaShopSandbox, cache: MemoryCache, clock: Clock | None = None) -> PrestaShop:
    """A connector of a run of its own; what the run before read of the shop is too old by now."""
    cache.clear()
    values = {"url": shop.url, "key": shop.key, "timeout_seconds": 60}
    return PrestaShop(values, Kept(), clock=clock or Clock(), cache=cache)


def questions(shop: PrestaShopSandbox) -> int:
    """How often prices were asked since the log was cleared."""
    asked = sum(1 for seen in shop.server.requests("GET") if "price%5B" in seen.query or "price[" in seen.query)
    shop.server.log.clear()
    return asked


def refused(shop: PrestaShopSandbox, cache: MemoryCache) -> ConfigError:
    shop.server.log.clear()
    with pytest.raises(ConfigError) as caught:
        run(connected(shop, cache), drafts(3))
    assert {seen.method for seen in shop.server.log} == {"GET"}
    return caught.value


def line(shop: PrestaShopSandbox, name: str) -> Any:
    return next(each for each in connected(shop, MemoryCache()).check() if each.name == name)


@pytest.fixture
def another_calculator(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shop takes a hundredth of a cent more, as a module or 9.2's `new_pricing` might."""
    own = cart_price.unit_price
    monkeypatch.setattr(cart_price, "unit_price", lambda *a, **k: own(*a, **k) + Decimal("0.0001"))


@pytest.mark.usefixtures("another_calculator")
def test_a_shop_that_reckons_otherwise_stops_the_import_before_any_write(
    shop: PrestaShopSandbox, cache: MemoryCache
) -> None:
    error = refused(shop, cache)

    assert error.code == "shop.prices_differ"
    assert (error.data["product"], error.data["what"]) == ("BOOK", "price with tax for FR")
    assert (error.data["expected"], error.data["found"]) == ("14.770106", "14.770100")
    assert (line(shop, "prices").code, line(shop, "prices").ok) == ("shop.prices_differ", False)


def test_a_shop_that_reckons_as_expected_is_imported_into(shop: PrestaShopSandbox, cache: MemoryCache) -> None:
    before = stocks(shop)
    one(run(connected(shop, cache), draft()))

    assert wrongs(shop, [draft()], before) == []
    assert (line(shop, "prices").ok, line(shop, "prices").detail) == (True, "as expected, to six decimals")


def test_it_is_asked_once_a_day_whatever_runs(shop: PrestaShopSandbox, cache: MemoryCache) -> None:
    clock = Clock()
    asked = []
    for number, wait in enumerate((0, 3600, 22 * 3600, 3600)):
        clock.advance(wait)
        run(connected(shop, cache, clock), [draft(f"RUN{number}A"), draft(f"RUN{number}B")])
        asked.append(questions(shop))

    assert asked == [1, 0, 0, 1]


@pytest.mark.parametrize("name", ["PS_ROUND_TYPE", "PS_TAX_ADDRESS_TYPE"])
def test_a_setting_that_moves_a_price_has_it_asked_again(
    shop: PrestaShopSandbox, cache: MemoryCache, name: str
) -> None:
    run(connected(shop, cache), draft("BEFORE"))
    shop.server.log.clear()
    shop.configuration[name] = {"PS_ROUND_TYPE": "3"}.get(name, "id_address_invoice")
    run(connected(shop, cache), draft("AFTER"))

    assert questions(shop) == 1


def test_an_update_of_the_shop_has_it_asked_again(shop: PrestaShopSandbox, cache: MemoryCache) -> None:
    run(connected(shop, cache), draft("BEFORE"))
    shop.server.log.clear()
    shop.shop.version += ".1"
    run(connected(shop, cache), draft("AFTER"))

    assert questions(shop) == 1


def test_once_it_is_mended_the_next_run_imports(shop: PrestaShopSandbox, cache: MemoryCache) -> None:
    with pytest.MonkeyPatch.context() as patch:
        own = cart_price.unit_price
        patch.setattr(cart_price, "unit_price", lambda *a, **k: own(*a, **k) * 2)
        error = refused(shop, cache)
    assert (error.data["product"], error.data["what"]) == ("BOOK", "price without tax for FR")

    one(run(connected(shop, cache), draft()))


def test_a_tax_rule_changed_since_it_was_read_is_no_difference(shop: PrestaShopSandbox, cache: MemoryCache) -> None:
    """The rules are kept for some minutes: a difference is judged by what is read anew."""
    run(connected(shop, cache), draft("BEFORE"))
    kept, clock = dict(cache.values), Clock()
    clock.advance(25 * 3600)
    for tax in shop.rows("taxes"):
        if Decimal(tax["rate"]) == 20:
            shop.shop.store.table("taxes").update(tax["id"], {"rate": "21.000"})
    presta = connected(shop, cache, clock)
    cache.values.update(kept)

    one(run(presta, draft("AFTER")))


def test_a_promotion_or_a_price_of_the_catalogue_is_no_difference(shop: PrestaShopSandbox, cache: MemoryCache) -> None:
    promotion = {"id_product": "1", "price": "-1", "reduction": "0.2", "reduction_type": "percentage"}
    fixed = {"id_product": "3", "price": "3.50", "reduction": "0", "reduction_type": "amount"}
    for row in (promotion, fixed):
        shop.shop.insert("specific_prices", {"from_quantity": "1", "id_product_attribute": "0", **row})

    one(run(connected(shop, cache), draft()))
    assert line(shop, "prices").ok


def test_ecotax_and_its_own_rule_are_expected(shop: PrestaShopSandbox, cache: MemoryCache) -> None:
    shop.configuration["PS_USE_ECOTAX"] = "1"
    shop.shop.store.table("products").update("1", {"ecotax": "0.500000"})

    one(run(connected(shop, cache), draft()))


def test_a_shop_that_does_not_know_the_question_is_imported_into_and_that_is_said(
    shop: PrestaShopSandbox, cache: MemoryCache
) -> None:
    shop.shop.computes_prices = False
    one(run(connected(shop, cache), draft()))

    assert line(shop, "prices").ok
    assert line(shop, "prices").detail.startswith("not compared: ")


def test_what_the_shop_does_with_the_switch_for_shipments_is_refused_before_any_write(
    shop_91: PrestaShopSandbox, cache: MemoryCache
) -> None:
    """The newest order of the shop came so; the webservice does not show the switch."""
    shop_91.shop.shipments_apart = True
    bought = {"id_carrier": "0", "total_shipping_tax_incl": "5.90", "total_shipping_tax_excl": "5.90"}
    shop_91.shop.insert("orders", bought | {"current_state": "2", "payment": "Carte"})
    error = refused(shop_91, cache)

    assert (error.code, error.data) == ("shop.shipments_apart", {"switch": "Improved shipment"})
    assert line(shop_91, "shipments").code == "shop.shipments_apart"
    refused(shop_91, cache)  # and so every time, until an order of the shop shows otherwise
    shop_91.shop.shipments_apart = False
    shop_91.shop.insert("orders", bought | {"id_carrier": "2", "total_shipping_tax_excl": "4.92", "payment": "Carte"})
    results = run(connected(shop_91, cache), drafts(3))
    assert len(results) == 3
    assert line(shop_91, "shipments").ok


def test_orders_that_come_without_a_carrier_are_put_right_and_none_follows(
    shop_91: PrestaShopSandbox, cache: MemoryCache
) -> None:
    """No order told of the switch before: shipping is taxed as the mapped carrier's own rule says, 5.90 of 4.9167."""
    shop_91.shop.shipments_apart = True
    presta, journal = connected(shop_91, cache), MemoryJournal()
    imported = one(run(presta, draft(), journal=journal))
    (order,) = shop_91.rows("orders")
    (invoice,) = shop_91.rows("order_invoices")

    assert imported.order.total_without_tax == Decimal("70.291667")
    for name in ("total_shipping_tax_excl", "total_paid_tax_excl"):
        assert Decimal(order[name]) == Decimal(invoice[name]) == {
            "total_shipping_tax_excl": Decimal("4.916667"), "total_paid_tax_excl": Decimal("70.291667"),
        }[name]  # fmt: skip
    assert (order["id_carrier"], Decimal(order["carrier_tax_rate"])) == ("2", Decimal(20))
    shop_91.server.log.clear()
    with pytest.raises(ConfigError, match="shipments_apart"):  # the next batch of the same run
        list(presta.import_orders(drafts(2), POLICY, journal))
    assert shop_91.server.log == []
    refused(shop_91, cache)
    assert len(shop_91.rows("orders")) == 1
    assert line(shop_91, "shipments").code == "shop.shipments_apart"


def test_one_that_the_shop_has_invoiced_with_the_wrong_net_is_not_taken_for_exact(
    shop_91: PrestaShopSandbox, cache: MemoryCache
) -> None:
    """At the shop's own shipping nothing is corrected before the invoice; with tax the order is right."""
    shop_91.shop.shipments_apart = True
    error = failure(run(connected(shop_91, cache), draft(shipping="8.40"))).error

    assert (error.code, error.data["what"]) == ("import.net_differs", "shipping without tax 8.40 instead of 7.00")
    assert refused(shop_91, cache).code == "shop.shipments_apart"


def test_orders_of_one_batch_are_put_right_together(shop_91: PrestaShopSandbox, cache: MemoryCache) -> None:
    shop_91.shop.shipments_apart = True
    run(connected(shop_91, cache), drafts(3))

    nets = {Decimal(order["total_shipping_tax_excl"]) for order in shop_91.rows("orders")}
    assert (len(shop_91.rows("orders")), nets) == (3, {Decimal("4.916667")})
    later = Clock()
    later.now += timedelta(days=40)
    with pytest.raises(ConfigError):  # also much later: nothing has shown that it is off
        run(connected(shop_91, cache, later), draft("LATER"))
