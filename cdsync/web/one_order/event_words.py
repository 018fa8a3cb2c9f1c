"""The story of an order in sentences, made from the kind and data of its events. No markup, no database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cdsync import error_catalogue, states
from cdsync.models import OrderEvent

from ..shell import current_account, customer_data
from ..text.language import _
from ..text.words import operation_word, state_badge

Data = Mapping[str, Any]


def sentence(event: OrderEvent) -> str:
    """What happened, as one sentence; an event nobody gave words to is shown by its kind and data."""
    make, data = _SENTENCES.get(event.kind), customer_data.data(event.data or {}, [event.order])
    return make(data) if make else _plain(event.kind, data)


def tone(event: OrderEvent) -> str:
    """How the line is marked: "bad", "good" or ""."""
    if event.kind in ("problem.raised", "accept.not_taken"):
        return "bad"
    good = event.kind in ("import.imported", "problem.cleared") or (event.data or {}).get("to") in _GOOD
    return "good" if good else ""


_GOOD = (states.IMPORTED, states.SHIPPED)


def _found(data: Data) -> str:
    return _("Found at the marketplace with status %(status)s", status=data.get("status") or "–")


def _status(data: Data) -> str:
    return _("The marketplace's status changed from %(old)s to %(new)s", old=data.get("from"), new=data.get("to"))


def _moved(data: Data) -> str:
    new, number = data.get("to"), data.get("number") or data.get("shop_order") or ""
    if data.get("by") == "person" and "anew" in data:
        return _("Its shop order is gone: ready to be imported again")
    if data.get("by") == "person":
        return _("Left out: dealt with by hand") if new == states.ELSEWHERE else _("Taken back: ready to import")
    known = {
        states.ACCEPTED: _("Accepted; the marketplace is checking the payment"),
        states.TO_IMPORT: _("Paid and addressed: ready to import"),
        states.IMPORTED: _("Imported as shop order %(number)s", number=number),
        states.SHIPPED: _("The marketplace knows that it was shipped"),
        states.REFUSED: _("Refused"),
        states.CANCELLED: _("Cancelled"),
        states.ELSEWHERE: _("Shipped without cdsync, or by the marketplace itself"),
        states.TO_ACCEPT: _("Waiting to be accepted"),
    }
    return str(known.get(str(new), _("Now %(state)s", state=state_badge(str(new))[1])))


def _raised(data: Data) -> str:
    if not data.get("operation"):
        return _("Stopped: %(problem)s", problem=_problem(data))
    operation = operation_word(str(data["operation"]))
    return _("%(operation)s stopped: %(problem)s", operation=operation, problem=_problem(data))


def _cleared(data: Data) -> str:
    return _("No longer stopped: %(problem)s", problem=_problem(data))


def _problem(data: Data) -> str:
    """The catalogue's sentence for the problem of an event."""
    called = current_account.marketplace_name()
    return error_catalogue.title_of(str(data.get("code")), data.get("data") or {}, marketplace=called)


def _dismissed(data: Data) -> str:
    said = _("Settled by a person: %(problem)s", problem=_problem(data))
    return f"{said} – {data['reason']}" if data.get("reason") else said


def _imported(data: Data) -> str:
    number = data.get("number") or data.get("shop_order") or ""
    if data.get("adopted"):
        return _("Shop order %(number)s was already there and was adopted, not created again", number=number)
    return _("Shop order %(number)s was created and matches to the cent", number=number)


def _parcel(data: Data) -> str:
    number = data.get("tracking_number") or data.get("number") or ""
    return _("Telling the marketplace: shipped, parcel %(number)s", number=number)


_SENTENCES: dict[str, Callable[[Data], str]] = {
    "order.found": _found,
    "order.status": _status,
    "order.moved": _moved,
    "problem.raised": _raised,
    "problem.cleared": _cleared,
    "problem.dismissed": _dismissed,
    "import.imported": _imported,
    "import.anyway": lambda data: _("A person decided to import it although the buyer asked to cancel"),
    "accept.sending": lambda data: _("Telling the marketplace: accepted"),
    "accept.not_taken": lambda data: _("The acceptance had no effect: the marketplace still waits for it"),
    "refuse.sending": lambda data: _("Telling the marketplace: refused"),
    "ship.sending": _parcel,
    "ship.waiting_for_tracking": lambda data: _("Shipped in the shop; waiting for a tracking number"),
    "shop.cancelled": lambda data: _("Given the status for cancelled orders in the shop"),
    "stock.put_right": lambda data: _("A person confirmed that the stock was put right"),
    "personal.shown": lambda data: _("Personal data in the requests was shown"),
}


def _plain(kind: str, data: Data) -> str:
    facts = ", ".join(f"{name}: {value}" for name, value in data.items())
    return f"{kind} ({facts})" if facts else kind
