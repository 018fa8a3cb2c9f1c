"""Orders that come through together are kept in one commit, and an odd one among them takes nothing from the others."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event, update

from cdsync import orders
from cdsync.db import db, now
from cdsync.models import Account, Order, ShopOrder
from cdsync.operations import keeping_imports
from cdsync.sandbox.octopia import OctopiaSandbox
from cdsync.sandbox.prestashop import PrestaShopSandbox
from tests.worlds import last_run, order_of, rewind

from .test_over_http import add

Runs = Callable[..., Any]
pytestmark = pytest.mark.sockets


def ready(account: Account, market: OctopiaSandbox, run: Runs, count: int) -> list[str]:
    """Orders of different customers, looked up."""
    refs = [add(market, customer_reference=f"buyer {number}") for number in range(count)]
    run(account, "lookup")
    return refs


def kinds(ref: str) -> list[str]:
    return [each.kind for each in sorted(order_of(ref).events, key=lambda each: each.id)]


def test_orders_that_come_through_together_are_kept_by_one_statement_each_and_as_one_by_one(
    account: Account, market: OctopiaSandbox, shop: PrestaShopSandbox, run: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: dict[str, Any] = {}
    for way in ("together", "one by one"):
        refs = ready(account, market, run, 3)
        if way == "one by one":
            monkeypatch.setattr(orders, "plainly_imported", lambda *_: [])
        seen: list[str] = []

        def statement(_c: object, _cursor: object, text: str, *_rest: object, seen: list[str] = seen) -> None:
            seen.append(text)

        event.listen(db.engine, "before_cursor_execute", statement)
        run(account, "import")
        event.remove(db.engine, "before_cursor_execute", statement)
        moved = [text for text in seen if text.startswith("UPDATE orders SET state=")]
        assert len(moved) == (1 if way == "together" else 3)
        assert last_run().counts == {"done": 3}
        for ref in refs:
            order = order_of(ref)
            assert (order.state, order.claim_owner, order.problem_code) == ("imported", None, None)
            assert order.imported_at is not None
        order = order_of(refs[1])
        (kept,) = order.shop_orders
        (line,) = order.lines
        assert kept.total_paid == Decimal("25.88")
        told[way] = (
            kinds(refs[1]), {e.kind: sorted(e.data) for e in order.events}, line.product_ref, line.matched_by,
            line.product_name, kept.adopted, kept.verified_at is not None, kept.status_ref, kept.payment_text[:9],
            order.shop, order.warnings, order.corrections,
        )  # fmt: skip
    assert told["together"] == told["one by one"]


def test_one_whose_shop_order_is_anothers_takes_nothing_from_the_others(
    account: Account, market: OctopiaSandbox, shop: PrestaShopSandbox, run: Runs
) -> None:
    (before,) = ready(account, market, run, 1)
    run(account, "import")
    refs = ready(account, market, run, 3)
    newest = int(order_of(before).shop_orders[0].shop_ref)
    row = ShopOrder(
        account_id=account.id, order_id=order_of(before).id, shop_ref=str(newest + 2), total_paid=Decimal(1)
    )
    db.session.add(row)
    db.session.commit()
    run(account, "import")
    found = [(order_of(ref).state, order_of(ref).problem_code) for ref in refs]
    assert found == [("imported", None), ("to_import", "import.several_orders"), ("imported", None)]
    assert last_run().counts == {"done": 2, "problem": 1}


def test_where_they_cannot_be_kept_together_each_is_kept_by_itself(
    account: Account, market: OctopiaSandbox, shop: PrestaShopSandbox, run: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    refs = ready(account, market, run, 3)

    def half(session: Any, *_rest: object) -> None:
        session.execute(update(Order).values(state="imported"))
        raise KeyError("nobody foresaw it")

    monkeypatch.setattr(orders, "keep_imported_together", half)
    run(account, "import")
    assert [order_of(ref).state for ref in refs] == ["imported"] * 3
    assert all(len(order_of(ref).shop_orders) == 1 for ref in refs)
    assert last_run().counts == {"done": 3}


def test_an_order_that_had_a_problem_before_is_kept_by_itself_and_its_problem_ends(
    account: Account, market: OctopiaSandbox, shop: PrestaShopSandbox, run: Runs
) -> None:
    refs = ready(account, market, run, 2)
    values = {"problem_code": "shop.timeout", "problem_kind": "temporary", "problem_operation": "import"}
    rewind(refs[0], **values, attempts=1, next_try_at=now())
    run(account, "import")
    assert [order_of(ref).state for ref in refs] == ["imported"] * 2
    assert order_of(refs[0]).problem_code is None
    assert "problem.cleared" in kinds(refs[0])


def test_results_that_are_there_before_an_error_are_kept() -> None:
    class Result:
        more_follow = True

    def results() -> Any:
        yield Result()
        raise KeyError

    bursts = keeping_imports.in_bursts(results())
    assert len(next(bursts)) == 1
    with pytest.raises(KeyError):
        next(bursts)
