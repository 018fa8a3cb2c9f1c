"""The checks of `Marketplace`'s promises. Each is one test, on an other side of its own."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ... import states
from ...errors import ConfigError, RejectedError, TemporaryError, UnknownOutcomeError
from ..declarations import Carrier
from ..marketplace import Marketplace
from ..marketplace_records import MarketplaceOrder, Parcel
from ..powers import CountsWhatWaits, ListsByPage, pages_of, waiting_since
from .remotes import RemoteMarketplace, Sold
from .shapes import check_reading
from .wire import Forbidding, Kept, able, check_declaration, check_lines, check_secrets, each_tried, failed, forbidden

MUGS = (Sold("MUG", 3, Decimal("0.10"), Decimal("5.90")), Sold("SHIRT", 1, Decimal("19.99")))
TAKEN = frozenset({states.ACCEPTED, states.TO_IMPORT})  # an order that was accepted may be paid at once


class MarketplaceContract:
    """Subclass it in a test module, with a fixture `remote`."""

    @pytest.fixture
    def remote(self) -> RemoteMarketplace:
        """The other side, with no orders yet."""
        raise NotImplementedError("give the suite a fixture `remote`")

    def test_it_declares_its_title_and_settings(self, remote: RemoteMarketplace) -> None:
        check_declaration(remote.connector)

    def test_making_one_sends_nothing(self, remote: RemoteMarketplace) -> None:
        recorder = Kept()
        remote.open(recorder)
        assert recorder.sent == 0

    def test_nothing_leaves_before_the_recorder_was_told(self, remote: RemoteMarketplace) -> None:
        ref, recorder = remote.put(states.TO_ACCEPT, MUGS), Forbidding()
        if forbidden(recorder, lambda: remote.open(recorder).accept(ref)):
            assert remote.seen(ref).state == states.TO_ACCEPT, "it had been sent already"

    def test_no_secret_is_recorded(self, remote: RemoteMarketplace) -> None:
        ref, other, recorder = remote.put(states.TO_ACCEPT, MUGS), remote.put(states.TO_IMPORT, MUGS), Kept()
        marketplace = remote.open(recorder)
        parcel = Parcel("6A1234567890", _carrier(marketplace))
        each_tried(
            marketplace.check,
            lambda: _listed(marketplace),
            lambda: marketplace.order(ref),
            lambda: marketplace.accept(ref),
            lambda: marketplace.ship(other, parcel),
            lambda: marketplace.order(remote.unknown_ref),
        )
        check_secrets(remote, recorder.exchanges)

    def test_the_list_has_each_order_once(self, remote: RemoteMarketplace) -> None:
        put = {remote.put(state, MUGS) for state in (states.TO_ACCEPT, states.TO_IMPORT, states.TO_IMPORT)}
        listed = [entry.ref for entry in _listed(remote.open(Kept()))]
        assert len(listed) == len(set(listed)), f"an order came twice: {listed}"
        assert put <= set(listed), "an order is missing"

    def test_pages_tell_what_the_list_does_wherever_they_go_on(self, remote: RemoteMarketplace) -> None:
        """`ListsByPage`, where it is there: what was kept up to a place, and is listed from it on, is everything."""
        if not isinstance(remote.open(Kept()), ListsByPage):
            return
        put = {remote.put(state, MUGS) for state in (states.TO_ACCEPT, states.TO_IMPORT, states.TO_IMPORT)}
        since = datetime.now(UTC) - timedelta(days=1)
        pages = list(pages_of(remote.open(Kept()), since, ""))
        later = remote.put(states.TO_IMPORT, MUGS)
        kept: set[str] = set()
        for page in pages:
            for entry in page.entries:
                read = entry.read()
                assert (entry.ref, entry.raw) == (read.ref, read.raw)
            kept |= {entry.ref for entry in page.entries}
            following = pages_of(remote.open(Kept()), since, page.place)
            assert kept | {each.ref for after in following for each in after.entries} >= put | {later}
        assert put <= kept, "an order is missing"

    def test_what_came_since_the_list_is_counted_by_where_it_stands(self, remote: RemoteMarketplace) -> None:
        """`CountsWhatWaits`, where it is there: nothing when the list is read again, whatever it counts beside."""
        mark = _mark(remote)
        if not isinstance(remote.open(Kept()), CountsWhatWaits):
            assert mark == "", "a mark that nobody can be asked with"
            return
        assert _waiting(remote, mark) == [0, 0]
        for state in (states.TO_ACCEPT, states.TO_IMPORT, states.TO_IMPORT, states.REFUSED):
            remote.put(state, MUGS)
        assert _waiting(remote, mark) == [2, 3]
        assert _waiting(remote, _mark(remote)) == [0, 0]
        assert waiting_since(remote.open(Kept()), "another one's", {states.TO_IMPORT}) is None

    def test_an_order_has_the_promised_shape(self, remote: RemoteMarketplace) -> None:
        ref = remote.put(states.TO_IMPORT, MUGS)
        marketplace = remote.open(Kept())
        for entry in (*_listed(marketplace), marketplace.order(ref)):
            check_reading(entry)

    def test_money_is_exact_to_the_cent(self, remote: RemoteMarketplace) -> None:
        found = _read(remote.open(Kept()), remote.put(states.TO_IMPORT, MUGS))
        amounts = {line.sku: (line.quantity, line.unit_price, line.shipping) for line in found.lines}
        assert amounts == {each.sku: (each.quantity, each.unit_price, each.shipping) for each in MUGS}
        assert found.total == Decimal("26.19")  # 3 × 0.10 + 5.90 + 19.99

    @pytest.mark.parametrize("state", [states.TO_ACCEPT, states.TO_IMPORT, states.REFUSED])
    def test_how_far_an_order_got_is_read(self, remote: RemoteMarketplace, state: str) -> None:
        assert _read(remote.open(Kept()), remote.put(state, MUGS)).state == state

    def test_the_list_and_the_look_say_the_same(self, remote: RemoteMarketplace) -> None:
        ref = remote.put(states.TO_IMPORT, MUGS)
        marketplace = remote.open(Kept())
        (listed,) = [entry for entry in _listed(marketplace) if entry.ref == ref]
        assert isinstance(listed, MarketplaceOrder)
        looked = _read(marketplace, ref)
        assert (listed.state, listed.total, listed.lines) == (looked.state, looked.total, looked.lines)

    def test_reading_may_be_repeated(self, remote: RemoteMarketplace) -> None:
        ref = remote.put(states.TO_ACCEPT, MUGS)
        marketplace = remote.open(Kept())
        assert [each.ref for each in _listed(marketplace)] == [each.ref for each in _listed(marketplace)]
        assert remote.seen(ref).state == states.TO_ACCEPT

    def test_an_unknown_order_is_gone(self, remote: RemoteMarketplace) -> None:
        marketplace = remote.open(Kept())
        failed(lambda: marketplace.order(remote.unknown_ref), RejectedError, "order.gone")

    def test_accepting_is_told(self, remote: RemoteMarketplace) -> None:
        ref = remote.put(states.TO_ACCEPT, MUGS)
        remote.open(Kept()).accept(ref)
        assert remote.seen(ref).state in TAKEN

    def test_accepting_may_be_repeated(self, remote: RemoteMarketplace) -> None:
        ref = remote.put(states.TO_ACCEPT, MUGS)
        for _ in range(2):
            remote.open(Kept()).accept(ref)
        assert remote.seen(ref).state in TAKEN

    def test_what_cannot_be_accepted_is_said(self, remote: RemoteMarketplace) -> None:
        ref = remote.put(states.REFUSED, MUGS)
        failed(lambda: remote.open(Kept()).accept(ref), RejectedError)
        assert remote.seen(ref).state == states.REFUSED

    def test_refusing_is_told_and_may_be_repeated(self, remote: RemoteMarketplace) -> None:
        ref = remote.put(states.TO_ACCEPT, MUGS)
        for _ in range(2):
            remote.open(Kept()).refuse(ref)
        assert remote.seen(ref).state == states.REFUSED

    def test_a_parcel_is_told(self, remote: RemoteMarketplace) -> None:
        ref = remote.put(states.TO_IMPORT, MUGS)
        _ship(remote, ref)
        assert remote.seen(ref).parcels == ("6A1234567890",)

    def test_a_parcel_may_be_told_again_and_stays_one(self, remote: RemoteMarketplace) -> None:
        ref = remote.put(states.TO_IMPORT, MUGS)
        for _ in range(2):
            _ship(remote, ref)
        assert len(remote.seen(ref).parcels) == 1

    def test_what_cannot_be_shipped_is_said(self, remote: RemoteMarketplace) -> None:
        ref = remote.put(states.REFUSED, MUGS)
        carrier = _carrier(remote.open(Kept()))
        failed(lambda: remote.open(Kept()).ship(ref, Parcel("6A1234567890", carrier)), RejectedError)
        assert remote.seen(ref).parcels == ()

    @pytest.mark.parametrize("call", ["accept", "refuse", "ship"])
    def test_what_it_does_not_know_is_left_alone(self, remote: RemoteMarketplace, call: str) -> None:
        marketplace = remote.open(Kept())
        parcel = Parcel("6A1234567890", _carrier(marketplace))
        tell: Any = {"accept": marketplace.accept, "refuse": marketplace.refuse, "ship": marketplace.ship}[call]
        failed(lambda: tell(remote.unknown_ref, *([parcel] if call == "ship" else [])), RejectedError)

    def test_carriers_and_delivery_modes_are_named(self, remote: RemoteMarketplace) -> None:
        marketplace = remote.open(Kept())
        carriers, modes = marketplace.carriers(), marketplace.delivery_modes()
        assert carriers, "a parcel goes by some carrier"
        assert all(isinstance(each, Carrier) and each.ref and each.name for each in carriers)
        assert len({each.ref for each in carriers}) == len(carriers), "two carriers of one ref"
        assert all(isinstance(each, str) and each for each in modes)

    def test_the_address_of_an_orders_page_asks_nobody(self, remote: RemoteMarketplace) -> None:
        ref, recorder = remote.put(states.TO_IMPORT, MUGS), Kept()
        marketplace = remote.open(recorder)
        before = recorder.sent
        address = marketplace.order_url(ref)
        assert address == "" or address.startswith(("https://", "http://"))
        assert recorder.sent == before

    def test_a_side_that_is_well_passes_its_checks(self, remote: RemoteMarketplace) -> None:
        lines = remote.open(Kept()).check()
        check_lines(lines)
        assert [each.name for each in lines if not each.ok] == []

    def test_a_refused_key_is_a_line_of_the_checks(self, remote: RemoteMarketplace) -> None:
        wrong = able(remote.refused_values(), "refuse a key")
        try:
            lines = remote.open(Kept(), **wrong).check()
        except ConfigError:  # refused before anything could be asked: then making one says it
            failed(lambda: remote.open(Kept(), **wrong), ConfigError)
            return
        check_lines(lines)
        assert [each for each in lines if not each.ok], "the checks passed with a wrong key"

    def test_a_refused_key_stops_the_run(self, remote: RemoteMarketplace) -> None:
        wrong = able(remote.refused_values(), "refuse a key")
        failed(lambda: _listed(remote.open(Kept(), **wrong)), ConfigError)

    def test_a_side_that_is_away_is_worth_waiting_for(self, remote: RemoteMarketplace) -> None:
        able(remote.go_away(), "go away")
        failed(lambda: _listed(remote.open(Kept())), TemporaryError)

    def test_a_side_that_moved_is_not_followed(self, remote: RemoteMarketplace) -> None:
        ref = remote.put(states.TO_ACCEPT, MUGS)
        able(remote.move_away(), "move away")
        failed(lambda: _listed(remote.open(Kept())), ConfigError)
        failed(lambda: remote.open(Kept()).accept(ref), ConfigError)
        assert remote.seen(ref).state == states.TO_ACCEPT

    def test_a_side_that_asks_for_fewer_requests_has_done_nothing(self, remote: RemoteMarketplace) -> None:
        ref = remote.put(states.TO_ACCEPT, MUGS)
        able(remote.slow_down(), "ask for fewer requests")
        failed(lambda: _listed(remote.open(Kept())), TemporaryError)
        failed(lambda: remote.open(Kept()).accept(ref), TemporaryError)
        assert remote.seen(ref).state == states.TO_ACCEPT

    def test_an_acceptance_whose_answer_is_lost_is_settled_by_the_next(self, remote: RemoteMarketplace) -> None:
        ref = remote.put(states.TO_ACCEPT, MUGS)
        able(remote.lose_answer(), "lose an answer")
        _told_or_unknown(lambda: remote.open(Kept()).accept(ref))
        remote.open(Kept()).accept(ref)
        assert remote.seen(ref).state in TAKEN

    def test_a_parcel_whose_answer_is_lost_stays_one(self, remote: RemoteMarketplace) -> None:
        ref = remote.put(states.TO_IMPORT, MUGS)
        carrier = _carrier(remote.open(Kept()))
        able(remote.lose_answer(), "lose an answer")
        _told_or_unknown(lambda: remote.open(Kept()).ship(ref, Parcel("6A1234567890", carrier)))
        _ship(remote, ref)
        assert len(remote.seen(ref).parcels) == 1


def _listed(marketplace: Marketplace) -> Sequence[Any]:
    return list(marketplace.orders(datetime.now(UTC) - timedelta(days=1)))


def _read(marketplace: Marketplace, ref: str) -> MarketplaceOrder:
    found = marketplace.order(ref)
    assert isinstance(found, MarketplaceOrder), f"{ref} can be read"
    assert found.ref == ref
    return found


def _carrier(marketplace: Marketplace) -> str:
    return marketplace.carriers()[0].ref


def _ship(remote: RemoteMarketplace, ref: str) -> None:
    marketplace = remote.open(Kept())
    marketplace.ship(ref, Parcel("6A1234567890", _carrier(marketplace)))


def _mark(remote: RemoteMarketplace) -> str:
    """Of the whole list as it is now."""
    pages = pages_of(remote.open(Kept()), datetime.now(UTC) - timedelta(days=1), "")
    return ([page.mark for page in pages] or [""])[-1]


def _waiting(remote: RemoteMarketplace, mark: str) -> list[int | None]:
    """How many that are to be imported came since, and how many that are to be imported or accepted."""
    wanted = ({states.TO_IMPORT}, {states.TO_IMPORT, states.TO_ACCEPT})
    return [waiting_since(remote.open(Kept()), mark, each) for each in wanted]


def _told_or_unknown(call: Callable[[], None]) -> None:
    """A write whose answer got lost: it looked and saw it done, or it says that it does not know."""
    with contextlib.suppress(UnknownOutcomeError):
        call()
