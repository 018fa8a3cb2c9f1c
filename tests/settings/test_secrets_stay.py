"""A secret goes only to the addresses it was entered for: beside any other, it is typed again."""

from __future__ import annotations

from typing import Any

import pytest

from cdsync import accounts, settings
from cdsync.db import db
from cdsync.errors import ConfigError
from cdsync.settings import Withheld
from cdsync.settings.entered_for import AGAIN, NOTES

pytestmark = pytest.mark.usefixtures("app")

SHOP = {"url": "https://shop.example/boutique", "key": "K" * 32, "site_user": "me", "site_password": "P"}
MARKET = {"client_id": "me", "client_secret": "S", "seller_id": "98979"}
ELSEWHERE = [
    ("shop", "url", "https://other.example/boutique"),
    ("shop", "url", "http://shop.example/boutique"),
    ("shop", "url", "https://shop.example:8443/boutique"),
    ("shop", "url", "https://shop.example.evil.example"),
    ("marketplace", "api_url", "https://api.octopia-io.example/seller/v2"),
    ("marketplace", "token_url", "https://auth.octopia-io.example/auth/realms/maas/protocol/openid-connect/token"),
    ("marketplace", "token_url", "https://auth.octopia-io.net/auth/realms/other/protocol/openid-connect/token"),
]
SAME = [
    ("shop", "url", "https://SHOP.example:443/boutique/"),
    ("shop", "url", "https://shop.example/another-folder"),
    ("shop", "admin_url", "https://back-office.example/admin123"),
    ("marketplace", "api_url", "https://api.octopia-io.net/seller/v3"),
]
SECRETS = {"shop": {"key": "K" * 32, "site_password": "P"}, "marketplace": {"client_secret": "S"}}


@pytest.fixture
def stored() -> dict[str, Any]:
    return settings.show(settings.load({"marketplace": MARKET, "shop": SHOP}))


@pytest.mark.parametrize("masked", [True, False])
@pytest.mark.parametrize(("side", "name", "address"), ELSEWHERE)
def test_another_address_needs_every_secret_again(
    stored: dict[str, Any], side: str, name: str, address: str, masked: bool
) -> None:
    kept = dict.fromkeys(SECRETS[side], settings.MASK) if masked else {}
    with pytest.raises(settings.SettingsInvalid) as refused:
        settings.load({side: {name: address, **kept}})
    assert refused.value.errors == {f"{side}.{secret}": AGAIN for secret in SECRETS[side]}
    account = accounts.find(None)
    assert settings.show(account) == stored

    tried = settings.to_try(account, side, {"connector": stored[side]["connector"], name: address, **kept})
    assert {secret: tried[secret] for secret in SECRETS[side]} == dict.fromkeys(SECRETS[side], Withheld.TYPE_AGAIN)
    with pytest.raises(ConfigError, match=r"^settings\.secret_elsewhere"):
        settings.require_secrets(side, tried)

    account = settings.load({side: {name: address, **SECRETS[side]}})
    assert getattr(settings.read(account), side)[name] == address


@pytest.mark.parametrize(("side", "name", "address"), SAME)
def test_the_same_address_and_one_that_is_only_linked_need_nothing(
    stored: dict[str, Any], side: str, name: str, address: str
) -> None:
    account = settings.load({side: {name: address}})
    tried = settings.to_try(account, side, {"connector": stored[side]["connector"], name: address})
    settings.require_secrets(side, tried)
    assert {secret: tried[secret] for secret in SECRETS[side]} == SECRETS[side]


def test_https_instead_of_http_needs_nothing_and_the_way_back_does() -> None:
    settings.load({"shop": {"url": "http://shop.example", "key": "K"}})
    settings.load({"shop": {"url": "https://shop.example"}})
    with pytest.raises(settings.SettingsInvalid):
        settings.load({"shop": {"url": "https://shop.example:8443"}})
    settings.load({"shop": {"key": "L"}})
    with pytest.raises(settings.SettingsInvalid) as refused:
        settings.load({"shop": {"url": "http://shop.example"}})
    assert list(refused.value.errors) == ["shop.key"]


def test_typing_one_of_two_secrets_is_not_enough() -> None:
    settings.load({"shop": SHOP})
    with pytest.raises(settings.SettingsInvalid) as refused:
        settings.load({"shop": {"url": "https://other.example", "key": "N" * 32}})
    assert list(refused.value.errors) == ["shop.site_password"]
    account = settings.load({"shop": {"url": "https://other.example", "key": "N" * 32, "site_password": None}})
    assert settings.read(account).shop["key"] == "N" * 32


def test_a_secret_from_before_belongs_to_the_address_stored_beside_it() -> None:
    account = settings.load({"shop": SHOP})
    account.settings = {"shop": {key: value for key, value in account.settings["shop"].items() if key != NOTES}}
    db.session.commit()
    assert settings.read(account).shop["key"] == "K" * 32
    with pytest.raises(settings.SettingsInvalid):
        settings.load({"shop": {"url": "https://other.example"}})
    account = settings.load({"orders": {"lookback_days": 3}})
    assert account.settings["shop"][NOTES]["key"] == {"url": "https://[shop.example]:443"}


def test_an_address_changed_behind_its_back_gets_nothing() -> None:
    account = settings.load({"shop": SHOP})
    account.settings = {"shop": {**account.settings["shop"], "url": "https://other.example"}}
    db.session.commit()
    with pytest.raises(ConfigError, match=r"^settings\.secret_elsewhere") as refused:
        settings.read(account)
    assert refused.value.data == {"setting": "shop.key"}
    assert settings.to_try(account, "shop", {})["key"] is Withheld.TYPE_AGAIN
