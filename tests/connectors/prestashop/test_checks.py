""" "Test connection" and the choices the settings page offers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cdsync.connectors.base import Check
from cdsync.connectors.prestashop.checks import RIGHTS, needed_rights
from cdsync.sandbox.faults import Fault
from cdsync.sandbox.prestashop import PrestaShopSandbox
from tests.connectors.journal import Clock, MemoryJournal
from tests.connectors.prestashop.shop import VERSIONS, connector, draft, line, rehearsal_shop, run


@pytest.fixture
def shop() -> Iterator[PrestaShopSandbox]:
    with rehearsal_shop() as running:
        yield running


def failed(checks: list[Check]) -> list[tuple[str | None, dict[str, str]]]:
    return [(check.code, dict(check.data)) for check in checks if not check.ok]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_full_key_passes_every_check(version: str) -> None:
    with rehearsal_shop(version) as shop:
        checks = connector(shop).check()

    assert failed(checks) == []
    assert [c.detail for c in checks if c.name == "version"] == [version]
    assert [c.detail for c in checks if c.name == "currency"] == ["EUR"]


def test_each_missing_right_is_a_line_of_its_own(shop: PrestaShopSandbox) -> None:
    rights = {name: {"GET", "POST", "PATCH"} for name in shop.shop.resources}
    shop.add_key("L" * 32, rights | {"orders": {"GET", "POST"}, "specific_prices": set()})

    assert failed(connector(shop, key="L" * 32).check()) == [
        ("shop.right_missing", {"resource": "specific_prices", "method": "GET"}),
        ("shop.right_missing", {"resource": "specific_prices", "method": "POST"}),
        ("shop.right_missing", {"resource": "orders", "method": "PATCH"}),
    ]


@pytest.mark.parametrize("resource", ["cart_rules", "order_histories", "product_suppliers", "states"])
def test_a_right_that_an_import_can_do_without_is_named_with_what_is_lost(
    shop: PrestaShopSandbox, resource: str
) -> None:
    """A real 8.2.0, its key without `cart_rules`: "all is well" was said, and every order was spoiled by a discount."""
    every = {name: {"GET", "POST", "PATCH"} for name in shop.shop.resources}
    shop.add_key("L" * 32, {name: methods for name, methods in every.items() if name != resource})
    checks = connector(shop, key="L" * 32).check()

    assert failed(checks) == []
    assert [c.name for c in checks if c.detail.startswith("not given")] == [f"right GET {resource}"]
    assert resource in dict(RIGHTS.rows)["View (GET)"]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_named_rights_are_enough_and_each_is_used(version: str) -> None:
    with rehearsal_shop(version) as shop:
        rights: dict[str, set[str]] = {}
        for resource, method in needed_rights(has_patch=version != "1.7.8.11"):
            rights.setdefault(resource, set()).add(method)
        shop.add_key("E" * 32, rights)
        clock = Clock()
        presta, journal = connector(shop, clock, key="E" * 32), MemoryJournal(clock)
        shop.faults.add(Fault("answer_lost", "POST", "addresses"))
        shop.faults.add(Fault("answer_lost", "POST", "carts"))
        shop.faults.add(Fault("answer_lost", "POST", "specific_prices"))
        shop.faults.add(Fault("answer_lost", "POST", "customers"))
        for _ in range(5):  # each lost answer waits out the shop's time limit
            run(presta, draft(), journal=journal)
            clock.advance(61)
        run(presta, draft("UNKNOWN SKU", lines=(line("NOPE"),)))
        assert len(shop.rows("orders")) == 1
        assert failed(presta.check()) == []
        used = {(s.path.removeprefix("/api/"), s.method) for s in shop.server.log if s.status < 400}

        assert {(resource, method) for resource, method in needed_rights(version != "1.7.8.11")} <= used


def test_a_wrong_key_is_one_line(shop: PrestaShopSandbox) -> None:
    (check,) = connector(shop, key="X" * 32).check()

    assert (check.ok, check.code) == (False, "shop.key_refused")


def test_a_page_that_is_no_webservice_is_one_line(shop: PrestaShopSandbox) -> None:
    shop.faults.add(Fault("html_before"))
    host = shop.url.removeprefix("http://")

    assert failed(connector(shop).check()) == [("shop.webservice_missing", {"host": host})]
    elsewhere = failed(connector(shop, url=shop.url + "/elsewhere").check())
    assert elsewhere == [("shop.in_folder", {"host": host, "address": shop.url})]


def test_a_webservice_switched_off_is_one_line(shop: PrestaShopSandbox) -> None:
    shop.webservice_on = False

    assert [code for code, _ in failed(connector(shop).check())] == ["shop.webservice_off"]


def test_choices_are_named_as_in_the_shop(shop: PrestaShopSandbox) -> None:
    new = shop.edit_carrier(2)
    run(connector(shop), draft())
    data = connector(shop).reference_data()

    assert (data.version, data.currency) == ("9.1.4", "EUR")
    assert [(c.ref, c.name, c.active) for c in data.carriers][-1] == ("2", "My carrier", True)
    assert str(new) not in [c.ref for c in data.carriers]
    notes = {s.ref: s.note for s in data.statuses}
    assert (notes["1"], notes["2"], notes["4"]) == ("", "paid, invoice", "paid, shipped, invoice")
    assert [g.name for g in data.groups] == ["Visitor", "Guest", "Customer"]
    assert next((m.ref, m.note) for m in data.payment_modules) == ("ps_wirepayment", "used by orders of the shop")
    assert {m.ref for m in data.payment_modules} == {"ps_wirepayment", "ps_checkpayment", "ps_cashondelivery"}


def test_a_deleted_status_is_not_offered(shop: PrestaShopSandbox) -> None:
    shop.shop.store.table("order_states").update(13, {"deleted": "1"})

    assert "13" not in [s.ref for s in connector(shop).reference_data().statuses]
