"""An order that the shop made in several parts of one cart, one for each carrier its products are tied to.

`PaymentModule::validateOrder` makes an order of each package (`Cart::getPackageList`, table `product_carrier`); they
have the cart and the reference in common, and one payment. The webservice does not show the ties, so a split shows
only when it has been made. Each part is finished as an order of its own, with its own lines and carrier; together they
are the marketplace's order to the cent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from cdsync.errors import CdsyncError, ConfigError, RejectedError

from ...base import ShopOrder
from ..checking.import_plan import Plan
from ..checking.pricing import CartRow
from ..creating.stages import InShop
from ..shop_data.reference import Reference
from ..webservice.xml import Row
from . import verify
from .finish import Finished, Finishing
from .verdicts import SpoiledError


class SplitOrders:
    def __init__(self, finishing: Finishing, reference: Reference) -> None:
        self._finishing = finishing
        self._reference = reference

    def finish(self, orders: Sequence[InShop]) -> Finished:
        """Each order has `row` and `parts`, just read. Part by part: what is done to one twice does no harm."""
        finished = Finished()
        for order in orders:
            try:
                made = self._one(order)
            except ConfigError:
                raise
            except CdsyncError as error:
                finished.errors[order.ref] = error
            else:
                finished.orders[order.ref], finished.parts[order.ref] = made[0], tuple(made[1:])
        return finished

    def _one(self, order: InShop) -> list[ShopOrder]:
        """Nothing is changed of any part while another is not what was ordered."""
        parts = self._divided(order)
        for part in parts:
            if error := verify.judge(part.row, part.draft, part.plan).error:
                raise error
        try:
            return [self._finished(part) for part in parts]
        finally:
            order.row, *others = [part.row for part in parts]
            order.parts = tuple(others)

    def _finished(self, part: InShop) -> ShopOrder:
        done = self._finishing.finish([part])
        if part.ref in done.errors:
            raise done.errors[part.ref]
        return done.orders[part.ref]

    def _divided(self, order: InShop) -> list[InShop]:
        """One for each part. Raises RejectedError when the parts are not the order's lines, each in one of them."""
        rows = order.every_row
        if (plan := order.plan) is None:
            raise RejectedError("import.split", shop_orders=[row.id for row in rows])
        lines = _lines_by_part(plan.rows, rows)
        shippings = _shippings(order.draft.shipping, rows)
        return [
            self._part(order, plan, row, lines[row.id], shipping) for row, shipping in zip(rows, shippings, strict=True)
        ]

    def _part(self, order: InShop, plan: Plan, row: Row, lines: Sequence[CartRow], shipping: Decimal) -> InShop:
        total = sum((line.total for line in lines), shipping)
        draft = replace(order.draft, total=total, shipping=shipping)
        carrier = next((c for c in self._reference.carriers.values() if c.id == row["id_carrier"]), plan.carrier)
        rate = plan.shipping_rate if carrier == plan.carrier else row.money("carrier_tax_rate")
        own = replace(plan, draft=draft, rows=tuple(lines), carrier=carrier, shipping_rate=rate)
        checked = replace(order.checked, begun=replace(order.begun, draft=draft), plan=own)
        return replace(order, checked=checked, row=row, parts=(), whole=order.draft.total)


def are_parts(rows: Sequence[Row]) -> bool:
    """Whether several shop orders are one that the shop split. Requests made at once have references of their own."""
    return len({(row["id_cart"], row["reference"]) for row in rows}) == 1 and rows[0]["reference"] != ""


def _lines_by_part(lines: Sequence[CartRow], rows: Sequence[Row]) -> Mapping[str, list[CartRow]]:
    there = {row.id: {_key(line) for line in row.links.get("order_rows", ())} for row in rows}
    found: dict[str, list[CartRow]] = {row.id: [] for row in rows}
    for line in lines:
        owners = [part for part, keys in there.items() if line.key in keys]
        if len(owners) != 1:
            what = f"{'/'.join(line.key)} in {len(owners)} of its {len(rows)} parts"
            raise SpoiledError("import.lines_differ", shop_order=", ".join(there), what=what)
        found[owners[0]].append(line)
    return found


def _key(line: Mapping[str, str]) -> tuple[str, str]:
    return line.get("product_id", ""), line.get("product_attribute_id", "") or "0"


def _shippings(wanted: Decimal, rows: Sequence[Row]) -> list[Decimal]:
    """What each part's shipping has to be: as it is where the sum is right, else all of it on the first part."""
    there = [row.money("total_shipping_tax_incl") for row in rows]
    return there if sum(there) == wanted else [wanted, *[Decimal(0)] * (len(rows) - 1)]
