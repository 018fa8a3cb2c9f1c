"""Telling the marketplace that an order was shipped. Looks before it writes and reads back afterwards.

Facts (docs/octopia.md, 5): an array of parcels, 201, one parcel for one complete order on Cdiscount, parcel number
and carrier name compulsory, no idempotency key. Whether one object is taken instead of an array is not established.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from typing import Any

from ...errors import CdsyncError, RejectedError, UnknownOutcomeError
from ...states import SHIPPED
from ..base import MarketplaceOrder, Parcel, UnreadableOrder
from ..http.answer import Answer
from .api.client import OctopiaClient
from .api.problem_json import names_fields, words
from .mapping.statuses import ENDED

Look = Callable[[], MarketplaceOrder | UnreadableOrder]

# Seconds after which it is worth looking again for a parcel that was taken but does not show yet.
SHOWS_WITHIN = 120.0
# Pauses before each look after a shipment was taken: statuses move a moment later, and a person is watching.
LOOK_AFTER = (0.0, 0.5, 1.0, 2.0)
_ABOUT_THE_FORM = re.compile(r"json|deserial|convert|array|malformed|request body|parse", re.IGNORECASE)


def tell(client: OctopiaClient, path: str, channel: str, parcel: Parcel, before: MarketplaceOrder, look: Look) -> None:
    """Sends one parcel for the whole order; `before` is the order as it was just read.

    Raises RejectedError("ship.refused" | "order.gone"), and UnknownOutcomeError when the parcel can't be seen there
    afterwards: the next call looks first.
    """
    if shows(before, parcel):
        return
    if before.state in ENDED:
        raise RejectedError("ship.refused", detail=f"the order is {before.status} on the marketplace")
    try:
        answer = _post(client, f"{path}/shipments", channel, body_of(parcel, before))
    except UnknownOutcomeError as unknown:
        _settle(look, parcel, unknown)
        return
    if answer.status == 404:
        raise RejectedError("order.gone")
    if 200 <= answer.status < 300:
        _settle(look, parcel, _not_seen(client), LOOK_AFTER)
        return
    detail = words(answer) or f"HTTP {answer.status}"
    if not shows(look(), parcel):
        raise RejectedError("ship.refused", detail=detail)


def shows(found: MarketplaceOrder | UnreadableOrder, parcel: Parcel) -> bool:
    """Whether the marketplace knows: the order counts as shipped, or carries the parcel's number."""
    if not isinstance(found, MarketplaceOrder):
        return False
    numbers = {_plain(known.number) for known in found.parcels}
    return found.state == SHIPPED or _plain(parcel.number) in numbers


def body_of(parcel: Parcel, order: MarketplaceOrder) -> dict[str, Any]:
    """The parcel as the API wants it; without lines named, every live line the seller ships."""
    lines = parcel.line_refs or tuple(line.line_ref for line in order.lines if line.ours)
    body: dict[str, Any] = {"parcelNumber": parcel.number.strip(), "carrierName": parcel.carrier_name}
    if parcel.tracking_url:
        body["trackingUrl"] = parcel.tracking_url
    return body | {"orderLineIds": list(lines)}


def _post(client: OctopiaClient, path: str, channel: str, body: dict[str, Any]) -> Answer:
    """An array of one; if its form is refused (so that nothing was done), the object alone."""
    answer = client.post(path, [body], channel)
    if answer.status not in (400, 415, 422) or not _about_the_form(answer):
        return answer
    alone = client.post(path, body, channel)
    return answer if alone.status >= 400 and _about_the_form(alone) else alone


def _about_the_form(answer: Answer) -> bool:
    """Whether the refusal speaks about the body as a whole, not about the order or one of its fields."""
    named = names_fields(answer)
    if "cannot switch" in words(answer).casefold() or any(name.strip("$.[]0123456789") for name in named):
        return False
    return bool(named) or not words(answer) or bool(_ABOUT_THE_FORM.search(words(answer)))


def _settle(look: Look, parcel: Parcel, unknown: UnknownOutcomeError, pauses: Sequence[float] = (0.0,)) -> None:
    """Returns once the marketplace shows the parcel; raises `unknown` when it does not, or when looking fails."""
    for pause in pauses:
        time.sleep(pause)
        try:
            if shows(look(), parcel):
                return
        except CdsyncError as exc:
            raise unknown from exc
    raise unknown


def _not_seen(client: OctopiaClient) -> UnknownOutcomeError:
    return UnknownOutcomeError("marketplace.outcome_unknown", retry_after=SHOWS_WITHIN, host=client.host, method="POST")


def _plain(number: str) -> str:
    return "".join(number.split()).casefold()
