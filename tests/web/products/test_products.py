"""Products: SKUs seen on orders, what the shop made of them, and the merchant's own word on which product each is."""

from __future__ import annotations

import pytest

from cdsync import accounts, products
from cdsync.db import db
from cdsync.errors import ConfigError
from cdsync.models import Account, ProductMapping, Run
from cdsync.runs import queue
from cdsync.sandbox.prestashop import PrestaShopSandbox
from tests.web import seed
from tests.web.conftest import Browser, text_of

pytestmark = pytest.mark.usefixtures("neighbour")


@pytest.fixture
def main(app: object) -> Account:
    return accounts.ensure("main")


def mapping(sku: str) -> tuple[str, str] | None:
    db.session.rollback()
    row = products.mapped(accounts.find("main").id, sku)
    return (row.product_ref, row.combination_ref) if row else None


def mappings(of: Account) -> list[ProductMapping]:
    """Every mapping of the account."""
    return db.session.query(ProductMapping).filter_by(account_id=of.id).all()


def unknown(account: Account, sku: str = "NEW-1") -> int:
    """An order that an unknown SKU stops; its id."""
    line = seed.line(sku, product_ref="", product_name="", matched_by="", stock=None, title="Lamp")
    return seed.problem(seed.order(account, lines=[line]), "product.unknown", {"sku": sku, "title": "Lamp"}).id


def test_each_sku_shows_its_match_stock_and_orders(merchant: Browser, main: Account) -> None:
    for _again in range(2):
        seed.order(main, lines=[seed.line("MUG", quantity=3, stock=5, product_name="Mug, blue")])
    seed.order(main, "shipped", lines=[seed.line("MUG", quantity=9, stock=5, product_name="Mug, blue")])
    unknown(main)
    text = text_of(merchant.get("/products").text)
    assert "2 SKUs" in text
    assert "Mug, blue matched by reference · #15" in text
    assert "5 6 needed 3" in text, "in stock, needed by orders that are not in the shop, orders"
    assert "not found" in text
    assert "Your shop has no product with the reference “NEW-1”" in text
    assert text.index("NEW-1") < text.index("MUG"), "what stops orders comes first"


@pytest.mark.parametrize(
    ("query", "skus"),
    [
        ({}, {"MUG", "NEW-1", "SHORT"}),
        ({"only": "unmatched"}, {"NEW-1"}),
        ({"only": "short"}, {"SHORT"}),
        ({"only": "matched"}, {"MUG", "SHORT"}),
        ({"only": "mapped"}, {"MUG"}),
        ({"only": "<script>"}, {"MUG", "NEW-1", "SHORT"}),
        ({"q": "mug"}, {"MUG"}),
        ({"q": "lamp"}, {"NEW-1"}),
        ({"q": "%"}, set()),
        ({"q": "_UG"}, set()),
        ({"q": "x" * 5000}, set()),
    ],
)
def test_skus_are_filtered_and_searched(
    merchant: Browser, main: Account, query: dict[str, str], skus: set[str]
) -> None:
    seed.order(
        main, lines=[seed.line("MUG", stock=50), seed.line("SHORT", quantity=4, stock=1, title="", product_name="")]
    )
    unknown(main)
    products.remember(main.id, "MUG", "15", "0", actor="Mona")
    html = merchant.get("/products", query_string=query).text
    assert {sku for sku in ("MUG", "NEW-1", "SHORT") if f'anywhere">{sku}<' in html} == skus


def test_the_tabs_count_what_they_show(merchant: Browser, main: Account) -> None:
    seed.order(main, lines=[seed.line("MUG"), seed.line("SHORT", quantity=4, stock=1)])
    unknown(main)
    assert "All 3 Not found 1 Stock short 1 Mapped by you 0 Found 2" in text_of(merchant.get("/products").text)


def test_skus_of_another_account_are_not_shown(merchant: Browser, main: Account) -> None:
    seed.order(seed.account("other"), lines=[seed.line("THEIRS")])
    assert "THEIRS" not in merchant.get("/products").text


def test_the_shop_is_searched_by_reference(merchant: Browser, account: Account, shop: PrestaShopSandbox) -> None:
    shop.server.log.clear()
    text = text_of(
        merchant.get("/products/choose", part=True, query_string={"sku": "NEW-1", "term": "MUG-ARDOISE"}).text
    )
    assert "Mug en grès ardoise" in text
    assert "matched by reference" in text
    assert "in stock" in text
    assert shop.server.log
    assert {request.method for request in shop.server.log} == {"GET"}


def test_without_a_term_the_shop_is_not_asked(merchant: Browser, account: Account, shop: PrestaShopSandbox) -> None:
    assert merchant.get("/products/choose", query_string={"sku": "NEW-1"}).status_code == 200
    assert shop.server.log == []


