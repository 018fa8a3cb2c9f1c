"""The rehearsal's opening: what shop and marketplace hold, and that it is the same every time."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from cdsync.sandbox import scenarios
from cdsync.sandbox.octopia import STATUSES, OctopiaSandbox
from cdsync.sandbox.octopia.book.orders import total_of
from cdsync.sandbox.prestashop import PrestaShopSandbox

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def opening() -> tuple[OctopiaSandbox, PrestaShopSandbox]:
    market, shop = OctopiaSandbox(), PrestaShopSandbox()
    scenarios.load(market, shop)
    return market, shop


def _of_kind(market: OctopiaSandbox, kind: str) -> list[dict]:
    return [market.ledger.records[order_id].order for order_id, name in market.notes.items() if name == kind]


def test_the_shop_sells_at_least_thirty_products_at_four_vat_rates(opening):
    _, shop = opening
    ours = [row for row in shop.rows("products") if not row["reference"].startswith("demo_")]
    assert len(ours) >= 30
    groups = {row["id_tax_rules_group"] for row in ours}
    assert len(groups) == 4
    assert [row["reference"] for row in ours if row["active"] == "0"] == ["ARRET-2025"]
    assert Counter(row["reference"] for row in ours)["DOUBLON-1"] == 2


def test_the_prices_of_the_shop_are_the_catalogues_to_the_cent(opening):
    _, shop = opening
    prices = {row["reference"]: Decimal(row["price"]) for row in shop.rows("products")}
    for article in scenarios.catalogue.ARTICLES:
        with_vat = prices[article.reference] * (1 + Decimal(article.vat) / 100)
        assert with_vat.quantize(Decimal("0.01")) == article.price


def test_the_shop_has_carriers_for_home_and_relay_and_one_that_is_off(opening):
    _, shop = opening
    names = {row["name"]: row["active"] for row in shop.rows("carriers")}
    assert {"Colissimo Domicile", "Chronopost 13h", "Mondial Relay Point Relais"} <= names.keys()
    assert names["DPD (ancien contrat)"] == "0"


def test_suggested_settings_name_active_carriers_by_reference(opening):
    _, shop = opening
    settings = scenarios.suggested_settings(shop)
    active = {row["id_reference"] for row in shop.rows("carriers") if row["active"] == "1"}
    assert set(settings["carriers"].values()) <= active
    assert settings["carriers"].keys() >= {"TrackedHomeDelivery", "REL"}
    assert set(settings["marketplace_carriers"]) == set(settings["carriers"].values())
    assert any(row["reference"] == settings["fee_sku"] for row in shop.rows("products"))


def test_the_marketplace_holds_orders_in_every_status(opening):
    market, _ = opening
    counts = Counter(order.get("status") for order in market.orders())
    assert sum(counts.values()) >= 40
    assert set(STATUSES) <= counts.keys()
    assert counts["WaitingAcceptance"] >= 8
    assert counts["InPreparation"] >= 15
    assert {None, "BlockedForReview"} <= counts.keys()


def test_every_kind_can_be_added_again(opening):
    market, _ = opening
    known = set(market.ledger.records)
    for kind in scenarios.KINDS:
        (order_id,) = scenarios.add_orders(market, kind)
        assert order_id not in known
        known.add(order_id)


def test_orders_waiting_for_acceptance_have_different_deadlines_still_to_come(opening):
    market, _ = opening
    deadlines = [record.accept_until for record in market.ledger.waiting()]
    assert min(deadlines) > market.now()
    assert len({round(deadline / 3600) for deadline in deadlines}) >= 5


def test_totals_add_up_but_where_they_are_meant_not_to(opening):
    market, _ = opening
    meant = {"wrong_total", "malformed_lines", "malformed_money"}
    wrong = set()
    for order_id, kind in market.notes.items():
        order = market.ledger.records[order_id].order
        if kind in meant:
            continue
        if total_of(order["lines"], order["serviceFees"]) != order["totalPrice"]["sellingPrice"]:
            wrong.add(kind)
    assert wrong == set()
    (wrong_order, *_) = _of_kind(market, "wrong_total")
    assert total_of(wrong_order["lines"]) - wrong_order["totalPrice"]["sellingPrice"] == Decimal("2.00")


def test_special_kinds_are_what_they_say(opening):
    market, shop = opening
    references = {row["reference"] for row in shop.rows("products")}
    relay = _of_kind(market, "relay_point")[0]["lines"][0]
    assert relay["shippingAddress"]["pickupId"]
    assert relay["delivery"]["mode"] == "REL"
    shared = _of_kind(market, "shared_mailbox")
    assert len({o["lines"][0]["shippingAddress"]["email"] for o in shared}) == 1
    assert len({o["customer"]["reference"] for o in shared}) == len(shared)
    assert _of_kind(market, "company")[0]["billingAddress"]["companyVatNumber"] == "FR40303265045"
    assert _of_kind(market, "quantity_50")[0]["lines"][0]["quantity"] == 50
    assert len({line["offer"]["sellerProductId"] for line in _of_kind(market, "same_sku_twice")[0]["lines"]}) == 1
    assert _of_kind(market, "parent_sku")[0]["lines"][0]["offer"]["sellerProductId"] in references
    rates = {line["offerPrice"]["taxes"][0]["rate"] for line in _of_kind(market, "several_vat_rates")[0]["lines"]}
    assert rates == {Decimal("20"), Decimal("10"), Decimal("5.5"), Decimal("2.1")}
    assert any("lines" not in order for order in _of_kind(market, "malformed_lines"))


def test_the_same_seed_and_time_give_the_same_orders():
    first, second, other = OctopiaSandbox(), OctopiaSandbox(), OctopiaSandbox()
    for market, seed in ((first, "a"), (second, "a"), (other, "b")):
        scenarios.load(market, PrestaShopSandbox(), NOW, seed)
    bodies = [[r.order for r in market.ledger.records.values()] for market in (first, second, other)]
    assert [order | {"updatedAt": ""} for order in bodies[0]] == [order | {"updatedAt": ""} for order in bodies[1]]
    assert bodies[0] != bodies[2]


def test_dates_are_recent_and_before_now(opening):
    market, _ = opening
    now = datetime.now(UTC)
    for record in market.ledger.records.values():
        created = datetime.fromisoformat(record.order["createdAt"])
        assert now - timedelta(days=7) < created < now


def test_an_order_made_for_it_is_cancelled_once_the_shop_has_it(opening):
    market, shop = opening
    (order_id,) = scenarios.add_orders(market, "cancelled_after_import")
    assert scenarios.react(market, shop) == []
    reference = market.order(order_id)["reference"]
    orders = shop.shop.store.table("orders")
    orders.insert(dict(next(iter(orders))) | {"payment": f"Cdiscount {reference}"})
    assert scenarios.react(market, shop) == [order_id]
    assert market.order(order_id)["status"] == "Cancelled"
    assert scenarios.react(market, shop) == []
