"""PHP dies over one order each time: the others of its batch go on, and a person is asked after two deaths."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from cdsync.connectors.base import Imported, NotImported
from cdsync.errors import RejectedError
from cdsync.sandbox.faults import Fault
from cdsync.sandbox.prestashop import PrestaShopSandbox
from cdsync.sandbox.prestashop.core.errors import Crashed
from cdsync.sandbox.prestashop.orders import order_state
from tests.connectors.journal import Clock, MemoryJournal
from tests.connectors.prestashop.shop import connector, drafts, rehearsal_shop, run

NUMBER = 5


@pytest.fixture
def shop() -> Iterator[PrestaShopSandbox]:
    with rehearsal_shop() as running:
        yield running


def dies_over(place: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over the status of the `place`-th order (from 1), when its stock is written and its status is not."""
    saved = order_state._save

    def dies(shop: Any, order: dict[str, str], values: dict[str, str]) -> None:
        if order["id"] == str(place) and values.get("current_state") == "2":
            raise Crashed
        saved(shop, order, values)

    monkeypatch.setattr(order_state, "_save", dies)


def by_outcome(results: dict[str, Imported | NotImported]) -> Counter[str]:
    return Counter("imported" if isinstance(each, Imported) else each.error.code for each in results.values())


@pytest.mark.parametrize("place", [1, 3, NUMBER])
def test_one_order_that_the_shop_dies_over_keeps_no_other_from_its_turn(
    shop: PrestaShopSandbox, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    dies_over(place, monkeypatch)
    clock = Clock()
    journal, orders = MemoryJournal(clock), drafts(NUMBER)
    first = by_outcome(run(connector(shop, clock), orders, journal=journal))
    assert first == {"imported": NUMBER - 1, "shop.outcome_unknown": 1}
    left = orders[place - 1]
    clock.advance(600)
    (second,) = run(connector(shop, clock), left, journal=journal).values()
    assert isinstance(second, NotImported)
    assert isinstance(second.error, RejectedError)
    assert "stock" in str(second.error.data["message"])


def test_a_person_who_tries_again_gets_two_tries_more_and_the_right_number_of_pieces(
    shop: PrestaShopSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    journal, orders = MemoryJournal(clock), drafts(1)
    with monkeypatch.context() as broken:
        dies_over(1, broken)
        tries = []
        for _ in range(4):
            tries.append(by_outcome(run(connector(shop, clock), orders, journal=journal)))
            clock.advance(600)
    assert [next(iter(each)) for each in tries] == ["shop.outcome_unknown", "shop.refused"] * 2
    (imported,) = run(connector(shop, clock), orders, journal=journal).values()
    assert isinstance(imported, Imported)
    told = {each.data["article"]: (each.data["moved"], each.data["right"]) for each in imported.warnings}
    assert told == {"1/0": (5 * 2, 300 - 2), "2/1": (5 * 3, 200 - 3)}


def test_a_shop_that_dies_over_everything_is_not_asked_about_each_order(shop: PrestaShopSandbox) -> None:
    clock = Clock()
    journal, orders = MemoryJournal(clock), drafts(NUMBER)
    shop.faults.add(Fault("status_500_before", "PATCH", "/api/orders$", times=100))
    assert by_outcome(run(connector(shop, clock), orders, journal=journal)) == {"shop.outcome_unknown": NUMBER}
    assert len(shop.server.requests("PATCH", "/api/orders")) == 2


@pytest.mark.parametrize("resource", ["customers", "addresses", "carts", "specific_prices"])
def test_what_is_made_before_an_order_is_held_back_alone_too(shop: PrestaShopSandbox, resource: str) -> None:
    """One fruitless death: what was first in the body waits, all the others are imported."""
    clock = Clock()
    journal, orders = MemoryJournal(clock), drafts(NUMBER)
    shop.faults.add(Fault("died", "POST", f"/api/{resource}$"))
    first = by_outcome(run(connector(shop, clock), orders, journal=journal))
    assert first == {"imported": NUMBER - 1, "shop.outcome_unknown": 1}
    clock.advance(600)
    assert by_outcome(run(connector(shop, clock), orders, journal=journal)) == {"imported": NUMBER}
    assert len(shop.rows("orders")) == NUMBER


def test_what_the_shop_died_over_is_forgotten_with_an_order_that_is_made_anew(
    shop: PrestaShopSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    journal, (order,) = MemoryJournal(clock), drafts(1)
    with monkeypatch.context() as broken:
        dies_over(1, broken)
        for _ in range(2):
            run(connector(shop, clock), order, journal=journal)
            clock.advance(600)
    assert "died" in journal.steps(order.ref)
    lines = shop.shop.store.table("order_details")
    lines.update(next(iter(lines))["id"], {"product_quantity": "9"})  # it never was the marketplace's
    shop.set_state(1, 6)
    (imported,) = run(connector(shop, clock), order, journal=journal).values()
    assert isinstance(imported, Imported)
    assert (imported.order.shop_ref, imported.adopted) == ("2", False)
    assert "died" not in journal.steps(order.ref)
