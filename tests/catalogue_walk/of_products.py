"""Walks of articles about products, stock and prices."""

from __future__ import annotations

from decimal import Decimal

from cdsync.sandbox.prestashop import Combination

from .place import Place
from .walk import AVOID, LOOK, Walk, again

ELSEWHERE = ("elsewhere", None)
FRANCE, GERMANY = "8", "1"


def _sku(place: Place, start: str) -> str:
    return f"{start}-{place.number}"


def _sold(place: Place, start: str, **line: object) -> str:
    return place.sold({"sku": _sku(place, start), "unit_price": "20.00", "shipping": "5.90", **line})


def _product(place: Place, start: str, **values: object) -> int:
    made = place.product(_sku(place, start), **values)
    place.kept["product"] = made
    return made


def _change(**values: str):  # type: ignore[no-untyped-def]
    """Edits the product of the walk in the back office."""
    return lambda place, _ref: place.table("products").update(place.kept["product"], values)


def _remember(start: str):  # type: ignore[no-untyped-def]
    """Chooses the walk's product on the page Products, or on the order's."""
    return lambda place, _ref: place.remember(_sku(place, start), place.kept["product"], place.kept.get("variant", 0))


def _unknown(place: Place) -> str:
    _product(place, "OTHER-NAME")
    return _sold(place, "UNKNOWN")


def _ambiguous(place: Place) -> str:
    _product(place, "TWIN")
    _product(place, "TWIN")
    return _sold(place, "TWIN")


def _parent(place: Place) -> str:
    made = _product(place, "PARENT", combinations=[Combination(_sku(place, "VARIANT"), "S", 9)])
    place.kept["variant"] = next(int(c["id"]) for c in place.shop.rows("combinations") if c["id_product"] == str(made))
    return _sold(place, "PARENT")


def _inactive(place: Place) -> str:
    _product(place, "OFF", active=False)
    return _sold(place, "OFF")


def _not_orderable(place: Place) -> str:
    _product(place, "SHOWN", available_for_order=False)
    return _sold(place, "SHOWN")


def _ecotax_unused(place: Place) -> str:
    place.shop.configuration["PS_USE_ECOTAX"] = "0"
    _product(place, "SCREEN", ecotax=Decimal("1.00"))
    return _sold(place, "SCREEN")


def _short(place: Place) -> str:
    place.setting(import_without_stock=False)
    _product(place, "SHORT", stock=0, out_of_stock=0)
    return _sold(place, "SHORT")


def _correct_stock(place: Place, _ref: str) -> None:
    (row,) = place.table("stock_availables").where("id_product", place.kept["product"])
    place.table("stock_availables").update(row["id"], {"quantity": "9"})


def _mapped_to_nothing(place: Place) -> str:
    _product(place, "THE-REAL-ONE")
    place.remember(_sku(place, "MAPPED"), 99999)
    return _sold(place, "MAPPED")


def _group_with_rule(place: Place, country: str, tax: str) -> str:
    """A tax rules group of its own, with one rule."""
    group = str(place.shop.shop.insert("tax_rule_groups", {"name": _sku(place, "Group"), "active": "1"}))
    _add_rule(place, group, country, tax)
    return group


def _add_rule(place: Place, group: str, country: str, tax: str) -> None:
    rule = {"id_tax_rules_group": group, "id_country": country, "id_tax": tax}
    place.shop.shop.insert("tax_rules", rule | {"zipcode_from": "0", "zipcode_to": "0"})


def _tax_gone(place: Place) -> str:
    made = _product(place, "UNTAXED")
    place.kept["group"] = place.table("products").get(made)["id_tax_rules_group"]
    place.table("products").update(made, {"id_tax_rules_group": _group_with_rule(place, FRANCE, "777")})
    return _sold(place, "UNTAXED")


def _give_tax_rule(place: Place, ref: str) -> None:
    _change(id_tax_rules_group=place.kept["group"])(place, ref)


