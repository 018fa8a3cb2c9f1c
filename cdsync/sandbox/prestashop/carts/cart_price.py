"""Prices of a cart: unit prices, line totals and the order's sums, rounded as PrestaShop does. Reads only.

Source: Product::priceCalculation, SpecificPrice::getSpecificPrice, Cart\\CartRow and Cart::getOrderTotal, checked
against the recordings. Money is Decimal in the cart's currency; names say whether tax is included.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

from ..core.shop import Shop
from ..core.store import Row, number
from ..core.tax import rate_of, tax_of

ROUND_ITEM, ROUND_LINE, ROUND_TOTAL = "1", "2", "3"
#: PS_PRICE_ROUND_MODE. Decimal has no "half to odd" (5): half up, which differs in ties only.
MODES = {"0": ROUND_CEILING, "1": ROUND_FLOOR, "3": ROUND_HALF_DOWN, "4": ROUND_HALF_EVEN}
ZERO = Decimal(0)


@dataclass(frozen=True)
class Line:
    """A cart row that will become an order row, with its prices."""

    product: Row
    combination: Row | None
    id_product_attribute: str
    quantity: int
    id_customization: str
    unit_tax_excl: Decimal  # 6 decimals
    unit_tax_incl: Decimal
    total_tax_excl: Decimal  # as the rounding type asks
    total_tax_incl: Decimal
    counted_tax_excl: Decimal  # the unit price in the cart's sums: without ecotax where the shop uses none
    counted_tax_incl: Decimal
    original_tax_excl: Decimal  # without any reduction
    specific: Row | None
    tax: Row | None
    ecotax: Decimal
    ecotax_rate: Decimal  # per cent, of ecotax's own rules group
    group_reduction: Decimal  # per cent


def rounded(value: Decimal, places: int = 2, mode: str = "2") -> Decimal:
    """Tools::ps_round; `mode` is PS_PRICE_ROUND_MODE, half up when not given."""
    return value.quantize(Decimal(1).scaleb(-places), MODES.get(mode, ROUND_HALF_UP))


def lines_of(shop: Shop, cart: Row, rows: Sequence[dict[str, str]], address: Row | None) -> list[Line]:
    """The cart's rows with prices, in the order PrestaShop puts them; rows of unknown products drop out."""
    ordered = sorted(rows, key=lambda one: (int(one["id_product"]), int(one["id_product_attribute"])))
    priced = (_line(shop, cart, row, address) for row in ordered)
    return [line for line in priced if line is not None]


def _line(shop: Shop, cart: Row, row: dict[str, str], address: Row | None) -> Line | None:
    product = shop.store.table("products").get(row["id_product"])
    if product is None:
        return None
    attribute, quantity = row["id_product_attribute"], int(row["quantity"])
    combination = shop.store.table("combinations").get(attribute) if attribute != "0" else None
    specific = specific_price(shop, cart, product["id"], attribute, quantity)
    tax = tax_of(shop, product["id_tax_rules_group"], address)
    rate = rate_of(shop, product["id_tax_rules_group"], address)
    unknown = attribute != "0" and (combination is None or combination["id_product"] != product["id"])
    conversion = conversion_of(shop, cart["id_currency"])
    ecotax = ecotax_of(product, combination) * conversion
    ecotax_rate = ecotax_rate_of(shop, address)
    on_top = (ecotax, ecotax * (1 + ecotax_rate / 100))
    reduction, mode = group_reduction(shop, cart), shop.setting("PS_PRICE_ROUND_MODE")

    def unit(one: Row | None, ecotaxes: tuple[Decimal, Decimal], percent: Decimal, *, taxed: bool) -> Decimal:
        if unknown:
            return ZERO
        return unit_price(
            product, converted(shop, combination, cart), converted(shop, one, cart), rate, ecotaxes[taxed], percent,
            taxed=taxed, mode=mode, conversion=conversion,
        )  # fmt: skip

    def total(price: Decimal) -> Decimal:
        return line_total(price, quantity, shop.setting("PS_ROUND_TYPE"), mode)

    excl, incl = (unit(specific, on_top, reduction, taxed=taxed) for taxed in (False, True))
    counted = on_top if shop.setting("PS_USE_ECOTAX") not in ("", "0") else (ZERO, ZERO)
    return Line(
        product,
        combination,
        attribute,
        quantity,
        row.get("id_customization", "0"),
        excl,
        incl,
        total(excl),
        total(incl),
        unit(specific, counted, reduction, taxed=False),
        unit(specific, counted, reduction, taxed=True),
        unit(None, on_top, ZERO, taxed=False),
        specific,
        tax,
        ecotax,
        ecotax_rate,
        reduction,
    )


