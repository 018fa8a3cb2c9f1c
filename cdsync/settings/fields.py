"""Every key of the sections `orders` and `schedule`, declared once: form, validation, defaults and docs follow.

The sections `marketplace` and `shop` are declared by their connectors (`connectors.base.Setting`). No logic here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

LOOKUP, ACCEPT, IMPORT, SHIP, RECONCILE = "lookup", "accept", "import", "ship", "reconcile"
OPERATIONS = (LOOKUP, ACCEPT, IMPORT, SHIP, RECONCILE)
ALL = frozenset(OPERATIONS)
OFTEN, HALF_HOURLY, NIGHTLY = "*/15 * * * *", "*/30 * * * *", "15 4 * * *"


@dataclass(frozen=True)
class Field:
    """One key.

    kind: number (whole) | flag | choice (one of `choices`) | reference (an id of the other side, as text)
    | mapping (text → text) | cron (five fields).
    needed_by: the operations that cannot run while it is empty; no operation: the key may be null.
    live: where the choices of a reference, or the values of a mapping, come from at present: the name of a list in
    `ShopData` with "shop." before it, or "marketplace.carriers". `live_keys`: the same for the keys of a mapping.
    """

    name: str
    label: str
    kind: str
    default: Any
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()  # value, label
    minimum: int | None = None
    maximum: int | None = None
    needed_by: frozenset[str] = frozenset()
    live: str = ""
    live_keys: str = ""

    @property
    def nullable(self) -> bool:
        """Whether null is a value of its own ("none", "off"), rather than "not chosen yet"."""
        return self.kind == "cron" or (self.kind == "reference" and not self.needed_by)


ORDERS: tuple[Field, ...] = (
    Field(
        "lookback_days",
        "Look back",
        "number",
        7,
        "How many days back each lookup reads the marketplace's orders, counted from the lookup before it.",
        minimum=1,
        maximum=90,
    ),
    Field(
        "ask_between_lookups",
        "Ask for new orders between lookups",
        "flag",
        True,
        "Every two to four minutes one small request asks whether orders came; when some did, they are looked up, and "
        "accepted or imported at once where that runs by itself at least hourly. Only while lookups do so too.",
    ),
    Field(
        "acceptance",
        "Accept orders",
        "choice",
        "importable",
        "Which waiting orders the acceptance accepts. Refusing is always done by a person.",
        choices=(
            ("importable", "Those that could be imported: products, stock, carrier and country are fine"),
            ("all", "All of them"),
            ("manual", "None by itself: a person accepts each one"),
        ),
    ),
    Field(
        "import_without_stock",
        "Import although stock is short",
        "flag",
        True,
        "Off: an order for more pieces than the shop has in stock becomes a problem instead of a shop order.",
    ),
    Field(
        "imported_status",
        "Status of imported orders",
        "reference",
        None,
        "The shop status an imported order gets, usually “Payment accepted”.",
        needed_by=ALL,
        live="shop.statuses",
    ),
    Field(
        "shipped_status",
        "Status that means shipped",
        "reference",
        None,
        "When a shop order reaches this status and has a tracking number, the marketplace is told.",
        needed_by=frozenset({SHIP}),
        live="shop.statuses",
    ),
    Field(
        "cancelled_status",
        "Status for cancelled orders",
        "reference",
        None,
        "Given to the shop order when the marketplace cancels after the import. None: only a problem is shown.",
        live="shop.statuses",
    ),
    Field(
        "put_away_spoiled",
        "Put away what the shop spoiled",
        "flag",
        True,
        "A shop order just made that came out otherwise than ordered (a discount, say), and that never counted, is "
        "cancelled again. Off: it stays as it is, for you to cancel.",
    ),
    Field(
        "carriers",
        "Carrier for each delivery mode",
        "mapping",
        {},
        "The marketplace's delivery mode (its label or code), and the shop carrier that brings it.",
        live="shop.carriers",
        live_keys="marketplace.delivery_modes",
    ),
    Field(
        "default_carrier",
        "Carrier for every other delivery mode",
        "reference",
        None,
        "None: an order with a delivery mode not in the list above becomes a problem.",
        live="shop.carriers",
    ),
    Field(
        "marketplace_carriers",
        "Marketplace carrier for each shop carrier",
        "mapping",
        {},
        "The name under which the marketplace knows the carrier that took the parcel.",
        live="marketplace.carriers",
        live_keys="shop.carriers",
    ),
    Field(
        "wait_for_tracking_hours",
        "Wait for a tracking number, hours",
        "number",
        24,
        "A shipped order without tracking number waits this long before it becomes a problem; 0: at once.",
        minimum=0,
        maximum=720,
    ),
    Field(
        "fee_sku",
        "Product for marketplace fees",
        "reference",
        None,
        "The reference (SKU) of the shop product that carries a fee the buyer paid through the order, such as "
        "Cdiscount's instalment fee. None: such an order becomes a problem.",
    ),
    Field(
        "country_without_vat_rule",
        "EU countries without a VAT rate",
        "choice",
        "problem",
        "PrestaShop takes no VAT, without a word, where a product's tax rule does not name the buyer's country.",
        choices=(
            ("problem", "The order waits until the tax rule has a rate for the country"),
            ("without_vat", "The order is imported without VAT, and says so"),
        ),
    ),
    Field(
        "outlying_places",
        "Overseas, Monaco and other outlying places",
        "choice",
        "as_told",
        "Postcodes such as 97400, 98000 or 20000 that the marketplace calls France, and their like elsewhere.",
        choices=(
            ("as_told", "The country the marketplace names; the order has a warning"),
            ("own_country", "The country your shop has for the place; without one, the marketplace's and a warning"),
        ),
    ),
    Field(
        "customer_group",
        "Customer group",
        "reference",
        None,
        "The group of new customers. None: the shop's own default.",
        live="shop.groups",
    ),
    Field(
        "customer_email",
        "Customer e-mail",
        "choice",
        "masked",
        "The shop sends its mails to this address, and customers are told apart by it.",
        choices=(
            ("masked", "An address of its own for each customer, which takes no mail"),
            ("marketplace", "The address the marketplace gives"),
        ),
    ),
    Field(
        "payment_module",
        "Payment module",
        "reference",
        "ps_wirepayment",
        "The shop module under which imported orders are paid; the payment itself is named after the marketplace.",
        needed_by=ALL,
        live="shop.payment_modules",
    ),
)

IMPORT_HELP = (
    "Makes shop orders of paid, addressed orders. Off at first: leave out what you entered by hand, then switch it on."
)
SCHEDULE: tuple[Field, ...] = (
    Field(LOOKUP, "Look up orders", "cron", OFTEN, "Reads new and changed orders from the marketplace."),
    Field(ACCEPT, "Accept orders", "cron", None, "Accepts waiting orders as “Accept orders” says."),
    Field(IMPORT, "Import orders", "cron", None, IMPORT_HELP),
    Field(SHIP, "Confirm shipments", "cron", HALF_HOURLY, "Tells the marketplace what the shop has shipped."),
    Field(RECONCILE, "Compare both sides", "cron", NIGHTLY, "Proves that no order is missing or doubled."),
)

# How often an operation runs by itself once that is wanted and nobody said otherwise: also one that is off at first.
USUAL_SCHEDULE: dict[str, str] = {each.name: each.default or OFTEN for each in SCHEDULE}

_FOR_EVER = "0: for ever."


def _days(name: str, label: str, default: int, text: str) -> Field:
    return Field(name, label, "number", default, f"{text} {_FOR_EVER}", minimum=0, maximum=36_500)


# How many days what is beside the orders is kept. Orders, their lines and shop orders never go.
KEEP: tuple[Field, ...] = (
    _days("requests_days", "Requests, days", 90, "What was sent to marketplace and shop, and what they answered."),
    _days(
        "json_days", "Orders as the marketplace told them, days", 400,
        "The JSON of an order, counted from when the order was over: shipped, cancelled, refused or left out.",
    ),
    _days(
        "steps_days", "Steps of imports, days", 400,
        "What an import noted down for itself, counted from when the order was shipped.",
    ),
    _days("runs_days", "Runs, days", 400, "Runs, and what became of each order in them."),
    _days("events_days", "Stories of orders, days", 0, "What an order's page tells of what happened to it."),
)  # fmt: skip

SECTIONS = {"orders": ORDERS, "schedule": SCHEDULE, "keep": KEEP}
