"""Texts that what is packed resembles: of what stands in one of them, only the place is kept.

What was packed with a dictionary is read with that very one, for ever: not a sign of these changes (a test holds their
digests). One that fits better gets a number of its own, beside them. Names and shapes only, nothing of anybody.
"""

from __future__ import annotations

import json
from typing import Any

_NAMED = {"civility": "Mme", "firstName": "Marie", "lastName": "Martin", "companyName": None}
_WHERE = {
    "addressLine1": "1 rue de la République", "addressLine2": None, "addressLine3": None, "postalCode": "75000",
    "city": "Paris", "stateOrRegion": None, "countryCode": "FR",
}  # fmt: skip
_LINE = {
    "orderLineId": "1",
    "status": "Shipped",
    "quantity": 1,
    "totalPrice": {"offerPrice": 0.0, "sellingPrice": 0.0},
    "offerPrice": {
        "unitSalesPrice": 9.99,
        "shippingCost": 0.0,
        "commission": {"amountWithVat": 0.0, "amountWithoutVat": 0.0, "rate": 15},
        "taxes": [
            {"code": "VAT", "target": "Product", "amount": 0.0, "rate": 20},
            {"code": "VAT", "target": "Shipping", "amount": 0.0, "rate": 20},
        ],
    },
    "sellingPrice": {"unitSalesPrice": 9.99, "shippingCost": 0.0, "taxes": []},
    "offer": {
        "id": "OF", "sellerProductId": "SKU-", "supplyMode": "Seller", "productId": "AUC", "productTitle": "Lot de ",
        "productGtin": "3", "condition": "New",
    },
    "delivery": {
        "mode": "TrackedHomeDelivery", "promisedAtMin": "2026-", "promisedAtMax": "2026-", "shippedAtMax": "T21:59:59Z",
    },
    "shippingAddress": {
        **_NAMED, **_WHERE, "pickupName": None, "pickupId": None, "phone": "+336", "email": "@clemarche.com",
    },
    "parcels": [{"parcelNumber": "", "carrierName": "Colissimo", "trackingUrl": "https://www.laposte.fr/outils/"}],
    "productAttributes": None,
    "statusEvents": [],
}  # fmt: skip
_ORDER = {
    "orderId": "2", "reference": "2", "businessOrder": False, "salesChannel": {"id": "CDISFR", "name": "Cdiscount"},
    "seller": {"id": ""}, "customer": {"reference": ""}, "purchasedAt": "2025-", "createdAt": "2026-",
    "updatedAt": "00:00Z", "shippedAtMax": "T23:59:59Z", "status": "InPreparation", "payment": {"method": "Card"},
    "currencyCode": "EUR", "billingAddress": {**_NAMED, "companyVatNumber": None, **_WHERE},
    "totalPrice": {"offerPrice": 0.0, "sellingPrice": 0.0}, "serviceFees": [], "statusEvents": [], "lines": [_LINE],
}  # fmt: skip

