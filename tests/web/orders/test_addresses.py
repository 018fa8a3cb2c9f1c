"""Every address on the orders' pages takes that method, and every element HTMX aims at is there."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException

from cdsync.models import Account
from tests.web import seed
from tests.web.conftest import Browser
from tests.web.html_tree import Element

TABS = ("to_accept", "to_import", "waiting", "problems", "imported", "shipped", "all")


def addresses(page: Element) -> Iterator[tuple[str, str]]:
    """(method, address) of every link, form and HTMX attribute."""
    for each in page.walk():
        for attribute, method in (("href", "GET"), ("src", "GET"), ("hx-get", "GET"), ("hx-post", "POST")):
            if each.get(attribute):
                yield method, each.get(attribute)
        if each.tag == "form":
            yield (each.get("method") or "get").upper(), each.get("action")


def assert_addresses_lead_somewhere(app: Flask, page: Element) -> None:
    matcher = app.url_map.bind("localhost")
    seen = 0
    for method, address in addresses(page):
        parts = urlsplit(address)
        if parts.netloc or address.startswith("#"):
            continue
        try:
            matcher.match(parts.path, method=method)
        except HTTPException as refused:
            pytest.fail(f"{method} {address}: {refused}")
        seen += 1
    assert seen, "no address on the page"


def assert_targets_are_there(page: Element) -> None:
    ids = {each.get("id") for each in page.walk()}
    for each in page.walk():
        for attribute in ("hx-target", "hx-include", "aria-labelledby"):
            value = each.get(attribute)
            wanted = value.removeprefix("#") if attribute != "aria-labelledby" else value
            assert not value or wanted in ids, f"{attribute}={value} names nothing on the page"
    without_fallback = [
        each.attributes
        for each in page.walk()
        if each.get("hx-get") and each.tag in ("a", "form") and not (each.get("href") or each.get("action"))
    ]
    assert without_fallback == []


def every_path(seller: Account) -> list[str]:
    made = seed.of_every_kind(seller)
    lists = [f"/orders?tab={tab}" for tab in TABS] + [
        "/orders?q=nothing-like-it",
        f"/orders/refusal?id={made['to_accept'].id}",
    ]
    pages = [f"/orders/{order.marketplace_ref}" for order in made.values()]
    imported, accept = made["imported"].marketplace_ref, made["to_accept"].marketplace_ref
    more = [f"/orders/{imported}/exchanges", f"/orders/{imported}/raw", f"/orders/{accept}/refusal"]
    fixes = [f"/orders/{made['carrier'].marketplace_ref}/carrier", f"/orders/{made['product'].marketplace_ref}/product"]
    return [*lists, *pages, *more, *fixes, "/patterns", "/me", "/users"]


def assert_nothing_inline(page: Element) -> None:
    for each in page.walk():
        assert each.tag != "style"
        assert each.tag != "script" or each.get("src")
        bad = [name for name in each.attributes if name == "style" or name.startswith(("on", "hx-on"))]
        assert bad == [], (each.tag, bad)


def assert_ids_are_unique(page: Element) -> None:
    ids = [each.get("id") for each in page.walk() if each.get("id")]
    assert sorted(ids) == sorted(set(ids)), {each for each in ids if ids.count(each) > 1}


def assert_controls_are_named(page: Element) -> None:
    labelled = {each.get("for") for each in page.all("label")}
    wrapped = {id(inner) for label in page.all("label") if label.text for inner in label.walk()}
    for each in page.walk():
        if each.tag == "button":
            assert each.text or each.get("aria-label"), each.attributes
        if each.tag in ("input", "select", "textarea") and each.get("type") != "hidden":
            assert each.get("aria-label") or each.get("id") in labelled or id(each) in wrapped, each.attributes


def test_every_page_leads_somewhere_allows_no_inline_code_and_names_its_controls(
    app: Flask, merchant: Browser, seller: Account
) -> None:
    for path in every_path(seller):
        page = merchant.page(path)
        try:
            assert_addresses_lead_somewhere(app, page)
            assert_targets_are_there(page)
            assert_nothing_inline(page)
            assert_ids_are_unique(page)
            assert_controls_are_named(page)
        except AssertionError as failed:
            raise AssertionError(f"{path}: {failed}") from failed


def test_what_a_buyer_wrote_is_never_markup(merchant: Browser, seller: Account) -> None:
    made = seed.of_every_kind(seller)
    ref = made["product"].marketplace_ref
    for path in ("/orders?tab=problems", f"/orders/{ref}", f"/orders/{ref}/product", f"/orders/{ref}/raw"):
        text = merchant.get(path).text
        assert seed.HOSTILE not in text, path
    assert "&lt;script&gt;alert" in merchant.get("/orders?tab=problems").text
