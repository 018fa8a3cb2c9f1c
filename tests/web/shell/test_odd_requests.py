"""What nobody types and no database holds, in every place of a request to every route: refused or not found, never 500.

Routes are those of the application and fields those its code asks for, so a new one is in the table by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

import cdsync.web
from cdsync.db import db
from cdsync.models import Account
from cdsync.web.order_list.query import KEYS
from cdsync.web.shell.typed_text import LAST_PAGE, LAST_ROW, MOST_TICKED, page_number, row_number
from tests.web.conftest import Browser

ASKED = re.compile(r'(?:request\.(?:args|form|values)|values)\.get(?:list)?\("(\w+)"')
FIELDS = sorted(
    {name for file in Path(cdsync.web.__file__).parent.rglob("*.py") for name in ASKED.findall(file.read_text("utf-8"))}
    | {*KEYS, "id", "scope", "reason"}
)
HOSTILE = {
    "NUL": "a\x00b",
    "escapes": "\x1b]0;x\x07\x9b31m\x7f\u202e\u2028",
    "half a character": "\ud83d",
    "no UTF-8": "%FF%ED%A0%BD",
    "a number past every database": "1" + "0" * 30,
    "a number past 64 bits": str(2**63),
    "a number past 32 bits": str(2**31),
    "a number that Python does not read": "9" * 5000,
    "no number": "-1",
    "other digits": "٣²",
    "brackets": "http://[x/",
}


IN_PATHS = [kind for kind in HOSTILE if kind not in ("no number", "other digits", "a number past 32 bits")]
IN_FORMS = [kind for kind in HOSTILE if kind != "NUL"]  # which ends the request before anything else is read
HEADERS = {"HX-Current-URL": "http://[x/", "Referer": "http://[x/"}


def rules(app: Flask) -> list[Rule]:
    return [each for each in app.url_map.iter_rules() if each.endpoint not in ("static", "sign_in.out")]


def address_of(rule: Rule, kind: str) -> str:
    """The rule's address with the value in place of everything that varies."""
    return re.sub(r"<[^>]+>", lambda _found: _encoded(HOSTILE[kind]), rule.rule)


def mixed(number: int, kinds: list[str]) -> dict[str, bytes]:
    """A value for each field, other ones for each route."""
    return {
        name: HOSTILE[kinds[(number + place) % len(kinds)]].encode("utf-8", "surrogatepass")
        for place, name in enumerate(FIELDS)
    }


def _encoded(value: str | bytes) -> str:
    raw = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
    return raw.decode() if raw.startswith(b"%") else quote(raw, safe="")


def broken(ask: Callable[[], TestResponse], what: str) -> list[str]:
    """The request, when no answer that a person may get comes of it."""
    try:
        answer = ask()
    except Exception as error:  # what the application lets rise would be a 500
        db.session.rollback()
        return [f"{what}: {type(error).__name__}: {error}"[:300]]
    return [f"{what}: {answer.status_code}"] if answer.status_code >= 500 else []


def test_no_address_breaks_on_it(app: Flask, seller: Account, merchant: Browser) -> None:
    named, faults = merchant.named(), list[str]()
    for rule in [each for each in rules(app) if each.arguments]:
        method = "get" if "GET" in (rule.methods or ()) else "post"
        for kind in IN_PATHS:
            address = address_of(rule, kind)
            if method == "get":
                faults += broken(lambda: merchant.get(address), f"GET {rule} {kind}")  # noqa: B023 - asked at once
            else:
                faults += broken(lambda: merchant.post(address, named, token=False), f"POST {rule} {kind}")  # noqa: B023
    assert faults == []


@pytest.mark.parametrize("who", ["merchant", "stranger"])
def test_no_field_or_header_breaks_on_it(request: pytest.FixtureRequest, app: Flask, seller: Account, who: str) -> None:
    browser: Browser = request.getfixturevalue(who)
    named = browser.named("/sign-in" if who == "stranger" else "/patterns")
    browser.cookie("cdsync_zone", "%00../../etc/passwd")
    faults: list[str] = []
    for number, rule in enumerate(rules(app)):
        address = re.sub(r"<(?:int[^>]*|any\([^>]*)>", "1", re.sub(r"<any\((\w+)[^>]*>", r"\1", rule.rule))
        address = re.sub(r"<[^>]+>", "x", address)
        if "GET" in (rule.methods or ()):
            query = "&".join(f"{name}={_encoded(value)}" for name, value in mixed(number, list(HOSTILE)).items())
            asked = f"{address}?{query}"
            faults += broken(lambda: browser.get(asked, headers=HEADERS), f"GET {rule}")  # noqa: B023
        if "POST" in (rule.methods or ()):
            for form in ({**mixed(number, IN_FORMS), **named}, {**named, "name": "a\x00b", "\x00": "x"}):
                faults += broken(lambda: browser.post(address, form, token=False, headers=HEADERS), f"POST {rule}")  # noqa: B023
    assert faults == []


def test_numbers_of_rows_and_pages() -> None:
    assert [row_number(text) for text in ("1", str(LAST_ROW))] == [1, LAST_ROW]
    assert not any(row_number(text) for text in ("0", str(LAST_ROW + 1), "9" * 5000, "-1", "1.5", "٣", "", None))
    assert [page_number(text) for text in ("2", str(LAST_PAGE), str(LAST_PAGE + 1), "0", None)] == [
        2,
        LAST_PAGE,
        1,
        1,
        1,
    ]


def test_ticks_that_are_no_rows_choose_nothing_and_too_many_are_refused(account: Account, merchant: Browser) -> None:
    bar = merchant.get("/orders/selection", query_string={"id": str(2**31)})
    assert (bar.status_code, "0" in bar.text) == (200, True)
    form = {"do": "leave_out", "id": ["1"] * (MOST_TICKED + 1)}
    assert merchant.post("/orders/act", form).status_code == 400
