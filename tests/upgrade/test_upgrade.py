"""Databases of every release, with imports open at each step of the journal: today's program ends each of them well."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from cdsync import accounts, settings, users

from .keeping import FOLDER, kept
from .plan import ACCOUNTS, MAIN, PEOPLE, RELEASES
from .verdict import wrongs
from .world import Account, World, upgraded

pytestmark = pytest.mark.timeout(600)  # some seconds of computing each, on a machine that does other things besides

CHANGELOG = Path(__file__).parents[2] / "CHANGELOG.md"
AGAIN = (3, 30, 240)  # minutes after which everything is started again; a lease was two minutes at first


def test_the_database_of_every_release_is_kept() -> None:
    released = re.findall(r"^## (\d+\.\d+\.\d+) ", CHANGELOG.read_text(), re.M)
    assert released
    missing = [each for each in released if each not in RELEASES or not (FOLDER / each / "about.json").exists()]
    assert missing == [], "see CONTRIBUTING.md, A release"


@pytest.mark.parametrize("release", RELEASES)
def test_whatever_was_open_ends_with_exactly_one_shop_order(release: str, tmp_path: Path) -> None:
    with upgraded(kept(release), tmp_path) as world:
        main = world.accounts[MAIN]
        assert main.operate("import") == {"refused": "run.already_running"}  # the killed run may be alive still
        was = Counter(row["state"] for row in main.rows("SELECT state FROM orders"))
        assert was["to_import"] >= len(world.kept.orders) / 2
        _go_on(world)
        for account in world.accounts.values():
            assert wrongs(world, account) == []


def _go_on(world: World) -> None:
    """Every operation, as often as its schedule comes round; a person accepts, and imports again what was put away."""
    for minutes in AGAIN:
        world.pass_time(minutes=minutes)
        for account in world.accounts.values():
            _run(account, "lookup")
            if to_accept := _ids(account, "state = 'to_accept'"):
                _run(account, "accept", to_accept)
                _run(account, "lookup")
            put_away = _ids(account, "problem_code = 'import.put_away'")
            _run(account, "import")
            if put_away:
                _run(account, "import", put_away)
            _run(account, "ship")


def _run(account: Account, operation: str, wanted: list[int] | None = None) -> None:
    report = account.operate(operation, wanted)
    assert report.get("state") == "finished", report


def _ids(account: Account, which: str) -> list[int]:
    query = f"SELECT o.id FROM orders o JOIN accounts a ON a.id = o.account_id WHERE a.name = ? AND {which}"
    return [row["id"] for row in account.rows(query, account.name)]


@pytest.mark.parametrize("release", RELEASES)
def test_people_and_settings_are_as_they_were(release: str, tmp_path: Path) -> None:
    with upgraded(kept(release), tmp_path) as world:
        for name, (role, password) in PEOPLE.items():
            person = users.authenticate(name, password)
            assert (person.role, person.is_active, person.sees_customers) == (role, True, role == "merchant")
            with pytest.raises(users.SignInRefused):
                users.authenticate(name, f"{password}!")
        for name, told in ACCOUNTS.items():
            stored, sides = settings.read(accounts.find(name)), world.accounts[name]
            assert (stored.marketplace["client_secret"], stored.shop["key"]) == (told["client_secret"], sides.shop.key)
            assert (stored.marketplace["client_id"], stored.shop["url"]) == (told["client_id"], sides.shop.url)
            chosen = (stored.orders.imported_status, stored.orders.shipped_status, stored.orders.cancelled_status)
            assert chosen == ("2", "4", "6")
            assert settings.is_complete(accounts.find(name)) == []
