"""The contract suite finds each broken promise: a connector that breaks one fails that check, and no other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import broken_marketplaces
import broken_shops
import pytest
from remote_fakes import FakeMarketplaceRemote, FakeShopRemote, world

from cdsync.connectors.testing import MarketplaceContract, ShopContract

SIDES: dict[str, tuple[Any, Any, Any]] = {
    "marketplace": (MarketplaceContract, FakeMarketplaceRemote, broken_marketplaces.BROKEN),
    "shop": (ShopContract, FakeShopRemote, broken_shops.BROKEN),
}
BROKEN = [
    (side, check, connector)
    for side, (_contract, _remote, table) in SIDES.items()
    for check, connectors in table.items()
    for connector in connectors
]


def checks(contract: Any) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Each check by name, its function, and the values it is run with."""
    for name, function in vars(contract).items():
        if not name.startswith("test_"):
            continue
        marks = [mark for mark in getattr(function, "pytestmark", ()) if mark.name == "parametrize"]
        values = [{mark.args[0]: value} for mark in marks for value in mark.args[1]] or [{}]
        for each in values:
            yield name.removeprefix("test_"), function, each


def failing(side: str, connector: Any) -> set[str]:
    """The checks that this connector fails, each on a world of its own."""
    contract, remote, _ = SIDES[side]
    found = set()
    for name, function, values in checks(contract):
        with world():
            try:
                function(contract(), remote(connector), **values)
            except (Exception, pytest.fail.Exception):
                found.add(name)
    return found


@pytest.mark.parametrize("side", SIDES)
def test_every_check_has_a_connector_that_fails_it(side: str) -> None:
    contract, _, table = SIDES[side]
    assert {name for name, _function, _values in checks(contract)} == set(table)


@pytest.mark.parametrize(("side", "check", "connector"), BROKEN, ids=lambda value: getattr(value, "__name__", value))
def test_a_broken_connector_fails_exactly_the_check_of_what_it_breaks(side: str, check: str, connector: Any) -> None:
    assert failing(side, connector) == {check}
