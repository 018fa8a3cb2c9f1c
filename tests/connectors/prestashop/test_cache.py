"""The shop's own data read by an earlier run: not asked for again, and never the last word on a problem."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from cdsync.connectors.prestashop import PrestaShop
from cdsync.errors import ConfigError
from cdsync.sandbox.prestashop import PrestaShopSandbox
from tests.connectors.journal import Clock, MemoryJournal
from tests.connectors.prestashop.shop import HOME, POLICY, Kept, draft, failure, line, one, rehearsal_shop, run

OWN_DATA = (
    "configurations",
    "countries",
    "currencies",
    "groups",
    "order_states",
    "tax_rule_groups",
    "tax_rules",
    "taxes",
)


class MemoryCache:
    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.remembered: dict[str, Any] = {}

    def get(self, name: str) -> Any:
        return self.values.get(name)

    def put(self, name: str, value: Any) -> None:
        self.values[name] = value

    def clear(self) -> None:
        self.values.clear()

    def recall(self, name: str) -> Any:
        return self.remembered.get(name)

    def remember(self, name: str, value: Any) -> None:
        self.remembered[name] = value


@pytest.fixture
def shop() -> Iterator[PrestaShopSandbox]:
    with rehearsal_shop() as running:
        yield running


@pytest.fixture
def cache(shop: PrestaShopSandbox) -> MemoryCache:
    """As a first run leaves it."""
    cache = MemoryCache()
    one(run(connected(shop, cache), draft("FIRST")))
    shop.server.log.clear()
    return cache


def connected(shop: PrestaShopSandbox, cache: MemoryCache, **values: Any) -> PrestaShop:
    """A connector of a run of its own."""
    return PrestaShop({"url": shop.url, "key": shop.key, "timeout_seconds": 60} | values, Kept(), cache=cache)


def asked(shop: PrestaShopSandbox) -> list[str]:
    """The resources read since, of those that are the shop's own data."""
    read = [seen.path.rpartition("/")[2] for seen in shop.server.log if seen.method == "GET"]
    return sorted(name for name in read if name in OWN_DATA)


def table(shop: PrestaShopSandbox, name: str) -> Any:
    return shop.shop.store.table(name)


def test_the_next_run_does_not_ask_again(shop: PrestaShopSandbox, cache: MemoryCache) -> None:
    one(run(connected(shop, cache), draft("SECOND", lines=(line(),))))
    assert asked(shop) == []
    assert len(shop.server.log) <= 18


def test_carriers_are_read_by_every_run_for_an_edited_one_has_a_new_id(
    shop: PrestaShopSandbox, cache: MemoryCache
) -> None:
    new_id = shop.edit_carrier(2)
    one(run(connected(shop, cache), draft("SECOND")))
    assert shop.rows("orders")[-1]["id_carrier"] == str(new_id)


def test_a_problem_is_confirmed_with_the_shop_as_it_is_now(shop: PrestaShopSandbox, cache: MemoryCache) -> None:
    belgian = draft("SECOND", delivery=replace(HOME, country_code="BE", postcode="1000", city="Bruxelles"))
    (row,) = [row for row in shop.rows("countries") if row["iso_code"] == "BE"]
    assert row["active"] == "0"
    table(shop, "countries").update(int(row["id"]), {"active": "1"})
    found = connected(shop, cache).examine([belgian], POLICY)["SECOND"]
    assert "address.country_inactive" not in {error.code for error in found.problems}
    assert "countries" in asked(shop)


def test_a_problem_of_the_shop_as_it_is_now_is_not_asked_about_twice(
    shop: PrestaShopSandbox, cache: MemoryCache
) -> None:
    belgian = draft("SECOND", delivery=replace(HOME, country_code="BE", postcode="1000", city="Bruxelles"))
    presta = connected(shop, cache)
    for _ in range(2):
        (problem,) = presta.examine([belgian], POLICY)["SECOND"].problems
        assert problem.code == "address.country_inactive"
    assert asked(shop).count("countries") == 1


def test_a_status_made_a_moment_ago_is_found(shop: PrestaShopSandbox, cache: MemoryCache) -> None:
    new = table(shop, "order_states").insert({**table(shop, "order_states").get(2)})
    policy = replace(POLICY, imported_status=str(new))
    one(run(connected(shop, cache), draft("SECOND"), policy))
    assert shop.rows("orders")[-1]["current_state"] == str(new)


def test_a_status_that_is_gone_stops_the_run_after_asking(shop: PrestaShopSandbox, cache: MemoryCache) -> None:
    with pytest.raises(ConfigError) as raised:
        list(connected(shop, cache).import_orders([draft("X")], replace(POLICY, imported_status="99"), MemoryJournal()))
    assert raised.value.code == "shop.status_missing"
    assert asked(shop) == ["order_states"]


def test_a_group_that_lost_its_discount_is_taken_at_once(shop: PrestaShopSandbox, cache: MemoryCache) -> None:
    table(shop, "groups").update(3, {"reduction": "5.00"})
    cache.clear()
    with pytest.raises(ConfigError):
        run(connected(shop, cache), draft("SECOND"))
    table(shop, "groups").update(3, {"reduction": "0.00"})
    one(run(connected(shop, cache), draft("SECOND")))


def test_a_tax_that_changed_spoils_one_order_and_not_those_of_ten_minutes(
    shop: PrestaShopSandbox, cache: MemoryCache
) -> None:
    (rule,) = (r for r in shop.rows("tax_rules") if (r["id_tax_rules_group"], r["id_country"]) == ("1", "8"))
    (reduced,) = (t for t in shop.rows("taxes") if t["id"] != rule["id_tax"] and t["rate"].startswith("5.5"))
    table(shop, "tax_rules").update(int(rule["id"]), {"id_tax": reduced["id"]})
    spoiled = failure(run(connected(shop, cache), draft("SECOND")))
    assert (spoiled.error.code, spoiled.error.data["was"]) == ("import.put_away", "import.lines_differ")
    assert one(run(connected(shop, cache), draft("THIRD"))).order.total_paid == draft("THIRD").total


def test_a_country_switched_off_is_named_after_the_first_order_it_stopped(
    shop: PrestaShopSandbox, cache: MemoryCache
) -> None:
    clock, journal = Clock(), MemoryJournal()
    table(shop, "countries").update(8, {"active": "0"})
    codes = []
    for _ in range(2):
        presta = connected(shop, cache)
        codes.append(failure(run(presta, draft("SECOND"), journal=journal)).error.code)
        clock.advance(61)
    assert codes == ["shop.order_unknown", "address.country_inactive"]


def test_another_shop_of_the_account_is_asked_itself(shop: PrestaShopSandbox, cache: MemoryCache) -> None:
    connected(shop, cache, shop_id="1").examine([draft("SECOND")], POLICY)
    assert "countries" in asked(shop)


def test_testing_the_connection_forgets_what_was_kept(shop: PrestaShopSandbox, cache: MemoryCache) -> None:
    connected(shop, cache).check()
    assert "currencies" in asked(shop)
    assert len(cache.values) < len(OWN_DATA)
