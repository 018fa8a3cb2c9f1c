"""Searching orders: whole numbers first, words anywhere, kept in step by the database, and very many matches."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, func, select, text, update

from cdsync import accounts, states
from cdsync.db import db, transaction
from cdsync.models import Account, Order, OrderLine, OrderText, ShopOrder, order_word_index
from cdsync.order_lists import exporting, found_by_number, listing, search, selection
from cdsync.order_lists.order_filter import OrderFilter, searched
from tests.web import seed
from tests.web.conftest import Browser, text_of

pytestmark = pytest.mark.usefixtures("neighbour")


def found(account: Account, words: str, **asked: object) -> set[int]:
    page = listing.page(account.id, OrderFilter(search=words, **asked))  # type: ignore[arg-type]
    return {order.id for order in page.items}


@pytest.fixture(params=["by an index", "without one"])
def indexed(request: pytest.FixtureRequest, app: object) -> bool:
    """The second time as where SQLite has no trigrams, and PostgreSQL may not be extended."""
    if request.param == "by an index":
        return True
    with db.engine.begin() as connection:
        if db.engine.dialect.name == "postgresql":
            connection.execute(text("DROP INDEX order_words"))
        else:
            for name in ("added", "gone", "changed"):
                connection.execute(text(f"DROP TRIGGER order_words_{name}"))
            connection.execute(text("DROP TABLE order_words"))
    return False


def test_words_are_found_anywhere_with_and_without_an_index(seller: Account, indexed: bool) -> None:
    with db.engine.connect() as connection:
        assert order_word_index.has_index(connection) == indexed
    address = seed.ADDRESS | {"email": "zoe.k@clemarche.com"}
    wanted = seed.order(
        seller, reference="2611ABCD77", marketplace_ref="5fAbC", buyer_name="Zoé Lefebvre", buyer_place="97400 Lô",
        lines=[seed.line("RED-42", title='T-shirt "colibri" 100%')], addresses={"shipping": address, "billing": None},
    )  # fmt: skip
    seed.shop_order(wanted, reference="XKBK77", shop_ref="4711")
    seed.order(seller)
    for words in (
        "611abc", "5FABC", "BK77", "4711", "ed-4", "zoé lef", "febv", "COLI", '"colibri"', "00%", "97 40", "lô",
        "zoe.k@clemarche.com", "lefebvre colibri xkb", "nobody 2611ABCD77", "nobody red-42",
    ):  # fmt: skip
        assert found(seller, words) == {wanted.id}, words
    for words in ("471", "xyzzy", "lefebvre xyzzy", "colibri_", "%olibri", '77"', "77 lefebvre 97401"):
        assert found(seller, words) == set(), words


def test_who_may_not_see_buyers_finds_none_by_them(seller: Account, indexed: bool) -> None:
    wanted = seed.order(seller, buyer_name="Quxmarck", reference="2611WXYZ")
    assert found(seller, "quxm") == {wanted.id}
    assert found(seller, "quxm", buyers=False) == set()
    assert found(seller, "11wxy", buyers=False) == {wanted.id}


def kept() -> dict[int, tuple[str, str]]:
    """The texts there are. SQLite's index must be made of exactly these."""
    db.session.rollback()
    if db.engine.dialect.name == "sqlite":
        with db.engine.begin() as connection:
            connection.execute(text("INSERT INTO order_words (order_words, rank) VALUES ('integrity-check', 1)"))
    return {row.order_id: (row.numbers, row.buyer) for row in db.session.scalars(select(OrderText))}


def due() -> dict[int, tuple[str, str]]:
    rows = db.session.execute(text("SELECT order_id, numbers, buyer FROM order_texts_due"))
    return {order: (numbers, buyer) for order, numbers, buyer in rows}


