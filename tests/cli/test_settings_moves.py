"""`settings load` where it would tie an account elsewhere: rehearsal, another seller or shop, a shared one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask

from cdsync import accounts, settings
from cdsync.db import db
from cdsync.models import Account, Order
from cdsync.operations.runner import execute
from cdsync.runs import start
from cdsync.sandbox.octopia import OctopiaSandbox
from cdsync.sandbox.prestashop import PrestaShopSandbox
from cdsync.sandbox.scenarios import add_orders
from tests.conftest import settings_for

from .conftest import Run

MINE = {"client_id": "a", "client_secret": "market-secret", "seller_id": "1"}


def load(flask: Run, document: dict[str, Any], *words: str) -> tuple[int, str]:
    done = flask("settings", "load", "-", *words, stdin=json.dumps(document))
    return done.exit_code, done.stderr


@pytest.fixture
def imported(app: Flask, market: OctopiaSandbox, shop: PrestaShopSandbox) -> Account:
    """One order, in the shop."""
    with app.app_context():
        account = settings.load(settings_for(market, shop))
        add_orders(market, "simple")
        for operation in ("lookup", "import"):
            execute(start(account, operation, trigger="cli").id)
        db.session.rollback()
        assert {each.state for each in db.session.query(Order)} == {"imported"}
    return account


def test_a_new_account_starts_from_the_real_addresses(flask: Run) -> None:
    code, said = load(flask, {"account": "mine", "marketplace": MINE, "shop": {"url": "https://shop.example"}})
    assert (code, said.splitlines()[0]) == (0, "Settings of account mine saved.")
    shown = json.loads(flask("settings", "show", "--account", "mine").stdout)
    assert shown["marketplace"]["api_url"] == "https://api.octopia-io.net/seller/v2"
    assert shown["marketplace"]["token_url"].startswith("https://auth.octopia-io.net/")


def test_rehearsal_addresses_do_not_get_into_a_real_account_nor_real_ones_into_the_rehearsal(
    flask: Run, app: Flask, market: OctopiaSandbox, shop: PrestaShopSandbox
) -> None:
    with app.app_context():
        settings.load({**settings_for(market, shop), "account": accounts.REHEARSAL}, rehearsal=True)
        db.session.remove()
    before = flask("settings", "show", "--account", accounts.REHEARSAL).stdout
    code, said = load(flask, {"account": "mine", "marketplace": {**MINE, "api_url": market.api_url}})
    assert code == 2
    assert "marketplace.api_url: This is the address of the rehearsal." in said
    code, said = load(flask, {"account": accounts.REHEARSAL, "marketplace": MINE})
    assert code == 2
    assert "marketplace.seller_id: This is the rehearsal, and it stays one. Connect your own shop instead" in said
    assert "market-secret" not in said
    assert flask("settings", "show", "--account", accounts.REHEARSAL).stdout == before
    assert flask("settings", "show", "--account", "mine").exit_code == 2


def test_another_shop_is_refused_with_both_ways_and_moved_with_the_proof(
    flask: Run, app: Flask, imported: Account, shop: PrestaShopSandbox
) -> None:
    shop.stop()
    shop.start()
    shop.configuration["PS_SHOP_DOMAIN"] = shop.configuration["PS_SHOP_DOMAIN_SSL"] = "moved.example"
    document = {"account": "main", "shop": {"url": shop.url}}
    before = flask("settings", "show").stdout
    code, said = load(flask, document)
    assert code == 2
    assert "the account has 1 order that belongs to the former one" in said
    assert 'with another "account" in the file' in said
    assert "--moved" in said
    assert flask("settings", "show").stdout == before
    code, said = load(flask, document, "--moved")
    assert code == 2
    assert "shop.key: Enter it again" in said
    code, said = load(flask, {"account": "main", "shop": {"url": shop.url, "key": shop.key}}, "--moved")
    assert code == 0, said
    assert "moved.example is the same shop, version 9.1.4: orders" in said
    assert "Orders that follow: 1." in said
    with app.app_context():
        assert [each.shop for each in db.session.query(Order)] == ["moved.example"]


def test_moved_is_believed_only_with_the_proof(flask: Run, imported: Account) -> None:
    before = flask("settings", "show").stdout
    code, said = load(flask, {"marketplace": {"seller_id": "another"}}, "--moved")
    assert code == 2
    assert "The seller number is another one" in said
    assert flask("settings", "show").stdout == before


def test_moved_where_nothing_moved_only_saves(flask: Run, imported: Account) -> None:
    code, said = load(flask, {"orders": {"lookback_days": 9}}, "--moved")
    assert (code, said) == (0, "Settings of account main saved.\n")


def test_a_shop_that_two_accounts_share_is_said(flask: Run) -> None:
    shop = {"url": "https://shop.example", "key": "k"}
    load(flask, {"account": "one", "marketplace": MINE, "shop": shop})
    code, said = load(flask, {"account": "two", "marketplace": {**MINE, "seller_id": "2"}, "shop": shop})
    assert code == 0
    assert "The account “one” imports into the same shop." in said
    code, said = load(flask, {"account": "three", "marketplace": MINE, "shop": shop})
    assert code == 2
    assert "The account “one” reads the orders of this seller already" in said
