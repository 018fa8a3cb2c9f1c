"""What "Test connection" says and what settings choose from. Reads only; a failing check is a result."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from ...errors import CdsyncError
from ..base import Check, Choice, KeyRights, ShopData
from .checking.canary import Canary
from .shop_data.own_shop import SWITCH
from .shop_data.reference import Reference
from .shop_data.reference_rows import Status
from .webservice.client import Webservice
from .webservice.errors import RightMissingError, UnreadableError, WebserviceMissingError
from .webservice.reachability import found_elsewhere, way_checks

OLDEST = (1, 7, 6)
READS = (
    "addresses", "carriers", "carts", "combinations", "configurations", "countries", "currencies", "customers",
    "groups", "order_carriers", "order_payments", "order_states", "orders", "products", "specific_prices",
    "stock_availables", "tax_rule_groups", "tax_rules", "taxes",
)  # fmt: skip
MAKES = ("customers", "addresses", "carts", "specific_prices", "orders")
CHANGES = ("orders", "order_carriers", "order_payments")
# Read where the key may: the import goes on without, and "Test connection" says what is lost.
USEFUL = {
    ("cart_rules", "GET"): "not given: a discount for every cart is not seen before the order is made",
    ("order_histories", "GET"): "not given: an order spoiled in an earlier run is not put away by cdsync",
    ("product_suppliers", "GET"): "not given: supplier references proper find no product",
    ("states", "GET"): "not given: provinces of addresses stay on the order only",
}
# The same for people, as the back office names the columns.
RIGHTS = KeyRights(
    where="In PrestaShop: Advanced parameters → Webservice",
    how="Switch the webservice on, add a key, and tick exactly these rights:",
    rows=(
        ("View (GET)", tuple(sorted((*READS, *(resource for resource, _ in USEFUL))))),
        ("Add (POST)", tuple(sorted(MAKES))),
        ("Modify (PATCH; PUT on 1.7)", tuple(sorted(CHANGES))),
    ),
    notes=(
        "On 1.7 tick View for order_invoices too.",
        "In a multistore tick View for shops and shop_groups.",
        "The import can do without cart_rules, order_histories, product_suppliers and states;",
        "the test says what is lost without each.",
    ),
)
USUAL_STATUSES = {"paid": "PS_OS_PAYMENT", "shipped": "PS_OS_SHIPPING"}  # set by PrestaShop's installer
USUAL_MODULES = ("ps_wirepayment", "ps_checkpayment", "ps_cashondelivery")


def needed_rights(has_patch: bool) -> list[tuple[str, str]]:
    """Resource and method of everything an import and its follow-up ask; before 8.0 changes are PUTs."""
    change = "PATCH" if has_patch else "PUT"
    return [
        *((resource, "GET") for resource in READS),
        *((resource, "POST") for resource in MAKES),
        *((resource, change) for resource in CHANGES),
        *(() if has_patch else (("order_invoices", "GET"),)),
    ]


class Checks:
    def __init__(self, webservice: Webservice, reference: Reference, canary: Canary) -> None:
        self._ws = webservice
        self._reference = reference
        self._canary = canary

    def check(self) -> list[Check]:
        """Address and key first; when they hold, version, every right, the way of each method, currency and prices."""
        self._reference.forget()
        try:
            rights = self._rights()
        except CdsyncError as error:
            return [_failed("webservice", error)]
        checks = [Check("webservice", True, self._ws.host)]
        old = bool(self._ws.version) and self._ws.version < OLDEST
        checks.append(Check("version", not old, self._ws.version_text))
        needed = [*needed_rights(self._ws.has_patch), *self._rights_of_several_shops()]
        for resource, method in needed:
            name = f"right {method} {resource}"
            if method.lower() in rights.get(resource, frozenset()):
                checks.append(Check(name, True))
            else:
                checks.append(_failed(name, RightMissingError("shop.right_missing", resource=resource, method=method)))
        checks += way_checks(self._ws, [(r, m) for r, m in needed if m.lower() in rights.get(r, frozenset())])
        checks += [
            Check(f"right {method} {resource}", True, "" if method.lower() in rights.get(resource, ()) else without)
            for (resource, method), without in USEFUL.items()
        ]
        checks.append(self._currency())
        # Without the rights or behind a firewall there would be no answer, or one that says less.
        return checks + (self._canary.checks() if all(each.ok for each in checks) else [])

    def _rights_of_several_shops(self) -> tuple[tuple[str, str], ...]:
        """Whose a setting or a stock row is, is asked only where one PrestaShop runs several shops."""
        try:
            several = self._reference.is_on(SWITCH)
        except CdsyncError:  # another line says it
            return ()
        return (("shops", "GET"), ("shop_groups", "GET")) if several else ()

    def _rights(self) -> Mapping[str, frozenset[str]]:
        """Methods by resource, from `GET /api/`. Raises ConfigError or TemporaryError."""
        try:
            root = self._ws.root()
        except (UnreadableError, WebserviceMissingError) as error:
            # some page, but not of a webservice
            missing = WebserviceMissingError("shop.webservice_missing", host=self._ws.host)
            raise (found_elsewhere(self._ws) or missing) from error
        return {element.tag: _methods(element) for element in root.findall("./api/*")}

    def _currency(self) -> Check:
        try:
            return Check("currency", bool(self._reference.currency), self._reference.currency)
        except CdsyncError as error:
            return _failed("currency", error)

    def reference_data(self) -> ShopData:
        """Raises ConfigError, TemporaryError."""
        reference = self._reference
        return ShopData(
            version=self._version(),
            currency=reference.currency,
            carriers=tuple(Choice(c.reference, c.name, c.active) for c in reference.carriers.values()),
            statuses=tuple(Choice(s.id, s.name, True, _flags(s)) for s in reference.statuses.values() if not s.deleted),
            groups=tuple(
                Choice(g.id, g.name, True, f"-{g.reduction.normalize():f} %" if g.reduction else "")
                for g in reference.groups.values()
            ),
            payment_modules=self._payment_modules(),
            usual_statuses={
                meaning: ref for meaning, name in USUAL_STATUSES.items() if (ref := reference.setting(name))
            },
        )

    def _version(self) -> str:
        if not self._ws.version_text:
            _ = self._reference.settings
        return self._ws.version_text

    def _payment_modules(self) -> tuple[Choice, ...]:
        """The webservice lists no modules: those of the latest orders, then the ones PrestaShop ships with."""
        rows = self._ws.rows("orders", display="[id,module]", sort="[id_DESC]", limit="0,200")
        seen = dict.fromkeys(r["module"] for r in rows if r["module"])
        used = [Choice(name, name, True, "used by orders of the shop") for name in seen]
        usual = [
            Choice(n, n, True, "comes with PrestaShop, not seen in its orders yet")
            for n in USUAL_MODULES
            if n not in seen
        ]
        return (*used, *usual)


def _methods(element: Element) -> frozenset[str]:
    return frozenset(name for name, value in element.attrib.items() if value == "true")


def _failed(name: str, error: CdsyncError) -> Check:
    return Check(name, False, code=error.code, data=error.data)


def _flags(status: Status) -> str:
    """ "paid, invoice": what PrestaShop does in this status."""
    named = {"paid": status.paid, "shipped": status.shipped, "invoice": status.invoice}
    return ", ".join(name for name, on in named.items() if on)
