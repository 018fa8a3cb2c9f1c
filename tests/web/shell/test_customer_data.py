"""Who the buyers are is a right of its own: without it no answer of any address says anything of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from cdsync import reconciliations, states
from cdsync.connectors.base import Address, Examination, ImportPolicy, OrderDraft
from cdsync.db import db, now
from cdsync.models import Account, Order, User
from cdsync.reconciliations import Verdict
from cdsync.web.one_order import preview as order_preview
from cdsync.web.one_order.preview import Preview
from tests.web import seed
from tests.web.conftest import Browser

# Each says who the buyer is; none of them is a word of a page.
SIGNS = {
    "first_name": "Zoélie", "last_name": "Quxmarck", "company": "Wibblex SARL", "vat_number": "FR77123123123",
    "line": "77 impasse Frobnitz", "postcode": "98765", "city": "Xyzzyville", "region": "Plughshire",
    "phone": "+33 7 98 76 54 32", "email": "zq@frobmail.example", "pickup_id": "PKP777", "pickup_name": "Tabac Grault",
    "customer_ref": "custm_fnord42", "cleaned": "Quxmarckk",
}  # fmt: skip
WRITTEN = re.compile(
    "|".join(
        [*map(re.escape, SIGNS.values()), "Zo.{1,8}lie", "quxmarck", "wibblex", "frobnitz", "798765432", "frobmail"]
    ),
    re.I,
)
ADDRESS: dict[str, Any] = seed.ADDRESS | {
    **{name: SIGNS[name] for name in SIGNS.keys() & seed.ADDRESS.keys()}, "lines": [SIGNS["line"]],
}  # fmt: skip
QUOTED = f"The value {SIGNS['last_name']} of {SIGNS['email']} ({SIGNS['phone']}) is not taken"
NOT_ASKED = {"static"}


def raw(ref: str) -> str:
    """As Octopia sends it, with fields that nobody knows."""
    place = {"firstName": SIGNS["first_name"], "lastName": SIGNS["last_name"], "addressLine1": SIGNS["line"],
             "city": SIGNS["city"], "postalCode": SIGNS["postcode"], "phone": SIGNS["phone"], "countryCode": "FR",
             "doorbell": SIGNS["last_name"]}  # fmt: skip
    order = {"orderId": ref, "customer": {"reference": SIGNS["customer_ref"], "nick": SIGNS["email"]},
             "billingAddress": place, "giftCard": {"to": SIGNS["first_name"]}}  # fmt: skip
    return json.dumps(order)


def exchanges_of(order: Order) -> None:
    xml = (
        f"<prestashop><customer><id>9</id><firstname>{SIGNS['first_name']}</firstname><nick>{SIGNS['last_name']}</nick>"
    )
    seed.exchange(
        order,
        url=f"https://shop.example/api/customers?filter[email]={SIGNS['email']}",
        request_body=f"{xml}</customer></prestashop>",
        response_body=f"<prestashop><errors><error><message>{QUOTED}</message></error></errors></prestashop>",
    )
    seed.exchange(order, side="marketplace", url="https://api.example/orders", response_body=raw("X"), request_body=xml)
    seed.exchange(order, request_body=f"name={SIGNS['last_name']}&id=1", response_body=f"<html>{QUOTED}</html>")


@pytest.fixture
def shown(seller: Account) -> list[Order]:
    """Orders of several states with the signs wherever a buyer's data may stand."""
    made = []
    for state in (states.TO_IMPORT, states.IMPORTED):
        order = seed.order(
            seller, state, addresses={"shipping": ADDRESS, "billing": ADDRESS | {"city": f"{SIGNS['city']} 2"}},
            buyer_name=f"{SIGNS['first_name']} {SIGNS['last_name']}", customer_ref=SIGNS["customer_ref"],
            buyer_place=f"{SIGNS['postcode']} {SIGNS['city']}",
            warnings=[{"code": "shop.refused", "data": {"message": QUOTED}}],
            corrections=[{"field": "delivery.last_name", "before": "Quxmarck", "after": SIGNS["cleaned"], "why": "x"}],
        )  # fmt: skip
        order.raw = raw(order.marketplace_ref)
        data = {"resource": "addresses", "field": "lastname", "message": QUOTED, "shop_code": 85}
        seed.problem(order, "shop.refused", data)
        seed.event(order, "problem.dismissed", {"code": "shop.refused", "data": data, "reason": QUOTED})
        seed.event(order, "nobody.knows", {"word": QUOTED, "more": [SIGNS["city"]]})
        seed.step(order, "customer", id="31", email=SIGNS["email"], called=SIGNS["last_name"])
        if state == states.IMPORTED:
            seed.shop_order(order, payment_text=f"Cdiscount {SIGNS['last_name']}")
        exchanges_of(order)
        made.append(order)
    ids = {order.id: "problem" for order in made}
    seed.run(seller, "import", "failed", orders=ids, error_code="shop.refused", error_data={"message": QUOTED})
    seed.run(seller, "lookup", "running", orders=ids)
    rows = [
        Verdict("problem", "shop.refused", made[0].id, made[0].marketplace_ref, data={"message": QUOTED}),
        Verdict("unknown_to_marketplace", "", None, "", data={"payment": QUOTED}),
        Verdict("twice", "", made[1].id, made[1].marketplace_ref, data={"payment": QUOTED}),
    ]
    reconciliations.keep(seller.id, None, now(), rows)
    latest = reconciliations.latest(db.session(), seller.id)
    assert latest
    reconciliations.dismiss(latest.rows[1].id, reason=QUOTED, actor="Mona")
    return made


