"""Whatever the other side answers: a known error with a sentence, or what there was to read, and in time.

Modes are in `hostile`; here are the sides, the calls of each, and what is due.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from cdsync.connectors.base import NotImported, Parcel, UnreadableOrder
from cdsync.connectors.http.client import HttpClient
from cdsync.connectors.octopia import Octopia
from cdsync.connectors.octopia.api.json_text import Entry
from cdsync.connectors.octopia.mapping.mapper import read_order
from cdsync.connectors.prestashop import PrestaShop
from cdsync.error_catalogue import CATALOGUE, explain
from cdsync.errors import CdsyncError, TemporaryError, UnknownOutcomeError
from cdsync.sandbox.prestashop import PrestaShopSandbox
from cdsync.sandbox.prestashop.core.front import Front
from cdsync.sandbox.scenarios import KINDS
from cdsync.sandbox.scenarios.maker import Maker
from cdsync.sandbox.server import Request, Response
from tests.connectors.http.test_deadline import TOO_LARGE, Raw, packed_space
from tests.connectors.journal import Clock, MemoryJournal
from tests.connectors.prestashop.shop import POLICY, Kept, connector, draft, rehearsal_shop

from .hostile import ANSWERS, JSON, TALKS, XML, Talk, answer, each_request
from .lines import Lines

LIMIT = 0.5  # seconds of a request
AT_MOST = 5.0  # of this processor's time, for a call, which may make some requests
SECRETS = ("client-secret-of-tests", "K" * 32)
TOKEN = answer(b'{"access_token":"token-of-tests","expires_in":7200}', JSON)
SINCE = datetime.now(UTC) - timedelta(days=2)
Table = Callable[[str], AbstractContextManager[Lines]]
pytestmark = pytest.mark.timeout(3000)


@dataclass
class Trap:
    """A server that must never be asked."""

    asked: list[str] = field(default_factory=list)
    url: str = ""

    def talk(self, connection: socket.socket) -> None:
        self.asked.append(connection.recv(2000).decode("latin-1"))


@pytest.fixture
def trap() -> Iterator[Trap]:
    trap = Trap()
    server = Raw(trap.talk)
    trap.url = server.url
    yield trap
    server.close()


def _octopia(url: str) -> Octopia:
    values = {"api_url": f"{url}/seller/v2", "token_url": f"{url}/token", "client_id": "me", "seller_id": "98979"}
    return Octopia({**values, "client_secret": SECRETS[0], "timeout_seconds": LIMIT}, Kept())


def _prestashop(url: str) -> PrestaShop:
    return PrestaShop({"url": url, "key": SECRETS[1], "timeout_seconds": LIMIT}, Kept(), clock=Clock())


MARKET: dict[str, Callable[[Octopia], Any]] = {
    "orders": lambda octopia: list(octopia.orders(SINCE)),
    "order": lambda octopia: octopia.order("O-1"),
    "accept": lambda octopia: octopia.accept("O-1"),
    "ship": lambda octopia: octopia.ship("O-1", Parcel("6A1", "Colissimo")),
    "carriers": lambda octopia: octopia.carriers(),
    "check": lambda octopia: octopia.check(),
}
SHOP: dict[str, Callable[[PrestaShop], Any]] = {
    "reference data": lambda shop: shop.reference_data(),
    "products": lambda shop: shop.products(["MUG"]),
    "find orders": lambda shop: shop.find_orders(["Cdiscount 1"]),
    "set status": lambda shop: shop.set_status("1", "4"),
    "import": lambda shop: list(shop.import_orders([draft()], POLICY, MemoryJournal())),
    "marketplace orders": lambda shop: list(shop.marketplace_orders(SINCE, "Cdiscount")),
    "check": lambda shop: shop.check(),
}
IN_SAMPLE = ("order", "set status")


@contextmanager
def serving(talk: Talk) -> Iterator[str]:
    server = Raw(talk)
    yield server.url
    server._over.set()
    threading.Thread(target=server.close, daemon=True).start()


def test_every_answer_that_is_none_ends_in_words(table: Table, trap: Trap, whole: bool) -> None:
    with table("hostile answers: marketplace, its tokens, shop") as lines:
        for number, (mode, made) in enumerate(ANSWERS.items()):
            if not whole and number % 3:
                continue
            market, shop = made(JSON, trap.url), made(XML, trap.url)
            with serving(each_request(lambda path, said=market: TOKEN if path == "/token" else said)) as url:
                _try_all(lines, mode, _octopia, url, MARKET, whole)
            if whole or number % 12 == 0:
                with serving(each_request(lambda path, said=market: said)) as url:
                    _try_all(lines, mode, _octopia, url, {"orders": MARKET["orders"]}, True)
            stays = mode in ("length too short", "cookies")
            with serving(each_request(lambda path, said=shop: said, stays=stays)) as url:
                _try_all(lines, mode, _prestashop, url, SHOP, whole)
            lines.tried(mode, *(f"asked elsewhere: {each[:80]}" for each in trap.asked))
            trap.asked.clear()


@pytest.mark.parametrize("mode", TALKS)
def test_every_answer_that_does_not_end_is_ended(table: Table, mode: str, whole: bool) -> None:
    with table("hostile answers: marketplace, its tokens, shop") as lines, serving(TALKS[mode]) as url:
        if whole:  # its limit is no setting: half a minute
            _try_all(lines, mode, _octopia, url, {"orders": MARKET["orders"]}, True)
        began = time.monotonic()
        _try_all(lines, mode, _prestashop, url, {"reference data": SHOP["reference data"]}, True)
        took = time.monotonic() - began
        lines.tried(mode, *([f"took {took:.1f} s"] if took > 30 else []))


def _try_all(
    lines: Lines, mode: str, made: Callable[[str], Any], url: str, calls: dict[str, Callable[[Any], Any]], whole: bool
) -> None:
    for name, call in calls.items():
        if whole or name in IN_SAMPLE:
            began = time.thread_time()
            faults = [f"{name}: {each}" for each in _outcome(lambda call=call: call(made(url)))]
            took = time.thread_time() - began
            faults += [f"{name}: took {took:.1f} s"] if took > AT_MOST else []
            lines.tried(mode, *faults)


def _outcome(call: Callable[[], Any]) -> Iterator[str]:
    """What is wrong with how a call ended."""
    try:
        found = call()
    except CdsyncError as error:
        yield from _known(error)
    except Exception as broke:  # whatever breaks is what is looked for
        yield f"{type(broke).__name__}: {str(broke)[:120]}"
    else:
        for each in found if isinstance(found, list) else [found]:
            if isinstance(each, UnreadableOrder | NotImported):
                yield from _known(each.error)
            code = getattr(each, "code", None)
            if code is not None and code not in CATALOGUE:
                yield f"the code {code} has no article"


def _known(error: CdsyncError) -> Iterator[str]:
    if error.code not in CATALOGUE or error.code == "internal":
        yield f"the code {error.code} has no article"
    told = explain(error.code, error.data)
    words = f"{error} {error.data} {told.title} {told.why} {[step.text for step in told.steps]}"
    if any(secret in words for secret in (*SECRETS, "token-of-tests")):
        yield f"{error.code} tells a secret"


WRONG = (
    None, True, False, -1, 0, 12345, 10**30, 1.5, "", " ", "x" * 5000, "\x00", "\ud83d", [], {}, [[]], [None], {"a": 1},
)  # fmt: skip


def test_a_wrong_type_anywhere_in_an_order_spoils_that_order_at_most(table: Table, whole: bool) -> None:
    """Every place of an order, a leaf or not, found by walking it; the mapper is all that reads them."""
    kinds = list(KINDS) if whole else ["company"]
    with table("a wrong type in each field") as lines:
        for number, kind in enumerate(kinds, start=1):
            order = KINDS[kind].build(Maker(number, datetime.now(UTC))).order
            for path in _places(order):
                for wrong in WRONG:
                    spoiled = Entry(_put(order, path, wrong), "")
                    lines.tried(f"marketplace order, {kind}", *_outcome(lambda entry=spoiled: read_order(entry)))


def _places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        yield (*path, key)
        yield from _places(each, (*path, key))


def _put(value: Any, path: tuple[str | int, ...], wrong: Any) -> Any:
    """A copy in which something else stands at that place."""
    if not path:
        return wrong
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _put(value[path[0]], path[1:], wrong)
    return copy


class _Changed(Front):
    """A front that puts something else at one place of every answer, and notes the places there are."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[tuple[str, ...], str] = {}  # place → the call in which it was seen first
        self.call, self.place, self.wrong = "", (), None

    def answer(self, request: Request, shop: Callable[[Request], Response]) -> Response:
        given = super().answer(request, shop)
        if not given.body or "xml" not in given.headers.get("Content-Type", ""):
            return given
        root = ElementTree.fromstring(given.body)
        resource = request.path.removeprefix("/api/").partition("/")[0]
        for parent, child, place in list(_elements(root, (request.method, resource))):
            self.seen.setdefault(place, self.call)
            if place == self.place:
                _spoil(parent, child, self.wrong)
        return Response(given.status, ElementTree.tostring(root), given.headers) if self.place else given


