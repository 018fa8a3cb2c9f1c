"""Which readings tell anything new: what is known word for word is not stored again, whatever else is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cdsync import orders
from cdsync.connectors.base import ListedOrder, MarketplaceOrder, UnreadableOrder, listed
from cdsync.errors import RejectedError
from cdsync.models import Account
from tests.fakes import reading
from tests.worlds import committed, keep_reading, order_of, rewind


def settled(account: Account, entry: MarketplaceOrder | UnreadableOrder) -> bool:
    found = orders.compare(account.id, [listed(entry)])
    assert len(found.told) + len(found.unchanged) == 1
    return bool(found.unchanged)


@pytest.mark.parametrize("state", ["announced", "to_accept", "accepted", "to_import", "cancelled", "refused"])
def test_an_order_known_word_for_word_that_stands_where_it_should_is_settled(fake_account, state):
    entry = reading(state=state)
    assert not settled(fake_account, entry)
    keep_reading(fake_account, entry)
    assert settled(fake_account, entry)
    assert orders.compare(fake_account.id, [listed(entry)]).unchanged == [order_of("A1").id]


def test_another_text_or_another_understanding_of_it_is_news(fake_account):
    entry = reading()
    keep_reading(fake_account, entry)
    assert not settled(fake_account, replace(entry, raw=entry.raw + " "))
    assert not settled(fake_account, replace(entry, state="cancelled"))
    assert not settled(fake_account, replace(entry, faults=(RejectedError("order.no_lines"),)))
    assert settled(fake_account, entry)


def test_an_order_that_stands_elsewhere_than_the_marketplace_says_is_news(fake_account):
    entry = reading(state="to_accept")
    keep_reading(fake_account, entry)
    rewind("A1", state="accepted")  # our acceptance may turn out not to have been taken
    assert not settled(fake_account, entry)


def test_an_imported_order_is_settled_while_the_marketplace_waits_for_its_parcel(fake_account):
    entry = reading(state="to_import")
    keep_reading(fake_account, entry)
    rewind("A1", state="imported")
    assert settled(fake_account, entry)
    rewind("A1", state="shipped")  # a marketplace that still waits may not have taken the parcel
    assert not settled(fake_account, entry)


def test_what_a_reading_may_end_is_news_and_what_only_the_shop_decides_is_not(fake_account):
    entry = reading()
    keep_reading(fake_account, entry)
    committed(
        orders.raise_problem, order_of("A1").id, RejectedError("product.unknown", sku="MUG"), "import", attempt=False
    )
    assert settled(fake_account, entry)
    committed(orders.raise_problem, order_of("A1").id, RejectedError("order.gone"), "lookup", attempt=False)
    assert not settled(fake_account, entry)


def test_entries_that_are_no_orders_and_unknown_statuses_are_always_news(fake_account):
    broken = UnreadableOrder("A2", "A2", "InPreparation", "{}", RejectedError("order.unreadable", reason="no lines"))
    peculiar = reading("A3", state=None)
    for entry in (broken, peculiar):
        keep_reading(fake_account, entry)
        assert not settled(fake_account, entry)


def test_another_accounts_order_of_the_same_number_settles_nothing(fake_account):
    from cdsync import accounts

    keep_reading(accounts.ensure("other"), reading())
    assert not settled(fake_account, reading())


def test_a_text_that_is_known_is_not_read_once_its_digest_is_kept(fake_account):
    entry, read = reading(), []

    def understand() -> MarketplaceOrder:
        read.append(entry.ref)
        return entry

    keep_reading(fake_account, entry)
    told = ListedOrder(entry.ref, entry.raw, "1", understand)
    found = orders.compare(fake_account.id, [told])
    assert (found.unchanged, read) == ([order_of("A1").id], ["A1"])
    committed(orders.remember, found.digests)
    assert orders.compare(fake_account.id, [told]).unchanged == [order_of("A1").id]
    assert read == ["A1"]
    for other in (replace(told, raw=entry.raw + " "), replace(told, understood_as="2")):
        orders.compare(fake_account.id, [other])
    assert len(read) == 3


def test_a_digest_ends_where_the_order_is_read_by_itself(fake_account):
    entry = reading()
    keep_reading(fake_account, entry)
    committed(orders.remember, orders.compare(fake_account.id, [listed(entry)]).digests)
    assert order_of("A1").read_digest
    keep_reading(fake_account, replace(entry, raw=entry.raw + " "))
    assert order_of("A1").read_digest is None
    assert not settled(fake_account, entry)
