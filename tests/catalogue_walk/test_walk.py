"""Each article that can be produced is walked: its problem made, its steps followed literally, twice; it ends well."""

from __future__ import annotations

from typing import Any

import pytest

from cdsync.error_catalogue import CATALOGUE
from tests.worlds import order_of, rewind

from .of_imports import WALKS as OF_IMPORTS
from .of_orders import WALKS as OF_ORDERS
from .of_products import WALKS as OF_PRODUCTS
from .of_runs import WALKS as OF_RUNS
from .of_runs import RunWalk
from .place import Place
from .walk import Walk

WALKS = (*OF_PRODUCTS, *OF_ORDERS, *OF_IMPORTS)
# The other ways out are walked by `make faults`.
WAYS = [
    pytest.param(walk, way, marks=pytest.mark.faults if way else ()) for walk in WALKS for way in range(len(walk.ways))
]


@pytest.fixture
def place(account, market, shop, run) -> Place:
    return Place(account, market, shop, run)


def name(value: object) -> str:
    return value.code if isinstance(value, Walk | RunWalk) else f"way {value}"


@pytest.mark.parametrize(("walk", "way"), WAYS, ids=name)
def test_an_article_leads_out_of_its_problem_also_the_second_time(place: Place, walk: Walk, way: int) -> None:
    for place.number in (1, 2):
        ref = walk.make(place)
        assert order_of(ref).problem_code == walk.code
        place.again(ref)  # nothing was mended yet: it says the same
        assert order_of(ref).problem_code == walk.code
        for _step, action in sorted(walk.ways[way].items()):
            action(place, ref)
        order = order_of(ref)
        assert (order.state, order.problem_code) == walk.ends, order.problem_data


@pytest.mark.parametrize("walk", OF_RUNS, ids=name)
def test_what_stops_a_whole_run_stops_it_no_more_once_its_steps_are_followed(place: Place, walk: RunWalk) -> None:
    for place.number in (1, 2):
        ref = place.sold()
        walk.broken(place)
        for _unchanged in range(2):
            place.minutes_pass()
            assert run_of(place, walk)["error"]["code"] == walk.code
        walk.mended(place)
        place.minutes_pass()
        assert "error" not in run_of(place, walk)
        rewind(ref, next_try_at=None)
        place.again(ref) if order_of(ref).state == "to_import" else None
        assert (order_of(ref).state, order_of(ref).problem_code) == ("imported", None)


def run_of(place: Place, walk: RunWalk) -> dict[str, Any]:
    return place.run(place.account, walk.operation)


@pytest.mark.parametrize("walk", WALKS, ids=name)
def test_every_step_of_the_article_is_followed_or_has_nothing_to_do(walk: Walk) -> None:
    followed = {step for way in walk.ways for step in way}
    assert followed | set(walk.others) == set(range(len(CATALOGUE[walk.code].steps)))
    assert not followed & set(walk.others)
