"""Templates can be read: lines that fit on a screen, and every macro that is asked for is there."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
WIDEST = 120
NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))


@pytest.mark.parametrize("name", NAMES)
def test_no_line_is_wider_than_a_screen(name: str) -> None:
    lines = (TEMPLATES / name).read_text(encoding="utf-8").splitlines()
    assert {number: len(line) for number, line in enumerate(lines, 1) if len(line) > WIDEST} == {}


@pytest.mark.parametrize("name", NAMES)
def test_every_template_can_be_compiled(application: Flask, name: str) -> None:
    application.jinja_env.get_template(name)
