"""Which rows count for the shop the orders belong to, where one PrestaShop runs several. Pure: no requests.

Source: Configuration::get (the shop's own row, then its group's, then the general one; while multistore is off the
general one only, whatever rows were left), Shop::isFeatureActive, StockAvailable::addSqlShopRestriction (a group that
shares its stock keeps it in rows of the group). Lists of carriers, countries, currencies, groups, products and tax rule
groups need no choice: the webservice leaves out what is not the shop's (ObjectModel::getWebserviceObjectList).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ..webservice.xml import Row

NONE = ("", "0")
SWITCH, DEFAULT = "PS_MULTISHOP_FEATURE_ACTIVE", "PS_SHOP_DEFAULT"


@dataclass(frozen=True)
class OwnShop:
    """The shop's id, its group's, and whether that shares one stock; `several`: the PrestaShop has other shops."""

    id: str
    group: str
    shares_stock: bool
    several: bool


def general(rows: Iterable[Row], name: str) -> str:
    """The value of a setting for all shops, or ""."""
    return next((r["value"] for r in rows if r["name"] == name and _is_general(r)), "")


def own_settings(rows: Sequence[Row], own: Callable[[], OwnShop]) -> dict[str, str]:
    """Values by name. `own` is asked only where a shop or a group has rows and multistore is on."""
    values = {r["name"]: r["value"] for r in rows if _is_general(r)}
    particular = [r for r in rows if not _is_general(r)]
    if not particular or values.get(SWITCH, "") in NONE:
        return values
    shop = own()
    if not shop.several:
        return values
    of_group = [r for r in particular if r["id_shop"] in NONE and r["id_shop_group"] == shop.group]
    of_shop = [r for r in particular if r["id_shop"] == shop.id]
    return values | {r["name"]: r["value"] for r in (*of_group, *of_shop)}


def own_stock(rows: Sequence[Row], own: Callable[[], OwnShop], shop_id: str) -> list[Row]:
    """The stock rows that count; the shop is asked only where rows of several owners came.

    shop_id: the shop chosen in the settings, or "": then rows of a single shop are that shop's, for the webservice
    gives the rows of the one it was asked for.
    """
    owners = {(r["id_shop"] or "0", r["id_shop_group"] or "0") for r in rows}
    if len(owners) <= 1 and (not shop_id or owners <= {(shop_id, "0"), (shop_id, "")}):
        return list(rows)
    shop = own()
    of_article: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        of_article[row["id_product"], row["id_product_attribute"] or "0"].append(row)
    return [chosen for each in of_article.values() if (chosen := _of(each, shop)) is not None]


def _of(rows: Sequence[Row], shop: OwnShop) -> Row | None:
    """The row of one article: the group's where it shares its stock, else the shop's own."""
    shared = [r for r in rows if r["id_shop"] in NONE and r["id_shop_group"] == shop.group]
    alone = [r for r in rows if r["id_shop"] == shop.id]
    return next(iter([*shared, *alone] if shop.shares_stock else alone), None)


def _is_general(row: Row) -> bool:
    return row["id_shop"] in NONE and row["id_shop_group"] in NONE
