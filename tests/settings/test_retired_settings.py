"""A setting that is gone: documents and databases of earlier versions still hold it."""

from __future__ import annotations

import json

import pytest

from cdsync import settings
from cdsync.db import db
from tests.conftest import settings_for


def test_a_document_of_an_earlier_version_loads_and_its_number_of_connections_is_gone(app, market, shop):
    document = settings_for(market, shop)
    document["shop"]["connections"] = 4  # `settings show` of 0.2.0 has it
    account = settings.load(document)

    assert "connections" not in account.settings["shop"]
    assert "connections" not in settings.show(account)["shop"]
    assert settings.load(json.loads(json.dumps(settings.show(account)))).id == account.id


def test_a_stored_number_of_connections_does_no_harm(account):
    account.settings = {**account.settings, "shop": {**account.settings["shop"], "connections": 2}}
    db.session.commit()

    assert "connections" not in settings.show(account)["shop"]
    assert settings.open_shop(account).reference_data().currency == "EUR"
    settings.load({"account": "main", "shop": {"timeout_seconds": 20}})
    assert "connections" not in account.settings["shop"]


def test_a_key_that_never_was_is_still_refused(account):
    with pytest.raises(settings.SettingsInvalid) as caught:
        settings.load({"account": "main", "shop": {"connexions": 2}})
    assert list(caught.value.errors) == ["shop.connexions"]


def test_the_site_password_is_kept_as_a_secret(account, caplog):
    settings.load({"account": "main", "shop": {"site_user": "visiteur", "site_password": "s3cr3t"}})

    assert "s3cr3t" not in json.dumps(account.settings)
    assert settings.show(account)["shop"]["site_password"] == "********"
    assert settings.read(account).shop["site_password"] == "s3cr3t"
    assert "s3cr3t" not in caplog.text
