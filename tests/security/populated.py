"""A world with something of everything: accounts of every kind, orders in each state, runs, products, comparisons.

Both rehearsal systems are there and write down who asks them; nothing is in the marketplace.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from cdsync import accounts, products, reconciliations, settings
from cdsync.db import db, now
from cdsync.models import Account, Order, ReconcileRow, Run
from cdsync.operations import OPERATIONS
from cdsync.reconciliations import Verdict
from cdsync.sandbox.octopia import OctopiaSandbox
from cdsync.sandbox.prestashop import PrestaShopSandbox
from tests.conftest import settings_for
from tests.web import seed

KINDS = ("missing", "twice", "total_differs", "unknown_to_marketplace", "waiting", "imported_equal")
HERE, ELSEWHERE, BEGUN, REHEARSED = "main", "Elsewhere", "Begun", "Rehearsal"


@dataclass
class Populated:
    """`accounts`: their ids by name; `refs`, `orders`, `runs`, `rows`, `skus`: what each holds, by the account's id."""

    market: OctopiaSandbox
    shop: PrestaShopSandbox
    accounts: dict[str, int]

    def ids(self, model: Any, of: str) -> list[int]:
        return list(db.session.scalars(db.select(model.id).where(model.account_id == self.accounts[of])))

    def refs(self, of: str) -> list[str]:
        mine = Order.account_id == self.accounts[of]
        return list(db.session.scalars(db.select(Order.marketplace_ref).where(mine).order_by(Order.id)))

    def rows(self, of: str) -> list[int]:
        latest = reconciliations.latest(db.session(), self.accounts[of])
        return [row.id for row in latest.rows] if latest else []

    @cached_property
    def marks(self) -> dict[str, str]:
        """What names an account in a form (`cdsync.web.shell.current_account`), by the account's name."""
        return {each.name: f"{each.id}-{each.created_at.timestamp():.6f}" for each in accounts.every()}

    def newly_asked(self) -> list[str]:
        """What both outside systems were asked since this was called last.

        A sign-in counts as reading, and so does what was refused: the test of a connection tries whether it may write.
        """
        logs = (self.market.server.log, self.shop.server.log)
        seen = [each for log in logs for each in log]
        for log in logs:
            log.clear()
        read = [each.path.endswith("/token") or each.status >= 400 for each in seen]
        return [f"{'GET' if reads else each.method} {each.path}" for each, reads in zip(seen, read, strict=True)]


def populate(market: OctopiaSandbox, shop: PrestaShopSandbox) -> Populated:
    """The accounts: one that is at work, one elsewhere with the same kinds of things, one begun, and a rehearsal."""
    document = settings_for(market, shop)
    settings.load(document)
    settings.load({**document, "account": ELSEWHERE, "marketplace": document["marketplace"] | {"seller_id": "11111"}})
    settings.load({**document, "account": BEGUN, "marketplace": document["marketplace"] | {"seller_id": "22222"}})
    db.session.add(Account(name=REHEARSED, settings={}, rehearsal=True))
    db.session.commit()
    found = Populated(market, shop, {each.name: each.id for each in accounts.every()})
    for name in (HERE, ELSEWHERE, REHEARSED):
        _fill(accounts.find(name))
    begun = accounts.find(BEGUN)
    begun.setup = {"step": 5}
    seed.order(begun)
    db.session.commit()
    db.session.remove()
    return found


def _fill(of: Account) -> None:
    made = seed.of_every_kind(of)
    orders = list(made.values())
    for operation in OPERATIONS:
        seed.run(of, operation, "failed", orders={orders[0].id: "problem"}, error_code="shop.unreachable",
                 error_data={"host": "shop.example"})  # fmt: skip
        seed.run(of, operation, "finished", orders={each.id: "done" for each in orders[:3]})
    seed.run(of, "import", "running", orders=dict.fromkeys([each.id for each in orders[:3]], "working"),
             lease_until=now() + timedelta(days=1))  # fmt: skip
    seed.run(of, "lookup", "queued", lease_until=now() + timedelta(days=1))
    products.remember(of.id, "demo_1", "15", "0", actor="Mona")
    verdicts = [
        Verdict(kind, "", each.id, each.marketplace_ref, shop_refs=("7", "8") if kind == "twice" else ("7",))
        for kind, each in zip(KINDS, orders, strict=False)
    ]
    reconciliations.keep(of.id, None, now(), verdicts)
    of.notices = [{"code": "shop.unreachable", "data": {"host": "shop.example"}}]
    db.session.commit()


__all__ = ["BEGUN", "ELSEWHERE", "HERE", "REHEARSED", "Order", "Populated", "ReconcileRow", "Run", "populate"]
