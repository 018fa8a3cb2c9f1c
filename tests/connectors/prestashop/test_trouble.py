"""Wrong addresses and keys, shops that are off, answers that are none: each the right error, with nothing half-read."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from cdsync.connectors.http.answer import Answer
from cdsync.connectors.prestashop import PrestaShop
from cdsync.connectors.prestashop.webservice.answers import rows
from cdsync.connectors.prestashop.webservice.xml import Row, UnreadableXml, parse
from cdsync.errors import (
    AccessRefusedError,
    CdsyncError,
    ConfigError,
    RejectedError,
    TemporaryError,
    UnknownOutcomeError,
)
from cdsync.sandbox.faults import Fault
from cdsync.sandbox.prestashop import PrestaShopSandbox
from cdsync.sandbox.server import Request, Response, SandboxServer
from tests.connectors.deciding import deciding
from tests.connectors.journal import Clock, MemoryJournal
from tests.connectors.prestashop.shop import Kept, connector, draft, drafts, failure, one, rehearsal_shop, run

XML = {"Content-Type": "text/xml;charset=utf-8"}


@pytest.fixture(scope="module")
def running() -> Iterator[PrestaShopSandbox]:
    with rehearsal_shop() as shop:
        yield shop


@pytest.fixture
def shop(running: PrestaShopSandbox) -> Iterator[PrestaShopSandbox]:
    clean = running.snapshot()
    yield running
    running.faults.clear()
    running.server.log.clear()
    running.restore(clean)
    running.webservice_on = True


def trouble(presta: PrestaShop) -> CdsyncError:
    with pytest.raises(CdsyncError) as caught:
        presta.reference_data()
    return caught.value


def told(error: CdsyncError) -> tuple[type[CdsyncError], str, dict[str, Any]]:
    return deciding(error), error.code, dict(error.data)


def host(shop: PrestaShopSandbox) -> str:
    return shop.url.removeprefix("http://")


@pytest.mark.parametrize("setting", ["url", "key"])
def test_an_address_or_key_left_out_is_named(shop: PrestaShopSandbox, setting: str) -> None:
    with pytest.raises(ConfigError) as caught:
        connector(shop, **{setting: ""})

    assert told(caught.value)[1:] == ("shop.settings_missing", {"setting": setting})


@pytest.mark.parametrize(
    "url",
    [
        "shop.example",
        "ftp://shop.example",
        "http://",
        "http://[::1",
        "http://shop:99999",
        "http://shop:port",
        "http://a..b",
        f"http://{'a' * 64}.fr",
    ],
)
def test_an_address_that_is_none_is_refused(shop: PrestaShopSandbox, url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        connector(shop, url=url)

    assert caught.value.code == "shop.address_wrong"


def test_a_key_of_letters_that_no_header_takes_is_named_and_nothing_is_sent(shop: PrestaShopSandbox) -> None:
    assert trouble(connector(shop, key="ключ")).code == "shop.not_sendable"
    assert not shop.server.log


@pytest.mark.parametrize("ending", ["/", "/api", "/api/"])
def test_the_address_may_end_in_the_webservices_own(shop: PrestaShopSandbox, ending: str) -> None:
    assert connector(shop, url=shop.url + ending).reference_data().version == "9.1.4"


def test_a_wrong_key_is_refused(shop: PrestaShopSandbox) -> None:
    error = trouble(connector(shop, key="X" * 32))

    words = "Authentification key is not active (error 20)"
    assert told(error) == (AccessRefusedError, "shop.key_refused", {"detail": words})


def test_a_right_the_key_lacks_is_named(shop: PrestaShopSandbox) -> None:
    shop.add_key("L" * 32, {"configurations": {"GET"}, "order_states": {"GET"}, "groups": {"GET"}})
    error = failure(run(connector(shop, key=shop.key), draft("NOPE", lines=()))).error
    assert isinstance(error, RejectedError)
    with pytest.raises(ConfigError) as caught:
        run(connector(shop, key="L" * 32), draft())

    assert told(caught.value)[1:] == ("shop.right_missing", {"resource": "orders", "method": "GET"})


def test_a_write_the_key_may_not_do_stops_the_run_and_is_no_doubt(shop: PrestaShopSandbox) -> None:
    every = {name: {"GET", "POST", "PATCH"} for name in shop.shop.resources}
    shop.add_key("W" * 32, every | {"orders": {"GET", "PATCH"}})
    with pytest.raises(ConfigError) as caught:
        run(connector(shop, key="W" * 32), draft())

    assert told(caught.value)[1:] == ("shop.right_missing", {"resource": "orders", "method": "POST"})


def test_a_webservice_switched_off_is_waited_for(shop: PrestaShopSandbox) -> None:
    shop.webservice_on = False

    assert told(trouble(connector(shop))) == (TemporaryError, "shop.webservice_off", {"host": host(shop)})


def test_a_shop_that_is_not_there_is_waited_for() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    presta = PrestaShop({"url": f"http://127.0.0.1:{port}", "key": "K" * 32}, Kept())

    assert told(trouble(presta)) == (TemporaryError, "shop.unreachable", {"host": f"127.0.0.1:{port}"})


def test_a_name_that_does_not_resolve_is_a_wrong_setting() -> None:
    presta = PrestaShop({"url": "http://no-such-shop.invalid", "key": "K" * 32}, Kept())

    assert told(trouble(presta)) == (ConfigError, "shop.no_such_host", {"host": "no-such-shop.invalid"})


@pytest.mark.parametrize(
    ("kind", "cls", "code"),
    [
        ("html_before", TemporaryError, "shop.unreadable"),
        ("cut_short", TemporaryError, "shop.unreachable"),
        ("xml_entity", TemporaryError, "shop.unreadable"),
        ("php_warning_after", TemporaryError, "shop.server_error"),
        ("status_500_before", TemporaryError, "shop.server_error"),
        ("status_503_before", TemporaryError, "shop.maintenance"),
        ("reset_before", TemporaryError, "shop.unreachable"),
        ("status_403_before", ConfigError, "shop.blocked"),
        ("challenge", ConfigError, "shop.blocked"),
        ("redirect", ConfigError, "shop.redirected"),
        ("status_401", ConfigError, "shop.blocked"),
    ],
)
def test_a_read_that_fails_says_how(shop: PrestaShopSandbox, kind: str, cls: type[CdsyncError], code: str) -> None:
    shop.faults.add(Fault(kind))
    error = trouble(connector(shop))

    assert (deciding(error), error.code) == (cls, code)


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("html_before", "no whole XML document"),
        ("xml_entity", "a document type with entities, which no webservice sends"),
    ],
)
def test_an_answer_that_cannot_be_read_says_why_in_words(shop: PrestaShopSandbox, kind: str, reason: str) -> None:
    shop.faults.add(Fault(kind))

    assert trouble(connector(shop)).data["reason"] == reason


def test_a_redirect_is_never_followed_and_names_where_it_led(shop: PrestaShopSandbox) -> None:
    shop.faults.add(Fault("redirect"))
    recorder = Kept()
    error = trouble(connector(shop, recorder=recorder))

    assert error.data["to"] == "http://127.0.0.2:9/elsewhere"
    assert [e.status for e in recorder.exchanges] == [302]


def test_too_many_requests_name_the_wait(shop: PrestaShopSandbox) -> None:
    shop.faults.add(Fault("status_429", retry_after=7))
    error = trouble(connector(shop))

    assert isinstance(error, TemporaryError)
    assert (error.code, error.retry_after) == ("shop.rate_limited", 7)


def test_one_refused_entity_does_not_spoil_its_batch(shop: PrestaShopSandbox) -> None:
    """The merchant made the second address line required; only one order has none."""
    refused = (
        b"<prestashop><errors><error><code>85</code><message>Validation error: &quot;Property Address-&amp;gt;city "
        b"is not valid&quot;</message></error></errors></prestashop>"
    )
    orders = drafts(4)
    with _refusing(shop, "addresses", b"2611230003BATCH D", refused) as between:
        results = run(PrestaShop({"url": between.url, "key": shop.key}, Kept()), orders)

    kinds = [type(results[order.ref]).__name__ for order in orders]
    assert kinds == ["Imported", "Imported", "NotImported", "Imported"]
    error = results["2611230003BATCH"].error  # type: ignore[union-attr]
    assert error.code == "shop.refused"
    assert error.data["field"] == "city"
    assert error.data["resource"] == "addresses"
    assert len(shop.rows("orders")) == 3


class _refusing:
    """A server before the shop that refuses an entity, after the entities before it in the body were made."""

    def __init__(self, shop: PrestaShopSandbox, resource: str, mark: bytes, refusal: bytes) -> None:
        self._shop, self._resource, self._mark, self._refusal = shop, resource, mark, refusal
        self._server = SandboxServer(self._answer)

    def __enter__(self) -> SandboxServer:
        return self._server.start()

    def __exit__(self, *exc: object) -> None:
        self._server.stop()

    def _answer(self, request: Request) -> Response:
        if request.path.endswith(self._resource) and self._mark in request.body:
            head, _, _ = request.body.partition(self._mark)
            before = head[: head.rindex(b"<address>")] + b"</prestashop>"
            if b"</address>" in before:
                self._pass(Request(request.method, request.path, request.query, request.headers, before))
            return Response(400, self._refusal, XML)
        return self._pass(request)

    def _pass(self, request: Request) -> Response:
        import urllib.error
        import urllib.request
        from urllib.parse import quote, urlencode

        url = self._shop.url + quote(request.path) + ("?" + urlencode(request.query) if request.query else "")
        asked = urllib.request.Request(url, data=request.body or None, method=request.method)
        asked.add_header("Authorization", request.headers["authorization"])
        asked.add_header("Content-Type", "text/xml")
        with urllib.request.urlopen(asked) as answer:
            return Response(answer.status, answer.read(), {**XML, "PSWS-Version": "9.1.4"})


def test_the_true_error_is_told_among_php_warnings(shop: PrestaShopSandbox) -> None:
    errors = b"".join(
        b"<error><code>%d</code><message><![CDATA[%s]]></message></error>" % pair
        for pair in (
            (3, b"[PHP Warning #2] Trying to access array offset"),
            (85, b'"Property Address->phone is wrong"'),
        )
    )
    document = b"<prestashop><errors>" + errors + b"</errors></prestashop>"
    with _refusing(shop, "addresses", b"26112310140K7QX D", document) as between:
        error = failure(run(PrestaShop({"url": between.url, "key": shop.key}, Kept()), draft())).error

    assert (error.code, error.data["field"], error.data["shop_code"]) == ("shop.refused", "phone", "85")


def test_a_refusal_never_repeats_what_was_sent(shop: PrestaShopSandbox) -> None:
    error_127 = b"<error><code>127</code><message>XML error: Camille Durand</message></error>"
    document = b"<prestashop><errors>" + error_127 + b"</errors></prestashop>"
    with _refusing(shop, "addresses", b"26112310140K7QX D", document) as between:
        error = failure(run(PrestaShop({"url": between.url, "key": shop.key}, Kept()), draft())).error

    assert error.data["shop_code"] == "127"
    assert "Durand" not in str(error)


def test_an_unanswered_shop_is_not_asked_for_every_order_of_a_batch(shop: PrestaShopSandbox) -> None:
    shop.faults.add(Fault("reset_before", "POST", "/api/orders", times=9))
    results = run(connector(shop), drafts(6))

    codes = [r.error.code for r in results.values()]  # type: ignore[union-attr]
    assert codes == ["shop.order_unknown"] + ["shop.stock_busy"] * 5
    assert len(shop.server.requests("POST", "/api/orders")) == 1


def test_a_lost_answer_to_customers_is_cleared_up_once_the_shop_must_be_through(shop: PrestaShopSandbox) -> None:
    """A customer is there before the groups that decide on carriers and prices are."""
    clock = Clock()
    journal = MemoryJournal(clock)
    shop.faults.add(Fault("answer_lost", "POST", "/api/customers"))
    run(connector(shop, clock), draft(), journal=journal)
    assert len(shop.server.requests("POST")) == 1
    assert failure(run(connector(shop, clock), draft(), journal=journal)).error.code == "shop.still_at_work"
    clock.advance(61)

    one(run(connector(shop, clock), draft(), journal=journal))
    assert len(shop.rows("customers")) == 1


def test_a_write_that_may_still_be_under_way_is_not_repeated_in_the_same_run(shop: PrestaShopSandbox) -> None:
    shop.faults.add(Fault("reset_before", "POST", "/api/carts"))
    error = failure(run(connector(shop), draft())).error

    assert (deciding(error), error.code) == (UnknownOutcomeError, "shop.outcome_unknown")
    assert len(shop.server.requests("POST", "/api/carts")) == 1


@pytest.mark.parametrize("name", ["Mug\x0b bleu", "Mug\x00 bleu", "Mug\x1b\x08 bleu", "Mug\uffff bleu"])
def test_a_product_whose_name_no_xml_can_hold_is_found_and_the_others_too(shop: PrestaShopSandbox, name: str) -> None:
    """WebserviceOutputXML prints what the database holds; one such name spoiled every list that it was in."""
    table = shop.shop.store.table("products")
    (mug,) = table.where("reference", "MUG")
    table.update(mug["id"], {"name": {"1": name}})
    found = connector(shop).products(["MUG", "BOOK"])
    assert [each.product_ref for each in found["MUG"]] == [mug["id"]]
    assert "\ufffd" in found["MUG"][0].name
    assert found["BOOK"]


@pytest.mark.parametrize(
    "before",
    [b"\n\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n", b"<a>\xe9</a>", b"<a>&#11;</a>", b"<a>&#xD83D;</a>", b"<a>&#x1;</a>"],
)
def test_xml_is_read_whatever_a_module_printed_or_a_column_holds(before: bytes) -> None:
    """A blank line or a byte order mark before the XML is what a PHP file saved so prints in every answer."""
    head, body = b'<?xml version="1.0" encoding="UTF-8"?>', b'<prestashop>%s<carts><cart id="7"/></carts></prestashop>'
    raw = head + body % before if before.startswith(b"<a>") else before + head + body % b""
    assert [row.id for row in parse(raw, "carts").rows] == ["7"]


@pytest.mark.parametrize(
    ("before", "after"),
    [("", "\n<script>var tag = '<a>';</script>"), ("<br />\n<b>Notice</b>: Undefined index: x", ""), ("x", "&nbsp;")],
)
def test_what_a_module_prints_around_the_xml_does_not_spoil_it(before: str, after: str) -> None:
    """PrestaShop/PrestaShop#36815: a module's hook prints its script after every answer."""
    document = '<?xml version="1.0" encoding="UTF-8"?>\n<prestashop><carts><cart id="7"/></carts></prestashop>'
    assert [row.id for row in parse(f"{before}{document}{after}".encode(), "carts").rows] == ["7"]


