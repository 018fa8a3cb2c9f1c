"""Orders of another seller or shop are left alone whatever way is tried, and go on when they belong here again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from cdsync import accounts, connectors, orders, runs, settings
from cdsync.connectors.base import NoRecorder
from cdsync.db import db
from cdsync.errors import CdsyncError, ConfigError
from cdsync.models import Account, Order
from cdsync.operations import runner
from cdsync.operations.shared.context import RunContext
from cdsync.sandbox.octopia import OctopiaSandbox
from cdsync.sandbox.prestashop import PrestaShopSandbox
from cdsync.sandbox.scenarios import add_orders
from cdsync.sandbox.scenarios.catalogue import fill_shop
from rq_jobs import run_operation
from tests.conftest import settings_for
from tests.worlds import Running, order_of

OPERATIONS = ("lookup", "accept", "import", "ship", "reconcile")


@pytest.fixture
def live_market() -> Iterator[OctopiaSandbox]:
    """The second pair of stand-ins: "the real ones"."""
    market = OctopiaSandbox(client_id="merchant", client_secret="own secret", seller_id="11111").start()
    market.ledger.added = 1000  # other numbers than the rehearsal's
    yield market
    market.stop()


@pytest.fixture
def live_shop() -> Iterator[PrestaShopSandbox]:
    shop = PrestaShopSandbox(key="L" * 32, demo=False)
    fill_shop(shop)
    shop.start()
    yield shop
    shop.stop()


@pytest.fixture
def rehearsal(app: Flask, market: OctopiaSandbox, shop: PrestaShopSandbox) -> Account:
    return settings.load({**settings_for(market, shop), "account": accounts.REHEARSAL}, rehearsal=True)


@pytest.fixture
def live(rehearsal: Account, live_market: OctopiaSandbox, live_shop: PrestaShopSandbox) -> Account:
    return settings.load({**settings_for(live_market, live_shop), "account": "live"})


def tie(account: Account, other: Account) -> None:
    """Past every check, as a restored database or a hand in the tables would."""
    account.settings = dict(other.settings)
    db.session.commit()


def writes(*sides: Any) -> list[str]:
    """What was written there; a sign-in is no write."""
    return [
        f"{seen.method} {seen.path}"
        for side in sides
        for seen in side.server.log
        if seen.method not in ("GET", "HEAD") and not seen.path.endswith("/token")
    ]


def everything(account: Account, run: Running) -> None:
    """Each operation as its schedule starts it, and by hand for every order there is."""
    for operation in OPERATIONS:
        run(account, operation)
        ids = list(db.session.scalars(db.select(Order.id)))
        if operation in ("accept", "import", "ship"):
            run(account, operation, order_ids=ids)
    run(account, "accept", order_ids=list(db.session.scalars(db.select(Order.id))), options={"refuse": True})


def test_orders_say_where_they_were_found_and_from_the_first_write_on_where_they_go(
    account: Account, market: OctopiaSandbox, shop: PrestaShopSandbox, run: Running
) -> None:
    (ref,) = add_orders(market, "simple")
    shop.configuration["PS_SHOP_DOMAIN"] = shop.configuration["PS_SHOP_DOMAIN_SSL"] = "www.shop.example"
    run(account, "lookup")
    host = market.api_url.split("/")[2]
    assert (order_of(ref).seller, order_of(ref).shop) == (f"{host}/98979", "")
    run(account, "import")
    assert (order_of(ref).state, order_of(ref).shop) == ("imported", "www.shop.example")


def test_an_invented_order_gets_nowhere_when_its_account_is_tied_to_a_real_shop(
    rehearsal: Account, live: Account, market: OctopiaSandbox, live_market: Any, live_shop: Any, run: Running
) -> None:
    refs = [ref for kind in ("simple", "to_accept") for ref in add_orders(market, kind)]
    run(rehearsal, "lookup")
    tie(rehearsal, live)
    everything(rehearsal, run)
    assert writes(live_market, live_shop) == []
    assert {order_of(ref).problem_code for ref in refs} == {"order.other_seller"}
    assert order_of(refs[0]).problem_data["found"] == "rehearsal"


def test_what_was_begun_in_one_shop_is_neither_imported_shipped_nor_cancelled_in_another(
    account: Account, live: Account, market: OctopiaSandbox, live_market: Any, live_shop: Any, run: Running
) -> None:
    """The shop order of the same number is somebody else's there, and it is shipped."""
    add_orders(live_market, "simple")
    run(live, "lookup")
    run(live, "import")
    live_shop.set_tracking(1, "6A00000000001")
    live_shop.set_state(1, 4)
    imported, begun = (add_orders(market, "simple")[0] for _ in range(2))
    run(account, "lookup")
    run(account, "import", order_ids=[order_of(imported).id])
    begun_there = update(Order).where(Order.marketplace_ref == begun).values(shop=order_of(imported).shop)
    db.session.execute(begun_there)
    db.session.commit()
    tie_shop(account, live_shop)
    before = writes(live_shop)
    run(account, "import", order_ids=[order_of(begun).id])
    run(account, "ship")
    assert {order_of(ref).problem_code for ref in (imported, begun)} == {"order.other_shop"}
    market.cancel(imported)
    for operation in ("lookup", "ship", "reconcile"):
        run(account, operation)
    assert order_of(imported).problem_code == "order.cancelled_after_import"
    assert (market.shipments, writes(live_shop)) == ([], before)
    assert [row["current_state"] for row in live_shop.rows("orders")] == ["4"]


