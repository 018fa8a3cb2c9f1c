"""Parts: one root element with a stable id, and the page holds the very HTML that HTMX gets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cdsync.models import Account
from tests.web import seed
from tests.web.conftest import Browser
from tests.web.html_tree import parse

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"
MINE = sorted(
    path.relative_to(TEMPLATES).as_posix()
    for folder in ("", "accounts", "order_list", "one_order", "orders", "profile", "sign_in", "patterns", "users")
    for path in (TEMPLATES / folder).glob("_*.html")
)


@pytest.mark.parametrize("name", MINE)
def test_a_part_has_one_root_element_with_a_stable_id(name: str) -> None:
    source = re.sub(r"\{#.*?#\}", "", (TEMPLATES / name).read_text(), flags=re.DOTALL)
    source = re.sub(r"\{%-? macro .*?endmacro -?%\}", "", source, flags=re.DOTALL)
    roots = parse(re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", source, flags=re.DOTALL)).elements
    assert [root.tag for root in roots] == [roots[0].tag]
    assert roots[0].get("id")


def paths(seller: Account) -> list[str]:
    made = seed.of_every_kind(seller)
    imported = made["imported"].marketplace_ref
    return [
        "/orders?tab=to_import",
        "/orders?tab=all&q=nothing-like-it",
        f"/orders/refusal?id={made['to_accept'].id}",
        f"/orders/{made['carrier'].marketplace_ref}",
        f"/orders/{imported}",
        f"/orders/{imported}/exchanges",
        f"/orders/{imported}/raw",
        f"/orders/{made['to_import'].marketplace_ref}/preview",
        f"/orders/{made['carrier'].marketplace_ref}/carrier",
        f"/orders/{made['product'].marketplace_ref}/product",
        "/me",
        "/users",
    ]


def test_htmx_gets_the_part_that_the_page_holds(merchant: Browser, seller: Account) -> None:
    for path in paths(seller):
        part, page = merchant.get(path, part=True), merchant.get(path)
        roots = [root for root in parse(part.text).elements if not root.get("hx-swap-oob")]
        assert len(roots) == 1, path
        assert roots[0].get("id"), path
        html = re.sub(r"<span[^>]* hx-swap-oob=.*</span>", "", part.text, flags=re.DOTALL)
        assert _without_times(html.strip()) in _without_times(page.text), path
        assert "HX-Request" in part.vary, path
        assert "HX-Request" in page.vary, path


def test_going_back_in_history_gets_the_whole_page(merchant: Browser, seller: Account) -> None:
    whole = merchant.get("/orders", part=True, headers={"HX-History-Restore-Request": "true"})
    assert "<html" in whole.text
    body = merchant.get("/orders", part=True, headers={"HX-Request-Type": "full"})
    assert "<html" in body.text


def test_a_message_goes_with_the_part_into_the_region_for_it(
    merchant: Browser, seller: Account, queued: list[int]
) -> None:
    answer = merchant.post("/orders/lookup", part=True, follow_redirects=True)
    flash = parse(answer.text).id("flash")
    assert flash.get("hx-swap-oob") == "innerHTML"
    assert "being read from the marketplace" in flash.text


@pytest.mark.parametrize("path", ["/orders?tab=all", "/", "/problems", "/runs"])
def test_the_number_of_problems_goes_with_the_parts_to_its_place_in_the_frame(
    merchant: Browser, seller: Account, path: str
) -> None:
    order = seed.order(seller)
    count = parse(merchant.get(path).text).id("problem-count")
    assert (count.text, count.get("class"), count.get("hx-swap-oob")) == ("0", "count none", "")
    seed.problem(order, "internal")
    count = parse(merchant.get(path, part=True).text).id("problem-count")
    assert (count.text, count.get("class"), count.get("hx-swap-oob")) == ("1", "count", "true")


def _without_times(html: str) -> str:
    """Relative times and tokens may change between two requests."""
    html = re.sub(r'value="[^"]{60,}"', "", html)
    return re.sub(r"<time.*?</time>", "", html)