@pytest.mark.parametrize(
    "raw", [b"\x0b", b"<prestashop>\x0b", b"\n<html>\x0b</html>", b"<!DOCTYPE a><prestashop>\x0b</prestashop>"]
)
def test_what_is_no_document_of_the_webservice_stays_unreadable(raw: bytes) -> None:
    with pytest.raises(UnreadableXml):
        parse(raw, "carts")


ODD = ("x", "NaN", "Infinity", "1e99", "9" * 5000, "0000-00-00 00:00:00")


@pytest.mark.parametrize("value", ODD)
def test_a_text_where_a_number_belongs_is_named_and_never_guessed(value: str) -> None:
    row = Row({"quantity": value})
    for read in (row.money, row.number):
        with pytest.raises(TemporaryError) as raised:
            read("quantity")
        assert (raised.value.code, raised.value.data) == ("shop.odd_value", {"field": "quantity"})


def test_half_a_piece_is_no_whole_number() -> None:
    assert Row({"quantity": "2.000000"}).number("quantity") == 2
    with pytest.raises(TemporaryError, match=r"shop\.odd_value"):
        Row({"quantity": "2.5"}).number("quantity")


@pytest.mark.parametrize("value", ["", *ODD])
@pytest.mark.parametrize(("method", "cls", "code"), [
    ("GET", TemporaryError, "shop.odd_value"), ("POST", UnknownOutcomeError, "shop.outcome_unknown"),
])  # fmt: skip
def test_an_entity_without_its_number_is_none(method: str, cls: type[CdsyncError], code: str, value: str) -> None:
    """For a write: who has no number of it cannot know that it was made."""
    text = f"<prestashop><carriers><carrier><id>{value}</id><name>A</name></carrier></carriers></prestashop>"
    with pytest.raises(cls) as raised:
        rows(Answer(200, text.encode(), {"Content-Type": "text/xml"}, ""), "carriers", method, "shop.example")
    assert raised.value.code == code
