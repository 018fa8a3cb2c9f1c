"""docs/settings.md says what the declarations say."""

from __future__ import annotations

from dataclasses import asdict, fields
from pathlib import Path

import cdsync
from cdsync import settings
from cdsync.models import Account
from cdsync.runs.timetable import CUSTOM, preset_of
from cdsync.settings import OPERATIONS, ORDERS, USUAL_SCHEDULE, OrderSettings, document

PAGE = Path(cdsync.__file__).parent.parent / "docs" / "settings.md"


def test_the_page_is_fresh() -> None:
    assert PAGE.read_text("utf-8") == document.page(), "run: python -m cdsync.settings.document > docs/settings.md"


def test_every_declared_key_is_read_with_its_declared_default() -> None:
    assert {each.name for each in ORDERS} == {each.name for each in fields(OrderSettings)}
    read = settings.read(Account(name="new", settings={}))
    assert {each.name: each.default for each in ORDERS} == asdict(read.orders)


def test_every_usual_schedule_is_one_of_those_a_page_offers() -> None:
    assert set(USUAL_SCHEDULE) == set(OPERATIONS)
    assert CUSTOM not in map(preset_of, USUAL_SCHEDULE.values())