def test_texts_follow_whatever_changes_an_order_and_go_with_it(seller: Account) -> None:
    order = seed.order(seller, lines=[seed.line("ONE"), seed.line("TWO")])
    other = seed.order(seller)
    seed.shop_order(order, reference="XKAAAA")
    assert kept() == due()
    for statement in (
        update(Order).where(Order.id == order.id).values(reference="CHANGED-1"),
        update(OrderLine).where(OrderLine.sku == "ONE").values(sku="CHANGED-2"),
        update(OrderLine).where(OrderLine.sku == "TWO").values(order_id=other.id, title="CHANGED-3"),
        update(ShopOrder).where(ShopOrder.order_id == order.id).values(reference="CHANGED-4"),
    ):
        db.session.execute(statement)
        db.session.commit()
    assert "TWO" in due()[other.id][0].upper()  # on PostgreSQL in small letters
    assert [each for number in (1, 2, 3, 4) for each in found(seller, f"changed-{number}")] == [
        order.id, order.id, other.id, order.id,
    ]  # fmt: skip
    db.session.execute(delete(ShopOrder).where(ShopOrder.order_id == order.id))
    db.session.execute(delete(OrderLine).where(OrderLine.sku == "CHANGED-2"))
    db.session.commit()
    assert found(seller, "changed-4") == found(seller, "changed-2") == set()


def test_a_buyer_made_nameless_and_an_account_emptied_leave_no_word_behind(seller: Account) -> None:
    order = seed.order(seller, buyer_name="Quxmarck")
    with transaction() as session:
        gone = {"buyer_name": "", "buyer_place": "", "addresses": {}}
        session.execute(update(Order).where(Order.id == order.id).values(gone))
    number = order.id
    assert kept()[number][1].strip() == ""
    accounts.empty(seller.id)
    assert kept() == due()
    assert number not in kept()


def test_whole_numbers_are_not_looked_for_inside_others(seller: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    order, longer = (seed.order(seller, reference=ref) for ref in ("26112899", "261128990"))
    assert found(seller, "26112899") == {order.id}
    assert found(seller, "6112899") == {order.id, longer.id}
    seed.shop_order(order, reference="XK", shop_ref="12")
    assert found(seller, "12") == {order.id, longer.id}, "short ones are"


@pytest.fixture
def very_many(seller: Account, monkeypatch: pytest.MonkeyPatch) -> list[Order]:
    """More matches than are listed: the oldest is still to import, the others are shipped."""
    monkeypatch.setattr(search, "MOST_FOUND", 3)
    return [
        seed.order(seller, state, lines=[seed.line("COMMON")])
        for state in (states.TO_IMPORT, *[states.SHIPPED] * 5, states.IMPORTED)
    ]


def test_of_very_many_matches_the_newest_are_listed_and_of_work_all(seller: Account, very_many: list[Order]) -> None:
    ids = [order.id for order in very_many]
    wanted = searched(seller.id, OrderFilter(search="commo"))
    assert (wanted.lists_all("all"), wanted.lists_all("shipped"), wanted.lists_all("to_import")) == (False, False, True)
    counted = listing.counts(seller.id, wanted)
    assert {tab: counted[tab] for tab in ("to_import", "imported", "shipped", "all")} == {
        "to_import": 1, "imported": 1, "shipped": 2, "all": 3,
    }  # fmt: skip
    assert found(seller, "common") == set(ids[-3:])
    assert found(seller, "common", tab="shipped") == set(ids[-3:-1])
    assert found(seller, "common", tab="to_import") == {ids[0]}
    assert {order.id for order in exporting.each(seller.id, OrderFilter(search="common"))} == set(ids), (
        "exports hold all"
    )
    chosen = selection.Selection(OrderFilter(search="common"))
    assert selection.ids_by_operation(seller.id, chosen, "import") == {"import": [ids[0]]}
    since = very_many[1].ordered_at
    assert found(seller, "common", since=since, tab="all") >= {ids[1]}, "some days' orders are all found"


def test_a_page_says_that_more_match(merchant: Browser, very_many: list[Order]) -> None:
    text = text_of(merchant.get("/orders?tab=all&q=common").text)
    assert "More than 1,000 orders match: the newest of them are listed." in text
    assert "All 3+" in text
    assert "More than" not in text_of(merchant.get("/orders?tab=to_import&q=common").text)


def test_another_accounts_numbers_are_not_found(seller: Account) -> None:
    foreign = seed.order(seed.account("other"), reference="FOREIGN-1")
    assert found_by_number.ids(db.session(), seller.id, ["FOREIGN-1", "demo_1"], 9).ids == set()
    assert found(seller, "FOREIGN-1") == set()
    assert db.session.scalar(select(func.count()).select_from(OrderText).where(OrderText.order_id == foreign.id)) == 1
