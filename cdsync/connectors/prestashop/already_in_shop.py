"""Which orders are in the shop already: the look before anything is made, and the one after. Reads only.

By the payment text, which only this marketplace order has, and by the cart of an earlier attempt: PrestaShop makes one
order of each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from cdsync.errors import RejectedError

from ..base import Journal, OrderDraft
from .addresses.cleaning import payment_text
from .creating.stages import Begun, Found
from .creating.steps import CART, CHANGES, DIED, ORDER, PRICES, SEEN
from .finishing.order_state import in_force
from .finishing.splitting import are_parts
from .shop_data.reference import Reference
from .webservice.client import Webservice
from .webservice.xml import Row


class OrdersThere:
    """Of one batch. Raises TemporaryError, ConfigError."""

    def __init__(self, webservice: Webservice, reference: Reference, journal: Journal) -> None:
        self._ws = webservice
        self._reference = reference
        self._journal = journal

    def by_payment(self, drafts: Sequence[OrderDraft]) -> Mapping[str, Sequence[Row]]:
        """The shop orders by the marketplace's reference."""
        texts = {payment_text(draft.payment_text).casefold(): draft.ref for draft in drafts}
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self._ws.rows_where("orders", "payment", [payment_text(draft.payment_text) for draft in drafts]):
            if ref := texts.get(row["payment"].casefold()):
                found[ref].append(row)
        return found

    def by_cart(self, refs: Mapping[str, str]) -> Mapping[str, Sequence[Row]]:
        """The same of the carts in `refs`, each with its order's reference."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self._ws.rows_where("orders", "id_cart", list(refs)):
            found[refs[row["id_cart"]]].append(row)
        return found

    def sort_out(self, order: Begun, every: Sequence[Row]) -> Found | Begun:
        """The one shop order that stands for it, of `every` that was found; without one it is to be made.

        Sorted out by a person is when all but one are cancelled in the shop. None in force: it begins anew. Raises
        RejectedError("import.several_orders").
        """
        if not every:
            return order
        rows = in_force(every, order.draft, self._reference)
        if not rows:
            return self._begin_anew(order, {row["id_cart"] for row in every})
        rows = sorted(rows, key=lambda row: int(row.id))
        if len(rows) > 1 and not are_parts(rows):
            raise RejectedError("import.several_orders", shop_orders=[row.id for row in rows])
        return Found(order, rows[0], tuple(rows[1:]))

    def _begin_anew(self, order: Begun, old_carts: set[str]) -> Begun:
        """With another cart: PrestaShop takes one order of each. What was begun with a newer one goes on."""
        old = [s for s in (CART, PRICES, ORDER) if s in order.steps and order.steps[s].data.get(CART) in old_carts]
        old += [s for s in (SEEN, DIED, *CHANGES) if s in order.steps and old]
        for step in old:
            self._journal.forget(order.ref, step)
        return replace(order, steps={name: step for name, step in order.steps.items() if name not in old})