def unit_price(
    product: Row,
    combination: Row | None,
    specific: Row | None,
    rate: Decimal,
    ecotax: Decimal,
    group_percent: Decimal,
    *,
    taxed: bool,
    mode: str,
    conversion: Decimal = Decimal(1),
) -> Decimal:
    """The unit price with 6 decimals; `rate` and `group_percent` in per cent, `ecotax` with tax if the price is.

    conversion: of the product's own price; combination, specific price and ecotax are in the cart's currency already.
    """
    fixed = specific is not None and number(specific["price"]) >= 0
    price = number(specific["price"]) if specific is not None and fixed else number(product["price"]) * conversion
    if combination is not None and not (fixed and specific and specific["id_product_attribute"] != "0"):
        price += number(combination["price"])
    factor = 1 + rate / 100 if taxed else Decimal(1)
    price = price * factor + ecotax
    if specific is not None:
        price -= _reduction(specific, price, rate, taxed)
    price -= price * group_percent / 100
    return max(rounded(price, 6, mode), ZERO)


def conversion_of(shop: Shop, id_currency: str) -> Decimal:
    """Tools::convertPrice: what one unit of the shop's default currency is in this one."""
    currency = shop.store.table("currencies").get(id_currency)
    if currency is None or id_currency == shop.setting("PS_CURRENCY_DEFAULT"):
        return Decimal(1)
    return number(currency["conversion_rate"])


def converted(shop: Shop, row: Row | None, cart: Row) -> Row | None:
    """A combination or a specific price with its amounts in the cart's currency (Product::priceCalculation).

    A specific price of that very currency is left alone by 9 only: its `===` compares a number with what the database
    gives, which is a text before PHP 8.1.
    """
    if row is None:
        return None
    rate = conversion_of(shop, cart["id_currency"])
    own = row.get("id_currency", "0")
    price, reduction = number(row["price"]), number(row.get("reduction", "0"))
    if price >= 0 and not (own == cart["id_currency"] and shop.major >= 9):
        price *= rate
    if own == "0" and row.get("reduction_type") == "amount":
        reduction *= rate
    return {**row, "price": str(price), "reduction": str(reduction)}


def _reduction(specific: Row, price: Decimal, rate: Decimal, taxed: bool) -> Decimal:
    reduction = number(specific["reduction"])
    if specific["reduction_type"] == "percentage":
        return price * reduction
    if taxed and specific["reduction_tax"] == "0":
        return reduction * (1 + rate / 100)
    if not taxed and specific["reduction_tax"] != "0":
        return reduction / (1 + rate / 100)
    return reduction


def _without_reduction(specific: Row | None) -> Row | None:
    return {**specific, "reduction": "0"} if specific else None


def ecotax_of(product: Row, combination: Row | None) -> Decimal:
    """Without tax, whether the shop charges it or not."""
    own = number(combination["ecotax"]) if combination else ZERO
    return own if own > 0 else number(product["ecotax"])


def ecotax_rate_of(shop: Shop, address: Row | None) -> Decimal:
    """Per cent: ecotax has tax rules of its own, none at first."""
    return rate_of(shop, shop.setting("PS_ECOTAX_TAX_RULES_GROUP_ID"), address)


def group_reduction(shop: Shop, cart: Row) -> Decimal:
    """The reduction of the customer's default group in per cent."""
    customer = shop.store.table("customers").get(cart["id_customer"])
    group = shop.store.table("groups").get(customer["id_default_group"]) if customer else None
    return number(group["reduction"]) if group else ZERO


def specific_price(shop: Shop, cart: Row, id_product: str, attribute: str, quantity: int) -> Row | None:
    """The specific price that counts for a cart row, ranked as PrestaShop ranks them."""
    customer = shop.store.table("customers").get(cart["id_customer"]) or {}
    address = shop.store.table("addresses").get(cart["id_address_delivery"]) or {}
    wanted = {
        "id_cart": cart["id"],
        "id_product_attribute": attribute,
        "id_shop": cart["id_shop"],
        "id_currency": cart["id_currency"],
        "id_country": address.get("id_country") or shop.setting("PS_COUNTRY_DEFAULT"),
        "id_group": customer.get("id_default_group", ""),
        "id_customer": cart["id_customer"],
    }
    now = shop.now()
    found = [
        row
        for row in shop.store.table("specific_prices").where("id_product", id_product)
        if all(row[name] in ("0", value) for name, value in wanted.items())
        and (int(row["from_quantity"]) <= max(quantity, 1))
        and (row["from"].startswith("0000") or row["from"] <= now)
        and (row["to"].startswith("0000") or row["to"] >= now)
    ]
    return max(found, key=_rank, default=None)


