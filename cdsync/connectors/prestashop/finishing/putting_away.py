"""Cancels a shop order that an import made and the shop spoiled, so that a person has only its cause to mend.

Only what never was an order: cdsync's own, still in "payment error", never valid, invoiced, paid otherwise than by the
POST itself, or moved by anybody. Stock is not touched: PrestaShop moves none between "payment error" and its own
cancelled status, and before 9 none towards any status that is no sale (OrderHistory::changeIdOrderState).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from cdsync.errors import CdsyncError, RejectedError, TemporaryError

from ...base import ImportPolicy
from ..creating.changes import Changer
from ..creating.stages import InShop
from ..creating.steps import CART, ORDER, PUT_AWAY
from ..shop_data.reference import Reference
from ..webservice.client import Webservice
from ..webservice.errors import RightMissingError
from ..webservice.xml import Row, Value
from .verdicts import HalfMadeError, SpoiledError

NOTE = "cdsync: this is not what the marketplace order says (%s). It was cancelled; its stock was not touched."


class PuttingAway:
    """Puts away the spoiled orders of one batch together."""

    def __init__(self, webservice: Webservice, reference: Reference, changer: Changer, policy: ImportPolicy) -> None:
        self._ws = webservice
        self._reference = reference
        self._changer = changer
        self._policy = policy

    def after(self, errors: Mapping[str, CdsyncError], orders: Mapping[str, InShop]) -> dict[str, CdsyncError]:
        """The errors as they are afterwards, by ref: `import.put_away` for what was cancelled.

        Where it is not known whether the shop took the cancellation, the next attempt looks. Raises ConfigError.
        """
        spoiled = [orders[ref] for ref, error in errors.items() if isinstance(error, SpoiledError) and ref in orders]
        status = self._reference.status_for_spoiled if self._policy.put_away_spoiled and spoiled else ""
        after = dict(errors)
        if not status:
            return after
        try:
            chosen = self._untouched([order for order in spoiled if self._is_ours(order)])
        except TemporaryError as error:
            return after | {order.ref: error for order in spoiled}
        after |= {order.ref: _put_away(order, errors[order.ref]) for order in chosen}
        for part in range(max((len(order.every_row) for order in chosen), default=0)):
            rows = {order.ref: order.every_row[part] for order in chosen if len(order.every_row) > part}
            changes = {ref: (row, self._fields(row, status, errors[ref])) for ref, row in rows.items()}
            for ref, failure in self._changer.change(PUT_AWAY, "orders", changes).errors.items():
                after[ref] = errors[ref] if isinstance(failure, RejectedError) else failure
        return after

    def _is_ours(self, order: InShop) -> bool:
        """Made by this attempt, or by one whose journal names its cart; and still where the shop left it."""
        step = order.steps.get(ORDER)
        ours = order.posted or (step is not None and step.data.get(CART) == order.row["id_cart"])
        return ours and all(self._never_counted(row, order) for row in order.every_row)

    def _never_counted(self, row: Row, order: InShop) -> bool:
        never_valid = row["valid"] in ("", "0") and row["invoice_number"] in ("", "0")
        unpaid = row.money("total_paid_real") in (0, order.draft.total)
        in_error = row["current_state"] == self._reference.settings.get("PS_OS_ERROR", "8")
        return never_valid and unpaid and in_error

    def _untouched(self, orders: Sequence[InShop]) -> list[InShop]:
        """Those nobody moved. Without the right to read histories only what this attempt made is surely untouched."""
        if not orders:
            return []
        try:
            ids = [row.id for order in orders for row in order.every_row]
            rows = self._ws.rows_where("order_histories", "id_order", ids)
        except RightMissingError:
            return [order for order in orders if order.posted]
        histories: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            histories[row["id_order"]].append(row)
        return [order for order in orders if all(map(self._is_the_shops, _lines(order, histories)))]

    def _is_the_shops(self, line: Row) -> bool:
        in_error = line["id_order_state"] == self._reference.settings.get("PS_OS_ERROR", "8")
        return in_error and line["id_employee"] in ("", "0")

    def _fields(self, row: Row, status: str, error: CdsyncError) -> dict[str, Value]:
        fields: dict[str, Value] = {"current_state": status}
        if row.fields.get("note") == "":  # a note for the merchant's own people, which orders have from 1.7.7 on
            fields["note"] = NOTE % _plain(what_differs(error))
        return fields


def _lines(order: InShop, histories: Mapping[str, list[Row]]) -> list[Row]:
    return [line for row in order.every_row for line in histories.get(row.id, ())]


def what_differs(error: CdsyncError) -> str:
    """In what the shop order is not the marketplace's, for a person."""
    data = error.data
    if isinstance(error, HalfMadeError):
        return "half made"
    return str(data.get("what") or f"total {data.get('found')} instead of {data.get('expected')}")


def _put_away(order: InShop, error: CdsyncError) -> CdsyncError:
    ids = ", ".join(row.id for row in order.every_row)
    return RejectedError("import.put_away", shop_order=ids, what=what_differs(error), was=error.code)


def _plain(text: str) -> str:
    """Without what an HTML field of PrestaShop might write otherwise."""
    return "".join(sign for sign in text.replace("×", "x") if sign.isascii() and sign not in "<>&\"'")
