"""Breaks an import at every request and every commit: run again, each order is in the shop once, exact, paid once.

The whole matrix has the mark `faults`; a part of it that meets every write and every kind runs always.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from cdsync.connectors.prestashop.webservice.body_size import BodySize
from cdsync.sandbox.faults import KINDS
from cdsync.sandbox.prestashop import PrestaShopSandbox
from tests.connectors.journal import Clock
from tests.connectors.prestashop.crashes import (
    KillingJournal,
    KillingRecorder,
    Outcome,
    fault,
    import_until_done,
    stocks,
    wrongs,
)
from tests.connectors.prestashop.shop import VERSIONS, draft, drafts, line, rehearsal_shop

SIZES = {"single": 1, "batch": 3}
SOON = sorted(KINDS - {"late"})  # "late" waits for the client's time limit


class Matrix:
    """One shop, put back to its beginning before each case."""

    def __init__(self, shop: PrestaShopSandbox, size: int) -> None:
        self.shop = shop
        self.orders = drafts(size) if size > 1 else [draft()]
        self.clean, self.before = shop.snapshot(), stocks(shop)
        clock = Clock()
        journal = KillingJournal(clock)
        self.failed: list[str] = self.case("no fault", journal=journal, clock=clock)
        self.requests, self.commits = len(shop.server.log), journal.number + 1
        self.first_write = [seen.method for seen in shop.server.log].index("POST")

    def case(self, name: str, **how: object) -> list[str]:
        """What is wrong afterwards, as texts that name the case."""
        outcome: Outcome = import_until_done(self.shop, self.orders, **how)  # type: ignore[arg-type]
        wrong = wrongs(self.shop, self.orders, self.before)
        if len(outcome.imported) != len(self.orders):
            wrong.append(f"not imported after {outcome.runs} runs: {outcome.errors}")
        return [f"{name}: {each}" for each in wrong]

    def again(self) -> None:
        self.shop.restore(self.clean)
        self.shop.faults.clear()
        self.shop.server.log.clear()

    def strike(self, kind: str, number: int) -> None:
        self.again()
        self.shop.faults.add(fault(kind, number))
        self.failed += self.case(f"{kind} at request {number}", late=kind == "late")

    def kill(self, place: str, number: int) -> None:
        self.again()
        name = f"killed {place} {number}"
        if place in ("before", "after"):
            self.failed += self.case(name, recorder=KillingRecorder(**{place: number}))
            return
        clock = Clock()
        journal = KillingJournal(clock, **{place.partition(" ")[0]: number})
        self.failed += self.case(name, journal=journal, clock=clock)


@pytest.fixture(params=VERSIONS)
def shop(request: pytest.FixtureRequest) -> Iterator[PrestaShopSandbox]:
    """Only for the whole matrix, which takes minutes and has to be asked for."""
    if "faults" not in request.config.getoption("markexpr"):
        pytest.skip("the whole matrix runs with -m faults")
    with rehearsal_shop(request.param) as running:
        yield running


@pytest.fixture(params=["one body for all", "bodies of two"])
def bodies(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one kind: a shop that is slow gets less at once."""
    if request.param == "bodies of two":
        monkeypatch.setattr(BodySize, "entities", lambda *_asked: 2)


@pytest.mark.usefixtures("bodies")
@pytest.mark.parametrize("version", ["9.1.4", pytest.param("1.7.8.11", marks=pytest.mark.faults)])
def test_each_request_from_the_first_write_on_may_fail_in_some_way(version: str) -> None:
    with rehearsal_shop(version) as shop:
        matrix = Matrix(shop, SIZES["batch"])
        for number in range(matrix.first_write, matrix.requests):
            matrix.strike(SOON[number % len(SOON)], number)

    assert matrix.failed == []


def test_the_request_that_makes_the_order_may_fail_in_every_way() -> None:
    with rehearsal_shop() as shop:
        matrix = Matrix(shop, SIZES["single"])
        for kind in sorted(KINDS):
            matrix.strike(kind, matrix.first_write + 4)

    assert matrix.failed == []


@pytest.mark.faults  # tests/faults kills real processes, and a sample of it is always run
def test_the_process_may_die_at_each_write_and_each_commit() -> None:
    with rehearsal_shop() as shop:
        matrix = Matrix(shop, SIZES["single"])
        for number in range(matrix.first_write, matrix.requests):
            matrix.kill("before" if number % 2 else "after", number)
        for number in range(matrix.commits):
            matrix.kill("before commit" if number % 2 else "after commit", number)

    assert matrix.failed == []


def test_a_shop_whose_php_warns_at_every_write_still_gets_each_order_once() -> None:
    with rehearsal_shop("8.2.1") as shop:
        shop.shop.php_deprecations = True
        orders, before = drafts(5), stocks(shop)
        outcome = import_until_done(shop, orders)

        assert wrongs(shop, orders, before) == []
        assert (outcome.runs, outcome.errors) == (1, [])


@pytest.mark.faults
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.usefixtures("bodies")
def test_every_request_may_fail_in_every_way(shop: PrestaShopSandbox, size: str) -> None:
    matrix = Matrix(shop, SIZES[size])
    for kind in sorted(KINDS):
        for number in range(matrix.requests):
            matrix.strike(kind, number)

    assert matrix.failed == []


@pytest.mark.faults
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.usefixtures("bodies")
def test_the_process_may_die_anywhere(shop: PrestaShopSandbox, size: str) -> None:
    matrix = Matrix(shop, SIZES[size])
    for place in ("before", "after"):
        for number in range(matrix.requests):
            matrix.kill(place, number)
    for place in ("before commit", "after commit"):
        for number in range(matrix.commits):
            matrix.kill(place, number)

    assert matrix.failed == []


def test_a_pack_is_taken_from_stock_once_wherever_the_import_is_killed() -> None:
    order = draft(lines=(line("PACK", 3, "18.00", "1"), line("MUG", 2, "9.99", "2")))
    with rehearsal_shop() as shop:
        pack = shop.add_product("PACK", "Two mugs", Decimal("20.00"), stock=50, pack=True)
        clean, before = shop.snapshot(), stocks(shop)
        import_until_done(shop, [order])
        posted = [(seen.method, seen.path) for seen in shop.server.log].index(("POST", "/api/orders"))
        found = {}
        for number in range(posted, len(shop.server.log)):
            shop.restore(clean)
            import_until_done(shop, [order], KillingRecorder(after=number))
            found[number] = (shop.stock(pack), wrongs(shop, [order], before))

    assert len(found) == 10  # the order, what follows it, and the look at the stock afterwards
    assert list(found.values()) == [(47, [])] * 10
