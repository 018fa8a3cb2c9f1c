"""A shop order beside the marketplace's: equal to the cent, or in what it differs. Pure: no requests.

A VAT cent that PrestaShop moves between rows is no difference: amounts with tax are compared, and the order's net total
within what rounding each row can move.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from cdsync.errors import CdsyncError, RejectedError

from ...base import OrderDraft
from ..checking.import_plan import Plan
from ..checking.pricing import DOWN, ROUND_EACH, UP, cents, without_tax
from ..creating.mapper import amount
from ..shop_data.improved_shipment import NOBODY
from ..webservice.xml import Row, decimal, number
from .verdicts import HalfMadeError, SpoiledError

HALF_CENT = Decimal("0.005")
MOVES_MORE = (UP, DOWN)  # orders.round_mode: a net amount moves by up to a cent


@dataclass(frozen=True)
class Verdict:
    """`error`: stop, nothing may be changed. `shipping_differs`: only the shipping is not the marketplace's."""

    error: CdsyncError | None = None
    shipping_differs: bool = False


def judge(row: Row, draft: OrderDraft, plan: Plan | None) -> Verdict:
    """plan: None for an adopted order whose products are no longer found; its sums are compared then."""
    lines = row.links.get("order_rows", ())
    if not lines or row["current_state"] in ("", "0"):
        return Verdict(HalfMadeError("import.half_made", shop_order=row.id))
    what = _line_difference(row, draft, plan) or _extras(row)
    if what:
        return Verdict(SpoiledError("import.lines_differ", shop_order=row.id, what=what))
    exact = (
        row.money("total_paid_tax_incl") == draft.total
        and row.money("total_paid") == draft.total
        and row.money("total_shipping_tax_incl") == draft.shipping
    )
    return Verdict(shipping_differs=not exact or _net_difference(row, draft, plan) != "")


def total_differs(row: Row, draft: OrderDraft) -> CdsyncError:
    found = amount(row, "total_paid_tax_incl")
    return SpoiledError(
        "import.total_differs", expected=str(draft.total), found=str(found),
        difference=str(found - draft.total), shop_order=row.id,
    )  # fmt: skip


def totals_hold(row: Row, draft: OrderDraft, plan: Plan | None) -> CdsyncError | None:
    """The last word on an order's money: total, paid, shipping, and both without tax within rounding."""
    if row.money("total_paid_tax_incl") != draft.total or row.money("total_shipping_tax_incl") != draft.shipping:
        return total_differs(row, draft)
    if what := _net_difference(row, draft, plan):
        return RejectedError("import.net_differs", shop_order=row.id, what=what)
    if plan is not None:
        moved = abs(row.money("total_paid_tax_excl") - plan.total_without_tax(shipping_rate(row, plan)))
        step = HALF_CENT * 2 if row["round_mode"] in MOVES_MORE else HALF_CENT
        if moved > step * (sum(r.quantity for r in plan.rows) + 2):
            return SpoiledError("import.lines_differ", shop_order=row.id, what=f"total without tax off by {moved}")
    return None


def shipping_rate(row: Row, plan: Plan | None) -> Decimal:
    """Percent: the mapped carrier's own; the one the order keeps where it has another carrier by now."""
    if plan is not None and row["id_carrier"] in (*NOBODY, plan.carrier.id):
        return plan.shipping_rate
    return row.money("carrier_tax_rate")


def _net_difference(row: Row, draft: OrderDraft, plan: Plan | None) -> str:
    """In what the shipping without tax is off; PrestaShop rounds it, and what it is taken from, to cents."""
    if plan is None:
        return ""
    expected = without_tax(draft.shipping, shipping_rate(row, plan))
    if _is_net(row, expected):
        return ""
    return f"shipping without tax {amount(row, 'total_shipping_tax_excl')} instead of {cents(expected)}"


def taxed_unlike_its_carrier(row: Row) -> bool:
    """Its shipping without tax is not what the rate it keeps of its carrier makes of it; a rate of 0 tells nothing."""
    rate = row.money("carrier_tax_rate")
    return rate > 0 and not _is_net(row, without_tax(row.money("total_shipping_tax_incl"), rate))


def _is_net(row: Row, expected: Decimal) -> bool:
    off = abs(row.money("total_shipping_tax_excl") - expected)
    return off <= HALF_CENT * (4 if row["round_mode"] in MOVES_MORE else 2)


def _line_difference(row: Row, draft: OrderDraft, plan: Plan | None) -> str:
    wanted_total = draft.total - draft.shipping
    if plan is None:
        pieces = sum(number(line, "product_quantity") for line in row.links["order_rows"])
        wanted = sum(line.quantity for line in draft.lines) + any(fee.amount for fee in draft.fees)
        if pieces != wanted:
            return f"{pieces} pieces instead of {wanted}"
    else:
        wanted_rows = {r.key: (r.quantity, r.total) for r in plan.rows}
        there = _rows(row)
        for key in sorted({*wanted_rows, *there}):
            if there.get(key) != wanted_rows.get(key):
                return f"{'/'.join(key)}: {_shown(there.get(key))} instead of {_shown(wanted_rows.get(key))}"
    if row.money("total_products_wt") != wanted_total:
        return f"products {amount(row, 'total_products_wt')} instead of {wanted_total}"
    return ""


def _rows(row: Row) -> dict[tuple[str, str], tuple[int, Decimal]]:
    """Quantity and total with tax by product and combination, rounded the way the order was."""
    found: dict[tuple[str, str], tuple[int, Decimal]] = defaultdict(lambda: (0, Decimal(0)))
    for line in row.links["order_rows"]:
        key = line.get("product_id", ""), line.get("product_attribute_id", "") or "0"
        unit = decimal(line.get("unit_price_tax_incl", ""), "unit_price_tax_incl")
        quantity = number(line, "product_quantity")
        total = cents(unit) * quantity if row["round_type"] == ROUND_EACH else cents(unit * quantity)
        before = found[key]
        found[key] = (before[0] + quantity, before[1] + total)
    return dict(found)


def _extras(row: Row) -> str:
    """Discounts (an automatic cart rule of the shop) and gift wrapping are none of the marketplace's."""
    for name in ("total_discounts_tax_incl", "total_wrapping_tax_incl"):
        if row.money(name):
            return f"{name.split('_')[1]} {amount(row, name)}"
    return ""


def _shown(pair: tuple[int, Decimal] | None) -> str:
    return f"{pair[0]} × = {pair[1]}" if pair else "nothing"