_XML = """<?xml version="1.0" encoding="UTF-8"?>
<prestashop xmlns:xlink="http://www.w3.org/1999/xlink">
"""
_SPECIFIC_PRICE = (
    "id id_shop_group id_shop id_cart:carts id_product:products id_product_attribute:combinations id_currency "
    "id_country id_group id_customer:customers id_specific_price_rule price from_quantity reduction reduction_tax "
    "reduction_type from to"
)
_ADDRESS = (
    "id id_customer:customers id_manufacturer id_supplier id_country:countries id_state:states id_warehouse alias "
    "company lastname firstname vat_number address1 address2 postcode city other phone phone_mobile dni deleted "
    "date_add date_upd"
)
_CUSTOMER = (
    "id id_default_group:groups id_lang:languages newsletter_date_add ip_registration_newsletter last_passwd_gen "
    "secure_key deleted passwd lastname firstname email id_gender birthday newsletter optin website company siret ape "
    "outstanding_allow_amount show_public_prices id_risk max_payment_days active note is_guest id_shop id_shop_group "
    "date_add date_upd reset_password_token reset_password_validity"
)
_CART = (
    "id id_address_delivery:addresses id_address_invoice:addresses id_currency:currencies id_customer:customers "
    "id_guest id_lang:languages id_shop_group id_shop id_carrier recyclable gift gift_message mobile_theme "
    "delivery_option secure_key allow_seperated_package date_add date_upd"
)
_CART_ROW = (
    "id_product:products id_product_attribute:combinations id_address_delivery:addresses "
    "id_customization:customizations quantity"
)
_PAID = (
    "id id_order order_reference id_order_invoice id_currency:currencies amount payment_method conversion_rate "
    "transaction_id card_number card_brand card_expiration card_holder date_add id_order_carrier id_carrier:carriers "
    "weight shipping_cost_tax_excl shipping_cost_tax_incl tracking_number"
)
_STOCK = "id id_product:products id_product_attribute:combinations id_shop id_shop_group quantity depends_on_stock"
_ORDER_OF_SHOP = (
    "id id_address_delivery:addresses id_address_invoice:addresses id_cart:carts id_currency:currencies "
    "id_lang:languages id_customer:customers id_carrier:carriers current_state:order_states module invoice_number "
    "invoice_date delivery_number delivery_date valid date_add date_upd shipping_number note id_shop_group id_shop "
    "secure_key payment recyclable gift gift_message mobile_theme total_discounts total_discounts_tax_incl "
    "total_discounts_tax_excl total_paid total_paid_tax_incl total_paid_tax_excl total_paid_real total_products "
    "total_products_wt total_shipping total_shipping_tax_incl total_shipping_tax_excl carrier_tax_rate total_wrapping "
    "total_wrapping_tax_incl total_wrapping_tax_excl round_mode round_type conversion_rate reference"
)
_ORDER_ROW = (
    "id product_id:products product_attribute_id product_quantity product_name product_reference product_ean13 "
    "product_isbn product_upc product_price id_customization:customizations unit_price_tax_incl unit_price_tax_excl"
)


def _as_shop_answers(kind: str, names: str) -> str:
    """A resource as PrestaShop writes it: a tab before each field, a link to the resource it names, CDATA."""
    fields = []
    for name, _, of in (each.partition(":") for each in names.split()):
        link = f' xlink:href="http://shop/api/{of}/1"' if of else ""
        value = "0000-00-00 00:00:00" if name.endswith("date") else ".000000" if name.startswith("total_") else ""
        fields.append(f"\t<{name}{link}><![CDATA[{value}]]></{name}>\n")
    return f"<{kind}>\n{''.join(fields)}</{kind}>\n"


def _as_sent(kind: str, names: str) -> str:
    """The same as cdsync sends it."""
    return f"<{kind}>{''.join(f'<{name}></{name}>' for name in names.replace(':', ' ').split())}</{kind}>"


def _json(value: Any) -> str:
    """As marketplaces write it: with blanks, and without, which is the usual one and stands last."""
    return json.dumps(value, ensure_ascii=False) + json.dumps(value, ensure_ascii=False, separators=(",", ":"))


JSON = _json(_ORDER).encode()
XML = "".join(
    (
        _as_sent("specific_price", _SPECIFIC_PRICE),
        _as_sent("address", _ADDRESS),
        _as_sent("cart", _CART),
        _as_shop_answers("stock_available", _STOCK),
        _as_shop_answers("order_payment", _PAID),
        _as_shop_answers("specific_price", _SPECIFIC_PRICE),
        _as_shop_answers("cart", _CART),
        '<associations>\n<cart_rows nodeType="cart_row" virtualEntity="true">\n\t',
        _as_shop_answers("cart_row", _CART_ROW),
        "</cart_rows>\n</associations>\n</cart>\n</prestashop>\n",
        _as_shop_answers("address", _ADDRESS),
        _as_shop_answers("customer", _CUSTOMER),
        '<associations>\n<groups nodeType="group" api="groups">\n\t<group xlink:href="http://shop/api/groups/3">\n\t',
        _XML,
        _as_shop_answers("order", _ORDER_OF_SHOP),
        '<associations>\n<order_rows nodeType="order_row" virtualEntity="true">\n\t',
        _as_shop_answers("order_row", _ORDER_ROW),
        "</order_rows>\n</associations>\n</order>\n</prestashop>\n",
    )
).encode()
