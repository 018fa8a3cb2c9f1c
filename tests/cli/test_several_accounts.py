"""Commands where there are several accounts: each says which one it means, and none is guessed."""

from __future__ import annotations

import json

from flask import Flask

from cdsync import accounts
from cdsync.db import db
from cdsync.models import Account, Order

from .conftest import Run


def add(app: Flask, *refs: str, account: str, rehearsal: bool = False) -> None:
    with app.app_context():
        of = accounts.ensure(account, rehearsal=rehearsal)
        db.session.add_all(
            [Order(account_id=of.id, marketplace_ref=ref, reference="R", state="to_import") for ref in refs]
        )
        db.session.commit()


def started(flask: Run, *words: str) -> dict[str, object]:
    report: dict[str, object] = json.loads(flask("sync", "lookup", "--json", *words).stdout)
    return report


def test_orders_of_all_accounts_are_listed_and_marked(app: Flask, flask: Run) -> None:
    add(app, "A", account="main")
    assert flask("orders", "list").stdout.startswith("A ")
    add(app, "X", account="Try", rehearsal=True)
    lines = sorted(line.split("  ")[0] for line in flask("orders", "list").stdout.splitlines())
    assert lines == ["Try (rehearsal)", "main"]
    found = json.loads(flask("orders", "list", "--json").stdout)
    assert {(each["ref"], each["account"], each["rehearsal"]) for each in found} == {
        ("A", "main", False),
        ("X", "Try", True),
    }


def test_an_order_says_which_account_it_is_of(app: Flask, flask: Run) -> None:
    add(app, "A", account="main")
    assert "account" not in flask("orders", "show", "A").stdout
    add(app, "X", account="Try", rehearsal=True)
    assert "  account        main\n" in flask("orders", "show", "A").stdout
    assert "  account        Try (rehearsal)\n" in flask("orders", "show", "X").stdout
    shown = json.loads(flask("orders", "show", "X", "--json").stdout)
    assert (shown["account"], shown["rehearsal"]) == ("Try", True)


def test_without_account_the_only_real_one_is_meant_beside_a_rehearsal(app: Flask, flask: Run) -> None:
    add(app, "X", account="Try", rehearsal=True)
    assert json.loads(flask("settings", "show").stdout)["account"] == "Try"
    add(app, "A", account="Shop")
    shown = json.loads(flask("settings", "show").stdout)
    assert (shown["account"], shown["rehearsal"]) == ("Shop", False)
    assert started(flask)["account"] == "Shop"


def test_with_several_real_ones_none_is_guessed_and_they_are_named(app: Flask, flask: Run) -> None:
    add(app, "A", account="Shop one")
    add(app, "B", account="Shop two")
    add(app, "X", account="Try", rehearsal=True)
    for words in (["settings", "show"], ["sync", "import"], ["sync", "lookup", "--json"]):
        result = flask(*words)
        assert result.exit_code == 2
        assert "Shop one, Shop two" in result.stderr
        assert "Try" not in result.stderr
    with app.app_context():
        assert db.session.query(Account).count() == 3
    assert json.loads(flask("settings", "show", "--account", "Try").stdout)["rehearsal"] is True


def test_orders_named_for_a_run_are_those_of_its_account(app: Flask, flask: Run) -> None:
    add(app, "A", account="Shop one")
    add(app, "B", account="Shop two")
    result = flask("sync", "import", "--account", "Shop one", "--order", "B")
    assert result.exit_code == 2


def test_what_show_says_of_the_rehearsal_is_not_loaded_into_a_real_account(app: Flask, flask: Run) -> None:
    add(app, "A", account="Shop")
    add(app, "X", account="Try", rehearsal=True)
    shown = json.loads(flask("settings", "show", "--account", "Try").stdout)
    refused = flask("settings", "load", "-", stdin=json.dumps({**shown, "account": "Shop"}))
    assert refused.exit_code == 2
    assert "Nothing was changed" in refused.stderr
    own = json.loads(flask("settings", "show", "--account", "Shop").stdout)
    assert flask("settings", "load", "-", stdin=json.dumps(own)).exit_code == 0


def test_the_doctor_names_each_account(app: Flask, flask: Run) -> None:
    add(app, "A", account="Shop")
    add(app, "X", account="Try", rehearsal=True)
    said = flask("doctor").stdout
    assert "Shop: settings" in said
    assert "Try (rehearsal): systems: stopped" in said
