"""Any sequence of what can happen to orders: operations, both sides changing, faults, killed processes, time.

Hypothesis chooses the sequence; after each step everything that must always hold is judged, and at the end, when
nothing breaks any more, that every order has got somewhere and says where.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from cdsync.sandbox.faults import Fault
from cdsync.sandbox.scenarios import add_orders
from cdsync.sandbox.scenarios.catalogue import SIMPLE

from . import verdict
from .matrix import ANSWERS, BREAKS, CLIENT_LIMIT, COMMITS, LATE
from .world import World, until

KINDS = (
    "simple", "another_price", "combination", "several_vat_rates", "same_sku_twice", "quantity_50", "company", "fee",
    "relay_point", "dearer_shipping", "same_buyer", "odd_name", "dead_line", "mixed_supply", "one_cent", "belgium",
    "to_accept", "to_accept_unknown_sku", "accepted", "processing", "unknown_sku", "inactive_product", "sold_out",
    "short_stock", "wrong_total", "no_address", "malformed_money", "malformed_lines", "cancellation_asked",
    "unknown_status", "cancelled", "fulfilment", "shipped",
)  # fmt: skip
IMPORTED, DEAD = ("imported", "shipped"), ("refused", "cancelled", "elsewhere")
RETRIED = ("temporary", "unknown")
NOT_SOLD = ("6", "8")  # cancelled, payment error: PrestaShop keeps nothing from stock for these
FAULTS = st.none() | st.tuples(
    st.sampled_from([*ANSWERS.values(), *BREAKS.values(), *COMMITS.values()]), st.integers(0, 24)
)
OPERATIONS = st.sampled_from(["lookup", "accept", "import", "import", "import", "ship", "reconcile"])


class Sequence(RuleBasedStateMachine):
    """One marketplace, one shop, one cdsync; `world` is put back to its beginning for each sequence."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        world.back_to(world.beginning)
        self.stock = Counter(verdict.stocks(world))  # as if nothing had been sold
        self.asked: dict[str, verdict.Asked] = {}

    @initialize(kinds=st.lists(st.sampled_from(KINDS[:16]), min_size=1, max_size=4))
    def begin(self, kinds: list[str]) -> None:
        for kind in kinds:
            self.arrive(kind)
        self.world.operate("lookup")

    def arrive(self, kind: str) -> None:
        arrival = datetime.now(UTC) + timedelta(seconds=self.world.ahead)
        (ref,) = add_orders(self.world.market, kind, now=arrival)
        try:
            self.asked[ref] = verdict.Asked(self.world.market.order(ref))
        except (ArithmeticError, KeyError, TypeError):  # malformed on purpose
            return

    @rule(kind=st.sampled_from(KINDS))
    def an_order_comes(self, kind: str) -> None:
        self.arrive(kind)

    @rule(operation=OPERATIONS, fault=FAULTS, chosen=st.booleans())
    def run(self, operation: str, fault: tuple[str, int] | None, chosen: bool) -> None:
        extra: dict[str, Any] = {}
        servers = (self.world.market.server, self.world.shop.server)
        if fault and fault[0] in ANSWERS.values():
            kind, number = fault
            first = operation in ("import", "ship")
            servers[first].faults.add(Fault(kind, skip=number, seconds=LATE, retry_after=1))
            extra["client_limit"] = CLIENT_LIMIT if kind == "late" else None
        elif fault:
            extra["broken"] = {"kind": fault[0], "number": fault[1]}
        if chosen and operation in ("accept", "import", "ship"):
            extra["wanted"] = self.world.order_ids()
        self.world.operate(operation, **extra)
        if fault and fault[0] == "late" and not any(server.faults.pending() for server in servers):
            assert until(lambda: any(seen.fault == "late" for _side, seen in self.world.requests()))
        for server in servers:
            server.faults.clear()
            server.log.clear()

    @rule(seconds=st.sampled_from([30, 130, 400, 4000, 90_000, 1_000_000]))
    def time_passes(self, seconds: int) -> None:
        self.world.pass_time(seconds)

    @rule(data=st.data(), what=st.sampled_from(["cancel", "request_cancellation", "let_pass"]))
    def the_marketplace_changes_an_order(self, data: st.DataObject, what: str) -> None:
        ref = data.draw(st.sampled_from(sorted(self.world.market.ledger.records)))
        if what != "request_cancellation" or self.world.market.ledger.records[ref].lines():
            getattr(self.world.market, what)(ref)

    @rule(data=st.data(), action=st.sampled_from(["leave_out", "leave_out", "take_back"]))
    def the_merchant_deals_with_orders_by_hand(self, data: st.DataObject, action: str) -> None:
        if ids := self.world.order_ids():
            ended = self.world.by_hand(action, data.draw(st.lists(st.sampled_from(ids), min_size=1, unique=True)))
            assert ended.status == 0, ended

    @precondition(lambda self: len(self.world.shop.rows("orders")) > 0)
    @rule(data=st.data())
    def somebody_cancels_in_the_shop(self, data: st.DataObject) -> None:
        row = data.draw(st.sampled_from(self.world.shop.rows("orders")))
        if row["current_state"] == "2":
            self.world.shop.set_state(int(row["id"]), 6)

    @rule(number=st.integers(0, len(SIMPLE) - 1), active=st.booleans())
    def the_merchant_switches_a_product(self, number: int, active: bool) -> None:
        self._table("products").update(number + 1, {"active": str(int(active))})

    @rule(number=st.integers(0, len(SIMPLE) - 1), by=st.integers(-5, 5))
    def the_merchant_corrects_the_stock(self, number: int, by: int) -> None:
        row = self._table("stock_availables").where("id_product", number + 1)[0]
        self._table("stock_availables").update(row["id"], {"quantity": str(int(row["quantity"]) + by)})
        self.stock[SIMPLE[number].reference] += by

    @rule()
    def the_merchant_edits_the_carrier(self) -> None:
        row = next(
            r for r in self.world.shop.rows("carriers") if r["name"].startswith("Colissimo D") and r["deleted"] == "0"
        )
        self.world.shop.edit_carrier(int(row["id"]))

    @precondition(lambda self: len(self.world.shop.rows("orders")) > 0)
    @rule(data=st.data())
    def the_merchant_sends_a_parcel(self, data: st.DataObject) -> None:
        sendable = [row["id"] for row in self.world.shop.rows("orders") if row["current_state"] == "2"]
        if sendable:
            shop_ref = data.draw(st.sampled_from(sendable))
            self.world.shop.set_tracking(int(shop_ref), f"6A{shop_ref:0>11}")
            self.world.shop.set_state(int(shop_ref), 4)

    @invariant()
    def nothing_is_wrong(self) -> None:
        assert self.wrongs() == []

    def teardown(self) -> None:
        """Nothing breaks any more: every order gets somewhere, and nothing is left open."""
        for number in range(len(SIMPLE)):
            self._table("products").update(number + 1, {"active": "1"})
        for _ in range(4):
            self.world.pass_time(4000)
            for operation in ("lookup", "accept", "import"):
                self.world.operate(operation)
        assert self.wrongs() + verdict.run_wrongs(self.world) + self.unsettled() == []

    def wrongs(self) -> list[str]:
        """What must hold at any moment, also in the middle of a crash."""
        every = self.world.shop.rows("orders")
        twice = [text for text, times in Counter(row["payment"] for row in every).items() if times > 1]
        found = [f"{text} twice in the shop" for text in twice]
        by_payment = {row["payment"]: row for row in every}
        for order in self.world.rows("SELECT * FROM orders"):
            made = self.world.rows("SELECT shop_ref, adopted FROM shop_orders WHERE order_id = ?", order["id"])
            shop_refs = [row["shop_ref"] for row in made]
            asked = self.asked.get(order["marketplace_ref"])
            in_shop = by_payment.get(asked.payment) if asked else None
            found += [f"{order['marketplace_ref']}: {wrong}" for wrong in self._places(order, shop_refs, in_shop)]
            # Found in the shop when the marketplace had ended it: told to a person, and left as it is.
            left = order["marketplace_state"] in DEAD and any(row["adopted"] for row in made)
            if asked and in_shop and order["state"] in IMPORTED and not left:
                found += self._money(in_shop, asked)
        return found + self._stock(every) + verdict.story_wrongs(self.world)

    def _places(self, order: Any, shop_refs: list[str], in_shop: dict[str, str] | None) -> list[str]:
        """Imported once, dead, a problem with a code, or waiting with a next try: one of these."""
        there = [in_shop["id"]] if in_shop else []
        if order["state"] in IMPORTED:
            return [] if shop_refs == there and len(there) == 1 else [f"{order['state']}: {shop_refs}, in shop {there}"]
        if order["state"] in DEAD:
            return [f"{order['state']} with shop order {there or shop_refs}"] if there or shop_refs else []
        if order["problem_code"] is None:
            return [f"kind {order['problem_kind']} without problem"] if order["problem_kind"] else []
        endless = order["problem_kind"] in RETRIED and order["next_try_at"] is None and order["state"] == "to_import"
        return [f"{order['problem_code']} is tried again, but never"] if endless else []

    def _money(self, row: dict[str, str], asked: verdict.Asked) -> list[str]:
        checks = verdict.amounts(self.world, row, asked)
        sold = sum(
            int(d["product_quantity"]) for d in self.world.shop.rows("order_details") if d["id_order"] == row["id"]
        )
        checks["pieces"] = (sold, sum(asked.pieces.values()))
        return [f"{asked.ref}: {name} {has} instead of {due}" for name, (has, due) in checks.items() if has != due]

    def _stock(self, every: list[dict[str, str]]) -> list[str]:
        sold: Counter[str] = Counter()
        standing = {row["id"] for row in every if row["current_state"] not in NOT_SOLD}
        for row in self.world.shop.rows("order_details"):
            if row["id_order"] in standing:
                sold[row["product_reference"]] += int(row["product_quantity"])
        now = verdict.stocks(self.world)
        wrong = {ref: (now[ref], self.stock[ref] - sold[ref]) for ref in now if now[ref] != self.stock[ref] - sold[ref]}
        return [f"stock of {ref} {has} instead of {due}" for ref, (has, due) in wrong.items()]

    def unsettled(self) -> list[str]:
        """Orders nobody knows, that could go on and did not, and shop orders nobody remembers."""
        rows = self.world.rows("SELECT * FROM orders")
        known = {row["marketplace_ref"] for row in rows}
        found = [f"{ref} was never found" for ref in self.asked if ref not in known]
        found += [
            f"{row['marketplace_ref']} stands still: {row['state']}, {row['problem_kind']} {row['problem_code']}"
            for row in rows
            if row["claim_owner"]
            or (row["state"] in ("to_import", "to_accept") and not row["problem_code"])
            or (row["state"] == "to_import" and row["problem_kind"] in RETRIED)
        ]
        remembered = {row["shop_ref"] for row in self.world.rows("SELECT shop_ref FROM shop_orders")}
        # Made, and stopped before it was imported (the buyer asks to cancel, say): the journal knows it.
        begun = self.world.rows("SELECT data FROM import_steps WHERE name = 'order'")
        remembered |= {json.loads(row["data"]).get("order") for row in begun}
        return found + [
            f"shop order {r['id']} unknown" for r in self.world.shop.rows("orders") if r["id"] not in remembered
        ]

    def _table(self, name: str) -> Any:
        return self.world.shop.shop.store.table(name)
