"""Why an order stands where it stands, its due time, the buyer's note and address, in words. No markup, no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cdsync import states
from cdsync.db import now
from cdsync.error_catalogue import entry_of
from cdsync.models import Order

from ..shell.explaining import title
from ..text import words
from ..text.formats import duration, local
from ..text.language import _


@dataclass(frozen=True)
class Why:
    kind: str  # "bad", "wait" or "soft"
    text: str


def why(order: Order) -> Why | None:
    """The third line of a row: what stops the order, or what it waits for; None when nothing is to be said."""
    if order.problem_code:
        return _problem(order)
    if order.state in states.WAITING:
        return Why("soft", _("for %(span)s", span=duration(now() - order.state_since)))
    if order.state == states.IMPORTED and order.waiting_for_tracking_since:
        return Why(
            "wait", _("no tracking number for %(span)s", span=duration(now() - order.waiting_for_tracking_since))
        )
    warnings = [each for each in order.warnings or () if _is_due(each["code"], order.state)]
    return Why("wait", title(warnings[0]["code"], warnings[0]["data"], orders=[order])) if warnings else None


def _is_due(warning: str, state: str) -> bool:
    """Whether a warning speaks of the order's next step: after the import that is the shipment."""
    if state == states.IMPORTED:
        return entry_of(warning).found_by in ("import", "ship")
    return state in (states.TO_ACCEPT, states.TO_IMPORT)


def _problem(order: Order) -> Why:
    text = title(str(order.problem_code), order.problem_data or {}, orders=[order])
    if words.stops(order):
        return Why("bad", text)
    if order.next_try_at and order.next_try_at > now():
        text = f"{text} · {_('next try %(time)s', time=f'{local(order.next_try_at):%H:%M}')}"
    return Why("wait", text)


def due(order: Order) -> datetime | None:
    """Until when the next step is due: acceptance, else shipment; None once it is over."""
    if order.state == states.TO_ACCEPT:
        return order.accept_by
    return order.ship_by if order.state not in states.ENDED else None


def due_name(order: Order) -> str:
    """What `due` is the deadline for."""
    return _("Accept by") if order.state == states.TO_ACCEPT else _("Ship by")


@dataclass(frozen=True)
class Deadline:
    """The deadline that counts now, or none (`at`); and what the order waits for meanwhile, in which colour."""

    title: str
    at: datetime | None = None
    waits: str = ""
    tone: str = "soft"


def deadline_of(order: Order) -> Deadline:
    waits, tone = "", "soft"
    if order.state in states.WAITING:
        span = duration(now() - order.state_since)
        waits = _("It has waited for the marketplace for %(span)s.", span=span)
        waits += " " + _("After acceptance the marketplace checks the payment, which can take tens of minutes.")
    elif order.state == states.IMPORTED and order.waiting_for_tracking_since:
        span = duration(now() - order.waiting_for_tracking_since)
        waits, tone = _("Shipped in the shop, but without a tracking number for %(span)s.", span=span), "text-wait"
    if order.state == states.TO_ACCEPT and order.accept_by:
        return Deadline(_("Deadline to accept"), order.accept_by, waits, tone)
    if order.ship_by and order.state not in states.ENDED:
        return Deadline(_("Deadline to ship"), order.ship_by, waits, tone)
    return Deadline(_("Where it stands"), None, waits, tone)


def buyer_note(note: str) -> str:
    """What is special about the buyer, stored in English."""
    known = {"company": _("company"), "relay point": _("relay point")}
    return str(known.get(note, note))


def doing_badge(doing: tuple[str, str]) -> words.Badge:
    """(kind, word) while a run has the order: waiting its turn, or worked on."""
    operation, outcome = doing
    return ("busy", words.working(operation)) if outcome == "working" else ("wait", _("in line"))


def home_tab(order: Order) -> str:
    """The list a person finds the order in."""
    known = {
        states.TO_ACCEPT: "to_accept",
        states.TO_IMPORT: "to_import",
        states.ANNOUNCED: "waiting",
        states.ACCEPTED: "waiting",
        states.IMPORTED: "imported",
        states.SHIPPED: "shipped",
    }
    return known.get(order.state, "all")


def address_lines(address: Mapping[str, Any]) -> list[tuple[str, str]]:
    """An address as the marketplace gave it, as (label, value) for what it holds."""
    pickup = ", ".join(filter(None, [address.get("pickup_name"), address.get("pickup_id")]))
    city = " ".join(filter(None, [address.get("postcode"), address.get("city")]))
    rows = [
        (_("Name"), " ".join(filter(None, [address.get(part) for part in ("civility", "first_name", "last_name")]))),
        (_("Company"), address.get("company")),
        (_("VAT number"), address.get("vat_number")),
        (_("Relay point"), pickup),
        (_("Street"), ", ".join(address.get("lines") or ())),
        (_("City"), city),
        (_("Region"), address.get("region")),
        (_("Country"), address.get("country_code")),
        (_("Phone"), address.get("phone")),
        (_("E-mail"), address.get("email")),
    ]
    return [(str(label), str(value)) for label, value in rows if value]
