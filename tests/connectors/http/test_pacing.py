"""How many requests go to one side, of all processes together: counted in Redis, and for each process alone without."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests_mock

from cdsync.connectors.base import NoRecorder
from cdsync.connectors.http import pacing
from cdsync.connectors.http.client import HttpClient
from cdsync.connectors.http.local_traffic import LocalTraffic
from cdsync.connectors.http.pacing import Asking, Pace, Traffic
from cdsync.connectors.http.page_time import PageTime
from cdsync.errors import TemporaryError
from cdsync.installation.shared_traffic import SharedTraffic
from tests.jobs.conftest import KillableRedis

pytestmark = pytest.mark.redis
SHOP = Pace("shop:shop.example", at_once=2, per_minute=120)  # 20 in ten seconds
URL = "https://shop.example/api/"


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KillableRedis]:
    server = KillableRedis(tmp_path_factory.mktemp("r"))
    server.start()
    yield server
    server.kill()


@pytest.fixture(params=["of all processes", "of this one"])
def two(request: pytest.FixtureRequest, redis: KillableRedis) -> tuple[Traffic, Traffic]:
    """What two workers ask: one Redis, or one process of two threads."""
    if request.param == "of this one":
        traffic = LocalTraffic()
        return traffic, traffic
    first, second = SharedTraffic(redis.url), SharedTraffic(redis.url)
    first._redis.flushall()
    return first, second


def read(ticket: str, *, page: bool = False, lease: float = 60.0) -> Asking:
    return Asking(ticket, page, False, lease)


def write(ticket: str) -> Asking:
    return Asking(ticket, False, True, 60.0)


def test_so_many_at_once_whoever_asks(two: tuple[Traffic, Traffic]) -> None:
    first, second = two
    assert [first.ask(SHOP, read("a")).wait, second.ask(SHOP, read("b")).wait] == [0, 0]
    assert first.ask(SHOP, read("c")).wait > 0
    assert first.ask(Pace("shop:another.example", 1, 20), read("d")).wait == 0
    second.leave(SHOP, "b")
    assert first.ask(SHOP, read("c")).wait == 0


def test_a_write_goes_at_once_and_counts(two: tuple[Traffic, Traffic]) -> None:
    first, second = two
    assert [each.ask(SHOP, write(name)).wait for each, name in zip(two * 2, "abcd", strict=True)] == [0, 0, 0, 0]
    for ticket in "ab":
        first.leave(SHOP, ticket)
    assert second.ask(SHOP, read("e")).wait > 0


def test_a_place_of_a_process_that_died_is_free_after_its_time(two: tuple[Traffic, Traffic]) -> None:
    first, second = two
    for ticket in "ab":
        first.ask(SHOP, read(ticket, lease=0.05))
    time.sleep(0.06)
    assert second.ask(SHOP, read("c")).wait == 0


def test_ten_seconds_have_so_many_and_the_last_tenth_is_for_pages(two: tuple[Traffic, Traffic]) -> None:
    first, second = two
    for number in range(18):
        assert first.ask(SHOP, read(str(number))).wait == 0
        first.leave(SHOP, str(number))
    assert 5 < second.ask(SHOP, read("job")).wait <= 10
    for number in range(18, 20):
        assert second.ask(SHOP, read(str(number), page=True)).wait == 0
        second.leave(SHOP, str(number))
    assert 5 < first.ask(SHOP, read("page", page=True)).wait <= 10
    assert first.ask(SHOP, write("order")).wait == 0


def test_a_page_that_waits_goes_before_a_run(two: tuple[Traffic, Traffic]) -> None:
    first, second = two
    for ticket in "ab":
        first.ask(SHOP, read(ticket))
    assert second.ask(SHOP, read("page", page=True)).wait > 0
    first.leave(SHOP, "a")
    assert first.ask(SHOP, read("job")).wait > 0
    assert second.ask(SHOP, read("page", page=True)).wait == 0
    first.leave(SHOP, "b")
    assert first.ask(SHOP, read("job")).wait == 0


def test_a_pause_that_was_asked_for_holds_for_everybody_and_is_never_cut_short(two: tuple[Traffic, Traffic]) -> None:
    first, second = two
    first.pause(SHOP, 30)
    first.pause(SHOP, 1)
    for asking in (read("a"), read("b", page=True), write("c")):
        given = second.ask(SHOP, asking)
        assert (given.paused, 25 < given.wait <= 30) == (True, True)


def test_without_redis_each_process_counts_for_itself_and_requests_go(redis: KillableRedis, tmp_path: Path) -> None:
    traffic = SharedTraffic(f"unix://{tmp_path / 'nobody'}")
    began = time.monotonic()
    assert [traffic.ask(SHOP, read(ticket)).wait > 0 for ticket in "abc"] == [False, False, True]
    traffic.leave(SHOP, "a")
    assert traffic.ask(SHOP, read("c")).wait == 0
    assert time.monotonic() - began < 1


def client(pace: Pace | None = SHOP) -> HttpClient:
    return HttpClient("shop", URL, NoRecorder(), timeout=5, pace=pace)


def test_a_429_stops_reads_and_writes_of_everybody_before_they_are_sent() -> None:
    """A write that was not sent is no unknown outcome."""
    pacing.use(LocalTraffic())
    with requests_mock.Mocker() as host:
        host.register_uri(requests_mock.ANY, URL, status_code=429, headers={"Retry-After": "30"})
        client().send("GET", URL)
        for method in ("GET", "POST"):
            with pytest.raises(TemporaryError) as caught:
                client().send(method, URL)
            assert caught.value.code == "shop.rate_limited"
            assert 25 < (caught.value.retry_after or 0) <= 30
        assert len(host.request_history) == 1
        assert client(None).send("GET", URL).status == 429


def test_who_cannot_wait_so_long_sends_nothing_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    traffic = LocalTraffic()
    pacing.use(traffic)
    for ticket in "ab":
        traffic.ask(SHOP, write(ticket))
    with requests_mock.Mocker() as host, PageTime(0.3):
        with pytest.raises(TemporaryError, match=r"^shop\.no_turn") as caught:
            client().send("GET", URL)
        assert not host.request_history
        assert caught.value.retry_after
    monkeypatch.setattr(pacing, "LOOKS_EVERY", 0.01)
    with requests_mock.Mocker() as host:
        host.get(URL, text="<prestashop/>")
        traffic.leave(SHOP, "a")
        assert client().send("GET", URL).status == 200
        assert client().send("GET", URL).status == 200  # its place was given back


@pytest.mark.parametrize(
    ("url", "at_once", "per_minute", "pace"),
    [
        (URL, None, None, (2, 300)),
        (URL, "", "", (2, 300)),
        (URL, 5, None, (5, 300)),
        ("http://127.0.0.1:8099/", None, None, None),
        ("http://localhost/shop", None, None, None),
        ("http://127.0.0.1:8099/", None, 60, (2, 60)),
    ],
)
def test_what_settings_leave_open_is_usual_and_this_machine_has_no_limit(
    url: str, at_once: object, per_minute: object, pace: tuple[int, int] | None
) -> None:
    found = pacing.pace_of("shop", url, {"at_once": at_once, "per_minute": per_minute}, (2, 300))
    assert (found and (found.at_once, found.per_minute)) == pace
