"""Changes to what exists of the orders of one batch: a failure is its order's, and the others go on. Knows no rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cdsync.errors import CdsyncError, TemporaryError

from ..creating.doubt import may_be_at_work
from ..creating.entities import Changer
from ..creating.work import Work
from ..webservice.client import Webservice
from ..webservice.xml import Row, Value
from .parcels import by_order

Changes = dict[str, tuple[Row, Mapping[str, Value]]]


class BatchChanges:
    """`errors`: by order ref, what ended its way through this batch. Raises ConfigError only.

    `carried`: rows of `order_carriers` by order, as far as they were read, as they are now.
    """

    def __init__(self, webservice: Webservice, changer: Changer, works: Sequence[Work] = ()) -> None:
        self._ws = webservice
        self._changer = changer
        self._works = {work.ref: work for work in works}
        self.errors: dict[str, CdsyncError] = {}
        self.carried: dict[str, list[Row]] = {}

    def alive(self, works: Sequence[Work]) -> list[Work]:
        """Those without an error."""
        return [w for w in works if w.ref not in self.errors]

    def rows_of(self, works: Iterable[Work], resource: str, field: str, of_order: str) -> list[Row]:
        """Rows whose `field` is one of the orders' `of_order`; none, and an error for each order, when it fails."""
        concerned = list(works)
        try:
            return self._ws.rows_where(resource, field, [w.order_row[of_order] for w in concerned])
        except TemporaryError as error:
            self.errors.update({w.ref: error for w in concerned})
            return []

    def read_carried(self, works: Iterable[Work]) -> None:
        """Reads the `order_carriers` of these orders, where that was not done yet."""
        left = [w for w in works if w.order_row.id not in self.carried]
        if left:
            rows = by_order(self.rows_of(left, "order_carriers", "id_order", "id"))
            self.carried.update({w.order_row.id: list(rows.get(w.order_row.id, ())) for w in self.alive(left)})

    def send(self, step: str, resource: str, changes: Changes) -> dict[str, Row]:
        """The rows as they are afterwards, by order ref."""
        if not changes:
            return {}
        done = self._changer.change(step, resource, changes)
        self.errors.update(done.errors)
        silent = {ref for ref, error in done.errors.items() if may_be_at_work(error)} | done.unanswered
        for ref in changes.keys() & self._works.keys():
            heard = self._works[ref].unanswered if ref in silent else self._works[ref].answered
            heard.add(step)
        return done.rows

    def send_orders(self, step: str, works: Sequence[Work], changes: Changes) -> None:
        """`send` for the orders themselves: each work keeps its new row."""
        rows = self.send(step, "orders", changes)
        for work in works:
            work.row = rows.get(work.ref, work.row)
