"""Cart rules that PrestaShop puts into every cart: a problem before any write where one surely reaches ours."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cdsync.sandbox.prestashop import PrestaShopSandbox
from tests.connectors.prestashop.crashes import stocks, wrongs
from tests.connectors.prestashop.shop import (
    POLICY,
    VERSIONS,
    connector,
    draft,
    drafts,
    failure,
    one,
    rehearsal_shop,
    run,
)

RULE = {
    "name": "Soldes", "active": "1", "code": "", "quantity": "100", "reduction_percent": "10.00",
    "date_from": "2020-01-01 00:00:00", "date_to": "2099-01-01 00:00:00", "minimum_amount_currency": "1",
}  # fmt: skip


@pytest.fixture(params=VERSIONS)
def shop(request: pytest.FixtureRequest) -> Iterator[PrestaShopSandbox]:
    with rehearsal_shop(request.param) as running:
        running.configuration["PS_CART_RULE_FEATURE_ACTIVE"] = "1"
        yield running


@pytest.mark.parametrize("changes", [{}, {"minimum_amount": "50.00"}, {"free_shipping": "1"}], ids=str)
def test_a_rule_for_every_cart_is_a_problem_before_any_write(shop: PrestaShopSandbox, changes: dict[str, str]) -> None:
    shop.shop.insert("cart_rules", RULE | changes)
    error = failure(run(connector(shop), draft())).error

    assert (error.code, error.data) == ("order.cart_rule", {"rule": "Soldes"})
    assert not shop.server.requests("POST")


@pytest.mark.parametrize(
    "change",
    [
        {"code": "SOLDES10"},
        {"active": "0"},
        {"quantity": "0"},
        {"date_to": "2021-01-01 00:00:00"},
        {"date_from": "2098-01-01 00:00:00"},
        {"id_customer": "77"},
        {"minimum_amount": "500.00"},
        {"group_restriction": "1"},  # to groups that marketplace customers are not in: what is advised
    ],
    ids=str,
)
def test_a_rule_that_does_not_reach_our_cart_is_none_of_ours(shop: PrestaShopSandbox, change: dict[str, str]) -> None:
    shop.shop.insert("cart_rules", RULE | {"in_groups": ["1"]} | change)  # type: ignore[dict-item]
    before = stocks(shop)
    order = draft()
    one(run(connector(shop), order))

    assert wrongs(shop, [order], before) == []


def test_its_advice_is_the_way_on(shop: PrestaShopSandbox) -> None:
    rule = shop.shop.insert("cart_rules", RULE)
    presta = connector(shop)
    failure(run(presta, draft()))
    shop.shop.store.table("cart_rules").update(rule, {"group_restriction": "1", "in_groups": ["1", "2"]})

    assert one(run(connector(shop), draft())).order.total_paid == draft().total


def test_a_rule_for_some_groups_that_reaches_ours_is_seen_when_the_order_is_read_back(shop: PrestaShopSandbox) -> None:
    """The webservice shows that a rule is for some groups, not for which."""
    shop.shop.insert("cart_rules", RULE | {"group_restriction": "1", "in_groups": ["3"]})

    assert failure(run(connector(shop), draft())).error.code == "import.put_away"
    assert [row["current_state"] for row in shop.rows("orders")] == ["6"]


def test_a_key_that_may_not_read_rules_leaves_it_to_the_reading_back(shop: PrestaShopSandbox) -> None:
    rights: dict[str, set[str]] = {name: {"GET", "POST", "PATCH", "PUT"} for name in shop.shop.resources}
    del rights["cart_rules"]
    shop.add_key("W" * 32, rights)
    one(run(connector(shop, key="W" * 32), draft("FIRST")))
    shop.shop.insert("cart_rules", RULE)

    assert failure(run(connector(shop, key="W" * 32), draft("SECOND"))).error.code == "import.put_away"


def test_rules_are_read_once_and_only_where_the_shop_uses_them(shop: PrestaShopSandbox) -> None:
    presta = connector(shop)
    for _ in range(2):
        presta.examine(drafts(20), POLICY)
    assert len(shop.server.requests("GET", "/api/cart_rules")) == 1
    shop.configuration["PS_CART_RULE_FEATURE_ACTIVE"] = "0"
    shop.server.log.clear()
    connector(shop).examine(drafts(20), POLICY)
    assert not shop.server.requests("GET", "/api/cart_rules")
