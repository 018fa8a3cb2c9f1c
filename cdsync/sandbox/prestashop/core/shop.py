"""One shop: its version, clock, database, keys and switches, shared by all parts. Answers no request itself."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from ... import at_work
from .front import Front
from .schema import Resource, resources
from .store import Row, Store, stored

NO_SHOP = ("", "0")
TIME = "%Y-%m-%d %H:%M:%S"


@dataclass
class AccessKey:
    """A webservice key: the methods it has for each resource (None: all of them), and whether it is on."""

    rights: dict[str, set[str]] | None = None
    active: bool = True


@dataclass
class Shop:
    """The state that the webservice reads and writes. Hold `lock` around any use from several threads."""

    version: str
    store: Store = field(default_factory=Store)
    keys: dict[str, AccessKey] = field(default_factory=dict)
    name: str = "Boutique de test"
    address: str = "http://127.0.0.1"
    webservice_on: bool = True
    order_seconds: float = 0.0
    php_warnings: bool = True  # PHP's ordinary display_errors: warnings join the errors, status 500
    php_deprecations: bool = False  # error_reporting = E_ALL on 8.x with PHP 8.2
    debug: bool = False  # _PS_MODE_DEV_
    logo_missing: bool = False  # PHP dies while it draws the invoice, the order exists
    automatic_discount: Decimal = Decimal(0)  # a cart rule without a code: per cent of the products
    shipments_apart: bool = False  # the feature switch improved_shipment of 9.1: see `has_shipments`
    computes_prices: bool = True  # `?price[name][…]` adds fields to products
    front: Front = field(default_factory=Front)  # what stands before it
    modules: dict[str, str] = field(default_factory=dict)  # installed payment modules: name -> what is shown
    now_utc: datetime | None = None  # fixed time, for tests
    lock: threading.RLock = field(default_factory=threading.RLock)
    asked: threading.local = field(default_factory=threading.local)  # `.shop`: the request's id_shop

    def __post_init__(self) -> None:
        self.store.before_write = lambda name: at_work.step(name, self.lock)

    @property
    def major(self) -> int:
        first, second = self.version.split(".")[:2]
        return int(second) if first == "1" else int(first)

    @property
    def has_shipments(self) -> bool:
        """Whether orders are made as with the switch "Improved shipment" on, which only 9.1 and later have.

        Measured on 9.1.4: id_carrier 0, no `order_carriers`, and shipping without tax equal to shipping with tax.
        """
        return self.shipments_apart and tuple(int(each) for each in self.version.split(".")[:2]) >= (9, 1)

    @property
    def resources(self) -> dict[str, Resource]:
        return resources(self.major)

    @property
    def french(self) -> bool:
        """Whether core messages are in the shop's language; the recorded 9.1.4 lacked its catalogue."""
        return self.major < 9

    @property
    def own_shop(self) -> str:
        """The shop a request is for: its id_shop, else the default one."""
        return getattr(self.asked, "shop", "") or self.store.configuration.get("PS_SHOP_DEFAULT", "") or "1"

    @property
    def own_group(self) -> Row:
        """The own shop's group."""
        shop = self.store.table("shops").get(self.own_shop) or {"id_shop_group": "1"}
        return self.store.table("shop_groups").get(shop["id_shop_group"]) or {"id": "1", "share_stock": "0"}

    @property
    def multistore(self) -> bool:
        """Shop::isFeatureActive."""
        switched_on = self.store.configuration.get("PS_MULTISHOP_FEATURE_ACTIVE", "") not in ("", "0")
        return switched_on and len(self.store.table("shops")) > 1

    def setting(self, name: str) -> str:
        """Configuration::get: the own shop's row, then its group's, then the general one."""
        value = self.store.configuration.get(name, "")
        if not self.multistore:
            return value
        rows = self.store.table("configurations").where("name", name)
        group = [r for r in rows if r["id_shop"] in NO_SHOP and r["id_shop_group"] == self.own_group["id"]]
        for row in (*group, *(r for r in rows if r["id_shop"] == self.own_shop)):
            value = str(row["value"])
        return value

    def now(self, ago: timedelta = timedelta(0)) -> str:
        """Shop local time as PrestaShop writes it."""
        moment = (self.now_utc or datetime.now(UTC)) - ago
        return moment.astimezone(ZoneInfo(self.setting("PS_TIMEZONE") or "Europe/Paris")).strftime(TIME)

    def languages(self) -> list[str]:
        return [row["id"] for row in self.store.table("languages") if row["active"] == "1"]

    def insert(self, resource: str, values: Row, id_: int | None = None) -> int:
        """Stores a row as the database would: every field of the resource present and cast."""
        return self.store.table(resource).insert(self.cast(resource, values), id_)

    def add(self, resource: str, values: Row) -> Row:
        """As `insert`, giving the stored row itself."""
        row = self.cast(resource, values)
        self.store.table(resource).insert(row)
        return row

    def cast(self, resource: str, values: Row) -> Row:
        """`values` as the database keeps them; what is no field of the resource (associations) stays as it is."""
        fields = self.resources[resource].fields
        row: Row = {"id": str(values.get("id", ""))}
        for one in fields.values():
            if one.multilingual:
                row[one.name] = self._in_each_language(values.get(one.name, ""))
            else:
                row[one.name] = stored(one.storage, str(values.get(one.name, "")), one.column)
        row.update({name: value for name, value in values.items() if name not in fields and name != "id"})
        return row

    def _in_each_language(self, value: object) -> dict[str, str]:
        if isinstance(value, dict):
            return dict(value)
        return {language: str(value) for language in self.languages() or ["1"]}


def random_word(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))
