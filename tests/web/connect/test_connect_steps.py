"""The README's five steps are the page's, word for word."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask

from cdsync.connecting import STEPS
from cdsync.web.connect.sides import rights
from cdsync.web.connect.steps import steps

README = (Path(__file__).resolve().parents[3] / "README.md").read_text(encoding="utf-8")
SECTION = README.partition("## Connect your own shop in 5 steps")[2].partition("\n## ")[0]


def test_the_readme_has_the_five_steps_of_the_page_word_for_word(app: Flask) -> None:
    with app.test_request_context("/connect"):
        told = [(str(each.number), each.title, each.about) for each in steps()]
    assert len(told) == STEPS
    assert re.findall(r"^(\d)\. \*\*(.+?)\.\*\* (.+)$", SECTION, re.MULTILINE) == told


def test_the_readme_has_the_rights_of_the_page(app: Flask) -> None:
    rows = re.findall(r"^   \| (\w.*?) \| (.+?) \|$", SECTION, re.MULTILINE)
    told = rights("prestashop")
    assert told is not None
    assert rows[1:] == [(right, ", ".join(resources)) for right, resources in told.rows]
