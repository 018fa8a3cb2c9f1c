"""Whether what an import took is gone from stock: read before, read after, and asked about only where it does not fit.

PrestaShop adds to a quantity that it read a moment ago and writes the sum (StockManager::updateQuantity): a sale at the
same moment swallows pieces. The reading before is the examination's; the one after is one request for the batch.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cdsync.errors import CdsyncError, RejectedError, TemporaryError

from ...base import ProductMatch
from ..checking.import_plan import Plan
from ..creating.deaths import may_have_taken
from ..creating.mapper import shop_time
from ..creating.stages import InShop
from ..creating.steps import ORDER, PACKS, STATUS
from ..shop_data.reference import Reference
from ..shop_data.stock import read_stock
from ..webservice.client import Webservice
from ..webservice.filters import above
from .stock_sales import Key, OtherSales

STOCK_DIFFERS = "import.stock_differs"
STOCK_UNREAD = "import.stock_unread"
STOCK, AT = "stock", "stock_at"  # in the data of the step ORDER: pieces by article before the order, and when
MOST_OTHERS = 100  # orders that changed meanwhile; among more nobody can tell whose a piece was


@dataclass(frozen=True)
class Group:
    """Orders that took their pieces after one reading. `since`: the shop's clock at it."""

    orders: Sequence[InShop]
    before: Mapping[Key, int]
    since: datetime


def remembered(matches: Mapping[str, ProductMatch], at: datetime) -> dict[str, Any]:
    """What the journal keeps of the reading before an order is made, should this attempt not live to read again."""
    return {STOCK: {"/".join(_key(each)): each.stock for each in matches.values()}, AT: at.isoformat()}


class StockCheck:
    """Of one batch. Reads only. Raises ConfigError."""

    def __init__(self, webservice: Webservice, reference: Reference) -> None:
        self._ws = webservice
        self._reference = reference

    def warnings(self, orders: Sequence[InShop], unsure: Collection[Key]) -> dict[str, list[CdsyncError]]:
        """By ref, on the last order of each article; orders: imported by this batch.

        unsure: articles of orders that may be moving still.
        """
        groups = list(self._groups([o for o in orders if o.plan and self._takes_stock(o)]))
        wanted = {key for group in groups for key in _taken(group.orders)} - {*unsure}
        found: dict[str, list[CdsyncError]] = defaultdict(list)
        try:
            now = read_stock(self._ws, self._reference, wanted)
            for group in groups:
                for order, warning in self._judge(group, now):
                    found[order.ref].append(warning)
        except TemporaryError:
            return {order.ref: [RejectedError(STOCK_UNREAD)] for group in groups for order in group.orders}
        return found

    def _groups(self, orders: Sequence[InShop]) -> Iterator[Group]:
        """What this batch took, after its own reading; and what an earlier attempt may have let its orders take."""
        error = self._reference.settings.get("PS_OS_ERROR")
        earlier = [order for order in orders if not order.posted and _may_have_taken(order, error)]
        now = [o for o in orders if o not in earlier and (o.posted or o.found_in == error)]
        readings: dict[str, list[tuple[InShop, Mapping[str, Any]]]] = defaultdict(list)
        for order in now:
            readings[""].append((order, order.checked.stock_before))
        for order in earlier:
            before = order.steps[ORDER].data
            readings[str(before[AT])].append((order, before))
        for read in readings.values():
            kept = {key: pieces for _, before in read for key, pieces in _kept(before).items()}
            yield Group([order for order, _ in read], kept, _at(read[0][1]))

    def _takes_stock(self, order: InShop) -> bool:
        """Whether its pieces must be gone. Before 9.0 none go from "payment error" to a status that is no sale."""
        none = (self._reference.settings.get("PS_OS_ERROR"), self._reference.settings.get("PS_OS_CANCELED"))
        state = order.row["current_state"]
        status = self._reference.statuses.get(state)
        sale = self._ws.holds_packs or (status is not None and status.counts_as_sale)
        return self._reference.counts_stock and state not in none and sale

    def _judge(self, group: Group, now: Mapping[Key, int]) -> Iterator[tuple[InShop, CdsyncError]]:
        taken, packs = _taken(group.orders), _taken(o for o in group.orders if o.plan and o.plan.has_pack)
        moved = {key: group.before[key] - now[key] for key in taken if key in now and key in group.before}
        # PrestaShop takes a pack, what is in it, or both, as a setting of the pack says: that is not read.
        odd = [k for k, n in moved.items() if n != taken[k] and k not in packs and not (packs and n > taken[k])]
        if not odd:
            return
        rows = self._others({row.id for order in group.orders for row in order.every_row}, group.since)
        others = OtherSales(rows, self._reference, shop_time(group.since, self._reference.timezone))
        for key in odd if len(rows) < MOST_OTHERS else ():
            expected = taken[key] + others.sold(key)
            if not others.explain(key, moved[key] - expected):
                order = [o for o in group.orders if key in _taken([o])][-1]
                yield order, _differs(order, key, moved[key], expected, now[key])

    def _others(self, own: Collection[str], since: datetime) -> list[Any]:
        """Orders that were made or changed since, ours left out."""
        moment = shop_time(since, self._reference.timezone)
        most = f"0,{MOST_OTHERS + len(own)}"
        rows = self._ws.rows("orders", {"date_upd": above(moment)}, date=True, limit=most)
        return [row for row in rows if row.id not in own]


def _may_have_taken(order: InShop, error: str | None) -> bool:
    """Whether its pieces may have gone with a request of an earlier attempt: counted from before that one's.

    A request whose end nobody saw, or over which the shop died: one for its status that is sent again takes them twice
    then (PrestaShop writes the stock first). error: the status "payment error", in which an order has taken none.
    """
    own = order.steps.get(ORDER)
    if own is None or AT not in own.data:
        return False
    changed = any(not order.steps[name].over for name in (PACKS, STATUS) if name in order.steps)
    return changed or may_have_taken(order.steps) or (not own.over and order.found_in != error)


def articles(plan: Plan) -> set[Key]:
    """What an order consists of."""
    return {row.key for row in plan.rows}


def _taken(orders: Iterable[InShop]) -> Counter[Key]:
    pieces: Counter[Key] = Counter()
    for order in orders:
        for row in order.plan.rows if order.plan else ():
            pieces[row.key] += row.quantity
    return pieces


def _kept(data: Mapping[str, Any]) -> dict[Key, int]:
    pairs = ((key.partition("/"), number) for key, number in data.get(STOCK, {}).items())
    return {(product, combination): int(number) for (product, _, combination), number in pairs}


def _at(data: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(str(data[AT]))


def _key(match: ProductMatch) -> Key:
    return match.product_ref, match.combination_ref


def _differs(order: InShop, key: Key, moved: int, expected: int, now: int) -> CdsyncError:
    name = next((each.name for each in order.checked.matches.values() if _key(each) == key), "/".join(key))
    change = moved - expected
    return RejectedError(
        STOCK_DIFFERS, product=name, article="/".join(key), moved=moved, expected=expected, pieces=abs(change),
        change=f"{change:+d}", stock=now, right=now + change,
    )  # fmt: skip