def _rank(row: Row) -> tuple[int, ...]:
    score = sum(row[name] != "0" for name in ("id_customer", "id_group", "id_country", "id_currency", "id_shop"))
    return (int(row["id_product_attribute"]), int(row["id_cart"]), int(row["from_quantity"]), score, -int(row["id"]))


def line_total(unit: Decimal, quantity: int, kind: str, mode: str) -> Decimal:
    """A line's total by PS_ROUND_TYPE: each unit rounded, the line rounded, or nothing rounded yet."""
    if kind == ROUND_TOTAL:
        return unit * quantity
    return rounded(unit * quantity, mode=mode) if kind == ROUND_LINE else rounded(unit, mode=mode) * quantity


@dataclass(frozen=True)
class Totals:
    """The sums of one order, two decimals."""

    products_tax_excl: Decimal
    products_tax_incl: Decimal
    shipping_tax_excl: Decimal
    shipping_tax_incl: Decimal
    discounts_tax_excl: Decimal
    discounts_tax_incl: Decimal
    paid_tax_excl: Decimal  # may be a cent off the sum of the others where lines are rounded
    paid_tax_incl: Decimal


def totals_of(
    shop: Shop,
    lines: Sequence[Line],
    shipping_tax_excl: Decimal = ZERO,
    shipping_rate: Decimal = ZERO,
    discount: Decimal = ZERO,
) -> Totals:
    """Sums of lines and shipping; `shipping_rate` and the `discount` on the products in per cent."""
    kind, mode = shop.setting("PS_ROUND_TYPE"), shop.setting("PS_PRICE_ROUND_MODE")

    def amounts(*units: Decimal, shipping: Decimal) -> tuple[Decimal, ...]:
        """Products, shipping, discount and what is to be paid: that counts lines that are not rounded yet."""
        priced = list(zip(units, (line.quantity for line in lines), strict=True))
        whole = ROUND_TOTAL if kind == ROUND_LINE else kind
        products, unrounded = (
            rounded(sum((line_total(unit, quantity, each, mode) for unit, quantity in priced), ZERO), mode=mode)
            for each in (kind, whole)
        )
        cost, off = rounded(shipping, mode=mode), rounded(products * discount / 100, mode=mode)
        return products, cost, off, unrounded + cost - off

    excl = amounts(*(line.counted_tax_excl for line in lines), shipping=shipping_tax_excl)
    taxed_shipping = shipping_tax_excl * (1 + shipping_rate / 100)
    incl = amounts(*(line.counted_tax_incl for line in lines), shipping=taxed_shipping)
    return Totals(*(amount for pair in zip(excl, incl, strict=True) for amount in pair))


def average_rate(shop: Shop, lines: Sequence[Line]) -> Decimal:
    """Cart::getAverageProductsTaxRate, in per cent: VAT over net of all products, to three decimals of the factor."""
    goods = totals_of(shop, lines)
    tax = goods.products_tax_incl - goods.products_tax_excl
    return rounded(tax / goods.products_tax_excl, 3) * 100 if tax and goods.products_tax_excl else ZERO


def shown_price(shop: Shop, product: Row, asked: dict[str, str]) -> str:
    """What `?price[name][…]=` adds to a product: its price for a country, rounded to `decimals`."""
    combination = shop.store.table("combinations").get(asked.get("product_attribute", "0"))
    country = {
        "id_country": asked.get("country") or shop.setting("PS_COUNTRY_DEFAULT"),
        "id_state": asked.get("state", "0"),
    }
    rate = rate_of(shop, product["id_tax_rules_group"], country)
    cart = {
        "id": "0",
        "id_customer": "0",
        "id_address_delivery": "0",
        "id_shop": "1",
        "id_currency": shop.setting("PS_CURRENCY_DEFAULT"),
    }
    attribute = combination["id"] if combination else "0"
    specific = specific_price(shop, cart, product["id"], attribute, int(asked.get("quantity", "1") or 1))
    if asked.get("use_reduction") == "0":
        specific = _without_reduction(specific)
    taxed, mode = asked.get("use_tax", "1") != "0", shop.setting("PS_PRICE_ROUND_MODE")
    used = asked.get("use_ecotax", shop.setting("PS_USE_ECOTAX")) not in ("", "0")
    ecotax = ecotax_of(product, combination) if used else ZERO
    ecotax *= 1 + ecotax_rate_of(shop, country) / 100 if taxed else 1
    price = unit_price(product, combination, specific, rate, ecotax, ZERO, taxed=taxed, mode=mode)
    places = int(asked.get("decimals") or mode or 2)
    return f"{rounded(price, places, mode):.6f}"
