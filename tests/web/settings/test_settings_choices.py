"""Live choices and "Test connection": what is asked of the other sides, and what a person reads when they are away."""

from __future__ import annotations

import pytest

from cdsync import accounts, settings
from cdsync.db import db
from cdsync.models import Account
from cdsync.sandbox.faults import Fault
from cdsync.sandbox.octopia import OctopiaSandbox
from cdsync.sandbox.prestashop import PrestaShopSandbox
from tests.web import seed
from tests.web.conftest import Browser, text_of
from tests.web.settings.test_settings_form import form_of


@pytest.fixture
def form(account: Account) -> dict[str, object]:
    return form_of(account)


def test_choices_come_by_name_from_both_sides(merchant: Browser, form: dict[str, object]) -> None:
    answer = merchant.post("/settings/choices", form, part=True)
    assert answer.status_code == 200
    text = text_of(answer.text)
    for name in ("Paiement accepté", "Expédié", "Colissimo Domicile", "Mondial Relay", "Chronopost"):
        assert name in text
    assert answer.text.lstrip().startswith("<div")
    assert answer.text.count('id="settings-choices"') == 1


def test_the_page_asks_once_and_then_by_itself_no_more(
    merchant: Browser, form: dict[str, object], shop: PrestaShopSandbox
) -> None:
    assert 'hx-trigger="load, ' in merchant.get("/settings").text
    assert shop.server.log == [], "showing the page asks nobody"
    merchant.post("/settings/choices", form, part=True)
    asked = len(shop.server.log)
    assert asked > 0
    assert all(request.method == "GET" for request in shop.server.log)
    merchant.post("/settings/choices", form, part=True)
    page = merchant.get("/settings").text
    assert len(shop.server.log) == asked, "kept for a minute"
    assert "load, " not in page
    assert "Colissimo Domicile" in page
    merchant.post("/settings/choices?again=1", form, part=True)
    assert len(shop.server.log) == 2 * asked


def test_what_was_typed_before_the_choices_came_is_kept(merchant: Browser, form: dict[str, object]) -> None:
    answer = merchant.post("/settings/choices", {**form, "orders.lookback_days": "11"}, part=True)
    assert 'value="11"' in answer.text
    db.session.rollback()
    assert settings.show(accounts.find(None))["orders"]["lookback_days"] == 7


def test_a_shop_that_is_away_is_said_and_what_is_saved_stays(
    merchant: Browser, form: dict[str, object], shop: PrestaShopSandbox
) -> None:
    shop.stop()
    answer = merchant.post("/settings/choices", form, part=True)
    assert answer.status_code == 200
    text = text_of(answer.text)
    assert "shop.unreachable" in text
    assert "What is saved stays in use" in text
    assert '<option value="2" selected>2 (as saved)</option>' in answer.text
    assert "Chronopost" in text, "the marketplace's own carriers are there all the same"
    saved = merchant.post("/settings", {**form, "orders.lookback_days": "2"}, part=True)
    assert saved.status_code == 200
    assert settings.show(accounts.find(None))["orders"]["imported_status"] == "2"


def test_an_away_shop_is_asked_again_next_time(
    merchant: Browser, form: dict[str, object], shop: PrestaShopSandbox
) -> None:
    shop.faults.add(Fault("status_503_before", times=50))
    merchant.post("/settings/choices", form, part=True)
    shop.faults.clear()
    assert "Paiement accepté" in text_of(merchant.post("/settings/choices", form, part=True).text)


def test_delivery_modes_orders_wait_for_come_first(
    merchant: Browser, account: Account, form: dict[str, object]
) -> None:
    for _again in range(2):
        seed.order(account, lines=[seed.line(delivery_mode="DroneDelivery")])
    seed.order(account, "shipped", lines=[seed.line(delivery_mode="REG")])
    html = merchant.post("/settings/choices", form, part=True).text
    text = text_of(html)
    assert "DroneDelivery 2 orders wait to be imported" in text
    assert "SignedHomeDelivery 1 order so far" in text, "its legacy code REG is the same mode"
    assert text.index("DroneDelivery") < text.index("SignedHomeDelivery")
    assert 'value="REG"' not in html


def test_a_mode_that_orders_came_with_can_be_mapped(merchant: Browser, account: Account) -> None:
    seed.order(account, lines=[seed.line(delivery_mode="<b>Relais</b>")])
    html = merchant.get("/settings").text
    assert 'name="orders.carriers.key" value="&lt;b&gt;Relais&lt;/b&gt;"' in html
    mapped = {"orders.carriers.shown": "1", "orders.carriers.key": ["<b>Relais</b>"], "orders.carriers.value": ["4"]}
    assert merchant.post("/settings", mapped, part=True).status_code == 200
    db.session.rollback()
    assert settings.show(accounts.find(None))["orders"]["carriers"] == {"<b>Relais</b>": "4"}


@pytest.mark.parametrize("side", ["marketplace", "shop"])
def test_a_good_connection_shows_each_check(merchant: Browser, form: dict[str, object], side: str) -> None:
    answer = merchant.post(f"/settings/test/{side}", form, part=True)
    assert answer.status_code == 200
    assert f'id="test-{side}"' in answer.text
    assert "Connected" in text_of(answer.text)
    assert 'class="good"' in answer.text
    assert 'class="bad"' not in answer.text
    assert answer.headers["HX-Trigger"] == "settings-tested"


def test_a_right_the_key_lacks_is_named(merchant: Browser, form: dict[str, object], shop: PrestaShopSandbox) -> None:
    shop.add_key("L" * 32, {"orders": {"GET"}, "products": {"GET"}})
    answer = merchant.post("/settings/test/shop", {**form, "shop.key": "L" * 32}, part=True)
    text = text_of(answer.text)
    assert "checks failed" in text
    assert "customers" in text
    assert "shop.right_missing" in text
    assert "HX-Trigger" not in answer.headers


def test_a_test_tries_what_is_typed_and_saves_nothing(
    merchant: Browser, form: dict[str, object], market: OctopiaSandbox
) -> None:
    answer = merchant.post("/settings/test/marketplace", {**form, "marketplace.client_secret": "wrong"}, part=True)
    assert "marketplace.credentials_refused" in text_of(answer.text)
    db.session.rollback()
    assert settings.read(accounts.find(None)).marketplace["client_secret"] == market.client_secret


def test_the_mask_stands_for_the_stored_secret_in_a_test(
    merchant: Browser, form: dict[str, object], shop: PrestaShopSandbox
) -> None:
    assert form["shop.key"] == settings.MASK
    answer = merchant.post("/settings/test/shop", form, part=True)
    assert "Connected" in text_of(answer.text)
    assert settings.MASK not in str([request.path for request in shop.server.log])


def test_an_empty_side_says_what_is_missing(merchant: Browser) -> None:
    merchant.get("/settings")
    answer = merchant.post("/settings/test/shop", {"shop.connector": "prestashop", "shop.url": ""}, part=True)
    assert answer.status_code == 200
    assert 'class="bad"' in answer.text
    assert "shop.settings_missing" in text_of(answer.text)


def test_without_htmx_a_test_answers_the_whole_page_with_what_was_typed(
    merchant: Browser, form: dict[str, object]
) -> None:
    answer = merchant.post("/settings/test/shop", {**form, "orders.lookback_days": "13"})
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith("<!doctype html>")
    assert 'value="13"' in answer.text
    assert "Connected" in text_of(answer.text)


def test_another_side_than_the_two_does_not_exist(merchant: Browser, account: Account) -> None:
    assert merchant.post("/settings/test/bank", {}).status_code == 404
