"""The rehearsal: told apart on every page; left, taken up, reset and removed without a trace in any other account."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cachetools import TTLCache
from flask import Flask
from sqlalchemy import func, select
from werkzeug.serving import make_server

from cdsync import accounts, rehearsal, runs
from cdsync.cli import doctor
from cdsync.db import db
from cdsync.launch import first_run
from cdsync.models import Account, Exchange, Order, Run
from cdsync.operations import OPERATIONS, runner
from cdsync.rehearsal import account as acts
from cdsync.rehearsal import asking
from cdsync.sandbox.rehearsal import Rehearsal, create_desk
from cdsync.web.rehearsal import banner as rehearsal_banner
from rq_jobs import run_operation
from tests.web import seed
from tests.web.conftest import Browser

PAGES = ("/", "/orders", "/problems", "/runs", "/reconcile", "/products", "/automation", "/settings", "/rehearsal")
ACTS = ("start", "stop", "reset", "remove")


def ready(world: Rehearsal | None, port: int = 9, desk: str = "") -> dict[str, Any]:
    """What the systems say once they run; without a world: addresses on a port."""
    here = f"http://127.0.0.1:{port}"
    known: dict[str, Any] = {
        "octopia": {
            "api_url": f"{here}/seller/v2", "token_url": f"{here}/token",
            "client_id": "rehearsal", "client_secret": "rehearsal", "seller_id": "98979",
        },
        "prestashop": {"url": here, "key": "K" * 32},
    }  # fmt: skip
    return {**(world.connections() if world else known), "desk": desk}


def point(app: Flask, told: dict[str, Any], *, leave: bool = False) -> Account:
    """The rehearsal account, as the launcher makes it."""
    db.session.commit()  # the launcher has a session of its own, and would wait for this one
    first_run.point_at_rehearsal(app, told)
    if leave:
        first_run.leave_rehearsal(app)
    found = accounts.rehearsal()
    assert found is not None
    return found


@pytest.fixture(autouse=True)
def _looks_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearsal_banner, "_seen", TTLCache(16, 0.0))
    monkeypatch.setattr(acts, "RUNS_END_WITHIN", 0.3)
    monkeypatch.delenv(asking.LAUNCHED, raising=False)


@pytest.fixture
def answering() -> Iterator[int]:
    """A port at which somebody answers, as the running systems do."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


@pytest.fixture
def played(app: Flask, answering: int) -> Account:
    """The rehearsal account, its systems running."""
    return point(app, ready(None, answering))


@pytest.fixture
def left(app: Flask) -> Account:
    """The rehearsal account, its systems stopped."""
    return point(app, ready(None), leave=True)


