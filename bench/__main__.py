"""`make bench`: requests to the shop per imported order, counted by the sandbox, and the time each import takes.

Every order is of a new customer and needs the shipping correction: the dearest ordinary case.
"""

from __future__ import annotations

import json
import platform
import time
from collections import Counter
from pathlib import Path
from typing import Any

from cdsync.sandbox.octopia import line_json, order_json

from .rehearsed import Rehearsed, rehearsed

RESULTS = Path(__file__).parent / "results.json"
SIZES = (1, 2, 5, 10, 20, 50, 100)
WRITES = ("POST", "PATCH", "PUT", "DELETE")


def main() -> None:
    rows = [_measure(size, lines=2) for size in SIZES]
    rows.append(_measure(1, lines=9))
    print(f"{'orders':>7} {'lines':>6} {'requests':>9} {'an order':>9} {'writes':>7} {'seconds':>8}   reads")
    for row in rows:
        print(
            f"{row['orders']:>7} {row['lines_each']:>6} {row['requests']:>9} {row['requests_per_order']:>9} "
            f"{row['writes']:>7} {row['seconds']:>8}   {row['reads_by_resource']}"
        )
    kept = {"python": platform.python_version(), "shop": "9.1.4 (sandbox)", "imports": rows}
    RESULTS.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"kept in {RESULTS.name}")


def _measure(size: int, lines: int) -> dict[str, Any]:
    with rehearsed() as system:
        _orders(system, size, lines)
        system.run("lookup")
        system.shop.server.log.clear()
        began = time.monotonic()
        run = system.run("import")
        seconds = round(time.monotonic() - began, 2)
        assert run.counts.get("done") == size, run.counts
        log = system.shop.server.log
        reads = Counter(seen.path.split("/")[2] for seen in log if seen.method not in WRITES)
        writes = sum(seen.method in WRITES for seen in log)
        return {
            "orders": size,
            "lines_each": lines,
            "requests": len(log),
            "requests_per_order": round(len(log) / size, 2),
            "writes": writes,
            "seconds": seconds,
            "reads_by_resource": dict(reads.most_common()),
        }


def _orders(system: Rehearsed, size: int, lines: int) -> None:
    products = [row for row in system.shop.rows("products") if row["active"] == "1" and row["reference"]]
    simple = [row["reference"] for row in products if not _has_combinations(system, row["id"])][:lines]
    for number in range(size):
        wanted = [
            line_json(sku=sku, quantity=1 + place, unit_price="9.99", shipping="3.33" if place == 0 else "0.00")
            for place, sku in enumerate(simple)
        ]
        system.market.add(order_json(lines=wanted, customer_reference=f"buyer-{number}"))


def _has_combinations(system: Rehearsed, product_id: str) -> bool:
    return any(row["id_product"] == product_id for row in system.shop.rows("combinations"))


if __name__ == "__main__":
    main()
