"""docs/settings.md says what the declarations say."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import cdsync
from cdsync.settings import ORDERS, OrderSettings, document

PAGE = Path(cdsync.__file__).parent.parent / "docs" / "settings.md"


def test_the_page_is_fresh() -> None:
    assert PAGE.read_text("utf-8") == document.page(), "run: python -m cdsync.settings.document > docs/settings.md"


def test_every_declared_key_is_read_with_its_declared_default() -> None:
    assert {each.name: each.default for each in ORDERS} == {
        each.name: getattr(OrderSettings(), each.name) for each in fields(OrderSettings)
    }
