"""Loading settings: what is taken, what is kept, and that a fault anywhere leaves everything as it was."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from cdsync import accounts, connectors, settings
from cdsync.db import db
from cdsync.errors import ConfigError

pytestmark = pytest.mark.usefixtures("app", "plain")


def faults(document: Any) -> dict[str, str]:
    with pytest.raises(settings.SettingsInvalid) as caught:
        settings.load(document)
    return caught.value.errors


def stored_text() -> str:
    return str(db.session.execute(text("SELECT settings FROM accounts")).scalar_one())


def test_a_first_load_makes_the_account(document: dict[str, Any]) -> None:
    account = settings.load({**document, "account": "second shop"})
    assert account.name == "second shop"
    assert [each.name for each in accounts.every()] == ["second shop"]


def test_without_a_name_the_only_account_is_meant(document: dict[str, Any]) -> None:
    settings.load({**document, "account": "mine"})
    settings.load({"orders": {"lookback_days": 3}})
    assert settings.read(accounts.find("mine")).orders.lookback_days == 3
    assert len(accounts.every()) == 1


def test_without_a_name_several_accounts_are_a_question(document: dict[str, Any]) -> None:
    settings.load({**document, "account": "one"})
    settings.load({**document, "account": "two"})
    assert faults({"orders": {"lookback_days": 3}}) == {"account": "Say which account is meant: one, two."}


def test_keys_left_out_keep_their_value(document: dict[str, Any]) -> None:
    settings.load(document)
    account = settings.load({"orders": {"lookback_days": 30}, "shop": {"timeout_seconds": 90}})
    read = settings.read(account)
    assert (read.orders.lookback_days, read.orders.imported_status) == (30, "2")
    assert (read.shop["timeout_seconds"], read.shop["url"]) == (90, "https://shop.example")
    assert read.marketplace["key"] == "market-secret"


def test_defaults_fill_what_was_never_chosen(document: dict[str, Any]) -> None:
    read = settings.read(settings.load(document))
    assert read.shop == {
        "connector": "plain",
        "url": "https://shop.example",
        "key": "shop-secret",
        "spare_key": None,
        "shop_id": None,
        "timeout_seconds": 60,
    }
    assert read.schedule["lookup"] == "*/15 * * * *"
    assert (read.schedule["accept"], read.schedule["import"]) == (None, None)
    assert (read.orders.acceptance, read.orders.customer_email) == ("importable", "masked")


def test_every_fault_is_named_at_once_and_nothing_is_stored(document: dict[str, Any]) -> None:
    settings.load(document)
    before = stored_text()
    found = faults(
        {
            "orders": {"lookback_days": True, "carriers": {"Relay": 7}, "colour": "red", "imported_status": 2},
            "schedule": {"lookup": "* * *", "ship": "0 0 31 2 *", "import": "*/10 * * * *"},
            "marketplace": {"channels": "A", "mode": "medium", "tokn": "x"},
            "shop": {"url": "ftp://shop.example", "timeout_seconds": 1, "shop_id": "1"},
            "extra": {},
        }
    )
    assert found == {
        "orders.lookback_days": "Must be a whole number from 1 to 90.",
        "orders.carriers": "“Relay” must be text.",
        "orders.colour": "There is no such setting.",
        "orders.imported_status": "Must be text in quotation marks, also when it is a number.",
        "schedule.lookup": "Must be five crontab fields such as “*/15 * * * *”, or null for off.",
        "schedule.ship": "Names a time that never comes.",
        "marketplace.channels": "Must be a list of texts.",
        "marketplace.mode": "Must be one of: fast, slow.",
        "marketplace.tokn": "There is no such setting.",
        "shop.url": "Must be an address that starts with http:// or https://.",
        "shop.timeout_seconds": "Must be a whole number from 5 to 600.",
        "shop.shop_id": "Must be a whole number.",
        "extra": "There is no such setting.",
    }
    assert stored_text() == before


def test_a_fault_in_a_first_load_makes_no_account(document: dict[str, Any]) -> None:
    assert "orders.lookback_days" in faults({**document, "orders": {"lookback_days": 0}})
    assert accounts.every() == []


@pytest.mark.parametrize("wrong", ["7", 7.0, 0, 91, None, True, [7]])
def test_days_to_look_back_are_a_whole_number_from_1_to_90(wrong: Any) -> None:
    assert list(faults({"orders": {"lookback_days": wrong}})) == ["orders.lookback_days"]


@pytest.mark.parametrize("wrong", [1, 0, "true", None])
def test_a_flag_is_true_or_false_and_nothing_else(wrong: Any) -> None:
    assert list(faults({"orders": {"import_without_stock": wrong}})) == ["orders.import_without_stock"]


@pytest.mark.parametrize(
    "wrong",
    [
        "shop.example",
        "javascript:alert(1)",
        "https://",
        "https://me:secret@shop.example",
        "https://shop.example/?ws_key=x",
        "https://shop example",
        "https://shop.example:notaport",
        7,
    ],
)
def test_an_address_is_a_plain_http_address(wrong: Any, document: dict[str, Any]) -> None:
    found = faults({**document, "shop": {"connector": "plain", "url": wrong}})
    assert list(found) == ["shop.url"]
    assert "secret" not in found["shop.url"]


@pytest.mark.parametrize("wrong", ["@hourly", "* * * * * *", "61 * * * *", "", "every day", 5])
def test_a_schedule_is_five_crontab_fields(wrong: Any) -> None:
    assert list(faults({"schedule": {"import": wrong}})) == ["schedule.import"]


def test_a_schedule_of_null_is_off(document: dict[str, Any]) -> None:
    assert settings.read(settings.load({**document, "schedule": {"lookup": None}})).schedule["lookup"] is None


@pytest.mark.parametrize("wrong", [None, [], "text", 3])
def test_a_section_must_be_an_object(wrong: Any) -> None:
    assert faults({"orders": wrong}) == {"orders": "Must be an object."}


@pytest.mark.parametrize("wrong", [None, [], "text"])
def test_the_document_must_be_an_object(wrong: Any) -> None:
    assert list(faults(wrong)) == [""]


@pytest.mark.parametrize("wrong", [7, "", " main", "a" * 65, "é", None])
def test_an_account_name_is_simple(wrong: Any) -> None:
    assert list(faults({"account": wrong})) == ["account"]


def test_an_unknown_connector_names_the_known_ones() -> None:
    found = faults({"shop": {"connector": "magento", "url": "https://shop.example"}})
    assert found == {"shop.connector": "Must be one of: prestashop, plain."}


def test_another_connector_begins_anew(document: dict[str, Any]) -> None:
    settings.load(document)
    account = settings.load({"marketplace": {"connector": "octopia", "seller_id": "98979"}})
    shown = settings.show(account)["marketplace"]
    assert (shown["connector"], shown["seller_id"], shown["client_secret"]) == ("octopia", "98979", None)
    assert "channels" not in shown
    assert "marketplace.client_secret" in settings.is_complete(account)


def test_a_required_value_may_stay_unset_but_not_be_taken_away(document: dict[str, Any]) -> None:
    settings.load({"shop": {"connector": "plain", "url": None, "key": ""}, "orders": {"imported_status": None}})
    settings.load(document)
    assert faults({"shop": {"url": "", "key": None}, "orders": {"imported_status": None, "payment_module": None}}) == {
        "shop.url": "Must not be empty.",
        "shop.key": "Must not be empty.",
        "orders.imported_status": "Must not be empty.",
        "orders.payment_module": "Must not be empty.",
    }


def test_what_is_missing_is_named_with_its_key() -> None:
    account = settings.load({"marketplace": {"connector": "plain"}, "shop": {"connector": "plain"}})
    everything = ["marketplace.key", "shop.url", "shop.key", "orders.imported_status", "orders.shipped_status"]
    assert settings.is_complete(account) == everything
    assert settings.is_complete(account, "import") == everything[:-1]
    with pytest.raises(ConfigError, match=r"^settings\.incomplete") as caught:
        settings.open_shop(account)
    assert caught.value.data == {"fields": ["shop.url", "shop.key"]}
    with pytest.raises(ConfigError, match=r"^settings\.incomplete"):
        settings.policy(account)


def test_complete_settings_open_both_sides(document: dict[str, Any]) -> None:
    account = settings.load(document)
    assert settings.is_complete(account) == []
    assert settings.open_marketplace(account).behind.values == {  # type: ignore[attr-defined]
        "key": "market-secret",
        "channels": ["A", "B"],
        "mode": "fast",
        "note": None,
    }
    assert settings.open_shop(account).behind.values["key"] == "shop-secret"  # type: ignore[attr-defined]
    policy = settings.policy(account)
    assert (policy.imported_status, dict(policy.carriers), policy.account) == (
        "2",
        {"TrackedHomeDelivery": "7"},
        "main",
    )


def test_what_is_shown_can_be_loaded_again(app: Flask, document: dict[str, Any]) -> None:
    account = settings.load(document)
    before = settings.read(account)
    shown = json.loads(json.dumps(settings.show(account)))
    assert settings.read(settings.load(shown)) == before


def test_what_a_new_account_shows_can_be_loaded() -> None:
    account = settings.load(settings.defaults())
    assert settings.show(account) == settings.defaults()


def test_a_connector_that_is_gone_is_named_and_another_can_be_chosen(
    document: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    account = settings.load(document)
    monkeypatch.delitem(connectors.MARKETPLACES, "plain")
    for look in (settings.show, settings.read, settings.is_complete):
        with pytest.raises(ConfigError, match=r"^connector\.unknown"):
            look(account)
    settings.load({"marketplace": {"connector": "octopia"}})
    assert settings.show(account)["marketplace"]["connector"] == "octopia"
