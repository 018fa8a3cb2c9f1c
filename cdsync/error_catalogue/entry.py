"""What the catalogue keeps for one error code, in English and marked for translation. Renders nothing.

Texts may hold %(name)s for the error's data; a literal percent sign is %%.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

Who = Literal["you", "cdiscount", "host", "us"]
Severity = Literal["red", "amber"]

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
    """One code: what happened, why, what to do, who can, and whether waiting helps."""

    code: str
    title: str
    why: str
    steps: tuple[Step, ...]
    who: Who = "you"
    waiting_helps: bool = False
    severity: Severity = "red"


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
