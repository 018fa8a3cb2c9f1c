"""What the catalogue keeps for one error code, in English and marked for translation. Renders nothing.

Texts may hold %(name)s for the error's data and %(market)s for what the marketplace is called; a literal percent sign
is %%.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, replace
from typing import Literal

Who = Literal["you", "marketplace", "host", "us"]
Severity = Literal["red", "amber"]
FoundBy = Literal["lookup", "check", "accept", "import", "ship", "reconcile", ""]
Side = Literal["marketplace", "shop", "database", "redis", ""]
Remedy = Literal["carrier", "product", "anyway", "settle", ""]
Elsewhere = Literal["seller", "shop", "unknown", ""]
Figures = Literal["ecotax", "stock", ""]
ShopOrderIs = Literal["cancelled", "gone", ""]

SIDES: Mapping[str, Side] = {"marketplace": "marketplace", "shop": "shop", "database": "database", "redis": "redis"}
# By the first word of a code, also of one that a plug-in raises and nobody wrote an article for.
FOUND_BY: Mapping[str, FoundBy] = {
    "order": "check",
    "product": "check",
    "address": "check",
    "postcode": "check",
    "carrier": "check",
    "currency": "check",
    "tax": "check",
    "accept": "accept",
    "import": "import",
    "ship": "ship",
    "reconcile": "reconcile",
}

# Pages a step may lead to, by symbolic name; the web part knows their addresses.
TARGETS: Mapping[str, str] = {
    "settings.marketplace": "Settings, section Marketplace",
    "settings.shop": "Settings, section Shop",
    "settings.orders": "Settings, section Orders",
    "settings.statuses": "Settings, the order statuses",
    "settings.carriers": "Settings, shop carrier for each delivery mode",
    "settings.marketplace_carriers": "Settings, marketplace carrier for each shop carrier",
    "settings.moved": "Settings, where a seller or shop that moved is confirmed",
    "connect": "Connect your own shop",
    "rehearsal": "the rehearsal's page",
    "automation": "Automation: schedules, worker, scheduler",
    "runs": "Runs",
    "problems": "Problems",
    "products": "Products: which SKU is which product",
    "order": "the order's page",
    "shop.order": "the order in the shop's back office",
    "shop.product": "the product in the shop's back office",
    "marketplace.order": "the order on the marketplace",
}


@dataclass(frozen=True)
class Step:
    """One thing to do, imperative; `target` is a name of TARGETS or "". `waits`: it is to wait, while waiting helps."""

    text: str
    target: str = ""
    waits: bool = False


@dataclass(frozen=True)
class Entry:
    """One code: its article, and all that is done otherwise for it than for other codes of its error's class.

    The class decides what happens next (`cdsync.errors`); what only some of its codes ask for stands here and is asked
    of `entry_of`, nowhere else (decision 0053).
    """

    code: str
    title: str
    why: str
    steps: tuple[Step, ...]
    who: Who = "you"
    waiting_helps: bool = False
    severity: Severity = "red"

    _: KW_ONLY
    # Which operation finds it; "check": the checks before any write, whoever has them made; "": none alone.
    found_by: FoundBy | None = None  # None becomes what its first word says
    # The next reading of the marketplace's order ends it, unless that has the same fault.
    ended_by_reading: bool = False
    # With these states at the marketplace it ends, of an order that is in the shop (`cdsync.states`).
    ends_with: frozenset[str] = frozenset()
    # Each shipment run looks again, so that it ends by itself.
    watched: bool = False
    # A person must see it however far the order gets: neither a move nor what passes by itself takes it away.
    stays: bool = False
    # The whole side is away: no order's fault, so that its tries are never used up. Time alone makes it a person's.
    side_away: bool = False
    # The side did not answer at all.
    no_answer: bool = False
    # It is looked for in the address, which the marketplace keeps back until an order is accepted and paid.
    needs_address: bool = False
    # It is about one SKU: which product of the shop that is, and in which state.
    of_product: bool = False
    # What mends it on the order's page: choosing a carrier or a product, importing all the same, saying it is settled.
    remedy: Remedy = ""
    # The order is another seller's or another shop's than its account is tied to, or nothing tells whose.
    elsewhere: Elsewhere = ""
    # The marketplace ended an order that is in the shop: its shop order gets the status chosen for cancelled ones.
    cancels_shop_order: bool = False
    # How the shop order that was made is not there any more.
    shop_order_is: ShopOrderIs = ""
    # What the data of such a warning is reckoned with.
    figures: Figures = ""
    # What a run that it ended left undone is taken up by another one.
    taken_up: bool = False

    def __post_init__(self) -> None:
        if self.found_by is None:
            object.__setattr__(self, "found_by", FOUND_BY.get(self.section, ""))

    @property
    def section(self) -> str:
        """The first word of the code."""
        return self.code.partition(".")[0]

    @property
    def side(self) -> Side:
        """Which side of cdsync it is about; "" for an order's own problems."""
        return SIDES.get(self.section, "")


def N_(text: str) -> str:
    """Marks a text for translation; it is translated when it is shown."""
    return text


NOT_BY_ITSELF = Step(N_("It did not pass by itself: follow the steps below, then try again."))


def past_waiting(entry: Entry) -> Entry:
    """The article when what it says to wait for has not come: red, and without the steps that are to wait."""
    if entry.severity == "red" and not any(step.waits for step in entry.steps):
        return entry
    steps = (NOT_BY_ITSELF, *(step for step in entry.steps if not step.waits))
    return replace(entry, steps=steps, waiting_helps=False, severity="red")


def by_code(entries: Iterable[Entry]) -> dict[str, Entry]:
    """The entries by code. Raises ValueError when a code is there twice or a step's target is unknown."""
    found: dict[str, Entry] = {}
    for entry in entries:
        if entry.code in found:
            raise ValueError(f"{entry.code} is in the catalogue twice")
        unknown = {step.target for step in entry.steps} - {"", *TARGETS}
        if unknown:
            raise ValueError(f"{entry.code} leads to {unknown}")
        found[entry.code] = entry
    return found