def _rule_elsewhere(place: Place) -> str:
    place.setting(country_without_vat_rule="problem")
    made = _product(place, "ABROAD")
    place.kept["group"] = _group_with_rule(place, GERMANY, "1")
    place.table("products").update(made, {"id_tax_rules_group": place.kept["group"]})
    return _sold(place, "ABROAD")


def _below_ecotax(place: Place) -> str:
    place.shop.configuration.update({"PS_USE_ECOTAX": "1", "PS_ECOTAX_TAX_RULES_GROUP_ID": "1"})
    _product(place, "HEAVY", ecotax=Decimal("40.00"))
    return _sold(place, "HEAVY")


def _no_ecotax_then_import(place: Place, ref: str) -> None:
    _change(ecotax="0.000000")(place, ref)
    place.again(ref)


def _rounds(place: Place, each: str) -> None:
    """Shop Parameters › General: "1" rounds each item, "2" each line."""
    place.shop.configuration["PS_ROUND_TYPE"] = each


def _part_of_a_cent(place: Place) -> str:
    _rounds(place, "1")
    _product(place, "SCREWS")
    return _sold(place, "SCREWS", quantity=4, unit_price="3.125")


def _two_prices(place: Place) -> str:
    _rounds(place, "1")
    _product(place, "SAME")
    same = {"sku": _sku(place, "SAME"), "quantity": 3}
    return place.sold({**same, "unit_price": "0.01"}, {**same, "quantity": 4, "unit_price": "9.99", "shipping": "5.90"})


def _fee(place: Place) -> str:
    place.setting(fee_sku=None)
    return place.sold(fees=[("Frais de dossier", "1.50")])


def _make_fee_product(place: Place, _ref: str) -> None:
    _product(place, "FEE")


def _name_fee_product(place: Place, _ref: str) -> None:
    place.setting(fee_sku=_sku(place, "FEE"))


WALKS = (
    Walk("product.unknown", _unknown, (
        {0: lambda place, _ref: _product(place, "UNKNOWN"), 2: again}, {1: _remember("UNKNOWN"), 2: again},
    ), {}),
    Walk("product.ambiguous", _ambiguous, (
        {0: _change(reference="ITS-OWN"), 2: again}, {1: _remember("TWIN"), 2: again},
    ), {}),
    Walk("product.parent", _parent, ({1: _remember("PARENT"), 2: again},), {0: AVOID}),
    Walk("product.inactive", _inactive, ({0: _change(active="1"), 1: again},), {2: AVOID}),
    Walk("product.not_orderable", _not_orderable, ({0: _change(available_for_order="1"), 1: again},), {}),
    Walk("product.ecotax_unused", _ecotax_unused, (
        {0: _change(ecotax="0.000000"), 2: again},
        {1: lambda place, _ref: place.shop.configuration.update({"PS_USE_ECOTAX": "1"}), 2: again},
    ), {}),
    Walk("product.out_of_stock", _short, (
        {0: _correct_stock, 2: again},
        {1: lambda place, _ref: place.setting(import_without_stock=True), 2: again},
    ), {}),
    Walk("product.mapping_invalid", _mapped_to_nothing, ({0: _remember("MAPPED"), 1: again},), {}),
    Walk("tax.no_rule", _rule_elsewhere, (
        {0: lambda place, _ref: _add_rule(place, place.kept["group"], FRANCE, "1"), 2: again},
        {1: lambda place, _ref: place.setting(country_without_vat_rule="without_vat"), 2: again},
    ), {}),
    Walk("tax.rate_unknown", _tax_gone, ({0: _give_tax_rule, 2: again},), {1: LOOK}),
    Walk("order.below_ecotax", _below_ecotax, ({0: _no_ecotax_then_import},), {1: "walked for order.two_prices"}),
    Walk("order.pieces_rounded", _part_of_a_cent, (
        {0: lambda place, _ref: _rounds(place, "2"), 1: again},
    ), {2: "walked for order.two_prices"}),
    Walk("order.two_prices", _two_prices, ({0: Place.left_out},), {1: AVOID}, ELSEWHERE),
    Walk("order.fee_without_product", _fee, ({0: _make_fee_product, 1: _name_fee_product, 2: again},), {}),
)  # fmt: skip
