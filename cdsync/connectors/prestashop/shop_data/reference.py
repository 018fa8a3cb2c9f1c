"""The shop's own data that imports lean on: countries, currencies, carriers, statuses, groups, settings, taxes.

Read once and kept for some minutes, beyond one run where there is a cache; reads only. Carriers are read anew by each
run, since a carrier gets a new id whenever the merchant edits it. Products and stock are not here: they change by the
minute. What stops an order is confirmed with data read anew before it is believed (`refresh`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cdsync.errors import ConfigError

from ...base import Cache
from ..webservice.client import Webservice
from ..webservice.errors import RightMissingError
from ..webservice.xml import Row
from . import cart_rules
from .back_office import BackOffice
from .cart_rules import CartRule
from .kept_data import KeptData
from .own_shop import DEFAULT, SWITCH, OwnShop, general, own_settings
from .reference_rows import Country, Currency, Group, ShopCarrier, State, Status
from .taxes import TaxTable

SETTINGS = (
    DEFAULT,
    SWITCH,
    "PS_ATCP_SHIPWRAP",
    cart_rules.SWITCH,
    "PS_COUNTRY_DEFAULT",
    "PS_CURRENCY_DEFAULT",
    "PS_CUSTOMER_GROUP",
    "PS_ECOTAX_TAX_RULES_GROUP_ID",
    "PS_INVOICE",
    "PS_LANG_DEFAULT",
    "PS_OS_CANCELED",
    "PS_OS_ERROR",
    "PS_OS_OUTOFSTOCK_PAID",
    "PS_OS_PAYMENT",
    "PS_OS_SHIPPING",
    "PS_OS_WS_PAYMENT",
    "PS_PRICE_ROUND_MODE",
    "PS_ROUND_TYPE",
    "PS_SHOP_DOMAIN",
    "PS_SHOP_DOMAIN_SSL",
    "PS_STOCK_MANAGEMENT",
    "PS_TAX",
    "PS_TAX_ADDRESS_TYPE",
    "PS_TIMEZONE",
    "PS_USE_ECOTAX",
    "VATNUMBER_COUNTRY",
    "VATNUMBER_MANAGEMENT",
)

COUNTRY_FIELDS = (
    "[id,iso_code,name,active,need_zip_code,zip_code_format,contains_states,need_identification_number,id_zone]"
)


class Reference(KeptData):
    """Each property is read from the shop at first use. Raises ConfigError when the key may not read it.

    cancelled_status: the one the merchant chose for cancelled orders, or "".
    """

    def __init__(
        self, webservice: Webservice, back_office: BackOffice, cache: Cache, *, cancelled_status: str = ""
    ) -> None:
        super().__init__(webservice, cache)
        self.back_office = back_office
        self._cancelled_status = cancelled_status

    @property
    def settings(self) -> Mapping[str, str]:
        """The shop's configuration values by name; absent ones are absent."""
        return self._keep("settings", self._read_settings)

    def setting(self, name: str, absent: str = "") -> str:
        return self.settings.get(name, absent)

    def is_on(self, name: str, absent: str = "") -> bool:
        """A switch of the shop, as PHP reads it: nothing and "0" are off."""
        return self.setting(name, absent) not in ("", "0")

    def _read_settings(self) -> dict[str, str]:
        return own_settings(self._configurations(), lambda: self.own_shop)

    def _configurations(self) -> Sequence[Row]:
        fields = "[id,name,value,id_shop,id_shop_group]"
        return self._cached(
            "configurations", lambda: self._ws.rows_where("configurations", "name", SETTINGS, display=fields)
        )

    @property
    def own_shop(self) -> OwnShop:
        """The shop the orders belong to: the one chosen in the settings, else PrestaShop's default.

        Read only where the PrestaShop has rows of several shops. Raises ConfigError `shop.right_missing`.
        """
        return self._keep("own shop", self._read_own_shop)

    def _read_own_shop(self) -> OwnShop:
        shops = {r.id: r for r in self._rows("shops", display="[id,id_shop_group]")}
        own = self._ws.shop_id or general(self._configurations(), DEFAULT) or "1"
        group = shops[own]["id_shop_group"] if own in shops else ""
        groups = {r.id: r for r in self._rows("shop_groups", display="[id,share_stock]")}
        return OwnShop(own, group, group in groups and groups[group].flag("share_stock"), len(shops) > 1)

    @property
    def countries(self) -> Mapping[str, Country]:
        """By ISO code, upper case."""
        return self._keep("countries", lambda: {
            r["iso_code"].upper(): Country(
                r.id, r["iso_code"].upper(), r["name"], r.flag("active"), r.flag("need_zip_code"),
                r["zip_code_format"], r.flag("contains_states"), r.flag("need_identification_number"),
                r["id_zone"],
            )
            for r in self._rows("countries", display=COUNTRY_FIELDS)
        })  # fmt: skip

    def states(self, country: str) -> Sequence[State] | None:
        """The active states of a country's id; None when the key may not read them: no import depends on it."""
        may, rows = self._keep("states", self._read_states)
        mine = (r for r in rows if r["id_country"] == country and r.flag("active"))
        return [State(r.id, r["iso_code"], r["name"].strip(), r["id_zone"]) for r in mine] if may else None

    def _read_states(self) -> tuple[bool, Sequence[Row]]:
        try:
            return True, self._rows("states", display="[id,id_country,id_zone,iso_code,name,active]")
        except RightMissingError:
            return False, ()

    @property
    def currencies(self) -> Mapping[str, Currency]:
        """Active currencies by ISO code."""
        return self._keep("currencies", self._read_currencies)

    def read_rates(self) -> None:
        """Reads the currencies anew: rates change by the hour, and orders in another than the default hang on them."""
        self.forget_rows("currencies")

    def _read_currencies(self) -> dict[str, Currency]:
        default = self.setting("PS_CURRENCY_DEFAULT")
        return {
            r["iso_code"].upper(): Currency(
                r.id,
                r["iso_code"].upper(),
                Decimal(1) if r.id == default else r.money("conversion_rate"),
                r.number("precision") if r["precision"] else 2,  # not there before 1.7.6
            )
            for r in self._rows("currencies")
            if r.flag("active") and not r.flag("deleted")
        }

    @property
    def carriers(self) -> Mapping[str, ShopCarrier]:
        """Current versions by stable reference; deleted ones are left out."""
        return {
            r["id_reference"]: ShopCarrier(
                r.id, r["id_reference"], r["name"], r.flag("active"), r["id_tax_rules_group"]
            )
            for r in self._carrier_rows
            if not r.flag("deleted")
        }

    @property
    def carrier_references(self) -> Mapping[str, str]:
        """Stable reference by id, of every version there ever was: old orders name old ids."""
        return {r.id: r["id_reference"] for r in self._carrier_rows}

    @property
    def _carrier_rows(self) -> list[Row]:
        return self._keep("carriers", lambda: sorted(self._ws.rows("carriers"), key=lambda r: int(r.id)))

    @property
    def statuses(self) -> Mapping[str, Status]:
        return self._keep("statuses", lambda: {
            r.id: Status(
                r.id, r["name"], r.flag("paid"), r.flag("shipped"), r.flag("invoice"), r.flag("logable"),
                r.flag("deleted"), r.flag("send_email"),
            )
            for r in self._rows("order_states")
        })  # fmt: skip

    @property
    def groups(self) -> Mapping[str, Group]:
        return self._keep(
            "groups", lambda: {r.id: Group(r.id, r["name"], r.money("reduction")) for r in self._rows("groups")}
        )

    @property
    def cart_rules(self) -> Sequence[CartRule]:
        """Discounts that reach every cart; none where the key may not read them: the order read back tells then."""
        return self._keep("cart rules", lambda: cart_rules.unrestricted(self._automatic_rules()))

    def _automatic_rules(self) -> Sequence[Row]:
        if not self.is_on(cart_rules.SWITCH):
            return ()
        try:
            return self._cached("cart_rules", lambda: self._ws.rows("cart_rules", cart_rules.AUTOMATIC))
        except RightMissingError:
            return ()

    @property
    def taxes(self) -> TaxTable:
        return self._keep("taxes", self._read_taxes)

    def _read_taxes(self) -> TaxTable:
        rules = self._rows("tax_rules")
        taxes = self._rows("taxes", display="[id,rate,active]")
        groups = self._rows("tax_rule_groups", display="[id,active,deleted]")
        return TaxTable(rules, taxes, groups, on=self.settings.get("PS_TAX", "1") != "0")

    @property
    def timezone(self) -> ZoneInfo:
        """The shop's clock: every date of the webservice is in it, without saying so."""
        try:
            return ZoneInfo(self.settings.get("PS_TIMEZONE") or "Europe/Paris")
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo("Europe/Paris")

    @property
    def currency(self) -> str:
        """ISO code of the shop's default currency, or "" when it has none."""
        default = self.settings.get("PS_CURRENCY_DEFAULT", "")
        return next((code for code, row in self.currencies.items() if row.id == default), "")

    @property
    def clock(self) -> str:
        """The time now as the shop writes it."""
        return datetime.now(self.timezone).strftime("%Y-%m-%d %H:%M:%S")

    def status(self, ref: str) -> Status:
        """Raises ConfigError `shop.status_missing`."""
        found = self.statuses.get(ref)
        if (found is None or found.deleted) and self.refresh():
            found = self.statuses.get(ref)
        if found is None or found.deleted:
            raise ConfigError("shop.status_missing", status=ref)
        return found

    @property
    def counts_stock(self) -> bool:
        """Whether the shop has its stock management on."""
        return self.settings.get("PS_STOCK_MANAGEMENT", "1") != "0"

    @property
    def waiting_status(self) -> str:
        """A status in which stock is held for an order that does not count as sold yet, and nobody gets a mail.

        "Awaiting cash on delivery" of a shop as installed; "" when it has none.
        """
        without_stock = {self.settings.get("PS_OS_ERROR", "8"), self.settings.get("PS_OS_CANCELED", "6")}
        quiet = (
            s.id
            for s in self.statuses.values()
            if not (s.deleted or s.mails or s.counts_as_sale or s.paid or s.invoice or s.shipped)
        )
        return min((each for each in quiet if each not in without_stock), key=int, default="")

    def is_cancelled(self, order: Row) -> bool:
        """Whether a row of `orders` stands in the shop's own status for cancelled orders, or in the merchant's."""
        cancelled = {self.settings.get("PS_OS_CANCELED", "6"), self._cancelled_status}
        return order["current_state"] in cancelled - {"", "0"}

    @property
    def status_for_spoiled(self) -> str:
        """The status in which a spoiled order is cancelled without any stock moving; "" when there is none.

        The merchant's own, else the shop's. From 9.0 on stock is lowered on the way from "payment error" to any status
        that is neither of these two itself, so there the merchant's own serves only where it is the shop's.
        """
        own = self.settings.get("PS_OS_CANCELED", "6")
        wanted = (own,) if self._ws.holds_packs else (self._cancelled_status, own)
        return next((ref for ref in wanted if self._is_quiet(ref)), "")

    def _is_quiet(self, ref: str) -> bool:
        status = self.statuses.get(ref)
        return status is not None and not (status.deleted or status.counts_as_sale or status.paid or status.invoice)

    def status_name(self, ref: str) -> str:
        """How the shop calls a status, a deleted one too; "" when it does not know it."""
        found = self.statuses.get(ref)
        return found.name if found else ""

    def customer_group(self, ref: str | None) -> Group:
        """The group for new customers. Raises ConfigError when it is gone, or takes a discount off every price."""
        group = self._group(ref)
        if (group is None or group.reduction) and self.refresh():
            group = self._group(ref)
        if group is None:
            raise ConfigError("shop.group_missing", group=ref or "")
        if group.reduction:
            raise ConfigError("shop.group_reduces", group=group.name, reduction=str(group.reduction))
        return group

    def _group(self, ref: str | None) -> Group | None:
        return self.groups.get(ref or self.settings.get("PS_CUSTOMER_GROUP") or "3")
