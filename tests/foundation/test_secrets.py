"""Secrets: unreadable in the database, masked when shown, kept when the mask comes back."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app import create_app
from cdsync import accounts, secrets, settings
from cdsync.db import db
from cdsync.errors import ConfigError

pytestmark = pytest.mark.usefixtures("plain")


def stored_text() -> str:
    return str(db.session.execute(text("SELECT settings FROM accounts")).scalar_one())


@pytest.mark.usefixtures("app")
def test_secrets_are_unreadable_in_the_database(document: dict[str, Any]) -> None:
    settings.load(document)
    assert "market-secret" not in stored_text()
    assert "shop-secret" not in stored_text()


@pytest.mark.usefixtures("app")
def test_secrets_are_masked_when_shown(document: dict[str, Any]) -> None:
    shown = settings.show(settings.load(document))
    assert shown["marketplace"]["key"] == shown["shop"]["key"] == settings.MASK
    assert shown["shop"]["spare_key"] is None


@pytest.mark.usefixtures("app")
def test_the_mask_keeps_the_secret_and_a_new_one_replaces_it(document: dict[str, Any]) -> None:
    settings.load(document)
    account = settings.load({"marketplace": {"key": settings.MASK}, "shop": {"key": " new-secret\n"}})
    assert settings.read(account).marketplace["key"] == "market-secret"
    assert settings.read(account).shop["key"] == "new-secret"


@pytest.mark.usefixtures("app")
def test_the_mask_of_nothing_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(settings.SettingsInvalid) as caught:
        settings.load({**document, "shop": {**document["shop"], "spare_key": settings.MASK}})
    assert list(caught.value.errors) == ["shop.spare_key"]


@pytest.mark.usefixtures("app")
def test_an_optional_secret_can_be_taken_away(document: dict[str, Any]) -> None:
    settings.load({**document, "shop": {**document["shop"], "spare_key": "spare"}})
    account = settings.load({"shop": {"spare_key": None}})
    assert settings.read(account).shop["spare_key"] is None


@pytest.mark.usefixtures("app")
def test_a_secret_is_never_logged_nor_part_of_a_representation(
    document: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        account = settings.load(document, actor="Jo")
    assert "changed by Jo: marketplace.channels" in caplog.text
    assert "secret" not in caplog.text
    assert "secret" not in repr(settings.read(account))


def test_another_key_says_which_setting_it_cannot_read(app: Flask, tmp_path: Path, document: dict[str, Any]) -> None:
    settings.load(document)
    db.session.remove()
    other = create_app(instance_path=str(tmp_path), CDSYNC_SECRET_KEY="another key, also of some length")
    with other.app_context():
        account = accounts.find(None)
        with pytest.raises(ConfigError) as caught:
            settings.read(account)
        assert (caught.value.code, caught.value.data) == (
            "settings.secret_unreadable",
            {"setting": "marketplace.key"},
        )
        assert settings.show(account)["shop"]["key"] == settings.MASK
        settings.load({"marketplace": {"key": "market-secret"}, "shop": {"key": "shop-secret"}})
        assert settings.read(account).marketplace["key"] == "market-secret"
        db.session.remove()
        db.engine.dispose()


@pytest.mark.usefixtures("app")
def test_the_same_text_is_encrypted_differently_each_time() -> None:
    first, second = secrets.encrypt("é x"), secrets.encrypt("é x")
    assert first != second
    assert secrets.decrypt(first) == secrets.decrypt(second) == "é x"
    assert secrets.is_encrypted(first)
    assert not secrets.is_encrypted("é x")


def test_keys_for_different_purposes_differ() -> None:
    assert secrets.derive("key", "settings") != secrets.derive("key", "session")
    assert secrets.derive("key", "settings") == secrets.derive("key", "settings")