@contextlib.contextmanager
def launcher(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Stands for `make run`: takes what is asked, and says what it was. START makes both systems answer."""
    monkeypatch.setenv(asking.LAUNCHED, "1")
    folder, over, heard = Path(app.instance_path), threading.Event(), list[str]()
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))

    def watch() -> None:
        while not over.wait(0.02):
            if (what := asking.take(folder)) is None:
                continue
            heard.append(what)
            if what == asking.START:
                listening.listen()
                first_run.point_at_rehearsal(app, ready(None, listening.getsockname()[1]))
            asking.done(folder)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield heard
    finally:
        over.set()
        thread.join()
        listening.close()


def banner(page: str) -> str:
    found = page.partition('<section id="rehearsing"')[2].partition("</section>")[0]
    return " ".join(found.split())


def test_every_page_of_the_rehearsal_says_so_by_word_and_mark_and_no_page_of_another_account(
    merchant: Browser, played: Account
) -> None:
    for path in PAGES:
        said = banner(merchant.get(path).text)
        assert "You are rehearsing:" in said, path
        assert "everything here is invented; nothing reaches Cdiscount or your shop." in said
        assert '<svg class="mask"' in said
        assert "Connect your own shop" in said
    own = seed.account()
    merchant.post("/sign-in/account", {"account": own.name})
    for path in PAGES:
        assert banner(merchant.get(path).text) == "", path


def test_stopped_systems_are_said_on_every_page_with_the_way_to_start_them(
    merchant: Browser, left: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in PAGES:
        said = banner(merchant.get(path).text)
        assert "The rehearsal is stopped:" in said, path
        assert "make rehearse" in said
        assert "/rehearsal/start" not in said, "nobody is there to start them"
    monkeypatch.setenv(asking.LAUNCHED, "1")
    assert 'action="/rehearsal/start"' in banner(merchant.get("/orders").text)
    overview = merchant.get("/").text
    assert "marketplace and shop are stopped" in overview
    assert "All is well" not in overview


def test_its_overview_shows_the_steps_of_a_rehearsal_and_never_that_something_is_connected(
    merchant: Browser, played: Account
) -> None:
    page = merchant.page("/")
    steps = page.id("first-steps")
    assert "You are rehearsing" in steps.text
    assert "Then connect your own shop" in steps.text
    for wrong in ("Connect the marketplace", "Connect the shop", "done"):
        assert wrong not in steps.text
    assert "Connect your own shop" in page.id("main").text.partition("You are rehearsing")[0]


def test_support_is_told_and_may_not_play(support: Browser, played: Account) -> None:
    said = banner(support.get("/orders").text)
    assert "You are rehearsing:" in said
    assert "/rehearsal" not in said
    assert support.get("/rehearsal").status_code == 403
    for act in ACTS:
        assert support.post(f"/rehearsal/{act}").status_code == 403
    assert accounts.rehearsal() is not None


@pytest.mark.parametrize("act", ACTS)
def test_no_other_site_can_play_it(merchant: Browser, played: Account, act: str) -> None:
    seed.order(played)
    assert merchant.post(f"/rehearsal/{act}", token=False).status_code == 400
    assert played.active
    assert db.session.scalar(select(func.count(Order.id))) == 1


def test_taken_up_it_is_asked_of_make_run_and_then_looked_at(
    app: Flask, merchant: Browser, left: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = seed.account()
    merchant.post("/sign-in/account", {"account": own.name})
    with launcher(app, monkeypatch) as heard:
        answer = merchant.post("/rehearsal/start", follow_redirects=True)
        assert heard == [asking.START]
        assert "You are rehearsing:" in banner(answer.text)
        assert "The rehearsal is running, and you are looking at its account." in answer.text
    assert (left.active, own.active) == (True, True)


def test_without_make_run_the_page_names_the_command_and_asks_nobody(
    app: Flask, merchant: Browser, left: Account
) -> None:
    page = merchant.get("/rehearsal").text
    assert "make rehearse" in page
    assert "/rehearsal/start" not in page
    answer = merchant.post("/rehearsal/start", follow_redirects=True)
    assert "run “make rehearse”" in answer.text
    assert not asking.is_waiting(Path(app.instance_path))


def test_what_is_asked_is_readable_by_its_owner_only_and_the_last_word_counts(tmp_path: Path) -> None:
    asking.ask(tmp_path, asking.START)
    asking.ask(tmp_path, asking.STOP)
    assert [each.stat().st_mode & 0o777 for each in tmp_path.iterdir()] == [0o600]
    assert asking.take(tmp_path) == asking.STOP
    assert asking.take(tmp_path) is None
    assert asking.is_waiting(tmp_path)
    asking.ask(tmp_path, asking.START)
    asking.done(tmp_path)
    assert asking.is_waiting(tmp_path), "asked anew while the former was being done"
    asking.forget(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_wish_nobody_knows_is_dropped(tmp_path: Path) -> None:
    (tmp_path / asking.WANTED).write_text("rm -rf")
    assert asking.take(tmp_path) is None
    assert not asking.is_waiting(tmp_path)


def test_left_its_runs_end_its_schedules_rest_and_the_own_account_is_looked_at(
    app: Flask, merchant: Browser, played: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = seed.account()
    seed.order(played)
    waiting, own_run = seed.run(played, "lookup", "queued"), seed.run(own, "lookup", "queued")
    merchant.post("/sign-in/account", {"account": played.name})
    with launcher(app, monkeypatch) as heard:
        answer = merchant.post("/rehearsal/stop", follow_redirects=True)
    assert heard == [asking.STOP]
    assert "You left the rehearsal; its orders are kept. 1 run was stopped." in answer.text
    assert banner(answer.text) == ""
    assert (played.active, own.active) == (False, True)
    assert (waiting.state, own_run.open) == ("stopped", True)
    assert db.session.scalar(select(func.count(Order.id)).where(Order.account_id == played.id)) == 1


def test_a_run_at_work_on_an_order_is_named_when_it_is_left(merchant: Browser, played: Account) -> None:
    at_work = seed.run(played, "import", "running")
    answer = merchant.post("/rehearsal/stop", follow_redirects=True)
    assert f"Run {at_work.id} was working on an order" in answer.text
    assert at_work.stop_requested


@pytest.mark.parametrize("act", ["reset", "remove"])
def test_nothing_is_forgotten_while_a_run_would_not_end(merchant: Browser, played: Account, act: str) -> None:
    at_work = seed.run(played, "import", "running")
    seed.order(played)
    answer = merchant.post(f"/rehearsal/{act}", part=True)
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (409, "#flash")
    assert f"Run {at_work.id} of the rehearsal is still at work" in answer.text
    assert accounts.rehearsal() is not None
    assert db.session.scalar(select(func.count(Order.id))) == 1


def test_reset_both_systems_are_at_the_opening_and_only_its_own_orders_are_forgotten(
    app: Flask, merchant: Browser
) -> None:
    world = Rehearsal().start()
    desk = make_server("127.0.0.1", 0, create_desk(world), threaded=True)
    serving = threading.Thread(target=desk.serve_forever)
    serving.start()
    try:
        played = point(app, ready(world, desk=f"http://127.0.0.1:{desk.server_port}/"))
        own = seed.account()
        chosen = played.settings["orders"]
        opening = len(world.market.ledger.records)
        with world.market.lock:
            world.market.ledger.records.clear()
            world.market.notes.clear()
        for each in (played, own):
            seed.shop_order(seed.order(each, "imported"))
        answer = merchant.post("/rehearsal/reset", follow_redirects=True)
        assert "1 order was forgotten here, and its marketplace and shop are back at the start." in answer.text
        assert len(world.market.ledger.records) == opening > 0
        assert list(db.session.scalars(select(Order.account_id))) == [own.id]
        assert played.settings["orders"] == chosen
    finally:
        desk.shutdown()
        serving.join()
        desk.server_close()
        world.stop()


def test_nothing_is_forgotten_when_the_systems_do_not_go_back(merchant: Browser, played: Account) -> None:
    seed.order(played)
    answer = merchant.post("/rehearsal/reset", part=True)
    assert answer.status_code == 409
    assert "could not be reset" in answer.text
    assert db.session.scalar(select(func.count(Order.id))) == 1


def test_a_desk_on_another_machine_is_neither_asked_nor_linked_to(merchant: Browser, played: Account) -> None:
    played.desk = "http://desk.example/"
    db.session.commit()
    assert rehearsal.desk_of(played) == ""
    assert "desk.example" not in merchant.get("/").text + merchant.get("/rehearsal").text
    assert merchant.post("/rehearsal/reset", part=True).status_code == 409


def test_reset_while_stopped_its_systems_begin_anew_at_their_next_start(
    app: Flask, merchant: Browser, left: Account
) -> None:
    state = Path(app.instance_path) / acts.STATE
    state.write_bytes(b"what both systems remember")
    seed.order(left)
    answer = merchant.post("/rehearsal/reset", follow_redirects=True)
    assert "1 order was forgotten here, and its marketplace and shop start over the next time they run." in answer.text
    assert not state.exists()
    assert db.session.scalar(select(func.count(Order.id))) == 0


def test_removed_it_is_gone_with_its_memory_and_every_other_account_is_as_it_was(
    app: Flask, merchant: Browser, left: Account
) -> None:
    own, state = seed.account(), Path(app.instance_path) / acts.STATE
    state.write_bytes(b"what both systems remember")
    kept = seed.order(own)
    seed.order(left)
    merchant.post("/sign-in/account", {"account": left.name})
    answer = merchant.post("/rehearsal/remove", follow_redirects=True)
    assert "The rehearsal was removed with its 1 order." in answer.text
    assert banner(answer.text) == ""
    assert [each.name for each in accounts.every()] == [own.name]
    assert list(db.session.scalars(select(Order.id))) == [kept.id]
    assert not state.exists()
    again = merchant.post("/rehearsal/remove", part=True)
    assert (again.status_code, "There is no rehearsal here" in again.text) == (409, True)


def test_its_orders_are_counted_nowhere_among_a_real_accounts(merchant: Browser, played: Account) -> None:
    own = seed.account()
    merchant.post("/sign-in/account", {"account": own.name})
    paths = ("/", "/orders", "/orders?tab=all", "/problems", "/runs", "/reconcile", "/products")
    before = {path: merchant.page(path).id("main").text for path in paths}
    for row in seed.of_every_kind(played).values():
        seed.run(played, "import", "finished")
        assert row.account_id == played.id
    assert {path: merchant.page(path).id("main").text for path in paths} == before


def test_what_is_due_for_an_account_that_rests_or_is_gone_starts_nothing(
    app: Flask, left: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_operation, "application", lambda: app)
    for name in (left.name, "never there"):
        db.session.commit()
        assert run_operation.run_scheduled(name, "lookup") is None
    assert db.session.scalar(select(func.count(Run.id))) == 0


def test_its_addresses_and_keys_are_shown_and_not_to_be_changed_by_hand(merchant: Browser, played: Account) -> None:
    page = merchant.get("/settings").text
    fields = {each.get("name"): each for each in merchant.page("/settings").all("input")}
    for name in ("api_url", "token_url", "client_id", "client_secret", "seller_id"):
        assert "readonly" in fields[f"marketplace.{name}"].attributes, name
    for name in ("url", "key"):
        assert "readonly" in fields[f"shop.{name}"].attributes, name
    assert "readonly" not in fields["shop.timeout_seconds"].attributes
    assert "not changed by hand" in page
    own = seed.account()
    merchant.post("/sign-in/account", {"account": own.name})
    page = merchant.get("/settings").text
    assert " readonly" not in page
    assert "not changed by hand" not in page


def test_wherever_its_stopped_systems_are_asked_that_is_what_is_said(merchant: Browser, left: Account) -> None:
    order = seed.order(left)
    stopped = "marketplace and shop are stopped"
    for path in (f"/orders/{order.marketplace_ref}/preview", "/products/choose?sku=demo_1&term=demo_1"):
        answer = merchant.get(path, part=True)
        assert stopped in answer.text, path
        assert "unreachable" not in answer.text
    for path in ("/settings/test/marketplace", "/settings/test/shop", "/settings/choices"):
        assert stopped in merchant.post(path, part=True).text, path


def test_a_run_while_it_is_stopped_ends_with_that_sentence_and_sends_nothing(
    app: Flask, merchant: Browser, left: Account
) -> None:
    db.session.commit()
    for operation in OPERATIONS:
        run = runner.execute(runs.start(left, operation, trigger="button").id)
        assert (run.state, run.error_code) in {("failed", "rehearsal.stopped"), ("finished", None)}, operation
    lookup = db.session.scalars(select(Run).where(Run.operation == "lookup")).one()
    assert lookup.error_code == "rehearsal.stopped"
    assert "marketplace and shop are stopped" in merchant.get(f"/runs/{lookup.id}").text
    assert db.session.scalar(select(func.count(Exchange.id))) == 0


def test_doctor_names_the_rehearsal_and_finds_nothing_wrong_with_its_being_left(app: Flask, left: Account) -> None:
    name = left.name
    db.session.commit()
    found = {each.name: each for each in doctor.examine()}
    systems = found[f"{name} (rehearsal): systems"]
    assert (systems.well, systems.text) == (True, "stopped; “make rehearse” or its page starts them")
    assert not any("marketplace" in name or "shop" in name for name in found)
