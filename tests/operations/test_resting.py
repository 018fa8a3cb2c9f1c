"""A side that refuses its key: the schedule rests with one notice, asks at growing intervals, and goes on by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from cdsync import accounts, resting, settings
from cdsync.db import db, now, transaction
from cdsync.errors import AccessRefusedError
from cdsync.models import Account, Run
from cdsync.operations import resting_side
from cdsync.sandbox.octopia import OctopiaSandbox, line_json, order_json
from cdsync.sandbox.prestashop import PrestaShopSandbox
from rq_jobs import run_operation
from rq_jobs.run_operation import run_scheduled
from tests.worlds import Running

Scheduled = Callable[[str], dict[str, Any] | None]
REFUSED = AccessRefusedError("marketplace.credentials_refused", detail="HTTP 401")


@pytest.fixture
def scheduled(app: Flask, account: Account, monkeypatch: pytest.MonkeyPatch) -> Scheduled:
    """What the scheduler's job does when the time of an operation has come."""
    monkeypatch.setattr(run_operation, "application", lambda: app)

    def job(operation: str) -> dict[str, Any] | None:
        db.session.rollback()  # it works in a context of its own
        return run_scheduled("main", operation)

    return job


def revoke(market: OctopiaSandbox) -> None:
    """The seller made a new secret in the portal."""
    market.tokens.client_secret = "another one"
    market.tokens.alive.clear()


def its_time_has_come(side: str) -> None:
    with transaction() as session:
        account = session.query(Account).one()
        early = (now() - timedelta(seconds=1)).isoformat()
        account.notices = [
            each | {"next_try_at": early} if each.get("rests") == side else each for each in account.notices
        ]


def runs_made() -> int:
    db.session.rollback()
    return db.session.query(Run).count()


def resting_sides() -> list[str]:
    db.session.rollback()
    return sorted(resting.of(accounts.find("main").id))


def test_one_run_fails_and_then_the_schedule_rests_until_the_secret_works_again(
    scheduled: Scheduled, market: OctopiaSandbox
) -> None:
    secret = market.tokens.client_secret
    revoke(market)
    assert (scheduled("lookup") or {})["error"]["code"] == "marketplace.credentials_refused"
    asked = len(market.server.log)
    assert [scheduled(operation) for operation in ("lookup", "ship", "reconcile", "accept")] == [None] * 4
    assert (runs_made(), len(market.server.log)) == (1, asked)  # and nobody was asked
    assert scheduled("import") is not None  # which needs the shop alone
    its_time_has_come("marketplace")
    assert (scheduled("lookup"), scheduled("lookup")) == (None, None)  # asked once, outside any run
    assert len(market.server.log) > asked
    (rest,) = resting.of_notices(accounts.find("main").notices)
    assert timedelta(minutes=29) < rest.next_try_at - now() <= timedelta(minutes=30)
    market.tokens.client_secret = secret
    its_time_has_come("marketplace")
    assert (scheduled("lookup") or {})["state"] == "finished"
    assert resting_sides() == []


def test_a_shop_that_refuses_costs_a_lookup_only_its_checks(
    scheduled: Scheduled, market: OctopiaSandbox, shop: PrestaShopSandbox
) -> None:
    market.add(order_json(status="InPreparation", lines=[line_json(sku="MUG-ARDOISE", unit_price="9.99")]))
    shop.add_key(shop.key, active=False)
    assert (scheduled("lookup") or {})["error"]["code"] == "shop.key_refused"
    assert resting_sides() == ["shop"]
    asked = len(shop.server.log)
    again = scheduled("lookup") or {}
    assert (again["state"], "error" in again, len(shop.server.log)) == ("finished", False, asked)
    assert scheduled("import") is None
    shop.add_key(shop.key)
    its_time_has_come("shop")
    assert (scheduled("import") or {})["counts"] == {"done": 1}


def test_a_run_by_a_person_that_works_ends_the_rest_and_one_that_asked_nothing_does_not(
    scheduled: Scheduled, account: Account, run: Running
) -> None:
    for refused in (REFUSED, AccessRefusedError("shop.key_refused", detail="(error 18)")):
        resting.begin(account.id, refused)
    run(account, "import")  # nothing to import: nobody was asked
    assert resting_sides() == ["marketplace", "shop"]
    run(account, "lookup")
    assert resting_sides() == ["shop"]


def test_saved_settings_of_a_side_are_tried_at_once(account: Account) -> None:
    resting.begin(account.id, REFUSED)
    settings.load({"account": "main", "orders": {"lookback_days": 3}})
    assert resting_sides() == ["marketplace"]
    settings.load({"account": "main", "marketplace": {"client_secret": "new"}})
    assert resting_sides() == []


def test_the_time_between_two_tries_grows_up_to_six_hours(account: Account) -> None:
    resting.begin(account.id, REFUSED)
    resting.begin(account.id, REFUSED)  # by another run that failed at the same time: still one
    assert len(accounts.find("main").notices) == 1
    waits = []
    for _ in range(7):
        its_time_has_come("marketplace")
        assert resting.take_try(account.id, "marketplace")
        assert not resting.take_try(account.id, "marketplace")
        waits.append(round((resting.of(account.id)["marketplace"].next_try_at - now()) / timedelta(minutes=1)))
    assert waits == [30, 60, 120, 240, 360, 360, 360]


def test_a_side_that_does_not_answer_when_it_is_asked_rests_on(account: Account, market: OctopiaSandbox) -> None:
    resting.begin(account.id, REFUSED)
    its_time_has_come("marketplace")
    market.stop()
    rest = resting_side(account.id, "lookup")
    assert rest is not None
    assert rest.next_try_at > now()


def test_dismissing_does_not_end_a_rest(account: Account) -> None:
    resting.begin(account.id, REFUSED)
    accounts.dismiss_notice(account.id, REFUSED.code)
    assert resting_sides() == ["marketplace"]