def tie_shop(account: Account, shop: PrestaShopSandbox) -> None:
    """Past every check, the shop alone."""
    borrowed = settings.load({"account": "borrowed", "shop": {"url": shop.url, "key": shop.key}})
    account.settings = dict(account.settings) | {"shop": dict(borrowed.settings["shop"])}
    accounts.remove(borrowed.id)
    db.session.commit()


def test_it_goes_on_by_itself_once_the_account_is_tied_back(
    account: Account, rehearsal: Account, live: Account, market: OctopiaSandbox, shop: PrestaShopSandbox, run: Running
) -> None:
    accounts.remove(account.id)
    (ref,) = add_orders(market, "simple")
    run(rehearsal, "lookup")
    before = dict(rehearsal.settings)
    tie(rehearsal, live)
    run(rehearsal, "import")
    assert order_of(ref).problem_code == "order.other_seller"
    rehearsal.settings = before
    db.session.commit()
    report = run(rehearsal, "import")
    assert report["counts"] == {"done": 1}
    assert (order_of(ref).state, order_of(ref).problem_code) == ("imported", None)


def test_an_order_nobody_knows_the_seller_of_waits_until_the_marketplace_shows_it(
    account: Account, market: OctopiaSandbox, shop: PrestaShopSandbox, run: Running
) -> None:
    shown, forgotten = (add_orders(market, "simple")[0] for _ in range(2))
    run(account, "lookup")
    db.session.execute(update(Order).values(seller=""))
    db.session.commit()
    report = run(account, "import")
    assert [each["code"] for each in report["problems"]] == []  # not even tried
    assert {order_of(ref).problem_code for ref in (shown, forgotten)} == {"order.seller_unknown"}
    assert shop.rows("orders") == []
    market.ledger.records.pop(forgotten)
    run(account, "lookup")
    run(account, "import")
    assert (order_of(shown).state, order_of(forgotten).state) == ("imported", "to_import")


def test_the_connectors_entry_refuses_whoever_calls_it(
    rehearsal: Account, live: Account, market: OctopiaSandbox, live_market: Any, live_shop: Any, run: Running
) -> None:
    (ref,) = add_orders(market, "simple")
    run(rehearsal, "lookup")
    draft = orders.draft(order_of(ref), settings.read(rehearsal))
    tie(rehearsal, live)
    started = runs.start(rehearsal, "import", trigger="cli")
    assert runs.take(started.id, "me", 60)
    context = RunContext(runs.find(started.id), "me")
    db.session.rollback()
    (result,) = context.shop.import_orders([draft], context.policy, context.journal)
    assert result.error.code == "order.other_seller"  # type: ignore[union-attr]
    for write in (context.marketplace.accept, context.marketplace.refuse):
        with pytest.raises(CdsyncError, match=r"^order\.other_seller"):
            write(ref)
    assert context.journal.begin("order", {ref: {"cart": "1"}}) == frozenset()
    assert writes(live_market, live_shop) == []


def test_what_was_opened_to_read_cannot_write(account: Account, market: OctopiaSandbox, shop: Any) -> None:
    (ref,) = add_orders(market, "to_accept")
    with pytest.raises(CdsyncError, match=r"^side\.read_only"):
        settings.open_marketplace(account).accept(ref)
    with pytest.raises(CdsyncError, match=r"^side\.read_only"):
        settings.open_shop(account).set_status("1", "4")
    values = dict(settings.read(account).marketplace)
    with pytest.raises(CdsyncError, match=r"^side\.read_only"):
        connectors.open_marketplace(values.pop("connector"), values, NoRecorder()).refuse(ref)
    assert writes(market, shop) == []


