"""The demo shop's customers, addresses, carts and orders 1 to 5. Data and its filling-in only.

Orders 3 to 5 were never recorded whole: their rows are filled in plausibly.
"""

from __future__ import annotations

from decimal import Decimal

from ..core.shop import Shop
from ..core.store import Row, number
from .catalogue import MADE

CUSTOMERS_MADE = "2026-11-23 13:03:32"
CART_KEY = "b44a6d9efd7a0076a0fbce6b15eaf3b1"


def fill_people_and_orders(shop: Shop) -> None:
    """Adds the demo customers, addresses, carts, orders and their histories."""
    _people(shop)
    _orders(shop)


def _people(shop: Shop) -> None:
    same: Row = {"id_default_group": "3", "id_lang": "1", "id_gender": "1", "id_shop": "1", "id_shop_group": "1"}
    same |= {"passwd": "$2y$10$demo", "groups": [{"id": "3"}]}
    anonymous = {"lastname": "Anonymous", "firstname": "Anonymous", "email": "anonymous@psgdpr.com", "active": "0"}
    first = {"secure_key": "086086f6fa90055478bf0b284727e8a8", "last_passwd_gen": "2026-11-23 07:03:28"}
    made = {"date_add": "2026-11-23 13:03:28", "date_upd": "2026-11-23 13:03:28"}
    shop.insert("customers", same | anonymous | first | made)
    doe = {
        "lastname": "DOE",
        "firstname": "John",
        "email": "pub@prestashop.com",
        "active": "1",
        "birthday": "1970-01-15",
    }
    second = {"secure_key": "b674f4562b0da7792c90a20c60412617", "last_passwd_gen": "2026-11-23 07:03:32"}
    letters = {"newsletter": "1", "optin": "1", "newsletter_date_add": "2013-12-13 08:19:15"}
    shop.insert("customers", same | doe | second | letters | {"date_add": CUSTOMERS_MADE, "date_upd": CUSTOMERS_MADE})
    for address in _addresses():
        shop.insert("addresses", address | {"date_add": CUSTOMERS_MADE, "date_upd": CUSTOMERS_MADE})


def _addresses() -> list[Row]:
    fifth = {
        "id_country": "21",
        "id_state": "35",
        "company": "Fashion",
        "address1": "767 Fifth Ave.",
        "city": "New York",
    }
    supplier = {"alias": "supplier", "lastname": "supplier", "firstname": "supplier", "id_supplier": "1"}
    manufacturer = {
        "alias": "manufacturer",
        "lastname": "manufacturer",
        "firstname": "manufacturer",
        "id_manufacturer": "1",
    }
    doe = {"id_customer": "2", "alias": "My address", "company": "My Company", "lastname": "DOE", "firstname": "John"}
    paris = {
        "id_country": "8",
        "address1": "16, Main street",
        "address2": "2nd floor",
        "postcode": "75002",
        "city": "Paris",
    }
    miami = paris | {"id_country": "21", "id_state": "12", "postcode": "33133", "city": "Miami"}
    nobody = {
        "id_customer": "1",
        "alias": "Anonymous",
        "lastname": "Anonymous",
        "firstname": "Anonymous",
        "id_country": "8",
    }
    return [
        nobody | {"address1": "Anonymous", "postcode": "00000", "city": "Anonymous", "phone": "0000000000"},
        doe | paris | {"phone": "0102030405"},
        fifth | supplier | {"postcode": "10153", "phone": "(212) 336-1440"},
        fifth | manufacturer | {"postcode": "10154", "phone": "(212) 336-1666"},
        doe | miami | {"phone": "0102030405"},
        doe | paris | {"alias": "Adresse", "phone": "0102030405"},
    ]


