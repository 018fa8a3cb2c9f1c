"""A shop order that was deleted in the shop after its import: told, and made anew once, wherever a person asks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from cdsync import accounts
from cdsync.db import db
from cdsync.models import ImportStep, ReconcileRow
from cdsync.operations import runner
from cdsync.sandbox.octopia import line_json, order_json
from tests.web.conftest import Browser
from tests.worlds import kinds, order_of

MUG = {"sku": "MUG-ARDOISE", "quantity": 2, "unit_price": "9.99", "shipping": "5.90"}
Press = Callable[[], None]


@pytest.fixture
def ref(account, market, shop, run) -> str:
    """An imported order whose shop order was deleted since."""
    ref = str(market.add(order_json(lines=[line_json(**MUG)])))
    run(account, "lookup")
    run(account, "import")
    delete_order(shop, 1)
    return ref


def delete_order(shop, number: int) -> None:
    """As the webservice's DELETE, or a module for it, does: the order's own row goes, the rest stays."""
    shop.shop.store.table("orders").delete(number)


def numbers(shop) -> list[str]:
    return [row["id"] for row in shop.rows("orders")]


def from_page(merchant: Browser, queued: list[int], ref: str) -> Press:
    def press() -> None:
        merchant.post(f"/orders/{ref}/act", {"do": "anew"})
        runner.execute(queued[-1])

    return press


def from_command(app: Flask, ref: str) -> Press:
    def press() -> None:
        result = app.test_cli_runner().invoke(args=["sync", "import", "--order", ref, "--anew", "--inline"])
        assert result.exit_code == 0, result.output

    return press


def from_reconcile(merchant: Browser, queued: list[int], account, run) -> Press:
    run(account, "reconcile")
    row = db.session.query(ReconcileRow).filter_by(kind="missing").one()
    path = f"/reconcile/{row.id}/repair"
    assert path in merchant.get("/reconcile").text

    def press() -> None:
        answer = merchant.post(path)
        if answer.status_code == 303:
            runner.execute(queued[-1])

    return press


def test_ship_says_that_it_is_gone(account, market, shop, run, ref, merchant, queued):
    report = run(account, "ship")
    assert report["problems"] == [{"order": ref, "code": "ship.shop_order_gone"}]
    order = order_of(ref)
    assert (order.state, order.problem_code) == ("imported", "ship.shop_order_gone")
    assert order.problem_data == {"shop_order": order.shop_orders[0].reference}
    page = merchant.get(f"/orders/{ref}").text
    assert "Create the shop order again" in page
    assert "It is settled" in page


def test_it_ends_by_itself_when_the_shop_has_it_after_all(account, market, shop, run, ref):
    """A key of another shop, a list that came back empty: seen again, nothing was done."""
    run(account, "ship")
    table = shop.shop.store.table("orders")
    order = order_of(ref).shop_orders[0]
    table.insert({**BARE, "id_cart": order.cart_ref, "payment": order.payment_text, "reference": order.reference}, 1)
    assert run(account, "ship")["problems"] == []
    assert order_of(ref).problem_code is None


BARE = {
    "current_state": "2", "id_currency": "1", "id_carrier": "2", "total_paid_tax_incl": "25.88",
    "total_paid_real": "25.88", "total_products_wt": "19.98", "total_shipping_tax_incl": "5.90",
    "total_paid_tax_excl": "21.566667", "invoice_number": "1", "shipping_number": "",
    "date_upd": "2026-11-28 12:00:00", "date_add": "2026-11-28 12:00:00",
}  # fmt: skip


@pytest.mark.parametrize("where", ["page", "command", "reconcile"])
def test_it_is_made_anew_once(app, account, market, shop, run, ref, merchant, queued, where):
    if where != "reconcile":
        run(account, "ship")
    press = {
        "page": lambda: from_page(merchant, queued, ref),
        "command": lambda: from_command(app, ref),
        "reconcile": lambda: from_reconcile(merchant, queued, account, run),
    }[where]()
    for _twice in range(2):
        press()
        order = order_of(ref)
        assert (order.state, order.problem_code) == ("imported", None)
        assert numbers(shop) == ["2"]
        assert [each.shop_ref for each in order.shop_orders] == ["2"]
    assert kinds(ref).count("import.imported") == 2
    run(account, "reconcile")
    assert db.session.query(ReconcileRow).order_by(ReconcileRow.id.desc()).first().kind == "imported_equal"


def test_it_can_import_again_a_second_time(account, market, shop, run, ref):
    for number in (2, 3):
        run(account, "import", order_ids=[order_of(ref).id], options={"anew": True})
        assert numbers(shop) == [str(number)]
        delete_order(shop, number)
        run(account, "ship")
        assert order_of(ref).problem_code == "ship.shop_order_gone"


def test_nothing_is_made_while_the_shop_has_one_by_number_or_by_payment_text(account, market, shop, run):
    ref = str(market.add(order_json(lines=[line_json(**MUG)])))
    run(account, "lookup")
    run(account, "import")
    shop.shop.store.table("orders").update(1, {"payment": "renamed in the shop"})
    run(account, "import", order_ids=[order_of(ref).id], options={"anew": True})
    assert (order_of(ref).state, numbers(shop)) == ("imported", ["1"])


def test_no_shop_order_of_another_account_is_forgotten_although_seller_and_shop_are_the_same(
    account, market, shop, run, ref
):
    other, order = accounts.ensure("other"), order_of(ref)
    for row in (order, *order.shop_orders):
        row.account_id = other.id
    db.session.commit()
    run(account, "import", order_ids=[order_of(ref).id], options={"anew": True})
    assert (order_of(ref).state, [each.shop_ref for each in order_of(ref).shop_orders]) == ("imported", ["1"])
    assert numbers(shop) == []


def test_nothing_is_made_anew_of_an_order_that_the_marketplace_has_cancelled(account, market, shop, run, ref):
    market.cancel(ref)
    run(account, "lookup")
    run(account, "import", order_ids=[order_of(ref).id], options={"anew": True})
    assert (order_of(ref).state, order_of(ref).problem_code) == ("imported", "order.cancelled_after_import")
    assert numbers(shop) == []


def test_a_plain_import_makes_nothing_anew(account, market, shop, run, ref):
    run(account, "import", order_ids=[order_of(ref).id])
    run(account, "import")
    assert (order_of(ref).state, numbers(shop)) == ("imported", [])
    assert db.session.query(ImportStep).count() > 0


def test_the_one_that_took_its_place_is_watched(account, market, shop, run, ref):
    order = order_of(ref).shop_orders[0]
    new = {**BARE, "id_cart": "77", "payment": order.payment_text, "reference": "BYHAND"}
    shop.shop.store.table("orders").insert(new)
    run(account, "ship")
    assert order_of(ref).problem_code is None
    assert [each.reference for each in order_of(ref).shop_orders][-1] == "BYHAND"


def test_support_makes_nothing_anew(account, run, ref, support, queued):
    run(account, "ship")
    assert "Create the shop order again" not in support.get(f"/orders/{ref}").text
    assert support.post(f"/orders/{ref}/act", {"do": "anew"}).status_code == 403
    assert queued == []
