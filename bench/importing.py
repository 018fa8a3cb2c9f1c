"""`python -m bench.importing [FILE]`: requests of an imported order, its CPU, and how busy the shop is kept meanwhile.

Every order is of a new customer, has two lines and needs the shipping correction: the dearest ordinary case. The shop's
own data is known, from an order imported before: it is asked for once a day. CPU,
statements and commits are of each order more than one, so that a run's beginning and end do not count. The shop that
is kept busy takes 100 ms longer for each request; beside it the usual way (`bench.baseline`) imports into the same.
Exit code 1 when a figure is over its goal.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from cdsync.sandbox.faults import FaultPlan

from .baseline.one_entity_a_request import UsualWay, Wanted
from .import_cpu import import_orders
from .lines import Line, keep, table
from .rehearsed import Rehearsed, rehearsed
from .slow_shop import Slow
from .two_line_orders import PRICE, SHIPPING, TOTAL, add_orders, skus

SIZES = {1: None, 5: None, 20: 1.95, 50: 1.5, 100: 1.5}  # orders, and how many requests each may take
COST = {"milliseconds": 8.0, "statements": 12.0, "commits": 3.0}
OF_COST, OF_WAITING, SECONDS, BUSY_GOAL = 20, 20, 0.1, 1.08
PART = "import into a shop"


def main(file: Path | None = None) -> int:
    lines = [*(_requests(size, goal) for size, goal in SIZES.items()), _usual_requests(), *_costs(), *_waits()]
    print(table(lines))
    if file is not None:
        keep(lines, file)
    return 1 if any(each.missed for each in lines) else 0


def _requests(size: int, goal: float | None) -> Line:
    with rehearsed() as system:
        import_orders(system, 1)
        seen, _ = import_orders(system, size)
    return Line(PART, f"requests an order, {size} at once", seen["requests"] / size, "", goal)


def _usual_requests() -> Line:
    with rehearsed() as system:
        usual = _usual(system, 2)
    return Line(PART, "requests an order, the usual way", usual / 2, "")


def _costs() -> list[Line]:
    with rehearsed() as system:
        import_orders(system, 1)
        few, _ = import_orders(system, 1)
        many, _ = import_orders(system, OF_COST)
    return [
        Line(PART, f"{name} of cdsync's own, an order", (many[name] - few[name]) / (OF_COST - 1), "", goal)
        for name, goal in COST.items()
    ]


def _waits() -> list[Line]:
    """Wall by the shop's busy time, and by the usual way's wall."""
    with rehearsed() as system:
        import_orders(system, 1)
        add_orders(system.market, system.shop, OF_WAITING)
        system.run("lookup")
        ours, busy = _timed(system, lambda: system.run("import"))
        usual, _ = _timed(system, lambda: _usual(system, OF_WAITING // 4))
    name = f"{OF_WAITING} orders, a shop of {SECONDS * 1000:.0f} ms a request"
    return [
        Line(PART, f"{name}: wall", ours, "s"),
        Line(PART, f"{name}: wall by its busy time", ours / busy, "×", BUSY_GOAL),
        Line(PART, f"{name}: the usual way's wall by ours", usual * 4 / ours, "×"),
    ]


def _timed(system: Rehearsed, act: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the clock from the shop's first request to its last answer, and how many of them it was at work."""
    server = system.shop.server
    server.log.clear()
    server.faults = plan = Slow(SECONDS)
    act()
    server.faults = FaultPlan()
    ended = [seen.at for seen in server.log]
    assert len(plan.began) == len(ended), "a request was answered twice, or never"
    return ended[-1] - plan.began[0], sum(end - begin for begin, end in zip(plan.began, ended, strict=True))


def _usual(system: Rehearsed, size: int) -> int:
    """So many orders of the same kind, the usual way; how many requests it took."""
    usual = UsualWay(system.shop.url, system.shop.key)
    net = (Decimal(PRICE) / Decimal("1.2")).quantize(Decimal("0.000001"))
    bought = [(sku, 1 + place, net) for place, sku in enumerate(skus(system.shop, 2))]
    for number in range(size):
        mail = f"usual-{number}@example.com"
        usual.put_in(Wanted(f"USUAL-{number}", mail, bought, Decimal(SHIPPING), Decimal(TOTAL)))
    return usual.requests


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
