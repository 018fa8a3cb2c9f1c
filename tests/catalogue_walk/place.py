"""Where articles of the catalogue are walked: an account on both rehearsal systems, and what a person does in each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import delete

from cdsync import orders, products, settings
from cdsync.db import db
from cdsync.models import Account, CachedRead, Order
from cdsync.order_lists import selection
from cdsync.sandbox.octopia import OctopiaSandbox, line_json, order_json
from cdsync.sandbox.prestashop import PrestaShopSandbox
from tests.worlds import committed, order_of

MUG = {"sku": "MUG-ARDOISE", "quantity": 2, "unit_price": "9.99", "shipping": "5.90"}


@dataclass
class Place:
    """`number` counts the times a walk was begun here, so that each time has a product and an order of its own."""

    account: Account
    market: OctopiaSandbox
    shop: PrestaShopSandbox
    run: Callable[..., dict[str, Any]]
    number: int = 0
    kept: dict[str, Any] = field(default_factory=dict)  # what a walk's steps tell each other

    # At the marketplace.
    def sold(self, *lines: dict[str, Any], look_up: bool = True, **changes: Any) -> str:
        """A buyer's order, and the lookup that finds it."""
        self.minutes_pass()
        rows = [line_json(**each) for each in lines] or [line_json(**MUG)]
        ref = str(self.market.add(order_json(lines=rows, **changes)))
        if look_up:
            self.run(self.account, "lookup")
        return ref

    def at_marketplace(self, ref: str) -> dict[str, Any]:
        """The order as the marketplace keeps it; what is changed in it is seen by the next lookup."""
        record = self.market.ledger.records[ref]
        self.market.advance(1)
        self.market.ledger.touch(record)
        return record.order

    def look_up(self, _ref: str = "") -> None:
        self.run(self.account, "lookup")

    def minutes_pass(self) -> None:
        """What an earlier run read of the shop's own data is not believed any more."""
        db.session.execute(delete(CachedRead))
        db.session.commit()

    # In the shop.
    def table(self, name: str) -> Any:
        return self.shop.shop.store.table(name)

    def product(self, reference: str, **values: Any) -> int:
        stock = values.pop("stock", 50)
        return self.shop.add_product(reference, reference.title(), Decimal("10.00"), stock=stock, **values)

    def shop_order(self) -> int:
        """The number of the newest shop order."""
        return max(int(row["id"]) for row in self.shop.rows("orders"))

    def cancel_in_shop(self, _ref: str = "") -> None:
        self.shop.set_state(self.shop_order(), 6)

    # In cdsync.
    def setting(self, **values: Any) -> None:
        settings.load({"orders": values})

    def chosen(self) -> settings.OrderSettings:
        return settings.read(self.account).orders

    def remember(self, sku: str, product: int, combination: int = 0) -> None:
        products.remember(self.account.id, sku, str(product), str(combination), actor="camille")

    def again(self, ref: str) -> None:
        """The button that the order's page offers: what the problem stopped is tried again, or it is imported."""
        order = order_of(ref)
        operation = "import"
        if order.state != "to_import":
            operation = selection.operation_to_retry(order.problem_operation, str(order.problem_code))
        self.run(self.account, operation, order_ids=[order.id])

    def settled(self, ref: str) -> None:
        """*It is settled* on the order's page."""
        committed(orders.dismiss_problem, order_of(ref).id, by=orders.By(person="camille"))

    def left_out(self, ref: str) -> None:
        """*Leave out*: the person has entered the order by hand."""
        committed(orders.leave_out, [order_of(ref).id], orders.By(person="camille"))

    def forgotten(self, ref: str) -> None:
        """cdsync's database is from before the import."""
        order: Order = order_of(ref)
        for each in (*order.shop_orders, *order.steps):
            db.session.delete(each)
        order.state, order.imported_at = "to_import", None
        db.session.commit()
