"""What the sandbox tests need of a PrestaShop client: requests over real HTTP, and the bodies of an order."""

from __future__ import annotations

import base64
import http.client
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element, fromstring

from cdsync.sandbox.prestashop import PrestaShopSandbox

FRANCE = "8"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def xml(self) -> Element:
        return fromstring(self.body)

    @property
    def codes(self) -> list[int]:
        """The codes of an errors document."""
        return [int(one.text or 0) for one in self.xml.iter("code")]

    @property
    def entities(self) -> list[dict[str, str]]:
        """The fields of each entity of the answer, a list's or a single one's."""
        first = self.xml[0] if len(self.xml) else None
        single = first is None or first.find("id") is not None
        found = list(self.xml) if single else list(self.xml[0])
        return [{field.tag: field.text or "" for field in one} for one in found]


class ShopClient:
    """Sends one request at a time to a sandbox."""

    def __init__(self, shop: PrestaShopSandbox, key: str | None = None) -> None:
        self.shop = shop
        self.key = key or shop.key

    def send(self, method: str, path: str, body: str | None = None, **headers: str) -> Answer:
        host = self.shop.url.partition("//")[2]
        connection = http.client.HTTPConnection(host, timeout=10)
        sent = {"Authorization": "Basic " + base64.b64encode(f"{self.key}:".encode()).decode(), **headers}
        try:
            connection.request(method, f"/api/{path}", body.encode() if body else None, sent)
            answer = connection.getresponse()
            got = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, got, answer.read())
        finally:
            connection.close()

    def get(self, path: str) -> Answer:
        return self.send("GET", path)

    def post(self, resource: str, *entities: str) -> Answer:
        return self.send("POST", resource, f"<prestashop>{''.join(entities)}</prestashop>")

    def put(self, path: str, *entities: str) -> Answer:
        return self.send("PUT", path, f"<prestashop>{''.join(entities)}</prestashop>")

    def patch(self, path: str, *entities: str) -> Answer:
        return self.send("PATCH", path, f"<prestashop>{''.join(entities)}</prestashop>")

    def new(self, resource: str, entity: str) -> str:
        """POSTs one entity and returns its id."""
        answer = self.post(resource, entity)
        assert answer.status == 201, answer.body
        return answer.entities[0]["id"]

    def buyer(self, country: str = FRANCE, email: str = "lea@example.com") -> tuple[str, str]:
        """A new customer with one address: their ids."""
        customer = self.new("customers", entity("customer", customer_fields(email=email)))
        return customer, self.new("addresses", entity("address", address_fields(customer, country)))

    def cart(self, rows: list[tuple[int, int, int]], carrier: int = 2, buyer: tuple[str, str] | None = None) -> str:
        """A cart of (product, combination, quantity) rows for a new buyer, with its delivery option."""
        customer, address = buyer or self.buyer()
        inside = "".join(
            f"<cart_row><id_product>{product}</id_product><id_product_attribute>{combination}</id_product_attribute>"
            f"<id_address_delivery>{address}</id_address_delivery><quantity>{quantity}</quantity></cart_row>"
            for product, combination, quantity in rows
        )
        fields = {
            "id_currency": 1,
            "id_lang": 1,
            "id_customer": customer,
            "id_address_delivery": address,
            "id_address_invoice": address,
            "delivery_option": f'{{"{address}":"{carrier},"}}',
            "id_shop": 1,
            "id_shop_group": 1,
        }
        return self.new("carts", entity("cart", fields, f"<cart_rows>{inside}</cart_rows>"))

    def price(self, cart: str, product: int, price: Decimal | str, combination: int = 0) -> None:
        """Binds a price without tax to a cart's product."""
        self.new("specific_prices", entity("specific_price", specific_price_fields(cart, product, price, combination)))

    def order(self, cart: str, total: Decimal | str, **changes: Any) -> Answer:
        """POSTs the order of a cart."""
        return self.post("orders", entity("order", self.order_fields(cart, total) | changes))

    def order_fields(self, cart: str, total: Decimal | str) -> dict[str, Any]:
        row = next(one for one in self.shop.rows("carts") if one["id"] == cart)
        same = ("id_customer", "id_address_delivery", "id_address_invoice")
        fields: dict[str, Any] = {name: row[name] for name in same}
        fields |= {"id_cart": cart, "id_currency": 1, "id_lang": 1, "id_carrier": 2, "conversion_rate": 1}
        fields |= {"module": "ps_wirepayment", "payment": "Cdiscount ABC", "total_paid": total}
        return fields | {"total_paid_real": total, "total_products": 0, "total_products_wt": 0}


def entity(node: str, fields: dict[str, Any], associations: str = "") -> str:
    inside = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in fields.items())
    lists = f"<associations>{associations}</associations>" if associations else ""
    return f"<{node}>{inside}{lists}</{node}>"


def customer_fields(**changes: Any) -> dict[str, Any]:
    fields = {"id_default_group": 3, "id_lang": 1, "passwd": "long-and-random", "active": 1}
    return fields | {"lastname": "Martin", "firstname": "Léa", "email": "lea@example.com"} | changes


def address_fields(customer: str, country: str = FRANCE, **changes: Any) -> dict[str, Any]:
    fields = {"id_customer": customer, "id_country": country, "alias": "Livraison", "lastname": "Martin"}
    place = {"firstname": "Léa", "address1": "1 rue des Lilas", "postcode": "69003", "city": "Lyon"}
    return fields | place | changes


def specific_price_fields(cart: str, product: int, price: Decimal | str, combination: int = 0) -> dict[str, Any]:
    zero = dict.fromkeys(("id_shop_group", "id_shop", "id_currency", "id_country", "id_group", "id_customer"), 0)
    fields = zero | {"id_cart": cart, "id_product": product, "id_product_attribute": combination, "price": price}
    fields |= {"from_quantity": 1, "reduction": 0, "reduction_tax": 0, "reduction_type": "amount"}
    return fields | dict.fromkeys(("from", "to"), "0000-00-00 00:00:00")
