"""Text that no database, page or address takes as it is: kept, shown, found and imported, on both databases."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from flask import Flask

from cdsync.bookkeeping.run_recorder import RunRecorder
from cdsync.connectors.base import Exchange
from cdsync.db import db, now
from cdsync.models import Account
from cdsync.models import Exchange as Row
from cdsync.sandbox.octopia import OctopiaSandbox, line_json, order_json
from cdsync.sandbox.prestashop import PrestaShopSandbox
from tests.web.conftest import Browser
from tests.worlds import Running, order_of

MUG = {"sku": "MUG-ARDOISE", "quantity": 2, "unit_price": "9.99", "shipping": "5.90"}
HALF_AN_EMOJI = "\ud83d"
NO_TEXT = ("\udc00", HALF_AN_EMOJI, "a\x00b", "\x01\x1b[31m", "\x7f", "\uffff", "\ufdd0")
FIELDS = (
    ("reference",), ("customer", "reference"), ("lines", 0, "offer", "productTitle"),
    ("lines", 0, "offer", "condition"), ("billingAddress", "lastName"), ("billingAddress", "addressLine1"),
    ("billingAddress", "phone"), ("billingAddress", "postalCode"), ("billingAddress", "companyName"),
)  # fmt: skip


def hostile() -> dict[str, Any]:
    """An order with every sign that is no text at the end of each field."""
    order: Any = order_json(order_id="O-1", reference="R-1", lines=[line_json(**MUG)])
    for field in FIELDS:
        holder = order
        for key in field[:-1]:
            holder = holder[key]
        holder[field[-1]] = f"{holder.get(field[-1]) or ''}{''.join(NO_TEXT)}"
    return dict(order)


def pages_of(browser: Browser, address: str) -> list[str]:
    """Everything that shows an order; each page is there."""
    found = [browser.get(path) for path in ("/orders?tab=all", "/", address)]
    found += [browser.get(f"{address}/{part}") for part in ("raw", "exchanges", "support-file")]
    found += [browser.post(f"{address}/personal", {"what": what}) for what in ("raw", "exchanges")]
    assert [answer.status_code for answer in found] == [200] * len(found)
    return [answer.text for answer in found]


def links(browser: Browser) -> dict[str, str]:
    """Where the list leads for each order, by reference."""
    leads = [each for each in browser.page("/orders?tab=all").all("td") if "lead" in each.get("class")]
    return {link.text: link.get("href") for each in leads for link in each.all("a")}


def test_text_that_is_none_is_shown_found_and_imported(
    account: Account, market: OctopiaSandbox, shop: PrestaShopSandbox, run: Running, merchant: Browser
) -> None:
    market.add(hostile())
    run(account, "lookup")
    pages_of(merchant, "/orders/O-1")
    run(account, "import")
    kept = order_of("O-1")
    assert (kept.state, kept.problem_code) == ("imported", None)
    assert "\\ud83d" in pages_of(merchant, "/orders/O-1")[6]  # as it was sent, when the personal data is asked for
    assert merchant.get("/orders/O-1/preview").status_code == 404
    rows = list(csv.reader(io.StringIO(merchant.get("/orders/export.csv?tab=all").text.lstrip("\ufeff"))))
    assert rows[1][1] == "O-1"
    assert "O-1" in merchant.get("/orders?tab=all&q=O-1").text
    assert [each["firstname"] for each in shop.rows("addresses")] == ["Camille", "Camille"]


REFS = (
    "../settings", "a/../../b", "..", ".", "//x", "/", "a/raw", "lookup", "export.csv", "a?b=1", "a#b", "a%2Fb",
    "100%", "a b", "é~7E", "a\nb", "a\\b", "a;b", "a|b", "~2F", "a\x00b", f"a{HALF_AN_EMOJI}c",
)  # fmt: skip


def test_an_order_is_reached_whatever_signs_its_id_has(
    account: Account, market: OctopiaSandbox, run: Running, merchant: Browser
) -> None:
    for number, ref in enumerate(REFS):
        market.add(order_json(order_id=ref, reference=f"R-{number}", lines=[line_json(**MUG)]))
    run(account, "lookup")
    run(account, "import")
    found = links(merchant)
    assert len(found) == len(REFS)
    for reference, address in found.items():
        part = address.removeprefix("/orders/")
        assert part.strip(".")
        assert not set(part) & set("/?#%\\ ")  # nothing that a browser or a proxy reads otherwise
        page = merchant.get(address)
        assert (page.status_code, reference in page.text) == (200, True), address
        assert merchant.get(f"{address}/raw").status_code == 200
    assert "imported" in merchant.get(found["R-0"]).text


def test_an_order_with_a_path_for_an_id_can_be_accepted_acted_on_and_searched(
    account: Account, market: OctopiaSandbox, run: Running, merchant: Browser
) -> None:
    ref = "../a?b#c%2Fd e"
    market.add(order_json(order_id=ref, reference="R-1", status="WaitingAcceptance", lines=[line_json(**MUG)]))
    run(account, "lookup")
    run(account, "accept", order_ids=[order_of(ref).id])
    run(account, "lookup")
    assert order_of(ref).state == "to_import"
    address = links(merchant)["R-1"]
    assert all(page for page in pages_of(merchant, address))
    assert merchant.post(f"{address}/act", {"do": "leave_out"}).location == address
    assert address in merchant.get("/orders", query_string={"q": ref}).text
    assert merchant.get("/orders", query_string={"q": "%\\_'\"--"}).status_code == 200


def test_the_commands_show_such_an_order_too(
    app: Flask, account: Account, market: OctopiaSandbox, run: Running
) -> None:
    ref = "../a b#c"
    order = hostile() | {"orderId": ref}
    order["lines"][0]["offer"]["sellerProductId"] += "\x1b[31m"
    market.add(order)
    run(account, "lookup")
    db.session.remove()
    runner = app.test_cli_runner()
    for arguments in (["orders", "list"], ["orders", "show", ref], ["orders", "show", ref, "--json"]):
        ended = runner.invoke(args=arguments)
        assert (ended.exit_code, ref in ended.output, "\x1b" in ended.output) == (0, True, False), ended.output


@pytest.mark.parametrize("address", ["/orders/%00", "/orders/a~00"])
def test_what_no_database_takes_is_refused_at_the_door(merchant: Browser, address: str) -> None:
    assert merchant.get(address).status_code in (400, 404)


@pytest.mark.parametrize("address", ["/orders?q=%00", "/products?q=a%00b", "/orders?tab=%00", "/orders?%00=1"])
def test_what_no_database_takes_counts_as_not_asked_in_a_query(merchant: Browser, address: str) -> None:
    plain = merchant.get(address.partition("?")[0])
    assert (merchant.get(address).status_code, plain.status_code) == (200, 200)


def test_a_name_to_sign_in_with_holds_no_nul(stranger: Browser) -> None:
    assert stranger.post("/sign-in", {"name": "a\x00b", "password": "x"}, token=False).status_code == 400


def test_an_answer_with_a_nul_is_kept_as_evidence(account: Account) -> None:
    exchange = Exchange("shop", "GET", "http://shop/api/orders", 200, 3, now(), "", "<a>\x00</a>")
    RunRecorder(account.id).record(exchange)
    db.session.rollback()
    kept = db.session.scalars(db.select(Row)).all()
    assert [each.response_body for each in kept] == ["<a>\ufffd</a>"]
