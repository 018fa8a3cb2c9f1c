"""What a connector may be able to do is asked of it where it can, behind the gate too, and done without where not."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cdsync import connectors
from cdsync.connectors import powers
from cdsync.connectors.base import NoRecorder
from cdsync.connectors.octopia import Octopia
from cdsync.connectors.prestashop import PrestaShop
from tests.fakes import WORLDS, FakeMarketplace, FakeShop, World

ROOT = Path(__file__).resolve().parents[2] / "cdsync"
POWERS = [each for each in vars(powers).values() if isinstance(each, type) and each.__module__ == powers.__name__]
MEMBERS = {name for power in POWERS for name in {*vars(power), *power.__annotations__} if not name.startswith("_")}


class Able(FakeShop):
    """A fake that can do everything a shop may be able to."""

    uses_cache = True

    def __init__(self, values: Any, recorder: Any, *, cache: Any = None) -> None:
        super().__init__(values, recorder)
        self.cache = cache

    def address(self) -> str:
        return "shop.example/2"

    def buyers(self, shop_refs: Any) -> dict[str, str]:
        return {ref: f"Buyer of {ref}" for ref in shop_refs}

    def orders_at_once(self) -> int:
        return int(self.cache or 0)


@pytest.fixture(autouse=True)
def _world() -> Iterator[None]:
    WORLDS["here"] = World()
    yield
    WORLDS.clear()


def opened(monkeypatch: pytest.MonkeyPatch, shop: str, cache: Any = None) -> Any:
    monkeypatch.setitem(connectors.SHOPS, "tried", f"{shop}")
    return connectors.open_shop("tried", {"world": "here"}, NoRecorder(), cache)


def test_a_shop_that_is_able_is_asked_behind_the_gate_too(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = object()
    shop = opened(monkeypatch, f"{__name__}:Able", kept)
    assert powers.address_of(shop) == "shop.example/2"
    assert powers.buyers_of(shop, ["7"]) == {"7": "Buyer of 7"}
    assert shop.behind.cache is kept


def test_a_shop_that_is_not_is_asked_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = opened(monkeypatch, "tests.fakes:FakeShop", object())
    assert (powers.address_of(shop), powers.buyers_of(shop, ["7"])) == ("", {})
    assert (powers.rights_of(FakeShop), powers.retired_settings(FakeShop)) == (None, frozenset())
    assert powers.found_at(FakeMarketplace) == ""
    assert powers.harmless_fields(FakeShop) == frozenset()
    assert powers.spellings_of(FakeMarketplace, "Caravan") == ("Caravan",)


def test_a_shop_that_wants_no_order_at_once_gets_one_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """An import would never come to its end."""
    assert powers.orders_at_once(opened(monkeypatch, f"{__name__}:Able", 7)) == 7
    assert powers.orders_at_once(opened(monkeypatch, f"{__name__}:Able", 0)) == 1
    assert powers.orders_at_once(opened(monkeypatch, "tests.fakes:FakeShop")) == 20


def test_what_the_built_in_connectors_can_do() -> None:
    able = {
        of.__name__: {power.__name__ for power in POWERS if isinstance(of, power)}  # type: ignore[misc]
        for of in (Octopia, PrestaShop)
    }
    assert able == {
        "Octopia": {"ListsHarmlessFields", "SpellsDeliveryModes", "SaysWhereToLook", "ListsByPage", "CountsWhatWaits"},
        "PrestaShop": {
            "ListsHarmlessFields", "HadOtherSettings", "KeepsWhatItRead", "SaysHowMany", "NamesRights", "NamesItself",
            "NamesBuyers",
        },
    }  # fmt: skip


def test_a_power_is_asked_for_in_one_place() -> None:
    """Nobody else tries whether a connector has a member."""
    asked = set()
    for path in ROOT.rglob("*.py"):
        text = path.read_text("utf-8")
        for node in ast.walk(ast.parse(text if "attr(" in text else "")):
            if not isinstance(node, ast.Call) or ast.unparse(node.func) not in ("getattr", "hasattr"):
                continue
            if isinstance(node.args[1], ast.Constant) and node.args[1].value in MEMBERS | {"title"}:
                asked.add(str(path.relative_to(ROOT)))
    assert {"buyers", "address", "uses_cache"} <= MEMBERS
    assert asked == set()
