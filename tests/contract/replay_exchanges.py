"""Replays recorded exchanges against the PrestaShop sandbox over real HTTP, folder by folder in recorded order."""

from __future__ import annotations

import base64
import http.client
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from compare_answers import Known, differences

from cdsync.sandbox.prestashop import PrestaShopSandbox
from cdsync.sandbox.prestashop.demo.reference_data import add_english

RECORDED = Path(__file__).parent / "recorded"
NOT_APPLICABLE: dict[str, dict[str, str]] = json.loads((Path(__file__).parent / "not_applicable.json").read_text())
FULL, READ_ONLY, DISABLED = "K" * 32, "R" * 32, "D" * 32

# Folders recorded one after the other on one shop; each chain began on a fresh shop.
ONE_SHOP = [
    "a-root",
    "b-schemas",
    "d-order-different-price",
    "d-order-shop-price",
    "d-order-specific-prices",
    "d-order-corrected-after",
    "d-order-variants",
    "d-order-error-state-remedies",
    "d-order-other-countries",
    "d-updates",
    "d-order-concurrency",
    "c-examples",
    "e-failures",
    "f-shop-conditions",
    "g-two-languages",
]
CHAINS: dict[str, list[list[str]]] = {
    "9.1.4": [
        ONE_SHOP,
        ["h-exact-import"],
        ["h-exact-import-batch"],
        ["h-exact-import-prepared-state"],
        ["x-914-i-cart-rows", "x-914-i-customers", "x-914-i-too-long", "x-914-i-cart-rows-later"],
        ["x-914-e-failures"],
        ["x-914-f-shop-conditions"],
    ],
    "8.2.1": [
        ONE_SHOP,
        ["f-shop-conditions-later"],
        ["h-exact-import"],
        ["h-exact-import-batch"],
        ["h-exact-import-prepared-state"],
        ["i-cart-rows", "i-customers", "i-too-long", "i-cart-rows-later"],
    ],
}


@dataclass
class Outcome:
    """What a folder's replay found: names of equal exchanges, differences by name, and those left out with why."""

    equal: list[str] = field(default_factory=list)
    different: dict[str, list[str]] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str


_REPLAYED: dict[tuple[str, str], Outcome] = {}


def exchanges_of(version: str, folder: str) -> list[dict[str, Any]]:
    """The packed exchanges of a folder."""
    path = RECORDED / version / f"{folder}.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()]


@cache
def outcome_of(version: str, folder: str) -> Outcome:
    """How the replay of a folder ended; its whole chain is replayed once."""
    chain = next(tuple(chain) for chain in CHAINS[version] if folder in chain)
    return replay_chain(version, chain)[folder]


def replayed() -> dict[tuple[str, str], Outcome]:
    """Every folder replayed so far in this process, by version and name."""
    return dict(_REPLAYED)


@cache
def replay_chain(version: str, chain: tuple[str, ...]) -> dict[str, Outcome]:
    """Replays a chain of folders, one after the other, on one fresh shop."""
    shop = PrestaShopSandbox(version=version, key=FULL)
    shop.add_key(READ_ONLY, {"customers": {"GET", "HEAD"}})
    shop.add_key(DISABLED, active=False)
    shop.shop.php_warnings = version != "9.1.4" or chain[0].startswith("x-")
    shop.shop.name = "Boutique de test"
    shop.start()
    known: Known = {}
    try:
        found = {folder: _replay_folder(shop, version, folder, known) for folder in chain}
        _REPLAYED.update({(version, folder): outcome for folder, outcome in found.items()})
        return found
    finally:
        shop.stop()


def _replay_folder(shop: PrestaShopSandbox, version: str, folder: str, known: Known) -> Outcome:
    outcome = Outcome()
    if folder == "g-two-languages":
        add_english(shop.shop)
    exchanges = exchanges_of(version, folder)
    while exchanges:
        group = [exchanges.pop(0)]
        while "simultaneous" in group[0]["name"] and exchanges and "simultaneous" in exchanges[0]["name"]:
            group.append(exchanges.pop(0))
        reason = _reason(version, folder, group[0]["name"])
        before = _condition(shop, folder, group[0]["name"])
        answers = _all_at_once(shop, group, known) if len(group) > 1 else [send(shop, group[0], known)]
        before()
        for one, answer in zip(group, answers, strict=True):
            if reason:
                outcome.left_out[one["name"]] = reason
                continue
            found = _differences(shop, one, answer, known)
            if found:
                outcome.different[one["name"]] = found
            else:
                outcome.equal.append(one["name"])
    return outcome


