"""What is about to happen when something breaks: the orders, how far they got, and the operation that runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from cdsync.sandbox.scenarios import add_orders

from .world import SHOP, World

CORRECTED = "dearer_shipping"  # the buyer paid another shipping than the shop's: the order is corrected afterwards
FIVE = ("combination", "same_buyer", "same_buyer", "fee", CORRECTED)
LOOK_UP_AND_IMPORT = ("lookup", "import")


@dataclass(frozen=True)
class Situation:
    """A name for the table, the operation that will be broken, and what went before it.

    weather: what the shop is like meanwhile, beside its data. judged: by which verdict, if not the operation's.
    """

    name: str
    operation: str
    prepare: Callable[[World], None]
    weather: Callable[[World], None] = lambda world: None
    judged: str = ""


def _orders(*kinds: str) -> Callable[[World], None]:
    """Orders of these kinds, read by cdsync."""

    def prepare(world: World) -> None:
        for kind in kinds:
            add_orders(world.market, kind)
        _go(world, "lookup")

    return prepare


def _new_orders(*kinds: str) -> Callable[[World], None]:
    def prepare(world: World) -> None:
        for kind in kinds:
            add_orders(world.market, kind)

    return prepare


def _waiting(number: int) -> Callable[[World], None]:
    """Orders to accept; the marketplace releases them five minutes after that."""

    def prepare(world: World) -> None:
        world.market.accept_delay = 300.0
        _orders(*["to_accept"] * number)(world)

    return prepare


def _adopted(world: World) -> None:
    """The shop has the order, finished; cdsync knows nothing of that any more."""
    _orders(CORRECTED)(world)
    before = world.moment()
    _go(world, "import")
    world.put_database(before)


def _adopted_half_way(world: World) -> None:
    """The shop has the order as the POST left it, to be corrected still; cdsync knows nothing of that any more."""
    _orders(CORRECTED)(world)
    before = world.moment()
    _go(world, "import")
    asked = [(seen.method, seen.path) for side, seen in world.requests() if side == SHOP]
    number = asked[asked.index(("GET", "/api/order_states")) :].index(("POST", "/api/orders"))
    world.back_to(before)
    ended = world.operate("import", broken={"kind": "killed_after", "number": number})
    assert ended.killed
    assert len(world.shop.rows("orders")) == 1
    world.put_database(before)


def _shipped(number: int, shown_after: float = 0.0) -> Callable[[World], None]:
    """Imported orders that the shop has sent; the marketplace shows a parcel `shown_after` seconds."""

    def prepare(world: World) -> None:
        world.market.ship_delay = shown_after
        _orders(*["simple"] * number)(world)
        _go(world, "import")
        for row in world.shop.rows("orders"):
            world.shop.set_tracking(int(row["id"]), f"6A{row['id']:0>11}")
            world.shop.set_state(int(row["id"]), 4)

    return prepare


def _discount(world: World) -> None:
    """A cart rule without a code: every order comes out cheaper than it was bought, in "payment error"."""
    world.shop.shop.automatic_discount = Decimal(10)


def _small_bodies(world: World) -> None:
    """The shop is so slow that no more than two entities go in a body."""
    world.bodies = 2


def _go(world: World, operation: str) -> None:
    ended = world.operate(operation)
    assert ended.result.get("state") == "finished", (ended, world.forks.output.read_text())


SITUATIONS = {
    each.name: each
    for each in (
        Situation("import 1", "import", _orders("simple")),
        Situation("import 5", "import", _orders(*FIVE)),
        Situation("import 5, small bodies", "import", _orders(*FIVE), _small_bodies),
        Situation("corrected", "import", _orders(CORRECTED)),
        Situation("adopted", "import", _adopted),
        Situation("half-way", "import", _adopted_half_way),
        Situation("spoiled", "import", _orders("simple"), _discount, "put away"),
        Situation("accept 1", "accept", _waiting(1)),
        Situation("accept 5", "accept", _waiting(5)),
        Situation("ship 1", "ship", _shipped(1)),
        Situation("ship 5", "ship", _shipped(5)),
        Situation("ship late", "ship", _shipped(1, shown_after=60.0)),
        Situation("lookup 5", "lookup", _new_orders(*FIVE)),
    )
}
