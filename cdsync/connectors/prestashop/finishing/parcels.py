"""The parcel of a shop order: number and carrier, both from one row of `order_carriers`. Pure: no requests.

Never from `orders.shipping_number`: the webservice answers it from whichever row the database gives first, and without
a row it is a free text of old (Order::getWsShippingNumber). Never from `orders.id_carrier` beside a number: the order
may have been given to another carrier since.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..webservice.xml import Row


@dataclass(frozen=True)
class ShopParcel:
    """`number` "" while there is none; `carrier`: the shop's id of a carrier, "" when the order has no such row."""

    number: str = ""
    carrier: str = ""


def by_order(rows: Iterable[Row]) -> Mapping[str, Sequence[Row]]:
    """Rows of `order_carriers` by order, oldest first."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda each: int(each.id)):
        found[row["id_order"]].append(row)
    return found


def parcel_of(rows: Sequence[Row]) -> ShopParcel:
    """Of several rows (the carrier was changed, a second parcel) the newest with a number, else the newest."""
    if not rows:
        return ShopParcel()
    numbered = [row for row in rows if row["tracking_number"].strip()]
    row = (numbered or list(rows))[-1]
    carrier = row["id_carrier"]
    return ShopParcel(row["tracking_number"].strip(), "" if carrier == "0" else carrier)
