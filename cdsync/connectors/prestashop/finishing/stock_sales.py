"""What other orders of a shop took from stock meanwhile, as far as their rows tell. Sends nothing."""

from __future__ import annotations

from collections.abc import Sequence

from ..shop_data.reference import Reference
from ..webservice.xml import Row, number

Key = tuple[str, str]  # product and combination


class OtherSales:
    """Of orders made or changed since `moment`, by the shop's clock; rows as the webservice gives orders."""

    def __init__(self, rows: Sequence[Row], reference: Reference, moment: str) -> None:
        failed = ("", "0", reference.settings.get("PS_OS_ERROR"))
        self._rows = [row for row in rows if row["current_state"] not in failed]
        self._reference = reference
        self._moment = moment

    def sold(self, key: Key) -> int:
        """Pieces of the new orders that stand."""
        return sum(_pieces(row, key) for row in self._rows if self._is_new(row))

    def explain(self, key: Key, difference: int) -> bool:
        """Whether some of them make the difference: a new one that was counted before, one put back, one revived."""
        sums = {0}
        for row in self._rows:
            back = self._is_new(row) or self._reference.is_cancelled(row)
            by = -_pieces(row, key) if back else _pieces(row, key)
            sums |= {each + by for each in sums}
        return difference in sums

    def _is_new(self, row: Row) -> bool:
        return row["date_add"] > self._moment and not self._reference.is_cancelled(row)


def _pieces(row: Row, key: Key) -> int:
    lines = row.links.get("order_rows", ())
    return sum(
        number(line, "product_quantity")
        for line in lines
        if (line.get("product_id", ""), line.get("product_attribute_id", "") or "0") == key
    )
