"""The checks of `Shop`'s promises. Each is one test, on an other side of its own."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from ...errors import ConfigError, RejectedError, TemporaryError, WrongStateError
from ..shop_records import Imported, NotImported, ShopData
from .imports import UNKNOWN_SKU, another, draft, import_all, imported, in_the_end, not_imported
from .journal import Killed, Killing, MemoryJournal
from .remotes import RemoteShop
from .shapes import check_error, check_match, check_problems, check_shop_order
from .wire import Forbidding, Kept, able, check_declaration, check_lines, check_secrets, each_tried, failed, forbidden

AN_HOUR = timedelta(hours=1)


class ShopContract:
    """Subclass it in a test module, with a fixture `remote`."""

    @pytest.fixture
    def remote(self) -> RemoteShop:
        """The other side, with no orders of the marketplace yet."""
        raise NotImplementedError("give the suite a fixture `remote`")

    def test_it_declares_its_title_and_settings(self, remote: RemoteShop) -> None:
        check_declaration(remote.connector)

    def test_making_one_sends_nothing(self, remote: RemoteShop) -> None:
        recorder = Kept()
        remote.open(recorder)
        assert recorder.sent == 0

    def test_nothing_leaves_before_the_recorder_was_told(self, remote: RemoteShop) -> None:
        recorder = Forbidding()
        forbidden(recorder, lambda: import_all(remote, [draft(remote)], recorder=recorder))
        assert recorder.sent == 0 or not remote.orders(), "it had been sent already"

    def test_no_secret_is_recorded(self, remote: RemoteShop) -> None:
        recorder = Kept()
        shop = remote.open(recorder)
        each_tried(
            shop.check,
            shop.reference_data,
            lambda: import_all(remote, [draft(remote), another(remote, UNKNOWN_SKU)], recorder=recorder),
            *(partial(shop.set_status, made.shop_ref, remote.other_status) for made in remote.orders()),
            lambda: shop.set_status("987654", remote.other_status),
        )
        check_secrets(remote, recorder.exchanges)

    def test_a_side_that_is_well_passes_its_checks_and_stays_as_it_is(self, remote: RemoteShop) -> None:
        lines = remote.open(Kept()).check()
        check_lines(lines)
        assert [each.name for each in lines if not each.ok] == []
        assert not remote.orders()

    def test_what_can_be_chosen_is_named(self, remote: RemoteShop) -> None:
        data = remote.open(Kept()).reference_data()
        assert isinstance(data, ShopData)
        assert len(data.currency) == 3, f"{data.currency!r} is an ISO 4217 code"
        statuses = [each.ref for each in data.statuses]
        assert {remote.policy.imported_status, remote.other_status} <= set(statuses)
        for choices in (data.statuses, data.carriers, data.groups, data.payment_modules):
            refs = [each.ref for each in choices]
            assert len(refs) == len(set(refs)), f"two choices of one ref: {refs}"
            assert all(each.ref and each.name for each in choices)

    def test_products_are_found_by_sku(self, remote: RemoteShop) -> None:
        asked = [*remote.skus[:2], UNKNOWN_SKU]
        found = remote.open(Kept()).products(asked)
        assert set(found) == set(asked), "there is an answer for each SKU"
        assert found[UNKNOWN_SKU] == []
        for sku in remote.skus[:2]:
            assert found[sku], f"{sku} is sold"
            for match in found[sku]:
                check_match(match)

    def test_an_order_that_could_be_imported_has_no_problem(self, remote: RemoteShop) -> None:
        order = draft(remote)
        found = remote.open(Kept()).examine([order], remote.policy)
        assert set(found) == {order.ref}
        assert found[order.ref].problems == ()
        assert set(found[order.ref].matches) == {line.line_ref for line in order.lines}

    def test_what_stands_against_an_order_is_its_problem(self, remote: RemoteShop) -> None:
        good, bad = draft(remote), another(remote, UNKNOWN_SKU)
        found = remote.open(Kept()).examine([bad, good], remote.policy)
        assert set(found) == {good.ref, bad.ref}
        check_problems(found[bad.ref].problems, "product.unknown")

    def test_looking_at_orders_makes_none(self, remote: RemoteShop) -> None:
        remote.open(Kept()).examine([draft(remote)], remote.policy)
        assert not remote.orders()

    def test_an_import_makes_one_order_exact_to_the_cent(self, remote: RemoteShop) -> None:
        order = draft(remote)
        result = imported(import_all(remote, [order]))
        assert (result.ref, result.adopted) == (order.ref, False)
        (made,) = remote.orders()
        assert (made.payment_text, made.total) == (order.payment_text, order.total)
        assert made.status_ref == remote.policy.imported_status

    def test_what_was_made_is_read_back(self, remote: RemoteShop) -> None:
        order = draft(remote)
        read = imported(import_all(remote, [order])).order
        check_shop_order(read)
        (made,) = remote.orders()
        assert (read.shop_ref, read.total_paid) == (made.shop_ref, order.total)

    def test_nothing_is_written_before_it_is_in_the_journal(self, remote: RemoteShop) -> None:
        with pytest.raises(Killed):
            import_all(remote, [draft(remote)], Killing(remote.clock, at=1))
        assert not remote.orders()

    def test_an_order_whose_claim_was_lost_is_dropped(self, remote: RemoteShop) -> None:
        mine, lost = draft(remote), another(remote, remote.skus[0])
        journal = MemoryJournal(remote.clock, lost=[lost.ref])
        results = {each.ref: each for each in import_all(remote, [lost, mine], journal)}
        imported([results.pop(mine.ref)])
        for left in results.values():
            assert isinstance(left, NotImported), "it is another worker's"
            assert isinstance(left.error, WrongStateError), f"{left.error!r} for an order that is another worker's"
        assert [each.payment_text for each in remote.orders()] == [mine.payment_text]

    def test_an_order_that_is_there_is_adopted(self, remote: RemoteShop) -> None:
        order = draft(remote)
        first = imported(import_all(remote, [order]))
        again = imported(import_all(remote, [order], MemoryJournal(remote.clock)))
        assert again.adopted
        assert again.order.shop_ref == first.order.shop_ref
        assert len(remote.orders()) == 1

    def test_one_bad_order_stops_no_other(self, remote: RemoteShop) -> None:
        orders = [draft(remote), another(remote, UNKNOWN_SKU), another(remote, remote.skus[1])]
        results = {each.ref: each for each in import_all(remote, orders)}
        assert list(map(type, map(results.get, (each.ref for each in orders)))) == [Imported, NotImported, Imported]
        refused = results[orders[1].ref]
        assert isinstance(refused, NotImported)
        check_error(refused.error)
        assert {each.payment_text for each in remote.orders()} == {orders[0].payment_text, orders[2].payment_text}

    def test_an_order_whose_answer_is_lost_is_made_once(self, remote: RemoteShop) -> None:
        able(remote.lose_answer(), "lose an answer")
        in_the_end(remote, draft(remote), MemoryJournal(remote.clock))
        assert len(remote.orders()) == 1

    def test_an_import_that_is_killed_anywhere_makes_one_order(self, remote: RemoteShop) -> None:
        for at in remote.kills:
            order, journal = another(remote, remote.skus[0]), Killing(remote.clock, at)
            try:
                import_all(remote, [order], journal)
            except Killed:
                in_the_end(remote, order, journal)
            made = [each for each in remote.orders() if each.payment_text == order.payment_text]
            assert len(made) == 1, f"{len(made)} orders after a kill at commit {at}"
            if not journal.struck:
                return

    def test_orders_are_found_by_payment_text_and_number(self, remote: RemoteShop) -> None:
        order = draft(remote)
        ref = imported(import_all(remote, [order])).order.shop_ref
        shop = remote.open(Kept())
        for found in (
            shop.find_orders(payment_texts=[order.payment_text.upper(), "Contract nothing"]),
            shop.find_orders(shop_refs=[ref]),
            shop.find_orders([order.payment_text], [ref]),
        ):
            assert [each.shop_ref for each in found] == [ref]
            check_shop_order(found[0])
        assert shop.find_orders(payment_texts=[order.payment_text[:-1]]) == []

    def test_a_cancelled_order_says_so(self, remote: RemoteShop) -> None:
        ref = imported(import_all(remote, [draft(remote)])).order.shop_ref
        shop = remote.open(Kept())
        assert [each.cancelled for each in shop.find_orders(shop_refs=[ref])] == [False]
        remote.cancel(ref)
        assert [each.cancelled for each in remote.open(Kept()).find_orders(shop_refs=[ref])] == [True]

    def test_the_merchants_own_status_for_cancelled_orders_counts(self, remote: RemoteShop) -> None:
        ref = imported(import_all(remote, [draft(remote)])).order.shop_ref
        remote.open(Kept()).set_status(ref, remote.other_status)
        chosen = remote.open(Kept(), cancelled_status=remote.other_status)
        assert [each.cancelled for each in chosen.find_orders(shop_refs=[ref])] == [True]

    def test_an_order_is_moved_once(self, remote: RemoteShop) -> None:
        ref = imported(import_all(remote, [draft(remote)])).order.shop_ref
        remote.open(Kept()).set_status(ref, remote.other_status)
        (moved,) = remote.orders()
        assert moved.status_ref == remote.other_status
        remote.open(Kept()).set_status(ref, remote.other_status)
        assert remote.orders() == [moved], "a move was written although the order was there already"

    def test_what_cannot_be_moved_is_said(self, remote: RemoteShop) -> None:
        ref = imported(import_all(remote, [draft(remote)])).order.shop_ref
        shop = remote.open(Kept())
        failed(lambda: shop.set_status(ref, "987654"), ConfigError, "shop.status_missing")
        failed(lambda: shop.set_status("987654", remote.other_status), RejectedError)

    def test_the_orders_of_a_marketplace_are_listed(self, remote: RemoteShop) -> None:
        order = draft(remote)
        import_all(remote, [order])
        shop = remote.open(Kept())
        now = datetime.now(UTC)
        for title in ("Contract", ""):
            assert order.payment_text in [each.payment_text for each in shop.marketplace_orders(now - AN_HOUR, title)]
        assert list(shop.marketplace_orders(now - AN_HOUR, "Another")) == []
        assert list(shop.marketplace_orders(now + AN_HOUR, "Contract")) == []

    def test_a_parcels_number_is_read(self, remote: RemoteShop) -> None:
        ref = imported(import_all(remote, [draft(remote)])).order.shop_ref
        able(remote.track(ref, "6A1234567890"), "enter a parcel's number")
        assert [each.tracking_number for each in remote.open(Kept()).find_orders(shop_refs=[ref])] == ["6A1234567890"]

    def test_a_refused_key_is_a_line_of_the_checks(self, remote: RemoteShop) -> None:
        wrong = able(remote.refused_values(), "refuse a key")
        lines = remote.open(Kept(), **wrong).check()
        check_lines(lines)
        assert [each for each in lines if not each.ok], "the checks passed with a wrong key"

    def test_a_refused_key_stops_the_run(self, remote: RemoteShop) -> None:
        wrong = able(remote.refused_values(), "refuse a key")
        failed(lambda: import_all(remote, [draft(remote)], **wrong), ConfigError)

    def test_a_side_that_is_away_is_worth_waiting_for(self, remote: RemoteShop) -> None:
        order = draft(remote)
        able(remote.go_away(), "go away")
        failed(lambda: remote.open(Kept()).find_orders([order.payment_text]), TemporaryError)

    def test_a_side_that_moved_is_not_followed(self, remote: RemoteShop) -> None:
        order = draft(remote)
        able(remote.move_away(), "move away")
        failed(lambda: remote.open(Kept()).find_orders([order.payment_text]), ConfigError)
        with contextlib.suppress(ConfigError):  # raised for all of them, or said of each
            not_imported(import_all(remote, [order]), ConfigError)
        assert not remote.orders()

    def test_a_side_that_asks_for_fewer_requests_has_done_nothing(self, remote: RemoteShop) -> None:
        order = draft(remote)
        able(remote.slow_down(), "ask for fewer requests")
        failed(lambda: remote.open(Kept()).find_orders([order.payment_text]), TemporaryError)
        with contextlib.suppress(TemporaryError):
            not_imported(import_all(remote, [order]), TemporaryError)
        assert not remote.orders()

    def test_an_empty_batch_is_nothing(self, remote: RemoteShop) -> None:
        shop = remote.open(Kept())
        assert (dict(shop.products([])), dict(shop.examine([], remote.policy)), shop.find_orders()) == ({}, {}, [])
        assert import_all(remote, []) == []