def test_a_chosen_product_is_remembered_and_waiting_orders_are_imported(
    merchant: Browser, account: Account, queued: list[int]
) -> None:
    waiting = unknown(account)
    found = text_of(
        merchant.get("/products/choose", part=True, query_string={"sku": "NEW-1", "term": "MUG-ARDOISE"}).text
    )
    ref = found.partition("#")[2].partition(" ")[0]
    form = {"sku": "NEW-1", "term": "MUG-ARDOISE", "product": f"{ref}-0"}
    answer = merchant.post("/products/map", form, part=True)
    assert answer.headers["HX-Redirect"].startswith("/products?q=NEW-1")
    assert mapping("NEW-1") == (ref, "0")
    (row,) = mappings(account)
    assert row.created_by == "Mona"
    run = db.session.get_one(Run, queued[-1])
    assert (run.operation, run.wanted) == ("import", [waiting])
    assert "mapped by Mona" in text_of(merchant.get("/products").text)


def test_a_mapping_is_kept_although_the_import_cannot_be_started(
    merchant: Browser, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(run: Run) -> None:
        raise ConfigError("redis.away", host="localhost")

    monkeypatch.setattr(queue, "enqueue", away)
    unknown(account)
    answer = merchant.post("/products/map", {"sku": "NEW-1", "term": "MUG-ARDOISE", "product": "1-0"})
    assert answer.status_code == 303
    assert mapping("NEW-1") == ("1", "0")
    assert "1 order waits for it." in text_of(merchant.get("/products").text)


@pytest.mark.parametrize(
    "form",
    [
        {"product": ""},
        {"product": "99999-0"},
        {"product": "1-77"},
        {"product": "<script>alert(1)</script>-0"},
        {"product": "1-0", "sku": ""},
        {"product": "1-0", "sku": "x" * 300},
        {"product": "1-0", "term": "NOTHING-LIKE-IT"},
    ],
)
def test_what_the_shop_does_not_find_is_not_remembered(
    merchant: Browser, account: Account, queued: list[int], form: dict[str, str]
) -> None:
    answer = merchant.post("/products/map", {"sku": "NEW-1", "term": "MUG-ARDOISE", **form}, part=True)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "<script>alert(1)" not in answer.text
    assert mappings(account) == []
    assert queued == []


def test_the_parent_of_combinations_cannot_be_chosen(merchant: Browser, account: Account) -> None:
    html = merchant.get("/products/choose", part=True, query_string={"sku": "NEW-1", "term": "TSHIRT-BIO"}).text
    parents = html.count("has combinations")
    assert html.count("disabled") == parents


def test_a_shop_that_is_away_is_said_where_one_searches(
    merchant: Browser, account: Account, shop: PrestaShopSandbox
) -> None:
    shop.stop()
    text = text_of(merchant.get("/products/choose", part=True, query_string={"sku": "NEW-1", "term": "MUG"}).text)
    assert "shop.unreachable" in text
    answer = merchant.post("/products/map", {"sku": "NEW-1", "term": "MUG", "product": "1-0"}, part=True)
    assert answer.status_code == 422
    assert mapping("NEW-1") is None


def test_a_mapping_can_be_taken_back(merchant: Browser, main: Account) -> None:
    seed.order(main, lines=[seed.line("MUG")])
    products.remember(main.id, "MUG", "15", "2", actor="Mona")
    assert mapping("MUG") == ("15", "2")
    merchant.post("/products/forget", {"sku": "MUG"}, part=True)
    assert mapping("MUG") is None
    assert merchant.post("/products/forget", {"sku": "MUG"}).status_code == 303


def test_a_second_word_on_a_sku_replaces_the_first(main: Account) -> None:
    products.remember(main.id, "MUG", "15", "2", actor="Mona")
    products.remember(main.id, "MUG", "16", "0", actor="alex")
    assert mapping("MUG") == ("16", "0")
    assert [row.created_by for row in mappings(main)] == ["alex"]


@pytest.mark.parametrize("path", ["/products/map", "/products/forget"])
def test_only_a_merchant_maps(support: Browser, main: Account, path: str) -> None:
    products.remember(main.id, "MUG", "15", "0", actor="Mona")
    assert support.post(path, {"sku": "MUG", "product": "1-0", "term": "x"}).status_code == 403
    assert mapping("MUG") == ("15", "0")
    assert "/products/forget" not in support.get("/products").text


@pytest.mark.parametrize("path", ["/products/map", "/products/forget"])
def test_mapping_needs_the_pages_token(merchant: Browser, main: Account, path: str) -> None:
    products.remember(main.id, "MUG", "15", "0", actor="Mona")
    assert merchant.post(path, {"sku": "MUG"}, token=False).status_code == 400
    assert mapping("MUG") == ("15", "0")


def test_hostile_titles_are_escaped(merchant: Browser, main: Account) -> None:
    seed.order(main, lines=[seed.line(seed.HOSTILE, title=seed.HOSTILE)])
    assert seed.HOSTILE not in merchant.get("/products").text
    assert seed.HOSTILE not in merchant.get("/products/choose", query_string={"sku": seed.HOSTILE}).text