def _reason(version: str, folder: str, name: str) -> str | None:
    listed = NOT_APPLICABLE.get(f"{version}/{folder}", {})
    return listed.get(name)


def _condition(shop: PrestaShopSandbox, folder: str, name: str) -> Callable[[], None]:
    """Puts the shop into the state the recording was made in; returns what undoes it."""
    inner = shop.shop
    inner.php_deprecations = folder == "f-shop-conditions-later"
    if "php-dies-midway" in name:
        inner.logo_missing = True
    if "webservice-off" in name:
        shop.webservice_on = False
    inner.debug = "debug-mode" in name
    shop.order_seconds = 0.15 if "simultaneous" in name else 0.0

    def undo() -> None:
        shop.webservice_on, inner.debug, inner.logo_missing, shop.order_seconds = True, False, False, 0.0

    return undo


def _all_at_once(shop: PrestaShopSandbox, group: list[dict[str, Any]], known: Known) -> list[Answer]:
    """Sends the group at the same moment; answers come back in the recording's order of new ids."""
    answers: list[Answer] = []
    threads = [threading.Thread(target=lambda one=one: answers.append(send(shop, one, known))) for one in group]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ranks = sorted(range(len(group)), key=lambda index: _new_id(group[index]["text"]))
    placed = dict(zip(ranks, sorted(answers, key=lambda answer: _new_id(answer.text)), strict=True))
    return [placed[index] for index in range(len(group))]


def _new_id(text: str) -> int:
    return int(text.partition("<id><![CDATA[")[2].partition("]")[0] or 0)


def send(shop: PrestaShopSandbox, one: dict[str, Any], known: Known) -> Answer:
    """Sends one recorded request, recorded keys and values replaced by the sandbox's own."""
    host = shop.url.partition("//")[2]
    headers = {name: _own(value, shop, known) for name, value in one["headers"].items()}
    if "Host" in headers:
        headers["Host"] = "localhost:" + host.partition(":")[2]
    body = one.get("body")
    raw: bytes | None = None
    if body is not None:
        latin = body.startswith("latin-1:")
        raw = body[len("latin-1:") :].encode("latin-1") if latin else _own(body, shop, known).encode()
    connection = http.client.HTTPConnection(host, timeout=10)
    try:
        connection.request(one["method"], _own(one["path"], shop, known), raw, headers)
        answer = connection.getresponse()
        return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read().decode())
    finally:
        connection.close()


def _own(text: str, shop: PrestaShopSandbox, known: Known) -> str:
    for recorded, key in (("KEY_READONLY_CUSTOMERS", READ_ONLY), ("KEY_DISABLED", DISABLED), ("KEY", FULL)):
        coded = base64.b64encode(f"{key}:".encode()).decode()
        text = text.replace(f"BASE64({recorded}:)", coded)
    text = text.replace("ws_key=KEY", f"ws_key={FULL}").replace("{shop}", shop.url)
    for recorded, actual in known.items():
        if recorded in text:
            text = text.replace(recorded, actual)
    return text


def _differences(shop: PrestaShopSandbox, one: dict[str, Any], answer: Answer, known: Known) -> list[str]:
    found = []
    if one["status"] != answer.status:
        found.append(f"status {one['status']}, not {answer.status}")
    recorded = {name.lower(): value for name, value in one["answer"].items()}
    for name in ("content-type", "location", "psws-version", "www-authenticate"):
        if _own(recorded.get(name, ""), shop, known) != answer.headers.get(name, ""):
            found.append(f"{name} {recorded.get(name)!r}, not {answer.headers.get(name)!r}")
    if one["method"] != "HEAD" and not found:
        kind = recorded.get("content-type", "")
        found += differences(one["text"].replace("{shop}", shop.url), answer.text, kind, known)
    return found