def test_a_run_keeps_the_settings_it_began_with(
    account: Account, market: OctopiaSandbox, shop: PrestaShopSandbox, live_shop: Any, run: Running, monkeypatch: Any
) -> None:
    """The shop's address is another one while the import is under way: its orders go where they were meant."""
    refs = [add_orders(market, "simple")[0] for _ in range(2)]
    run(account, "lookup")
    marked = orders.mark_strangers

    def changed_meanwhile(*args: Any, **kwargs: Any) -> int:
        monkeypatch.setattr(orders, "mark_strangers", marked)
        db.session.rollback()
        stored = db.session.get_one(Account, account.id)
        stored.settings = stored.settings | {"shop": stored.settings["shop"] | {"url": live_shop.url}}
        db.session.commit()
        return marked(*args, **kwargs)

    monkeypatch.setattr(orders, "mark_strangers", changed_meanwhile)
    run(account, "import")
    assert [order_of(ref).state for ref in refs] == ["imported", "imported"]
    assert (len(shop.rows("orders")), live_shop.rows("orders")) == (2, [])


def test_two_accounts_of_one_seller_are_refused_and_the_younger_one_writes_nothing(
    live: Account, live_market: Any, live_shop: Any, run: Running
) -> None:
    document = {**settings_for(live_market, live_shop), "account": "again"}
    with pytest.raises(settings.SettingsInvalid) as refused:
        settings.load(document)
    assert "reads the orders of this seller already" in refused.value.errors["marketplace.seller_id"]
    document["marketplace"]["sales_channels"] = ["CDISBE"]  # other orders of the same seller: allowed, and said
    again = settings.load(document)
    assert settings.sharing(again, accounts.every()) == [("marketplace", "live"), ("shop", "live")]
    tie(again, live)
    for operation in ("accept", "import", "ship"):
        report = run(again, operation)
        assert (report["state"], report["error"]["code"]) == ("failed", "account.same_seller")
    assert writes(live_market, live_shop) == []


def test_two_accounts_in_one_shop_do_not_take_each_others_orders_for_strangers(
    account: Account, market: OctopiaSandbox, shop: PrestaShopSandbox, live_market: Any, run: Running
) -> None:
    other = settings.load({**settings_for(live_market, shop), "account": "other"})
    for side, mine in ((market, account), (live_market, other)):
        add_orders(side, "simple")
        run(mine, "lookup")
        run(mine, "import")
    assert len(shop.rows("orders")) == 2
    for mine in (account, other):
        report = run(mine, "reconcile")
        assert report["counts"].get("unknown_to_marketplace", 0) == 0
        assert report["counts"]["imported_equal"] == 1


def test_a_shop_order_of_another_account_is_never_adopted(
    account: Account, market: OctopiaSandbox, shop: PrestaShopSandbox, live_market: Any, run: Running
) -> None:
    """Two sellers' orders of one number, which marketplaces do not give: the second finds the first one's payment."""
    other = settings.load({**settings_for(live_market, shop), "account": "other"})
    live_market.ledger.added = 0
    for side, mine in ((market, account), (live_market, other)):
        add_orders(side, "simple")
        run(mine, "lookup")
        report = run(mine, "import")
    assert [each["code"] for each in report["problems"]] == ["import.several_orders"]
    assert len(shop.rows("orders")) == 1


def test_schedules_and_jobs_of_every_account_write_only_where_their_orders_belong(
    rehearsal: Account, live: Account, market: OctopiaSandbox, live_market: Any, live_shop: Any, app: Flask,
    run: Running, monkeypatch: Any,
) -> None:  # fmt: skip
    invented = [add_orders(market, "simple")[0] for _ in range(3)]
    (real,) = add_orders(live_market, "simple")
    run(rehearsal, "lookup")
    run(live, "lookup")
    monkeypatch.setattr(run_operation, "application", lambda: app)
    for name in ("live", accounts.REHEARSAL):
        for operation in OPERATIONS:
            run_operation.run_scheduled(name, operation)
    payments = [row["payment"] for row in live_shop.rows("orders")]
    assert len(payments) == 1
    assert order_of(real).reference in payments[0]
    assert not [payment for payment in payments for ref in invented if order_of(ref).reference in payment]


