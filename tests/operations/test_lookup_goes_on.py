"""A lookup that did not come to the end of the list goes on where it stood, and what is newer is seen all the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from cdsync import connectors, runs
from cdsync.bookkeeping import list_readings
from cdsync.connectors.base import OrderPage, listed
from cdsync.db import db
from cdsync.errors import TemporaryError
from cdsync.models import Account, ListReading, Order, Run
from cdsync.operations import runner
from tests.fakes import FakeMarketplace, World, reading
from tests.worlds import Running, last_run

ON_A_PAGE = 2


class PagedMarketplace(FakeMarketplace):
    """Orders never change their place here: a place is how many were handed out."""

    def pages(self, updated_since: datetime, place: str) -> Iterator[OrderPage]:
        at = int(place or 0)
        self._call("pages", updated_since.isoformat(), place)
        while at < len(self._world.orders):
            self._call("page", str(at))
            entries = list(self._world.orders.values())[at : at + ON_A_PAGE]
            at += ON_A_PAGE
            yield OrderPage(tuple(map(listed, entries)), str(at))


@pytest.fixture
def world(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setitem(connectors.MARKETPLACES, "fake", f"{__name__}:PagedMarketplace")
    world.add(*(reading(f"A{n}") for n in range(7)))
    return world


def breaks_off_after(world: World, pages: int) -> None:
    """The marketplace goes away before it hands out one page more."""
    call, left = FakeMarketplace._call, [pages]

    def counted(self: FakeMarketplace, name: str, *words: str) -> None:
        if name == "page":
            left[0] -= 1
            if left[0] == -1:
                raise TemporaryError("marketplace.unreachable", host="memory")
        call(self, name, *words)

    PagedMarketplace._call = counted  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _whole() -> Iterator[None]:
    yield
    if "_call" in vars(PagedMarketplace):
        del PagedMarketplace._call


def known() -> list[str]:
    db.session.rollback()
    return sorted(db.session.scalars(db.select(Order.marketplace_ref)))


def test_each_page_is_committed_before_the_next_is_asked_for(fake_account: Account, world: World, run: Running) -> None:
    breaks_off_after(world, 2)
    report = run(fake_account, "lookup")
    assert (report["state"], report["counts"]["new"], known()) == ("failed", 4, ["A0", "A1", "A2", "A3"])


def test_the_next_lookup_goes_on_there_since_the_same_moment_and_sees_what_came(
    fake_account: Account, world: World, run: Running
) -> None:
    breaks_off_after(world, 2)
    run(fake_account, "lookup")
    world.add(reading("B1"))
    report = run(fake_account, "lookup")
    (first, second) = world.called("pages")
    assert (first[0], second[1]) == (second[0], "4")
    assert world.called("page") == [("0",), ("2",), ("4",), ("6",)]
    assert (report["state"], report["counts"]["new"]) == ("finished", 4)
    assert known() == [*(f"A{n}" for n in range(7)), "B1"]


def test_what_was_read_to_its_end_is_read_from_its_beginning_the_next_time(
    fake_account: Account, world: World, run: Running
) -> None:
    run(fake_account, "lookup")
    run(fake_account, "lookup")
    assert [place for _, place in world.called("pages")] == ["", ""]


def test_a_kill_at_any_commit_loses_no_page_and_reads_none_for_nothing(
    fake_account: Account, world: World, run: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_place, kills = list_readings.keep_place, iter(range(3))

    def killed(*args: object) -> None:
        keep_place(*args)  # type: ignore[arg-type]
        if next(kills, None) is not None:
            raise KeyboardInterrupt  # before the commit: the page is kept, its place is not

    monkeypatch.setattr(list_readings, "keep_place", killed)
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            run(fake_account, "lookup")
    report = run(fake_account, "lookup")
    assert (report["state"], len(known())) == ("finished", 7)


def test_the_window_counts_from_when_the_reading_began_not_from_where_it_ended(
    fake_account: Account, world: World, run: Running
) -> None:
    breaks_off_after(world, 1)
    run(fake_account, "lookup")
    back(timedelta(days=10))
    run(fake_account, "lookup")
    run(fake_account, "lookup")
    *_, (since, place) = world.called("pages")
    days = (last_run().started_at - datetime.fromisoformat(since)) / timedelta(days=1)
    assert (place, round(days, 1)) == ("", 17.1)  # 10, the 7 that are chosen, and two hours


def test_a_stop_keeps_the_place_too(fake_account: Account, world: World, run: Running) -> None:
    began = runs.start(fake_account, "lookup", trigger="cli")
    call = FakeMarketplace._call

    def stopping(self: FakeMarketplace, name: str, *words: str) -> None:
        call(self, name, *words)
        if (name, *words) == ("page", "2"):
            runs.request_stop(began.id)

    PagedMarketplace._call = stopping  # type: ignore[method-assign]
    assert runner.execute(began.id).state == "stopped"
    run(fake_account, "lookup")
    assert [place for _, place in world.called("pages")] == ["", "4"]


def test_another_sellers_list_begins_anew(fake_account: Account, world: World, run: Running) -> None:
    breaks_off_after(world, 1)
    run(fake_account, "lookup")
    db.session.execute(db.update(ListReading).values(seller="elsewhere/1"))
    db.session.commit()
    run(fake_account, "lookup")
    assert world.called("pages")[-1][1] == ""


def test_a_lookup_of_chosen_orders_leaves_the_place_alone(fake_account: Account, world: World, run: Running) -> None:
    breaks_off_after(world, 1)
    run(fake_account, "lookup")
    run(fake_account, "lookup", order_ids=[db.session.scalar(db.select(Order.id).limit(1))])
    run(fake_account, "lookup")
    assert world.called("pages")[-1][1] == "2"


def back(time: timedelta) -> None:
    """As if what was done so far had been so long ago."""
    for run in db.session.scalars(db.select(Run)):
        run.started_at -= time
    for row in db.session.scalars(db.select(ListReading)):
        row.began_at -= time
        row.since = row.since - time if row.since else None
    db.session.commit()