ORDERS = [
    # reference, state, module, payment, rows (product, combination, quantity, name, price)
    (
        "XKBKNABJK",
        "6",
        [
            (1, 1, 1, "Hummingbird printed t-shirt - Color : White, Size : S"),
            (2, 9, 1, "Hummingbird printed sweater - Color : White, Size : S"),
        ],
    ),
    (
        "OHSATSERP",
        "1",
        [(4, 18, 2, "The adventure begins Framed poster - Size : 80x120cm"), (8, 0, 1, "Mug Today is a good day")],
    ),
    ("UOYEVOLI", "8", [(1, 1, 1, "Hummingbird printed t-shirt - Color : White, Size : S")]),
    ("FFATNOMMJ", "1", [(16, 28, 1, "Mountain fox notebook Style : Ruled")]),
    ("KHWLILZLL", "10", [(10, 24, 1, "Brown bear cushion Color : White")]),
]
SPECIAL_TOTALS = {
    0: {"total_paid": "61.8", "total_paid_tax_incl": "68.2", "total_paid_tax_excl": "66.8", "note": "Test"}
    | {"total_shipping": "7", "total_shipping_tax_incl": "8.4", "total_shipping_tax_excl": "7"},
}
HISTORY = [("1", 1, "0"), ("1", 2, "0"), ("1", 3, "0"), ("1", 4, "0"), ("10", 5, "0"), ("6", 1, "1"), ("8", 3, "1")]


def _orders(shop: Shop) -> None:
    same = {
        "id_currency": "1",
        "id_lang": "1",
        "id_customer": "2",
        "id_shop": "1",
        "id_shop_group": "1",
        "id_carrier": "2",
    }
    same |= {"id_address_delivery": "5", "id_address_invoice": "5", "secure_key": CART_KEY}
    for index, (reference, state, rows) in enumerate(ORDERS):
        cart_rows = [
            {
                "id_product": str(one),
                "id_product_attribute": str(combination),
                "id_address_delivery": "3",
                "id_customization": "0",
                "quantity": "1",
            }
            for one, combination, _, _ in rows
        ]
        cart = {
            "id_guest": "1",
            "delivery_option": '{"3":"2,"}',
            "date_add": CUSTOMERS_MADE,
            "date_upd": CUSTOMERS_MADE,
        }
        id_cart = str(shop.insert("carts", same | cart | {"cart_rows": cart_rows}))
        total = str(sum(_price(shop, one, combination) * quantity for one, combination, quantity, _ in rows))
        sums = dict.fromkeys(
            ("total_paid", "total_paid_tax_incl", "total_paid_tax_excl", "total_products", "total_products_wt"), total
        )
        order = {"id_cart": id_cart, "reference": reference, "current_state": state, "module": "ps_checkpayment"}
        order |= {"payment": "Payment by check", "conversion_rate": "1", "date_add": MADE, "date_upd": MADE}
        id_order = str(shop.insert("orders", same | order | sums | SPECIAL_TOTALS.get(index, {})))
        for one, combination, quantity, name in rows:
            shop.insert("order_details", _detail(shop, id_order, one, combination, quantity, name))
        carrier = {"id_order": id_order, "id_carrier": "2", "date_add": MADE}
        shop.insert("order_carriers", carrier | {"shipping_cost_tax_excl": "7", "shipping_cost_tax_incl": "8.4"})
    for id_state, id_order_, employee in HISTORY:
        line = {"id_order_state": id_state, "id_order": str(id_order_), "id_employee": employee, "date_add": MADE}
        shop.insert("order_histories", line)


def _price(shop: Shop, id_product: int, combination: int) -> Decimal:
    product = shop.store.table("products").get(id_product) or {}
    impact = (shop.store.table("combinations").get(combination) or {}).get("price", "0")
    return number(product["price"]) + number(impact)


def _detail(shop: Shop, id_order: str, id_product: int, combination: int, quantity: int, name: str) -> Row:
    price = str(_price(shop, id_product, combination))
    reference = (shop.store.table("products").get(id_product) or {})["reference"]
    detail = {
        "id_order": id_order,
        "product_id": str(id_product),
        "product_attribute_id": str(combination),
        "id_shop": "1",
    }
    detail |= {"product_name": name, "product_quantity": str(quantity), "product_quantity_in_stock": str(quantity)}
    money = (
        "product_price",
        "unit_price_tax_incl",
        "unit_price_tax_excl",
        "total_price_tax_incl",
        "total_price_tax_excl",
        "original_product_price",
    )
    return (
        detail
        | dict.fromkeys(money, price)
        | {"product_reference": reference, "original_wholesale_price": "5.49", "taxes": []}
    )
