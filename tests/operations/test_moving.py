"""A seller or a shop that has moved: proved by orders known from before, or nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select, update

from cdsync import orders, relocation, settings, states
from cdsync.db import db
from cdsync.errors import ConfigError
from cdsync.models import Account, Order, ShopOrder
from cdsync.sandbox.octopia import OctopiaSandbox
from cdsync.sandbox.prestashop import PrestaShopSandbox
from cdsync.sandbox.scenarios import add_orders
from cdsync.sandbox.scenarios.catalogue import fill_shop
from tests.worlds import Running, committed


@pytest.fixture
def imported(run: Running, account: Account, market: OctopiaSandbox) -> Account:
    """Two orders in the shop, one that waits."""
    add_orders(market, "simple", 3)
    run(account, "lookup")
    ids = list(db.session.scalars(select(Order.id).order_by(Order.id)))
    run(account, "import", order_ids=ids[:2])
    db.session.rollback()
    assert db.session.query(ShopOrder).count() == 2
    return account


@pytest.fixture
def elsewhere() -> Iterator[PrestaShopSandbox]:
    """Another shop, of the same kind."""
    other = PrestaShopSandbox(demo=False)
    fill_shop(other)
    other.start()
    yield other
    other.stop()


def moved_to(shop: PrestaShopSandbox) -> dict[str, object]:
    return {"shop": {"url": shop.url, "key": shop.key}}


def homes(side: str) -> set[str]:
    db.session.rollback()
    return set(db.session.scalars(select(Order.seller if side == "marketplace" else Order.shop).distinct()))


def test_a_shop_at_another_address_is_the_same_when_its_orders_are_there(
    imported: Account, shop: PrestaShopSandbox
) -> None:
    (before,) = homes("shop") - {""}
    shop.stop()
    shop.start()  # another port
    shop.configuration["PS_SHOP_DOMAIN"] = shop.configuration["PS_SHOP_DOMAIN_SSL"] = "moved.example"
    with pytest.raises(settings.SettingsMove):
        settings.load(moved_to(shop))
    account, (proof,) = relocation.load(moved_to(shop))
    assert (proof.side, proof.version, proof.orders) == ("shop", "9.1.4", 2)
    assert len(proof.found) == 2
    assert homes("shop") == {"", proof.place}
    assert proof.place != before
    assert settings.show(account)["shop"]["url"] == shop.url


def test_another_shop_is_refused_and_nothing_is_changed(imported: Account, elsewhere: PrestaShopSandbox) -> None:
    elsewhere.configuration["PS_SHOP_DOMAIN"] = elsewhere.configuration["PS_SHOP_DOMAIN_SSL"] = "other.example"
    before, tied = settings.show(imported), homes("shop")
    with pytest.raises(ConfigError) as refused:
        relocation.load(moved_to(elsewhere))
    assert refused.value.code == "moved.not_the_same"
    assert len(refused.value.data["missing"]) == 2
    db.session.rollback()
    assert (settings.show(db.session.get_one(Account, imported.id)), homes("shop")) == (before, tied)


def test_orders_that_are_at_home_prove_nothing_about_those_that_are_not(imported: Account) -> None:
    first = db.session.scalars(select(Order.id).order_by(Order.id)).first()
    db.session.execute(update(Order).where(Order.id == first).values(seller="api.octopia-io.net/another"))
    db.session.commit()
    with pytest.raises(ConfigError) as refused:
        relocation.move(imported, {}, "marketplace")
    assert refused.value.code == "moved.another_seller"
    assert "api.octopia-io.net/another" in homes("marketplace")


def test_a_seller_number_that_is_another_one_never_moves(imported: Account) -> None:
    with pytest.raises(ConfigError) as refused:
        relocation.load({"marketplace": {"seller_id": "another"}})
    assert refused.value.code == "moved.another_seller"


def test_the_marketplaces_new_address_is_the_same_seller_when_it_knows_the_orders(
    imported: Account, market: OctopiaSandbox
) -> None:
    market.stop()
    market.start()
    market.server.log.clear()
    document: dict[str, Any] = {"marketplace": {"api_url": market.api_url, "token_url": market.token_url}}
    with pytest.raises(settings.SettingsInvalid) as refused:
        relocation.load(document)
    assert list(refused.value.errors) == ["marketplace.client_secret"]
    assert market.server.requests() == [], "the former secret was not even tried there"
    document["marketplace"]["client_secret"] = market.client_secret
    _account, (proof,) = relocation.load(document)
    assert (proof.side, proof.orders, len(proof.found)) == ("marketplace", 3, 3)
    assert homes("marketplace") == {proof.place}


def test_what_moved_by_itself_is_listed_and_goes_on_after_the_proof(imported: Account, shop: PrestaShopSandbox) -> None:
    (before,) = homes("shop") - {""}
    shop.configuration["PS_SHOP_DOMAIN"] = shop.configuration["PS_SHOP_DOMAIN_SSL"] = "moved.example"
    home = orders.Home(settings.seller_of(settings.read(imported)), "moved.example")
    db.session.rollback()
    committed(orders.mark_strangers, imported.id, home)
    db.session.rollback()
    (found,) = relocation.strangers(imported)
    assert (found.side, found.before, found.now, found.orders) == ("shop", before, "moved.example", 2)
    (proof,) = relocation.move(imported, {}, "shop")
    assert len(proof.found) == 2
    db.session.rollback()
    assert relocation.strangers(imported) == []
    waiting = db.session.scalars(select(Order).where(Order.state == states.IMPORTED)).all()
    assert {each.problem_code for each in waiting} == {None}


def test_nothing_that_moved_is_nothing_to_confirm(imported: Account) -> None:
    for side in ("marketplace", "shop"):
        with pytest.raises(ConfigError) as refused:
            relocation.move(imported, {}, side)
        assert refused.value.code == "moved.nothing"
