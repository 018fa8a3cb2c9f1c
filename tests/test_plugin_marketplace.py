"""A marketplace from outside the package, found by its entry point: form, lookup, acceptance, import, shipment."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from cdsync import connectors, users
from cdsync.config import VARIABLES
from cdsync.db import db
from cdsync.models import Account
from cdsync.sandbox.rehearsal import Rehearsal
from tests import databases

from .plugin_browser import post, signed_in

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def bazaar(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The outside package on the path, as if installed; its book of orders with three of them."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent / "plugin_package"))
    at = datetime.now(UTC).isoformat()
    buyer = {"name": "Baba", "street": "40 rue des Voleurs", "postcode": "69003", "city": "Lyon"}
    mug = {"sku": "MUG-SABLE", "pieces": 2, "price": "12.90", "carriage": "9.95"}
    unknown = {**mug, "sku": "LAMP-WITH-GENIE"}
    book = [
        {"number": "B-1", "state": "paid", "at": at, "buyer": buyer, "lines": [mug]},
        {"number": "B-2", "state": "new", "at": at, "buyer": buyer, "lines": [mug]},
        {"number": "B-3", "state": "paid", "at": at, "buyer": buyer, "lines": [unknown]},
    ]
    file = tmp_path / "book.json"
    file.write_text(json.dumps(book))
    return file


@pytest.fixture
def shop() -> Iterator[Rehearsal]:
    world = Rehearsal().start()
    yield world
    world.stop()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Flask]:
    app = create_app(
        instance_path=str(tmp_path), CDSYNC_SECRET_KEY="a key for tests, long enough for cdsync", TESTING=True
    )
    databases.make_tables(app)
    with app.app_context():
        users.add("Jo", "merchant", PASSWORD)
        db.session.remove()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def merchant(own: Flask) -> FlaskClient:
    return signed_in(own.test_client(), "", "Jo", PASSWORD)


def entered(bazaar: Path, shop: Rehearsal) -> dict[str, str]:
    """What a merchant types into the Settings form."""
    told = shop.connections()
    carrier = next(iter(told["orders"]["carriers"].values()))
    return {
        "marketplace.connector": "bazaar",
        "marketplace.stall": "Forty thieves",
        "marketplace.password": "open sesame",
        "marketplace.orders_file": str(bazaar),
        "marketplace.season": "winter",
        "shop.connector": "prestashop",
        "shop.url": told["prestashop"]["url"],
        "shop.key": told["prestashop"]["key"],
        "orders.imported_status": "2",
        "orders.shipped_status": "4",
        "orders.payment_module": "ps_wirepayment",
        "orders.default_carrier": carrier,
        "orders.marketplace_carriers.shown": "1",
        "orders.marketplace_carriers.key": carrier,
        "orders.marketplace_carriers.value": "Camel",
    }


def run(app: Flask, *words: str) -> dict[str, Any]:
    return dict(json.loads(app.test_cli_runner().invoke(args=[*words, "--json"], catch_exceptions=False).stdout))


@pytest.mark.usefixtures("bazaar")
def test_an_installed_connector_is_offered_with_the_fields_it_declares(merchant: FlaskClient) -> None:
    assert connectors.names("marketplaces") == ["octopia", "bazaar"]
    assert re.search(r"<option[^>]*>bazaar</option>", merchant.get("/settings").text)
    form = post(merchant, "/settings/connector", {"marketplace.connector": "bazaar"}, page="/settings").text
    for text in ("The name painted over your stall.", "Password of the stall", "Book of orders", "winter"):
        assert text in form
    assert re.search(r'<input[^>]*name="marketplace.password"[^>]*>', form)
    assert "marketplace.client_id" not in form


def test_its_form_says_what_is_wrong_and_masks_its_secret(
    own: Flask, merchant: FlaskClient, bazaar: Path, shop: Rehearsal
) -> None:
    wrong = post(merchant, "/settings", entered(bazaar, shop) | {"marketplace.season": "spring"})
    assert wrong.status_code == 422
    assert "Must be one of: summer, winter." in wrong.text
    saved = post(merchant, "/settings", entered(bazaar, shop))
    assert saved.status_code == 303
    page = merchant.get("/settings").text
    assert "Forty thieves" in page
    assert "open sesame" not in page
    shown = json.loads(own.test_cli_runner().invoke(args=["settings", "show"]).stdout)["marketplace"]
    assert (shown["connector"], shown["password"], shown["season"]) == ("bazaar", "********", "winter")


def test_its_orders_are_looked_up_accepted_imported_and_shipped(
    own: Flask, merchant: FlaskClient, bazaar: Path, shop: Rehearsal
) -> None:
    assert post(merchant, "/settings", entered(bazaar, shop)).status_code == 303
    looked = run(own, "sync", "lookup", "--inline")
    assert (looked["state"], looked["counts"]["new"]) == ("finished", 3)
    assert run(own, "orders", "show", "B-3")["problem"]["code"] == "product.unknown"
    assert "B-1" in merchant.get("/orders?tab=all").text

    assert run(own, "sync", "accept", "--order", "B-2", "--inline")["counts"]["done"] == 1
    assert json.loads(bazaar.read_text())[1]["state"] == "paid"

    assert run(own, "sync", "import", "--inline")["problems"] == []
    order = run(own, "orders", "show", "B-1")
    assert order["state"] == "imported"
    (made,) = order["shop_orders"]
    row = next(row for row in shop.shop.rows("orders") if str(row["id"]) == made["id"])
    assert (row["payment"], made["total_paid"]) == ("Bazaar B-1", "35.75")
    assert merchant.get("/orders/B-1").status_code == 200

    shop.shop.set_tracking(int(made["id"]), "CAMEL-7")
    shop.shop.set_state(int(made["id"]), 4)
    assert run(own, "sync", "ship", "--inline")["problems"] == []
    told = json.loads(bazaar.read_text())[0]
    assert (told["state"], told["parcel"], told["carrier"]) == ("sent", "CAMEL-7", "Camel")
    assert run(own, "orders", "show", "B-1")["state"] == "shipped"


def test_connecting_it_speaks_of_no_other_marketplace(
    own: Flask, merchant: FlaskClient, bazaar: Path, shop: Rehearsal
) -> None:
    assert post(merchant, "/settings", entered(bazaar, shop)).status_code == 303
    with own.app_context():
        account = db.session.query(Account).one()
        account.setup, where = {"step": 2}, f"/connect/{account.id}/2"
        db.session.commit()
    page = merchant.get(where).text
    assert "What your marketplace gave you to sign in with" in page
    assert "Password of the stall" in page
    assert "API credentials" not in page


def test_what_goes_wrong_with_it_is_told_under_its_name(
    own: Flask, merchant: FlaskClient, bazaar: Path, shop: Rehearsal
) -> None:
    assert (
        post(merchant, "/settings", entered(bazaar, shop) | {"marketplace.password": "open barley"}).status_code == 303
    )
    refused = own.test_cli_runner().invoke(args=["sync", "lookup", "--inline"])
    assert "Bazaar refused the credentials" in refused.output
    page = merchant.get("/runs/1").text
    assert "Bazaar refused the credentials" in page
    assert "Cdiscount" not in page
