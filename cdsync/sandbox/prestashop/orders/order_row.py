"""The rows of an order (order_details) as OrderDetail::create writes them from a priced cart row. Moves no stock."""

from __future__ import annotations

from decimal import Decimal

from ..carts.cart_price import Line
from ..core import stock
from ..core.shop import Shop
from ..core.store import Row, number


def add_order_row(shop: Shop, order: Row, line: Line) -> None:
    """Stores one row of the order; its money is that of the line."""
    product, codes = line.product, line.combination or {}
    in_stock = stock.quantity_of(shop, product["id"], line.id_product_attribute)
    detail = {
        "id_order": order["id"],
        "product_id": product["id"],
        "product_attribute_id": line.id_product_attribute,
        "id_shop": order["id_shop"],
        "id_customization": line.id_customization,
        "product_name": _name(shop, line, order["id_lang"]),
        "product_quantity": str(line.quantity),
        "product_quantity_in_stock": str(min(in_stock, line.quantity)),
        "product_weight": str(number(product["weight"]) + number(codes.get("weight", "0"))),
        "product_supplier_reference": _supplier_reference(shop, product, line.id_product_attribute),
        "id_tax_rules_group": product["id_tax_rules_group"],
        "taxes": [{"id": line.tax["id"]}] if line.tax else [],
    }
    for name in ("reference", "ean13", "isbn", "upc", "mpn"):
        detail[f"product_{name}"] = codes.get(name) or product[name]
    shop.insert("order_details", detail | _money(line) | _reductions(line))


def _money(line: Line) -> dict[str, str]:
    money = {
        "product_price": line.unit_tax_excl,
        "unit_price_tax_incl": line.unit_tax_incl,
        "unit_price_tax_excl": line.unit_tax_excl,
        "total_price_tax_incl": line.total_tax_incl,
        "total_price_tax_excl": line.total_tax_excl,
        "original_product_price": line.original_tax_excl,
        "purchase_supplier_price": line.product["wholesale_price"],
        "original_wholesale_price": line.product["wholesale_price"],
        "ecotax": line.ecotax,
        "ecotax_tax_rate": line.ecotax_rate,
        "group_reduction": line.group_reduction,
    }
    return {name: str(value) for name, value in money.items()}


def _reductions(line: Line) -> dict[str, str]:
    specific = line.specific
    if specific is None:
        return {}
    reduction = number(specific["reduction"])
    if specific["reduction_type"] == "percentage":
        return {"reduction_percent": str(reduction * 100)}
    taxed = line.tax is not None and specific["reduction_tax"] == "1"
    bare = reduction / (1 + number(line.tax["rate"]) / Decimal(100)) if taxed and line.tax else reduction
    return {
        "reduction_amount": str(reduction),
        "reduction_amount_tax_incl": str(reduction),
        "reduction_amount_tax_excl": str(bare),
    }


def _name(shop: Shop, line: Line, language: str) -> str:
    """The product's name with its options: "T-shirt (Taille: S - Couleur: White)"."""
    name = _in(line.product["name"], language)
    parts = []
    for entry in (line.combination or {}).get("product_option_values", []):
        value = shop.store.table("product_option_values").get(entry["id"])
        option = shop.store.table("product_options").get(value["id_attribute_group"]) if value else None
        if value and option:
            colon = " : " if shop.french else ": "
            parts.append(f"{_in(option['public_name'], language)}{colon}{_in(value['name'], language)}")
    return f"{name} ({' - '.join(parts)})" if parts else name


def _in(texts: dict[str, str], language: str) -> str:
    return texts.get(language) or next(iter(texts.values()), "")


def _supplier_reference(shop: Shop, product: Row, attribute: str) -> str:
    for row in shop.store.table("product_suppliers").where("id_product", product["id"]):
        if row["id_product_attribute"] == attribute and row["id_supplier"] == product["id_supplier"]:
            return str(row["product_supplier_reference"])
    return str(product["supplier_reference"])