def _elements(
    root: ElementTree.Element, place: tuple[str, ...]
) -> Iterator[tuple[ElementTree.Element, ElementTree.Element, tuple[str, ...]]]:
    for child in root:
        yield root, child, (*place, child.tag)
        yield from _elements(child, (*place, child.tag))


def _spoil(parent: ElementTree.Element, child: ElementTree.Element, wrong: str | None) -> None:
    if wrong is None:
        parent.remove(child)
        return
    for inner in list(child):
        child.remove(inner)
    child.text = wrong


WRONG_TEXTS = (None, "", "-1", "x", "9" * 5000, "1e99", "NaN", "0000-00-00 00:00:00", "１２", " ")
WALKED = ("reference data", "products", "find orders", "changes", "check", "import")


def test_a_wrong_text_anywhere_in_the_shops_answers_ends_in_words(table: Table, whole: bool) -> None:
    """Every element of every answer that these calls get, found while they get it."""
    with rehearsal_shop() as shop, table("a wrong type in each field") as lines:
        front = shop.front = _Changed()
        for front.call in WALKED:
            _outcomes(shop, front.call)
        places = dict(front.seen)
        for number, (front.place, call) in enumerate(places.items()):
            if not whole and number % 80:
                continue
            for front.wrong in (WRONG_TEXTS[number % len(WRONG_TEXTS)], WRONG_TEXTS[(number // 7) % len(WRONG_TEXTS)]):
                faults = [f"{'/'.join(front.place)} = {front.wrong!r:.20}: {each}" for each in _outcomes(shop, call)]
                lines.tried(f"shop: {call}", *faults)


def _outcomes(shop: PrestaShopSandbox, call: str) -> list[str]:
    return [*_outcome(lambda: SHOP[call](connector(shop, timeout_seconds=10)))]


@pytest.mark.parametrize("mode", ["chunk negative", "chunk in words", "no HTTP", "a status in words", "length twice"])
def test_a_write_that_is_answered_by_no_answer_may_have_been_carried_out(mode: str, trap: Trap) -> None:
    """Whatever the library makes of it: it is looked up before anything is repeated."""
    said = ANSWERS[mode](XML, trap.url)
    with serving(each_request(lambda path: said)) as url:
        for method, wanted in (("POST", UnknownOutcomeError), ("GET", TemporaryError)):
            with pytest.raises(wanted):
                HttpClient("shop", url, Kept(), timeout=5).send(method, url, data=b"x" if method == "POST" else None)


def test_headers_that_are_none_put_no_key_into_a_log(trap: Trap, caplog: pytest.LogCaptureFixture) -> None:
    """A key sent in the address is in whatever is said of that address."""
    said = ANSWERS["headers that are none"](XML, trap.url)
    with serving(each_request(lambda path: said)) as url:
        HttpClient("shop", url, Kept(), timeout=5).send("GET", f"{url}/api/?ws_key={SECRETS[1]}")
    assert SECRETS[1] not in caplog.text


MEASURED = """
import sys
from pathlib import Path
from cdsync.connectors.http import allowed_addresses
from cdsync.connectors.http.client import HttpClient
from cdsync.errors import CdsyncError, TemporaryError, UnknownOutcomeError
from tests.connectors.prestashop.shop import Kept
allowed_addresses.allow(allowed_addresses.networks("loopback"))
code = "answered"
try:
    HttpClient("shop", sys.argv[1], Kept(), timeout=60).send("GET", sys.argv[1])
except CdsyncError as error:
    code = error.code
status = Path("/proc/self/status").read_text()  # getrusage would tell the size of the process that started this one
print(code, int(status.partition("VmHWM:")[2].split()[0]) // 1024)
"""
MOST_MEGABYTES = 200  # of a whole process


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux tells how large a process was")
def test_a_process_stays_small_whatever_comes(table: Table, whole: bool) -> None:
    if whole:
        packed_space()  # before any clock runs
    root = str(Path(__file__).parents[2])
    with table("memory of a whole process") as lines:
        for name in TOO_LARGE if whole else ("an endless stream",):
            with serving(TOO_LARGE[name]) as url:
                command = [sys.executable, "-c", MEASURED, url]
                ended = subprocess.run(command, capture_output=True, text=True, cwd=root, timeout=300, check=False)
            code, _, megabytes = ended.stdout.strip().partition(" ")
            good = code == "shop.answer_too_large" and int(megabytes or 9999) < MOST_MEGABYTES
            lines.tried(f"{name}: {megabytes} MB", *([] if good else [f"{code} {megabytes} {ended.stderr[-200:]}"]))
