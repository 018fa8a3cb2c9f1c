"""Connect your own shop: the account it makes, and what it leaves alone."""

from __future__ import annotations

import pytest

from cdsync import accounts, settings
from cdsync.db import db
from cdsync.models import Account

from .conftest import Person


@pytest.fixture
def main(app: object) -> Account:
    return accounts.ensure("main")


def test_the_new_account_has_the_real_addresses_and_runs_nothing_by_itself(merchant: Person, main: Account) -> None:
    before = settings.show(main)
    assert 'value="main 2"' in merchant.get("/connect").text
    assert merchant.post("/connect", {"name": "Boutique"}).status_code == 303
    db.session.rollback()
    made = accounts.find("Boutique")
    shown = settings.show(made)
    assert made.setup == {"step": 1}
    assert not made.rehearsal
    assert shown["marketplace"]["api_url"] == "https://api.octopia-io.net/seller/v2"
    assert set(shown["schedule"].values()) == {None}
    assert settings.show(accounts.find("main")) == before


@pytest.mark.parametrize("name", ["main", "", "-", "Rehearsal", "a" * 65, "<b>"])
def test_a_name_that_cannot_be_is_said_and_nothing_is_made(merchant: Person, main: Account, name: str) -> None:
    answer = merchant.post("/connect", {"name": name})
    assert answer.status_code == 422
    assert 'id="connect-name-error"' in answer.text
    db.session.rollback()
    assert [each.name for each in accounts.every()] == ["main"]
    assert accounts.find("main").setup is None


def test_it_is_the_merchants_alone(support: Person, main: Account) -> None:
    assert support.get("/connect").status_code == 403
    assert support.post("/connect", {"name": "Mine"}).status_code == 403
    assert [each.name for each in accounts.every()] == ["main"]
