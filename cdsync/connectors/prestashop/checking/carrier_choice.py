"""Which of the shop's carriers takes an order: what the merchant chose for its delivery mode. Asks nobody."""

from __future__ import annotations

from collections.abc import Mapping

from cdsync.errors import RejectedError

from ...base import ImportPolicy, OrderDraft
from ..shop_data.reference_rows import ShopCarrier
from .findings import Findings, ShopDataError


def chosen_carrier(
    draft: OrderDraft, policy: ImportPolicy, carriers: Mapping[str, ShopCarrier], found: Findings
) -> tuple[ShopCarrier | None, str]:
    """The carrier and the delivery mode it was chosen for; None, with the problem among those found.

    Of several modes the first that has a carrier of its own; else the carrier for all modes without one.
    """
    mapped = {mode.strip().casefold(): ref for mode, ref in policy.carriers.items() if ref}
    modes = [m for m in draft.delivery_modes if m]
    known = [m for m in modes if m.strip().casefold() in mapped]
    mode = (known or modes or [""])[0]
    ref = mapped.get(mode.strip().casefold()) or policy.default_carrier
    if not ref:
        found.problems.append(RejectedError("carrier.unmapped", mode=mode))
        return None, mode
    carrier = carriers.get(ref)
    if carrier is None or not carrier.active:
        name, reason = (carrier.name, "inactive") if carrier else (ref, "deleted")
        found.problems.append(ShopDataError("carrier.unusable", carrier=name, mode=mode, reason=reason))
        return None, mode
    return carrier, mode
