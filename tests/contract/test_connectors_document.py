"""docs/connectors.md is true: its code is the example plug-in's, and what it says of the rest can be run."""

from __future__ import annotations

import configparser
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import requests
from requests_mock import ANY, Mocker

from cdsync.connectors import powers
from cdsync.connectors.testing.wire import Kept
from cdsync.errors import TemporaryError, UnknownOutcomeError

HERE = Path(__file__).resolve().parent
PLUGIN = HERE.parent / "plugin_package"
DOCUMENT = HERE.parents[1] / "docs" / "connectors.md"
TEXT = DOCUMENT.read_text("utf-8")
BLOCKS = re.findall(r"^```\w+ (\S+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def shown(name: str) -> str:
    return "\n".join(code for of, code in BLOCKS if of == name)


def lines(code: str) -> list[str]:
    return [line for line in code.splitlines() if line.strip()]


@pytest.mark.parametrize("file", [PLUGIN / "bazaar.py", HERE / "test_bazaar.py"], ids=lambda file: str(file.name))
def test_the_code_of_the_walk_is_the_example_plug_in(file: Path) -> None:
    assert lines(shown(file.name)) == lines(file.read_text("utf-8"))


def test_its_entry_point_is_the_example_plug_ins() -> None:
    installed = configparser.ConfigParser()
    installed.read(next(PLUGIN.glob("*.dist-info")) / "entry_points.txt")
    told = tomllib.loads(shown("pyproject.toml"))["project"]["entry-points"]
    assert told == {group: dict(installed[group]) for group in installed.sections()}


def test_the_request_tells_the_recorder_before_and_after_and_keeps_the_key(
    requests_mock: Mocker,
) -> None:
    made: dict[str, Any] = {}
    exec(compile(shown("over_http.py"), "over_http.py", "exec"), made)
    recorder, url = Kept(), "https://bazaar.example/orders"
    requests_mock.get(url, text="of the key open-sesame")
    assert made["ask"](recorder, "GET", "/orders", "open-sesame").status == 200
    requests_mock.register_uri(ANY, url, exc=requests.ReadTimeout)
    with pytest.raises(TemporaryError):
        made["ask"](recorder, "GET", "/orders", "open-sesame")
    with pytest.raises(UnknownOutcomeError):
        made["ask"](recorder, "POST", "/orders", "open-sesame", "{}")
    told = [(each.status, each.response_body, each.failure) for each in recorder.exchanges]
    assert told == [(200, "of the key ***", ""), (None, "", "ReadTimeout"), (None, "", "ReadTimeout")]
    assert recorder.sent == 3


def test_every_power_is_told_with_its_member() -> None:
    told = dict(re.findall(r"^\| `(\w+)` \| `(\w+)` \|", TEXT, re.MULTILINE))
    there = {name: each for name, each in vars(powers).items() if isinstance(each, type)}
    named = {name: each for name, each in there.items() if each.__module__ == powers.__name__}
    assert set(told) == set(named)
    for name, member in told.items():
        assert member in {*vars(named[name]), *named[name].__annotations__}


def test_what_it_links_to_is_there() -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert (DOCUMENT.parent / link).is_file(), link


def test_nothing_of_cdsync_imports_the_suite_or_pytest() -> None:
    root = DOCUMENT.parents[1]
    suite = root / "cdsync" / "connectors" / "testing"
    for top in ("cdsync", "rq_jobs"):
        for path in (root / top).rglob("*.py"):
            if suite not in path.parents:
                assert not re.search(r"^\s*(from|import) .*\b(pytest|testing)\b", path.read_text("utf-8"), re.MULTILINE)
