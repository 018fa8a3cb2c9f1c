"""PrestaShopSandbox: a shop that answers over HTTP on loopback, with what a merchant does in the back office.

The rehearsal and the tests talk to this class and to the webservice only, never to the parts behind it.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..faults import FaultPlan
from ..server import SandboxServer
from .core.front import Front
from .core.shop import AccessKey, Shop
from .core.stock import quantity_of
from .core.store import Row
from .demo import reference_data
from .demo.catalogue import standard_product
from .demo.shop_contents import fill
from .orders.order_state import set_state
from .webservice.api import handler_of

DEFAULT_KEY = "REHEARSALKEYREHEARSALKEYREHEARSA"


@dataclass(frozen=True)
class Combination:
    """One variant of a product; `name` is shown after the product's, `price_impact` is without tax."""

    reference: str
    name: str
    stock: int
    ean13: str = ""
    price_impact: Decimal = Decimal(0)


class PrestaShopSandbox:
    """A PrestaShop of one version: "9.1.4", "8.2.1" or "1.7.8.11". `demo`: with PrestaShop's demo catalogue."""

    def __init__(self, version: str = "9.1.4", key: str = DEFAULT_KEY, *, demo: bool = True) -> None:
        self._shop = Shop(version)
        self.key = key
        self.add_key(key, None)
        reference_data.install(self._shop)
        if demo:
            fill(self._shop)
        self.faults = FaultPlan()
        self._server: SandboxServer | None = None

    @property
    def server(self) -> SandboxServer:
        """The HTTP server, once started: .faults, .log, .requests()."""
        if self._server is None:
            raise RuntimeError("the sandbox has not been started")
        return self._server

    @property
    def url(self) -> str:
        """The shop's address, with its folder if it is in one."""
        return self.server.url + self.front.folder

    @property
    def front(self) -> Front:
        """What the host has put before the shop; set its fields, or put another one in its place."""
        return self._shop.front

    @front.setter
    def front(self, front: Front) -> None:
        self._shop.front = front
        self._shop.address = self.url

    def start(self, port: int = 0) -> PrestaShopSandbox:
        """Serves on 127.0.0.1; `port=0` takes a free one. The request log of a former start is gone."""
        self._server = SandboxServer(handler_of(self._shop), self.faults, port).start()
        self._shop.address = self.url
        return self

    def stop(self) -> None:
        """Stops serving, if it was; the shop's state stays."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    @property
    def version(self) -> str:
        return self._shop.version

    @property
    def configuration(self) -> MutableMapping[str, str]:
        """The shop's settings (PS_…), live."""
        return self._shop.store.configuration

    @property
    def webservice_on(self) -> bool:
        return self._shop.webservice_on

    @webservice_on.setter
    def webservice_on(self, on: bool) -> None:
        self._shop.webservice_on = on

    @property
    def order_seconds(self) -> float:
        """How long POST /orders works between looking at the cart and storing the order."""
        return self._shop.order_seconds

    @order_seconds.setter
    def order_seconds(self, seconds: float) -> None:
        self._shop.order_seconds = seconds

    @property
    def shop(self) -> Shop:
        """The shop behind the webservice, for switches that have no property here (php_warnings, debug, modules)."""
        return self._shop

    def add_key(self, key: str, rights: Mapping[str, set[str]] | None = None, *, active: bool = True) -> None:
        """A webservice key of 32 characters; `rights` None means every method of every resource."""
        self._shop.keys[key] = AccessKey(None if rights is None else {k: set(v) for k, v in rights.items()}, active)

    def add_product(
        self,
        reference: str,
        name: str,
        price_tax_excl: Decimal,
        tax_rate: str = "20",
        stock: int = 100,
        ean13: str = "",
        supplier_reference: str = "",
        active: bool = True,
        ecotax: Decimal = Decimal(0),
        available_for_order: bool = True,
        out_of_stock: int = 2,
        combinations: Sequence[Combination] = (),
        pack: bool = False,
    ) -> int:
        """A product of the catalogue; with combinations its stock is theirs. `tax_rate` in per cent. Returns its id.

        A pack has a stock of its own here, PrestaShop's default; what is in it is not played.
        """
        with self._shop.lock:
            product = standard_product(reference, name, str(price_tax_excl)) | {
                "id_tax_rules_group": self.tax_group(tax_rate),
                "ean13": ean13,
                "supplier_reference": supplier_reference,
                "active": str(int(active)),
                "ecotax": str(ecotax),
                "available_for_order": str(int(available_for_order)),
                "type": "pack" if pack else "simple",
                "cache_is_pack": str(int(pack)),
                "product_type": "pack" if pack else "combinations" if combinations else "standard",
                "date_add": self._shop.now(),
                "date_upd": self._shop.now(),
                "categories": [{"id": "2"}],
            }
            id_ = self._shop.insert("products", product)
            total = sum(one.stock for one in combinations) if combinations else stock
            self._stock_row(id_, 0, total, out_of_stock)
            self._supplied(id_, 0, supplier_reference)
            for first, one in enumerate(combinations):
                self._add_combination(id_, one, first == 0, out_of_stock)
            return id_

    def _add_combination(self, id_product: int, one: Combination, default: bool, out_of_stock: int) -> None:
        value = {"id_attribute_group": self._option(), "name": one.name, "position": "0"}
        id_value = self._shop.insert("product_option_values", value)
        row = {
            "id_product": str(id_product),
            "reference": one.reference,
            "ean13": one.ean13,
            "price": str(one.price_impact),
            "minimal_quantity": "1",
            "product_option_values": [{"id": str(id_value)}],
        }
        id_ = self._shop.insert("combinations", row)
        self._shop.store.table("combinations").update(id_, {"default_on": "1" if default else ""})
        if default:
            own = {"id_default_combination": str(id_), "cache_default_attribute": str(id_)}
            self._shop.store.table("products").update(id_product, own)
        self._stock_row(id_product, id_, one.stock, out_of_stock)

    def _option(self) -> str:
        """The option the sandbox's own variants belong to, made when first needed."""
        table = self._shop.store.table("product_options")
        known = next((row for row in table if row["group_type"] == "radio"), None)
        if known is not None:
            return str(known["id"])
        option = {"group_type": "radio", "name": "Variante", "public_name": "Variante"}
        return str(self._shop.insert("product_options", option))

    def _stock_row(self, id_product: int, combination: int, quantity: int, out_of_stock: int) -> None:
        row = {"id_product": str(id_product), "id_product_attribute": str(combination), "quantity": str(quantity)}
        self._shop.insert("stock_availables", row | {"id_shop": "1", "out_of_stock": str(out_of_stock)})

    def _supplied(self, id_product: int, combination: int, reference: str) -> None:
        if not reference:
            return
        if not len(self._shop.store.table("suppliers")):
            self._shop.insert("suppliers", {"active": "1", "name": "Fournisseur"})
        row = {"id_product": str(id_product), "id_product_attribute": str(combination), "id_supplier": "1"}
        self._shop.insert("product_suppliers", row | {"product_supplier_reference": reference})

    def tax_group(self, tax_rate: str) -> str:
        """The id of the rules group whose French rate is `tax_rate` (per cent)."""
        for tax in self._shop.store.table("taxes"):
            if Decimal(tax["rate"]) == Decimal(tax_rate):
                rules = self._shop.store.table("tax_rules").where("id_tax", tax["id"])
                return str(rules[0]["id_tax_rules_group"])
        if Decimal(tax_rate) == 0:
            return "0"
        raise ValueError(f"no tax of {tax_rate} % in this shop")

    def add_carrier(
        self,
        name: str,
        price_tax_excl: Decimal = Decimal(0),
        tax_rate: str = "20",
        active: bool = True,
        free: bool = False,
    ) -> int:
        """A carrier that delivers wherever the demo carriers do, handling fee not added; returns its id."""
        with self._shop.lock:
            position = len(self._shop.store.table("carriers"))
            group = self.tax_group(tax_rate)
            price = None if free else str(price_tax_excl)
            id_ = reference_data.add_carrier(
                self._shop, name, delay="2 jours", price=price, group=group, active=active, free=free, position=position
            )
            self._shop.store.table("carriers").update(id_, {"shipping_handling": "0"})
            return id_

    def tie(self, id_product: int, *carriers: int) -> None:
        """The carriers (by reference) ticked on the product's page, section Shipping; none: any carrier brings it."""
        with self._shop.lock:
            tied = [str(each) for each in carriers]
            self._shop.store.table("products").update(id_product, {"tied_to_carriers": tied})

    def edit_carrier(self, id_carrier: int) -> int:
        """What saving a carrier in the back office does: a new id, the same id_reference, the old one deleted."""
        with self._shop.lock:
            carriers = self._shop.store.table("carriers")
            old = carriers.get(id_carrier)
            if old is None:
                raise KeyError(id_carrier)
            new = carriers.insert({**old})
            carriers.update(id_carrier, {"deleted": "1"})
            for row in self._shop.store.table("deliveries").where("id_carrier", id_carrier):
                self._shop.store.table("deliveries").insert({**row, "id_carrier": str(new)})
            return new

    def rows(self, resource: str) -> list[dict[str, str]]:
        """The stored rows of a resource by id, as texts; multilingual texts in the first language."""
        with self._shop.lock:
            return [_flat(row) for row in self._shop.store.table(resource)]

    def stock(self, id_product: int, id_product_attribute: int = 0) -> int:
        with self._shop.lock:
            return quantity_of(self._shop, str(id_product), str(id_product_attribute))

    def set_state(self, id_order: int, id_state: int) -> None:
        """The merchant changes the state in the back office: invoice, stock and history follow."""
        with self._shop.lock:
            order = self._shop.store.table("orders").get(id_order)
            if order is None:
                raise KeyError(id_order)
            set_state(self._shop, {**order}, str(id_state))

    def set_tracking(self, id_order: int, number: str) -> None:
        """The merchant types a tracking number: orders.date_upd moves on 1.7 only."""
        with self._shop.lock:
            for row in self._shop.store.table("order_carriers").where("id_order", id_order)[:1]:
                self._shop.store.table("order_carriers").update(row["id"], {"tracking_number": number})
            if self._shop.major == 7:
                self._shop.store.table("orders").update(id_order, {"date_upd": self._shop.now()})

    def snapshot(self) -> bytes:
        """The whole state of the shop, keys left out, for `restore` of the same version."""
        with self._shop.lock:
            return self._shop.store.dump()

    def restore(self, data: bytes) -> None:
        """What was stopped in its middle is carried out before: it belongs to the state that ends."""
        if self._server is not None:
            self._server.finish()
        with self._shop.lock:
            self._shop.store.load(data)


def _flat(row: Row) -> dict[str, str]:
    flat = {}
    for name, value in row.items():
        if isinstance(value, dict):
            flat[name] = next(iter(value.values()), "")
        elif isinstance(value, str):
            flat[name] = value
    return flat
