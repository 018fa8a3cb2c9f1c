"""Changes to what exists of the orders of one batch: a failure is its order's, and the others go on. Knows no rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cdsync.errors import CdsyncError, TemporaryError

from ..creating.changes import Changer
from ..creating.doubt import may_be_at_work
from ..creating.stages import InShop
from ..webservice.client import Webservice
from ..webservice.xml import Row, Value
from .parcels import by_order

Changes = dict[str, tuple[Row, Mapping[str, Value]]]


class BatchChanges:
    """`errors`: by order ref, what ended its way through this batch. Raises ConfigError only.

    `carried`: rows of `order_carriers` by order, as far as they were read, as they are now.
    """

    def __init__(self, webservice: Webservice, changer: Changer, orders: Sequence[InShop]) -> None:
        self._ws = webservice
        self._changer = changer
        self._orders = {order.ref: order for order in orders}
        self.errors: dict[str, CdsyncError] = {}
        self.carried: dict[str, list[Row]] = {}

    def alive(self, orders: Sequence[InShop]) -> list[InShop]:
        """Those without an error."""
        return [o for o in orders if o.ref not in self.errors]

    def rows_of(self, orders: Iterable[InShop], resource: str, field: str, of_order: str) -> list[Row]:
        """Rows whose `field` is one of the orders' `of_order`; none, and an error for each order, when it fails."""
        concerned = list(orders)
        try:
            return self._ws.rows_where(resource, field, [o.row[of_order] for o in concerned])
        except TemporaryError as error:
            self.errors.update({o.ref: error for o in concerned})
            return []

    def read_carried(self, orders: Iterable[InShop]) -> None:
        """Reads the `order_carriers` of these orders, where that was not done yet."""
        left = [o for o in orders if o.row.id not in self.carried]
        if left:
            rows = by_order(self.rows_of(left, "order_carriers", "id_order", "id"))
            self.carried.update({o.row.id: list(rows.get(o.row.id, ())) for o in self.alive(left)})

    def send(self, step: str, resource: str, changes: Changes) -> dict[str, Row]:
        """The rows as they are afterwards, by order ref."""
        if not changes:
            return {}
        done = self._changer.change(step, resource, changes)
        self.errors.update(done.errors)
        silent = {ref for ref, error in done.errors.items() if may_be_at_work(error)} | done.unanswered
        for ref in changes.keys() & self._orders.keys():
            heard = self._orders[ref].heard.unanswered if ref in silent else self._orders[ref].heard.answered
            heard.add(step)
        return done.rows

    def send_orders(self, step: str, orders: Sequence[InShop], changes: Changes) -> None:
        """`send` for the orders themselves: each order keeps its new row."""
        rows = self.send(step, "orders", changes)
        for order in orders:
            order.row = rows.get(order.ref, order.row)
