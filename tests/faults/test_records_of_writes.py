"""What a killed process has kept of its writes: never what came of one without the record of it."""

from __future__ import annotations

from .matrix import Courses
from .world import World

RESOURCES = {
    "customer": "customers",
    "addresses": "addresses",
    "cart": "carts",
    "prices": "specific_prices",
    "order": "orders",
}


def test_a_killed_process_has_kept_each_fact_with_the_record_of_its_write(courses: Courses) -> None:
    world, course = courses.of("9.1.4", "import 1")
    facts = 0
    for number in range(course.commits):
        world.back_to(course.moment)
        assert world.operate("import", broken={"kind": "killed_commit_before", "number": number}).killed
        posted = posts(world)
        done = world.rows("SELECT order_id, name FROM import_steps WHERE done_at IS NOT NULL")
        made = {(step["order_id"], RESOURCES[step["name"]]) for step in done if step["name"] in RESOURCES}
        assert made <= posted, f"at commit {number}"
        facts += len(made)
    assert facts > len(RESOURCES)


def posts(world: World) -> set[tuple[object, str]]:
    """The writes that were answered well: each with its order, and what was made."""
    rows = world.rows(
        """SELECT x.order_id, e.url FROM exchanges e JOIN exchange_orders x ON x.exchange_id = e.id
           WHERE e.method = 'POST' AND e.status = 201"""
    )
    return {(row["order_id"], row["url"].partition("?")[0].rpartition("/")[2]) for row in rows}
