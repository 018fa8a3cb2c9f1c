"""Databases of every release, with imports open at each step of the journal: today's program ends each of them well."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import verdict

from .keeping import FOLDER, kept
from .world import upgraded

RELEASES = sorted(each.name for each in FOLDER.iterdir())
AGAIN = (1, 10, 60, 240)  # minutes after which the operations are started again


@pytest.mark.parametrize("release", RELEASES)
def test_every_import_that_was_open_ends_with_exactly_one_shop_order(release: str, tmp_path: Path) -> None:
    with upgraded(kept(release), tmp_path) as world:
        assert world.operate("import") == {"refused": "run.already_running"}  # the killed run may be alive still
        orders = verdict.asked(world)
        open_still = [row for row in world.rows("SELECT state FROM orders") if row["state"] != "imported"]
        assert len(open_still) >= len(orders) / 2
        for minutes in AGAIN:
            world.pass_time(minutes=minutes)
            for operation in ("lookup", "import"):
                assert world.operate(operation)["state"] == "finished"
        assert verdict.imported_wrongs(world, orders, world.kept.stock) == []
        assert verdict.run_wrongs(world) == []
