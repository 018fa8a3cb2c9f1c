"""`orders list` and `orders show`: the JSON others build on, and the words for people."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app import create_app
from cdsync import accounts
from cdsync.db import db
from cdsync.models import Order, OrderLine, ShopOrder
from tests.web import seed

from .conftest import Run, close, runner

SOON = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=2)


def add(app: Flask, ref: str, *, account: str = "main", **columns: Any) -> None:
    with app.app_context():
        order = Order(account_id=accounts.ensure(account).id, marketplace_ref=ref, **{"state": "to_import", **columns})
        order.lines = [
            OrderLine(
                line_ref=f"{ref}-1", sku="MUG", title="Mug", quantity=2, unit_price=Decimal("12.5"), total=Decimal(25)
            )
        ]
        db.session.add(order)
        db.session.commit()


def show(flask: Run, ref: str) -> dict[str, Any]:
    shown = flask("orders", "show", ref, "--json")
    assert shown.exit_code == 0, shown.stderr
    return dict(json.loads(shown.stdout))


@pytest.fixture(params=["alone", "beside a rehearsal"])
def beside(request: pytest.FixtureRequest, app: Flask) -> None:
    """With and without another account that has orders of every kind."""
    if request.param != "alone":
        with app.app_context():
            seed.neighbour()


@pytest.mark.usefixtures("beside")
def test_an_order_is_found_by_its_id_and_by_its_reference(app: Flask, flask: Run) -> None:
    add(app, "SCID1", reference="2611", total=Decimal("84.3"), currency="EUR")
    order = show(flask, "2611")
    assert order == show(flask, "SCID1")
    assert (order["ref"], order["reference"], order["state"]) == ("SCID1", "2611", "to_import")
    assert (order["total"], order["currency"], order["problem"], order["shop_orders"]) == ("84.30", "EUR", None, [])
    assert order["lines"][0]["unit_price"] == "12.50"


@pytest.mark.usefixtures("beside")
def test_a_shop_order_shows_its_number_and_what_was_paid(app: Flask, flask: Run) -> None:
    add(app, "A", state="imported")
    with app.app_context():
        order = db.session.query(Order).filter_by(marketplace_ref="A").one()
        order.shop_orders = [
            ShopOrder(account_id=order.account_id, shop_ref="6", reference="XKBKNABJK", total_paid=Decimal("84.35"))
        ]
        db.session.commit()
    (told,) = show(flask, "A")["shop_orders"]
    assert (told["id"], told["reference"], told["total_paid"]) == ("6", "XKBKNABJK", "84.35")


@pytest.mark.usefixtures("beside")
def test_a_problem_shows_its_code_sentence_and_next_try(app: Flask, flask: Run) -> None:
    add(app, "A", problem_code="shop.timeout", problem_data={"host": "shop.example"}, problem_kind="temporary",
        problem_operation="import", attempts=2, next_try_at=SOON)  # fmt: skip
    problem = show(flask, "A")["problem"]
    assert (problem["code"], problem["next_try_at"]) == ("shop.timeout", SOON.isoformat())
    assert (problem["kind"], problem["operation"], problem["attempts"]) == ("temporary", "import", 2)
    assert "shop.example" in problem["message"]
    words = flask("orders", "show", "A").stdout
    assert problem["message"] in words
    assert SOON.isoformat() in words


@pytest.mark.usefixtures("beside")
def test_an_order_that_a_run_holds_shows_how_long(app: Flask, flask: Run) -> None:
    add(app, "A", claim_owner="host:1:x", claim_until=SOON)
    order = show(flask, "A")
    assert order["claimed"] == {"owner": "host:1:x", "until": SOON.isoformat()}
    assert order["problem"]["code"] == "order.claimed"
    assert order["problem"]["next_try_at"] == SOON.isoformat()


def test_a_wait_is_never_shown_shorter_than_the_hold(app: Flask, flask: Run) -> None:
    add(app, "A", claim_owner="host:1:x", claim_until=SOON, problem_code="shop.order_unknown",
        problem_kind="unknown", next_try_at=SOON - timedelta(minutes=4))  # fmt: skip
    assert show(flask, "A")["problem"]["next_try_at"] == SOON.isoformat()


def test_a_hold_that_ran_out_holds_nothing(app: Flask, flask: Run) -> None:
    add(app, "A", claim_owner="host:1:x", claim_until=SOON - timedelta(hours=3))
    order = show(flask, "A")
    assert (order["claimed"], order["problem"]) == (None, None)


def test_the_list_of_an_account_holds_its_own_orders_only(app: Flask, flask: Run) -> None:
    with app.app_context():
        theirs = {order.marketplace_ref for order in seed.of_every_kind(seed.neighbour()).values()}
    add(app, "A")
    add(app, "B", state="imported")
    listed = json.loads(flask("orders", "list", "--json", "--account", "main").stdout)
    assert {(each["ref"], each["account"]) for each in listed} == {("A", "main"), ("B", "main")}
    beside = json.loads(flask("orders", "list", "--json", "--account", "Rehearsal", "--state", "imported").stdout)
    assert beside
    assert all(each["rehearsal"] and each["ref"] not in ("A", "B") for each in beside)
    every = json.loads(flask("orders", "list", "--json").stdout)
    assert {each["ref"] for each in every if not each["rehearsal"]} == {"A", "B"}
    assert theirs <= {each["ref"] for each in every if each["rehearsal"]}


def test_the_list_is_an_array_and_can_be_narrowed(app: Flask, flask: Run) -> None:
    add(app, "A")
    add(app, "B", state="imported")
    add(app, "C", account="second")

    def refs(*words: str) -> list[str]:
        return sorted(each["ref"] for each in json.loads(flask("orders", "list", "--json", *words).stdout))

    assert refs() == ["A", "B", "C"]
    assert refs("--state", "imported") == ["B"]
    assert refs("--account", "second") == ["C"]
    assert refs("--account", "second", "--state", "shipped") == []
    assert len(flask("orders", "list").stdout.splitlines()) == 3


@pytest.mark.parametrize("words", [["--state", "open"], ["--account", "nobody"]])
def test_a_state_or_account_that_does_not_exist_is_said(app: Flask, flask: Run, words: list[str]) -> None:
    add(app, "A")
    listed = flask("orders", "list", "--json", *words)
    assert (listed.exit_code, listed.stdout) == (2, "")
    assert listed.stderr


def test_an_unknown_order_is_said_without_a_word_on_standard_output(app: Flask, flask: Run) -> None:
    add(app, "A")
    shown = flask("orders", "show", "Z", "--json")
    assert (shown.exit_code, shown.stdout) == (2, "")
    assert "order.unknown" in shown.stderr


def test_a_reference_of_several_orders_is_a_question(app: Flask, flask: Run) -> None:
    add(app, "A", reference="R")
    add(app, "B", reference="R")
    shown = flask("orders", "show", "R")
    assert shown.exit_code == 2
    assert "A (main)" in shown.stderr
    assert "B (main)" in shown.stderr


def test_without_tables_the_remedy_is_named(app: Flask, flask: Run) -> None:
    with app.app_context():
        db.drop_all()
    listed = flask("orders", "list")
    assert listed.exit_code == 2
    assert "(database.not_current)" in listed.stderr
    assert "Run “flask --app app db upgrade”." in listed.stderr


@pytest.mark.only_on("sqlite", "a database that is a file can be another file")
def test_a_database_file_that_is_something_else_is_said_in_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "cdsync.sqlite3"
    file.write_text("no database at all, but long enough to be looked at " * 40)
    app = create_app(instance_path=str(tmp_path), CDSYNC_SECRET_KEY="a key for tests, long enough for cdsync")
    listed = runner(app)("orders", "list")
    assert (listed.exit_code, listed.stdout) == (2, "")
    assert "(database.damaged)" in listed.stderr
    close(app)
