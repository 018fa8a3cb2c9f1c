"""`sync` without a queue: what is refused, what runs here, its JSON and its exit codes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask

from cdsync import accounts, resting, runs, settings
from cdsync.cli.followed_run import exit_code
from cdsync.db import db
from cdsync.errors import AccessRefusedError
from cdsync.models import Order
from cdsync.models import Run as RunRow
from cdsync.sandbox.rehearsal import Rehearsal

from .conftest import Run, rehearsal_settings, runner


def ready_ref(app: Flask) -> str:
    """An order that could be imported now."""
    listed = json.loads(runner(app)("orders", "list", "--state", "to_import", "--json").stdout)
    return str(next(each["ref"] for each in listed if each["problem"] is None))


def test_an_order_is_imported_here_and_seen_in_the_shop(looked_up: Flask, rehearsal: Rehearsal) -> None:
    ref = ready_ref(looked_up)
    synced = runner(looked_up)("sync", "import", "--order", ref, "--inline", "--json")
    report = json.loads(synced.stdout)
    assert (synced.exit_code, synced.stderr) == (0, "")
    assert (report["operation"], report["state"], report["problems"]) == ("import", "finished", [])
    assert report["counts"] == {"done": 1}
    order = json.loads(runner(looked_up)("orders", "show", ref, "--json").stdout)
    assert order["state"] == "imported"
    assert [each["total_paid"] for each in order["shop_orders"]] == [order["total"]]
    again = runner(looked_up)("sync", "import", "--order", ref, "--inline", "--json")
    assert again.exit_code == 0
    shown = json.loads(runner(looked_up)("orders", "show", ref, "--json").stdout)
    assert shown["shop_orders"] == order["shop_orders"]


def test_a_problem_gives_exit_code_1_and_a_sentence_with_the_orders_own_words(looked_up: Flask) -> None:
    listed = json.loads(runner(looked_up)("orders", "list", "--state", "to_import", "--json").stdout)
    ref = next(each["ref"] for each in listed if each["problem"] and each["problem"]["code"] == "product.unknown")
    synced = runner(looked_up)("sync", "import", "--order", ref, "--inline")
    assert synced.exit_code == 1
    (line,) = [line for line in synced.stdout.splitlines() if ref in line]
    assert "(product.unknown)" in line
    assert "…" not in line
    assert json.loads(runner(looked_up)("sync", "import", "--order", ref, "--inline", "--json").stdout)["problems"] == [
        {"order": ref, "code": "product.unknown"}
    ]


def test_an_order_nobody_knows_is_refused_before_a_run_begins(looked_up: Flask) -> None:
    with looked_up.app_context():
        before = db.session.query(RunRow).count()
    synced = runner(looked_up)("sync", "import", "--order", "NOPE", "--inline", "--json")
    assert synced.exit_code == 2
    assert "NOPE" in synced.stderr
    refused = json.loads(synced.stdout)
    assert (refused["run"], refused["error"]["code"]) == (None, "order.unknown")
    with looked_up.app_context():
        assert db.session.query(RunRow).count() == before


def test_a_second_run_of_the_same_operation_says_so(looked_up: Flask) -> None:
    with looked_up.app_context():
        open_run = runs.start(accounts.find("main"), "ship", trigger="button")
    synced = runner(looked_up)("sync", "ship", "--inline")
    assert (synced.exit_code, synced.stdout) == (2, "")
    assert str(open_run.id) in synced.stderr
    assert "run.already_running" in synced.stderr
    with looked_up.app_context():
        runs.request_stop(open_run.id)


def test_a_refused_key_breaks_the_run_off_with_exit_code_2(looked_up: Flask, rehearsal: Rehearsal) -> None:
    with looked_up.app_context():
        settings.load({"marketplace": {"client_secret": "wrong"}})
        db.session.remove()
    try:
        synced = runner(looked_up)("sync", "lookup", "--inline", "--json")
    finally:
        with looked_up.app_context():
            settings.load(rehearsal_settings(rehearsal))
            db.session.remove()
    assert synced.exit_code == 2
    report = json.loads(synced.stdout)
    assert (report["state"], report["error"]["code"]) == ("failed", "marketplace.credentials_refused")
    assert report["error"]["message"] in synced.stderr


def test_settings_that_lack_something_are_named(flask: Run) -> None:
    flask("settings", "load", "-", stdin=json.dumps({"shop": {"url": "https://shop.example"}}))
    synced = flask("sync", "lookup", "--inline")
    assert (synced.exit_code, synced.stdout) == (2, "")
    for key in ("marketplace.client_id", "marketplace.client_secret", "shop.key", "orders.imported_status"):
        assert key in synced.stderr
    assert "shop.url" not in synced.stderr
    assert "orders.shipped_status" not in synced.stderr  # a lookup does not need it


def test_without_settings_at_all_nothing_can_run(flask: Run) -> None:
    synced = flask("sync", "import")
    assert synced.exit_code == 2
    assert "settings.incomplete" in synced.stderr


def test_without_redis_the_queue_is_said_to_be_away_and_the_run_is_closed(app: Flask, flask: Run) -> None:
    marketplace = {"client_id": "a", "client_secret": "b", "seller_id": "1"}
    shop = {"url": "https://shop.example", "key": "k"}
    document = {"marketplace": marketplace, "shop": shop, "orders": {"imported_status": "2"}}
    flask("settings", "load", "-", stdin=json.dumps(document))
    synced = flask("sync", "lookup")
    assert synced.exit_code == 2
    assert "redis.away" in synced.stderr
    assert "--inline" in synced.stderr
    with app.app_context():
        row = db.session.query(RunRow).one()
        assert (row.open, row.error_code) == (False, "redis.away")


def test_a_redis_address_that_is_none_is_a_sentence_and_leaves_no_run_open(app: Flask, flask: Run) -> None:
    app.config["CDSYNC_REDIS_URL"] = "secret@nonsense"
    document = {
        "marketplace": {"client_id": "a", "client_secret": "b", "seller_id": "1"},
        "shop": {"url": "https://shop.example", "key": "k"},
        "orders": {"imported_status": "2"},
    }
    flask("settings", "load", "-", stdin=json.dumps(document))
    synced = flask("sync", "lookup")
    assert synced.exit_code == 2
    assert "CDSYNC_REDIS_URL" in synced.stderr
    assert "secret" not in synced.stderr
    with app.app_context():
        assert db.session.query(RunRow).one().open is False


@pytest.mark.parametrize("words", [["sync"], ["sync", "export"], ["sync", "lookup", "--wait", "--inline"]])
def test_words_that_make_no_sense_are_refused(flask: Run, words: list[str]) -> None:
    assert flask(*words).exit_code == 2


def test_a_reference_that_stands_for_several_orders_means_all_of_them(app: Flask, flask: Run) -> None:
    from cdsync.cli.sync_command import _order_ids

    with app.app_context():
        account = accounts.ensure("main")
        for ref in ("A", "B", "C"):
            wanted = Order(
                account_id=account.id, marketplace_ref=ref, reference="R" if ref != "C" else "", state="to_import"
            )
            db.session.add(wanted)
        db.session.commit()
        assert len(_order_ids(account, ("R",))) == 2
        assert len(_order_ids(account, ("R", "C"))) == 3


@pytest.mark.parametrize(
    ("state", "problems", "error", "code"),
    [
        ("finished", [], None, 0),
        ("finished", [{"order": "A", "code": "x"}], None, 1),
        ("finished", [], {"code": "x", "data": {}}, 1),
        ("stopped", [], None, 1),
        ("failed", [], {"code": "x", "data": {}}, 2),
        ("lost", [], None, 2),
    ],
)
def test_the_exit_code_follows_from_how_the_run_ended(
    state: str, problems: list[Any], error: dict[str, Any] | None, code: int
) -> None:
    report = {"state": state, "problems": problems, "counts": {}, **({"error": error} if error else {})}
    assert exit_code(report) == code


def test_what_cron_starts_rests_too_while_a_key_is_refused(looked_up: Flask) -> None:
    with looked_up.app_context():
        refused = AccessRefusedError("marketplace.credentials_refused", detail="HTTP 401")
        resting.begin(accounts.find(None).id, refused)
        before = db.session.query(RunRow).count()
        db.session.remove()
    synced = runner(looked_up)("sync", "lookup", "--json")
    assert (synced.exit_code, json.loads(synced.stdout)["error"]["code"]) == (2, "account.rests")
    looked = runner(looked_up)("doctor")
    assert looked.exit_code == 1
    assert "BAD  schedule: what needs the marketplace does not start by schedule since" in looked.stdout
    with looked_up.app_context():
        assert db.session.query(RunRow).count() == before
        resting.end(accounts.find(None).id, "marketplace")
        db.session.remove()
