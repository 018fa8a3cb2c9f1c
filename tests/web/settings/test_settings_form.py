"""The Settings form: what it shows, what Save stores, what it refuses, who may see it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from cdsync import accounts, settings
from cdsync.db import db
from cdsync.errors import ConfigError
from cdsync.models import Account
from cdsync.sandbox.octopia import OctopiaSandbox
from cdsync.settings import fields as declared
from tests.web.conftest import Browser, alone, text_of

SECRET = "the secret of the marketplace"


@pytest.fixture
def account(app: Flask) -> Account:
    """Complete; nothing answers at its addresses."""
    return settings.load(
        {
            "account": "main",
            "marketplace": {"client_id": "me", "client_secret": SECRET, "seller_id": "98979"},
            "shop": {"url": "http://127.0.0.1:1", "key": "K" * 32},
            "orders": {"imported_status": "2", "shipped_status": "4", "carriers": {"TrackedHomeDelivery": "2"}},
        }
    )


def form_of(account: Account, **changes: Any) -> dict[str, Any]:
    """What a browser sends for the stored settings, with changes by key."""
    shown = settings.show(account)
    form: dict[str, Any] = {}
    for side in ("marketplace", "shop"):
        for name, value in shown[side].items():
            form[f"{side}.{name}"] = ", ".join(value) if isinstance(value, list) else "" if value is None else value
    for field in declared.ORDERS:
        value = shown["orders"][field.name]
        key = f"orders.{field.name}"
        if field.kind == "mapping":
            form |= {f"{key}.shown": "1", f"{key}.key": list(value), f"{key}.value": list(value.values())}
        elif field.kind == "flag":
            form[f"{key}.shown"] = "1"
            if value:
                form[key] = "1"
        else:
            form[key] = "" if value is None else value
    for field in declared.SCHEDULE:
        form |= {
            f"schedule.{field.name}.preset": "custom",
            f"schedule.{field.name}": shown["schedule"][field.name] or "",
        }
    return {key: value for key, value in (form | changes).items() if value is not None}


def stored() -> dict[str, Any]:
    db.session.rollback()
    return settings.show(accounts.find(None))


def test_every_declared_setting_has_a_field(merchant: Browser, account: Account) -> None:
    page = merchant.get("/settings").text
    keys = [f"orders.{each.name}" for each in declared.ORDERS if each.kind != "mapping"]
    keys += [f"schedule.{each.name}" for each in declared.SCHEDULE]
    keys += ["marketplace.client_id", "marketplace.client_secret", "marketplace.sales_channels", "shop.url", "shop.key"]
    assert [key for key in keys if f'name="{key}"' not in page] == []


def test_secrets_are_shown_as_a_mask_only(merchant: Browser, account: Account) -> None:
    page = merchant.get("/settings").text
    assert SECRET not in page
    assert page.count(f'value="{settings.MASK}"') == 2


def test_saving_the_page_unchanged_changes_nothing(merchant: Browser, account: Account) -> None:
    before = settings.show(account)
    key = settings.read(account).shop["key"]
    answer = merchant.post("/settings", form_of(account), part=True)
    assert answer.status_code == 200
    assert stored() == before
    assert settings.read(accounts.find(None)).shop["key"] == key


def test_save_stores_what_was_entered(merchant: Browser, account: Account) -> None:
    changes = {
        "orders.lookback_days": "9",
        "orders.acceptance": "all",
        "orders.import_without_stock": None,
        "orders.customer_group": "3",
        "orders.fee_sku": "",
        "orders.carriers.key": ["TrackedHomeDelivery", "Relais Colis", "DroneDelivery"],
        "orders.carriers.value": ["2", "3", ""],
        "marketplace.sales_channels": "CDISFR, CDISES",
        "schedule.accept.preset": "hourly",
        "schedule.import.preset": "off",
        "schedule.ship": "5 6 * * 1",
    }
    answer = merchant.post("/settings", form_of(account, **changes), part=True)
    assert answer.status_code == 200
    assert "Saved" in text_of(answer.text)
    now = stored()
    assert now["orders"]["lookback_days"] == 9
    assert now["orders"]["acceptance"] == "all"
    assert now["orders"]["import_without_stock"] is False
    assert now["orders"]["customer_group"] == "3"
    assert now["orders"]["fee_sku"] is None
    assert now["orders"]["carriers"] == {"TrackedHomeDelivery": "2", "Relais Colis": "3"}
    assert now["marketplace"]["sales_channels"] == ["CDISFR", "CDISES"]
    assert now["schedule"] == {
        "lookup": "*/15 * * * *", "accept": "0 * * * *", "import": None, "ship": "5 6 * * 1", "reconcile": "15 4 * * *",
    }  # fmt: skip


def test_the_back_offices_address_is_optional_and_can_be_taken_away_again(merchant: Browser, account: Account) -> None:
    assert "to link orders: https://shop.example/admin123" in text_of(merchant.get("/settings").text)
    for given, kept in (("https://shop.example/admin123", "https://shop.example/admin123"), ("", None)):
        merchant.post("/settings", form_of(account, **{"shop.admin_url": given}))
        assert stored()["shop"]["admin_url"] == kept


def test_a_new_secret_replaces_the_stored_one(merchant: Browser, account: Account) -> None:
    merchant.post("/settings", form_of(account, **{"shop.key": "A" * 32}))
    db.session.rollback()
    assert settings.read(accounts.find(None)).shop["key"] == "A" * 32


def test_without_htmx_save_leads_back_to_the_page_and_says_so(merchant: Browser, account: Account) -> None:
    answer = merchant.post("/settings", form_of(account, **{"orders.lookback_days": "3"}))
    assert answer.status_code == 303
    assert "The settings are saved." in text_of(merchant.get(answer.headers["Location"]).text)
    assert stored()["orders"]["lookback_days"] == 3


@pytest.mark.parametrize("part", [True, False])
def test_what_does_not_hold_is_said_at_its_field_and_nothing_is_saved(
    merchant: Browser, account: Account, part: bool
) -> None:
    before = settings.show(account)
    wrong = {"orders.lookback_days": "a week", "orders.wait_for_tracking_hours": "48", "shop.url": "shop.example"}
    answer = merchant.post("/settings", form_of(account, **wrong), part=part)
    assert answer.status_code == 422
    assert stored() == before
    html = answer.text
    assert 'value="a week"' in html
    assert 'value="shop.example"' in html
    assert 'value="48"' in html, "what was right is kept as well"
    assert 'aria-describedby="orders-lookback-days-error orders-lookback-days-hint"' in html
    assert 'id="orders-lookback-days-error">Must be a whole number from 1 to 90.' in html
    assert 'href="#shop-url"' in html
    assert "Nothing was saved: 2 values are not valid" in text_of(html)


def test_a_wrong_cron_expression_stays_visible_in_its_own_field(merchant: Browser, account: Account) -> None:
    wrong = {"schedule.ship.preset": "custom", "schedule.ship": "every day"}
    answer = merchant.post("/settings", form_of(account, **wrong), part=True)
    assert answer.status_code == 422
    assert 'value="every day"' in answer.text
    assert 'id="schedule-ship-error"' in answer.text
    assert '<option value="custom" selected>' in answer.text


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("orders.lookback_days", "<script>alert(1)</script>"),
        ("orders.lookback_days", "9" * 400),
        ("orders.acceptance", "nobody knows"),
        ("shop.url", "https://user:password@shop.example"),
        ("shop.url", "javascript:alert(1)"),
        ("shop.admin_url", "javascript:alert(1)"),
        ("marketplace.client_id", "line\x07break"),
        ("marketplace.connector", "no such connector"),
        ("schedule.lookup", "* * * * * *"),
    ],
)
def test_hostile_values_are_refused_and_escaped(merchant: Browser, account: Account, key: str, value: str) -> None:
    before = settings.show(account)
    answer = merchant.post("/settings", form_of(account, **{key: value}), part=True)
    assert answer.status_code == 422
    assert stored() == before
    assert "<script>alert(1)</script>" not in answer.text


def test_fields_nobody_declared_are_left_alone(merchant: Browser, account: Account) -> None:
    before = settings.show(account)
    answer = merchant.post("/settings", form_of(account, **{"orders.payout": "1", "users.role": "merchant"}), part=True)
    assert answer.status_code == 200
    assert stored() == before


def test_a_section_that_was_not_sent_keeps_its_values(merchant: Browser, account: Account) -> None:
    before = settings.show(account)
    merchant.post("/settings", {"orders.lookback_days": "5"}, part=True)
    assert stored() == {**before, "orders": {**before["orders"], "lookback_days": 5}}


def test_a_half_filled_form_of_a_new_merchant_can_be_saved(merchant: Browser) -> None:
    page = merchant.get("/settings")
    assert page.status_code == 200
    account = accounts.find(None)
    changes = {"marketplace.client_id": "me", "marketplace.client_secret": "secret", "marketplace.seller_id": "98979"}
    answer = merchant.post("/settings", form_of(account, **changes), part=True)
    assert answer.status_code == 200, text_of(answer.text)
    assert "yet to be filled in" in text_of(merchant.get("/settings").text)
    db.session.rollback()
    assert settings.read(accounts.find(None)).marketplace["client_secret"] == "secret"


def test_a_carrier_that_the_shop_no_longer_has_stays_chosen(merchant: Browser, account: Account) -> None:
    settings.load({"account": "main", "orders": {"default_carrier": "777"}})
    assert '<option value="777" selected>777 (as saved)</option>' in merchant.get("/settings").text


ROUTES = [
    ("get", "/settings"),
    ("post", "/settings"),
    ("post", "/settings/choices"),
    ("post", "/settings/connector"),
    ("post", "/settings/test/shop"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_settings_are_the_merchants_alone(support: Browser, account: Account, method: str, path: str) -> None:
    before = settings.show(account)
    answer = getattr(support, method)(path)
    assert answer.status_code == 403
    assert stored() == before


@pytest.mark.parametrize("path", [path for method, path in ROUTES if method == "post"])
def test_a_write_without_the_pages_token_is_refused(merchant: Browser, account: Account, path: str) -> None:
    before = settings.show(account)
    answer = merchant.post(path, form_of(account, **{"orders.lookback_days": "4"}), token=False)
    assert answer.status_code == 400
    assert stored() == before


def test_nobody_signed_in_is_sent_to_the_door(app: Flask, account: Account) -> None:
    answer = app.test_client().get("/settings")
    assert answer.status_code == 302
    assert "/sign-in" in answer.headers["Location"]


def test_the_part_is_the_same_in_the_page_and_alone(merchant: Browser, account: Account) -> None:
    page, part = merchant.get("/settings").text, merchant.get("/settings", part=True).text
    assert part.lstrip().startswith("<form")
    assert part.count('id="settings-form"') == 1
    assert text_of(alone(part)) in text_of(page)


def test_unreadable_secrets_still_show_the_page(app: Flask, merchant: Browser, account: Account) -> None:
    """The key of the machine was lost: the form must be there to enter the secrets again."""
    app.config["CDSYNC_SECRET_KEY"] = "another key"
    with pytest.raises(ConfigError):
        settings.read(account)
    answer = merchant.get("/settings")
    assert answer.status_code == 200


def test_addresses_normally_left_alone_are_folded_until_one_differs(merchant: Browser, account: Account) -> None:
    fold = merchant.get("/settings").text.partition('id="marketplace-left-alone"')[2].partition("</details>")[0]
    assert not fold.startswith(" open")
    assert 'name="marketplace.api_url"' in fold
    assert 'name="marketplace.token_url"' in fold
    assert 'name="marketplace.client_id"' not in fold
    settings.load({"marketplace": {"api_url": "https://other.example/v2", "client_secret": SECRET}})
    assert 'id="marketplace-left-alone" open' in merchant.get("/settings").text


def test_one_button_brings_the_marketplaces_own_addresses_back_and_saves_nothing(
    merchant: Browser, account: Account
) -> None:
    settings.load({"marketplace": {"api_url": "https://other.example/v2", "client_secret": SECRET}})
    form = form_of(account, **{"marketplace.client_id": "just typed"})
    answer = merchant.post("/settings/own/marketplace", form, part=True).text
    assert "Back to Cdiscount’s own" in answer
    assert 'value="https://api.octopia-io.net/seller/v2"' in answer
    assert 'value="just typed"' in answer
    assert 'id="marketplace-left-alone">' in answer
    assert stored()["marketplace"]["api_url"] == "https://other.example/v2"
    assert merchant.post("/settings/own/elsewhere", form).status_code == 404


def test_a_test_at_another_address_sends_nothing_and_asks_for_the_secret(
    merchant: Browser, account: Account, market: OctopiaSandbox
) -> None:
    """Nobody gets a stored secret by testing the connection to an address of his own."""
    form = form_of(account, **{"marketplace.api_url": market.api_url, "marketplace.token_url": market.token_url})
    for path in ("/settings/test/marketplace", "/settings/choices"):
        answer = merchant.post(path, form, part=True).text
        assert "Client secret has to be entered again" in answer
    answer = merchant.post("/settings", form, part=True)
    assert answer.status_code == 422
    assert "Enter it again: it was entered for another address" in answer.text
    assert market.server.requests() == []
    typed = {"marketplace.client_secret": market.client_secret, "marketplace.client_id": market.client_id}
    assert "has to be entered again" not in merchant.post("/settings/test/marketplace", form | typed, part=True).text
    assert market.server.requests() != []


def test_a_sealed_secret_stays_with_the_address_it_was_typed_beside(
    merchant: Browser, account: Account, market: OctopiaSandbox
) -> None:
    """What a page holds of a secret that is not stored yet is no way to have it sent elsewhere; nor is what the
    database holds."""
    typed = {"marketplace.client_secret": "just typed", "orders.lookback_days": "0"}
    page = merchant.post("/settings", form_of(account, **typed), part=True).text
    assert "just typed" not in page
    sealed = re.search(r'name="marketplace.client_secret" type="password" value="(sealed:[^"]+)"', page)
    assert sealed
    there = {"marketplace.api_url": market.api_url, "marketplace.token_url": market.token_url}
    for held in (sealed[1], account.settings["marketplace"]["client_secret"]):
        form = form_of(account, **there, **{"marketplace.client_secret": held})
        merchant.post("/settings/test/marketplace", form, part=True)
    sent = [each.body for each in market.server.requests()]
    assert b"enc%3A" in b"".join(sent), "text like any other, when it was typed"
    assert all(b"just+typed" not in body and SECRET.replace(" ", "+").encode() not in body for body in sent)
    assert merchant.post("/settings", form_of(account, **{"marketplace.client_secret": sealed[1]})).status_code == 303
    assert settings.read(accounts.find(None)).marketplace["client_secret"] == "just typed"