@pytest.fixture(autouse=True)
def _shop_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stands for the shop in the preview: it would get the buyer as he is."""
    place = Address(**{**ADDRESS, "lines": tuple(ADDRESS["lines"])})

    def previews(account: Account, chosen: list[Order]) -> dict[int, Preview]:
        policy = ImportPolicy("2", "Cdiscount", {})
        return {
            order.id: Preview(
                draft_of(order, place), policy, Examination(order.marketplace_ref, delivery=place, invoice=place)
            )
            for order in chosen
        }

    monkeypatch.setattr(order_preview, "previews", previews)


def draft_of(order: Order, place: Address) -> OrderDraft:
    total, shipping = order.total or 0, order.shipping or 0
    return OrderDraft(
        order.marketplace_ref, order.reference, "Cdiscount 1", "EUR", total, shipping, (), (), place, place, "", ()
    )


def addresses(app: Flask, shown: list[Order]) -> Iterator[tuple[str, str]]:
    """(method, path) of everything there is to ask for, each order in its place; a new one is among them by itself."""
    builder = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if rule.endpoint in NOT_ASKED:
            continue
        for order in shown if "ref" in rule.arguments else shown[:1]:
            converters = rule._converters
            values = {name: order.marketplace_ref if name == "ref" else one_of(converters[name]) for name in converters}
            path = builder.build(rule.endpoint, values)
            yield from ((method, path) for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
    for query in ("tab=all", "tab=problems", "tab=imported", "tab=all&sort=buyer", "tab=all&problem=shop.refused"):
        yield "GET", f"/orders?{query}"
        yield "GET", f"/orders/export.csv?{query}"
    for kind in ("problem", "twice", "unknown_to_marketplace"):
        yield "GET", f"/reconcile?kind={kind}"


def one_of(converter: Any) -> Any:
    """A value for a part of an address: the first that is allowed, else a number."""
    return sorted(converter.items)[0] if hasattr(converter, "items") else 1


def walked(browser: Browser, app: Flask, shown: list[Order], under: str = "") -> Iterator[tuple[str, str]]:
    """Each address with what it answers, as a page and as a part, and what it answers to a form."""
    form = {
        **browser.named(),
        "do": "retry",
        "what": "raw",
        "code": "shop.refused",
        "operation": "import",
        "reason": "x",
    }
    for method, path in addresses(app, shown):
        if not path.startswith(under):
            continue
        if method == "GET":
            yield path, browser.get(path).text
            yield f"{path} (part)", browser.get(path, part=True).text
        elif not path.startswith("/sign-in/out"):
            yield f"POST {path}", browser.post(path, form, token=False, part=True).text


def test_no_answer_says_who_the_buyer_is(app: Flask, support: Browser, shown: list[Order], queued: list[int]) -> None:
    told = [(path, found[0]) for path, text in walked(support, app, shown) if (found := WRITTEN.search(text))]
    assert told == []


def test_who_has_the_right_is_told_each_of_it(
    app: Flask, support: Browser, shown: list[Order], queued: list[int]
) -> None:
    """The walk finds every sign then, so that it could have found it above."""
    db.session.execute(update(User).where(User.role == "support").values(customer_data=True))
    db.session.commit()
    text = "\n".join(text for _path, text in walked(support, app, shown, "/orders"))
    assert [name for name, sign in SIGNS.items() if sign not in text] == []


@pytest.mark.parametrize("asked", ["Quxmarck", "Xyzzyville", "98765", "zq@frobmail.example", "quxm"])
def test_nobody_asks_for_a_buyer_letter_by_letter(
    support: Browser, merchant: Browser, shown: list[Order], asked: str
) -> None:
    assert "No order matches" in support.get(f"/orders?tab=all&q={asked}").text
    found = "No order matches" not in merchant.get(f"/orders?tab=all&q={asked}").text
    assert found
    assert shown[0].reference in support.get(f"/orders?tab=all&q={shown[0].reference[:-2]}").text


def test_by_buyer_is_no_way_to_sort_for_who_may_not_see_them(support: Browser, seller: Account) -> None:
    for name, at in (("Adam", 1), ("Zora", 2)):
        seed.order(seller, buyer_name=name, reference=f"R{at}")
    by_buyer, newest = (
        re.findall(r">(R[12])</a>", support.get(f"/orders?tab=all&sort={sort}").text) for sort in ("buyer", "newest")
    )
    assert by_buyer == newest
    assert "By buyer" not in support.get("/orders?tab=all").text
