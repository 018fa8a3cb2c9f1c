"""What may have been entered by hand already: alike by total and date or name, each shop order once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from cdsync.connectors.base import ShopOrder
from cdsync.orders.shop_side.entered_by_hand import NotInShop, alike, without_imported

BOUGHT = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


def waiting(id: int = 1, total: str = "84.35", buyer: str = "Camille Durand", **values: object) -> NotInShop:
    facts = {"ref": f"M{id}", "reference": f"2611{id}", "currency": "EUR", "bought_at": BOUGHT, **values}
    return NotInShop(id=id, total=Decimal(total), buyer=buyer, **facts)  # type: ignore[arg-type]


def made(ref: str = "7", total: str = "84.35", days: float = 1, text: str = "Bank wire", **values: object) -> ShopOrder:
    paid = Decimal(total)
    facts = {"currency": "EUR", "created_at": BOUGHT + timedelta(days=days), **values}
    return ShopOrder(ref, "ABCDEFGHI", "9", "2", paid, paid, paid, Decimal(0), text, **facts)  # type: ignore[arg-type]


def found(orders: list[NotInShop], shop: list[ShopOrder], **names: str) -> list[tuple[int, str, tuple[str, ...]]]:
    by_ref = {ref.removeprefix("n"): name for ref, name in names.items()}
    return [(each.order.id, each.shop_order.shop_ref, each.reasons) for each in alike(orders, shop, lambda _: by_ref)]


def test_the_same_total_and_a_near_date_or_the_same_name_are_alike() -> None:
    assert found([waiting()], [made()]) == [(1, "7", ("total", "date"))]
    assert found([waiting()], [made(days=20)], n7="DURAND Camille") == [(1, "7", ("total", "name"))]
    assert found([waiting(buyer="Zoé Lefèvre")], [made()], n7="zoe LEFEVRE") == [(1, "7", ("total", "date", "name"))]


@pytest.mark.parametrize(
    "there",
    [made(days=20), made(total="84.36"), made(currency="GBP"), made(created_at=None), made(days=-4.1)],
)
def test_a_total_alone_or_another_total_is_none(there: ShopOrder) -> None:
    assert found([waiting()], [there], n7="Somebody Else") == []


def test_the_marketplaces_number_in_the_shop_tells_it_whatever_the_total() -> None:
    assert found([waiting()], [made(total="80.00", days=40, text="Cdiscount 26111")]) == [(1, "7", ("number",))]
    assert found([waiting()], [made(total="80.00", days=40, text="Cdiscount 261112")]) == []


def test_a_shop_order_stands_for_one_order_only_the_one_it_is_most_like() -> None:
    two = [waiting(1, buyer="Alix Martin"), waiting(2)]
    assert found(two, [made()], n7="Camille Durand") == [(2, "7", ("total", "date", "name"))]
    assert found(two, [made("7"), made("8", days=2)], n7="Camille Durand") == [
        (1, "8", ("total", "date")),
        (2, "7", ("total", "date", "name")),
    ]


def test_names_are_asked_for_once_and_only_where_a_total_fits() -> None:
    asked: list[Sequence[str]] = []

    def buyers(refs: Sequence[str]) -> dict[str, str]:
        asked.append(list(refs))
        return {}

    alike([waiting()], [made("7"), made("8", total="1.00")], buyers)
    alike([waiting()], [made("8", total="1.00")], buyers)
    assert asked == [["7"]]


def test_only_a_strong_likeness_is_one_without_any_doubt() -> None:
    (strong,) = alike([waiting()], [made()], lambda _: {"7": "Camille Durand"})
    (weak,) = alike([waiting()], [made()], lambda _: {})
    assert (strong.is_strong, weak.is_strong) == (True, False)


def test_what_an_import_made_of_another_marketplace_order_is_not_entered_by_hand() -> None:
    shop = [
        made("7", text="Cdiscount 261199"),
        made("8", text="Cdiscount 26111"),
        made("9"),
        made("10", text="Cdiscount"),
    ]
    assert [each.shop_ref for each in without_imported(shop, "Cdiscount", [waiting()])] == ["8", "9", "10"]
