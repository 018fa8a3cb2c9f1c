"""Reads that fail for a moment are asked again, soon and a few times; writes and what waiting cannot help never are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import pytest

from cdsync.connectors.http import read_retry
from cdsync.connectors.http.read_retry import Pauses, with_retries
from cdsync.connectors.http.transient_errors import StillPausedError, TooManyRequestsError, TransientError
from cdsync.errors import ConfigError, TemporaryError
from cdsync.sandbox.faults import Fault
from cdsync.sandbox.octopia import order_json
from cdsync.sandbox.prestashop import PrestaShopSandbox
from tests.connectors.journal import Clock, MemoryJournal
from tests.connectors.octopia.account import WEEK_AGO, account, refs
from tests.connectors.prestashop.shop import connector, draft, failure, one, rehearsal_shop, run


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch, _no_retries: None) -> list[float]:
    """The shipped pauses, but nobody sleeps; how long one would have."""
    slept: list[float] = []
    monkeypatch.setattr(read_retry, "PAUSES", (0.3, 1.0))
    monkeypatch.setattr(read_retry, "FOR_A_LIST", 600.0)
    monkeypatch.setattr(read_retry.time, "sleep", slept.append)
    return slept


@pytest.fixture
def shop() -> Iterator[PrestaShopSandbox]:
    with rehearsal_shop() as running:
        yield running


def failing(*errors: Exception) -> Any:
    """A read that raises these, one a call, and then answers "read"."""
    left = list(errors)

    def read() -> str:
        if left:
            raise left.pop(0)
        return "read"

    return read


def test_a_failure_of_a_moment_costs_a_pause(pauses: list[float]) -> None:
    error = TransientError("shop.server_error", host="h", status=502)
    assert with_retries(failing(error, error)) == "read"
    assert pauses == [0.3, 1.0]


def test_the_third_failure_is_raised(pauses: list[float]) -> None:
    errors = [TransientError("shop.unreachable", host=str(n)) for n in range(3)]
    with pytest.raises(TemporaryError) as raised:
        with_retries(failing(*errors))
    assert raised.value is errors[2]


@pytest.mark.parametrize(
    ("error", "slept"),
    [
        (TooManyRequestsError("marketplace.rate_limited", retry_after=3), [3]),
        (TooManyRequestsError("marketplace.rate_limited", retry_after=0), [0.3]),
        (TooManyRequestsError("marketplace.rate_limited"), [read_retry.UNNAMED_LIMIT]),
    ],
)
def test_a_limit_is_kept_to(pauses: list[float], error: TemporaryError, slept: list[float]) -> None:
    assert with_retries(failing(error)) == "read"
    assert pauses == slept


@pytest.mark.parametrize(
    "error",
    [
        TemporaryError("shop.timeout", host="h"),
        TransientError("shop.maintenance", host="h", retry_after=600),
        TemporaryError("database.locked"),
        ConfigError("shop.key_refused", detail=""),
    ],
)
def test_what_a_pause_cannot_help_is_raised_at_once(pauses: list[float], error: Exception) -> None:
    with pytest.raises(type(error)):
        with_retries(failing(error))
    assert pauses == []


def test_an_import_goes_on_after_a_read_that_failed(pauses: list[float], shop: PrestaShopSandbox) -> None:
    kinds = ("reset_before", "status_500_before", "html_before", "cut_short", "status_503_before")
    for kind, resource in zip(kinds, ("orders", "products", "carriers", "tax_rules", "order_carriers"), strict=True):
        shop.server.faults.add(Fault(kind, "GET", f"/api/{resource}$"))
    one(run(connector(shop), draft()))
    assert len(shop.rows("orders")) == 1
    assert pauses == [0.3] * 5


def test_a_write_is_never_sent_again_without_looking(pauses: list[float], shop: PrestaShopSandbox) -> None:
    shop.server.faults.add(Fault("answer_lost", "POST", "/api/orders$"))
    clock = Clock()
    journal = MemoryJournal(clock)
    assert failure(run(connector(shop, clock), draft(), journal=journal)).error.code == "shop.order_unknown"
    clock.advance(61)
    one(run(connector(shop, clock), draft(), journal=journal))
    assert len(shop.server.requests("POST", "/api/orders")) == 1
    assert pauses == []


def test_a_lookup_of_many_pages_survives_a_limit_and_a_page_that_broke_off(pauses: list[float], market: Any) -> None:
    for _ in range(250):
        market.add(order_json())
    market.server.faults.add(Fault("status_429", "GET", "/orders$", skip=1, retry_after=2))
    market.server.faults.add(Fault("cut_short", "GET", "/orders$", skip=1))
    market.server.faults.add(Fault("status_503_before", "POST", "/token$"))
    assert len(refs(account(market))) == 250
    assert sorted(pauses) == [0.3, 1.0, 2]


def test_a_lookup_waits_as_long_as_it_is_asked_to_and_goes_on_at_the_same_page(
    pauses: list[float], market: Any
) -> None:
    for _ in range(450):
        market.add(order_json())
    market.server.faults.add(Fault("status_429", "GET", "/orders$", skip=2, times=2, retry_after=60))
    market.server.faults.add(Fault("status_429", "GET", "/orders$", skip=4, retry_after=17))
    assert len(refs(account(market))) == 450
    assert pauses == [60, 60, 17]
    listed = [seen for seen in market.server.requests("GET", "/seller/v2/orders") if seen.path.endswith("/orders")]
    pages = [dict(parse_qsl(seen.query))["pageIndex"] for seen in listed]
    assert sorted(set(pages)) == ["1", "2", "3", "4", "5"]
    assert len(pages) == 5 + 3  # each once, and again after each pause


ANSWERED, PAUSED = (
    kind("marketplace.rate_limited", retry_after=40) for kind in (TooManyRequestsError, StillPausedError)
)


@pytest.mark.parametrize(
    ("errors", "slept"),
    [
        ([ANSWERED, ANSWERED, ANSWERED], [40, 40, 40]),  # each is an answer: the run gets on
        ([PAUSED, ANSWERED, ANSWERED], [40, 40, 40]),
        ([PAUSED, PAUSED], [40]),  # nothing came in between: 80 seconds would be taken for a run that hangs
        ([ANSWERED, PAUSED], [40]),
    ],
)
def test_a_list_waits_no_longer_without_an_answer_than_a_run_may(
    pauses: list[float], errors: list[TooManyRequestsError], slept: list[float]
) -> None:
    read, got = failing(*errors), Pauses()
    if len(slept) == len(errors):
        assert got.kept(read) == "read"
    else:
        with pytest.raises(StillPausedError):
            got.kept(read)
    assert pauses == slept


def test_the_list_of_a_shops_orders_waits_too(pauses: list[float], shop: PrestaShopSandbox) -> None:
    made = one(run(connector(shop), draft())).order
    pauses.clear()
    shop.server.faults.add(Fault("status_429", "GET", "/api/orders$", retry_after=60))
    shop.server.faults.add(Fault("status_429", "GET", "/api/order_carriers$", retry_after=30))
    listed = list(connector(shop).marketplace_orders(datetime(2020, 1, 1, tzinfo=UTC), ""))
    assert [each.shop_ref for each in listed if each.shop_ref == made.shop_ref] == [made.shop_ref]
    assert pauses == [60, 30]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault("status_429", "GET", "/orders$", skip=1, times=99, retry_after=61), []),  # another run's business
        (Fault("status_429", "GET", "/orders$", skip=1, times=99, retry_after=55), [55] * 10),  # ten minutes in all
        (Fault("status_429_bare", "GET", "/orders$", skip=1, times=999), [4, 8, 16, 32, *[60] * 9]),
    ],
)
def test_its_pauses_have_an_end_and_what_was_read_is_kept(
    monkeypatch: pytest.MonkeyPatch, pauses: list[float], market: Any, fault: Fault, expected: list[float]
) -> None:
    monkeypatch.setattr(read_retry, "PAUSES", ())
    for _ in range(250):
        market.add(order_json())
    market.server.faults.add(fault)
    coming, came = account(market).orders(WEEK_AGO), []
    with pytest.raises(TooManyRequestsError):
        came.extend(each.ref for each in coming)
    assert pauses == expected
    assert len(came) == 100


def test_one_order_is_asked_for_again(pauses: list[float], market: Any) -> None:
    ref = market.add(order_json())
    market.server.faults.add(Fault("html_before", "GET", "/orders/"))
    assert account(market).order(str(ref)).ref == str(ref)
    assert pauses == [0.3]