def test_every_method_of_both_protocols_is_known_as_a_read_or_a_write() -> None:
    """A write that the entry does not know would pass it unasked."""
    from cdsync.connectors.base import Marketplace, Shop
    from cdsync.connectors.belonging_gate import GuardedMarketplace, GuardedShop

    writing = {"accept", "refuse", "ship", "import_orders", "set_status"}
    reading = {
        "check", "orders", "order", "carriers", "delivery_modes", "order_url",
        "reference_data", "products", "examine", "find_orders", "changes", "marketplace_orders",
    }  # fmt: skip
    for protocol, guarded in ((Marketplace, GuardedMarketplace), (Shop, GuardedShop)):
        methods = {name for name in vars(protocol) if not name.startswith("_") and callable(getattr(protocol, name))}
        assert methods - writing - reading == set()
        assert methods & writing <= set(vars(guarded))


def test_another_sellers_order_of_the_same_number_is_not_written_over(
    account: Account, market: OctopiaSandbox, shop: PrestaShopSandbox, live_market: Any, run: Running
) -> None:
    (ref,) = add_orders(market, "simple")
    run(account, "lookup")
    before = order_of(ref).raw
    live_market.restore(market.snapshot())
    live_market.set_status(ref, "Cancelled")
    marketplace = settings_for(live_market, shop)["marketplace"]
    borrowed = settings.load({"account": "borrowed", "marketplace": marketplace})
    account.settings = dict(account.settings) | {"marketplace": dict(borrowed.settings["marketplace"])}
    accounts.remove(borrowed.id)
    db.session.commit()
    run(account, "lookup")
    assert (order_of(ref).raw, order_of(ref).state) == (before, "to_import")
    assert order_of(ref).problem_code == "order.other_seller"


def test_a_rehearsal_that_is_not_tied_to_its_own_systems_is_none(rehearsal: Account, live: Account) -> None:
    assert settings.read(rehearsal).rehearsal
    tie(rehearsal, live)
    assert not settings.read(rehearsal).rehearsal
    assert settings.seller_of(settings.read(rehearsal)) == settings.seller_of(settings.read(live))


@pytest.mark.parametrize("name", ["client_id", "client_secret", "seller_id", "api_url"])
def test_ones_own_credentials_do_not_get_into_the_rehearsal(rehearsal: Account, name: str) -> None:
    before = json.dumps(rehearsal.settings)
    value = "https://api.octopia-io.net/seller/v2" if name == "api_url" else "mine"
    with pytest.raises(settings.SettingsInvalid) as refused:
        settings.load({"account": accounts.REHEARSAL, "marketplace": {name: value}})
    assert "This is the rehearsal" in refused.value.errors[f"marketplace.{name}"]
    assert json.dumps(rehearsal.settings) == before


def test_the_rehearsals_addresses_do_not_get_into_a_real_account(
    rehearsal: Account, live: Account, market: OctopiaSandbox, shop: PrestaShopSandbox
) -> None:
    for document in ({"marketplace": {"api_url": market.api_url}}, {"shop": {"url": f"{shop.url}/"}}):
        with pytest.raises(settings.SettingsInvalid) as refused:
            settings.load({"account": "live", **document})
        assert "address of the rehearsal" in next(iter(refused.value.errors.values()))


def test_without_a_name_a_document_never_means_the_rehearsal(
    rehearsal: Account, live_market: Any, live_shop: Any
) -> None:
    document = settings_for(live_market, live_shop)
    del document["account"]
    assert settings.load(document).name == "main"
    with pytest.raises(settings.SettingsInvalid, match=r"^settings\.invalid"):
        settings.load({**document, "account": "Rehearsal 2"})
    assert [each.name for each in accounts.every()] == ["main", "Rehearsal"]


def test_removing_throws_no_record_away(
    rehearsal: Account, live: Account, live_market: Any, market: Any, run: Running
) -> None:
    for mine, side in ((live, live_market), (rehearsal, market)):
        add_orders(side, "simple")
        run(mine, "lookup")
    with pytest.raises(ConfigError, match=r"^account\.has_orders"):
        accounts.remove(live.id)
    accounts.remove(rehearsal.id)
    assert [each.name for each in accounts.every()] == ["live"]
    assert db.session.scalar(db.select(db.func.count(Order.id))) == 1


def test_an_unfinished_run_is_in_the_way_of_removing(rehearsal: Account) -> None:
    started = runs.start(rehearsal, "lookup", trigger="cli")
    with pytest.raises(ConfigError, match=r"^run\.already_running"):
        accounts.remove(rehearsal.id)
    runner.execute(started.id)
    accounts.remove(rehearsal.id)
    assert accounts.every() == []
