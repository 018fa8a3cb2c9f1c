"""Every route × role × method × token × account: nobody gets in, and what is refused has done nothing.

The requests are found by the routes and by the pages' own links and forms (`found`); what has to come of them is
derived (`expected`). A new route or form is walked by itself; one that support may use stands in `expected.SUPPORTS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from cdsync import users
from cdsync.users import MERCHANT, SUPPORT

from .expected import ANOTHERS, DONE, MISSING, RIGHT, Who, expected, judged
from .found import METHODS, READS, Asked, by_pages, by_routes, one_of_each
from .lines import Lines
from .populated import BEGUN, ELSEWHERE, HERE, REHEARSED, Populated
from .rows import Rows
from .visitor import Visitor

TITLE = "every route, link and form"
MERCHANTS = Who("merchant", MERCHANT)
BLIND = Who("support", SUPPORT, sees=False)
BUYERS = ("Durand", "République", "69003", "12 34 56 78", "camille.d", "C-4711", "Lefebvre", "Bernard", "FR40303265045")
Table = Callable[[str], AbstractContextManager[Lines]]


@dataclass
class Walk:
    """Asks, judges, and puts the database back after each request that was to change it."""

    app: Flask
    world: Populated
    lines: Lines
    rows: Rows = field(init=False)
    passed: set[str] = field(default_factory=set)  # endpoints that did what the merchant asked for, or said why not
    account: str = HERE

    def ask(
        self, visitor: Visitor, who: Who, asked: Asked, method: str, token: str, what: str, *, part: bool = False
    ) -> TestResponse | None:
        """The answer, unless the application broke. `part`: as HTMX asks, which is answered sooner."""
        wanted = expected(self.app, who, asked, method, token)
        try:
            answer = visitor.ask(method, asked.address, self._form(visitor, asked, method, token), part=part)
        except Exception as broke:  # whatever breaks is what is looked for
            self.lines.tried(what, f"{method} {asked.address}: {type(broke).__name__}: {broke}"[:300])
            self.rows.go_back()
            return None
        faults = [found] if (found := judged(wanted, answer)) else []
        shown = [] if who.sees and who.role else [each for each in BUYERS if each in answer.text]
        faults += [f"shows {shown}"] if shown else []
        if who.sees and who.role == SUPPORT and any(each in answer.text for each in BUYERS):
            self.passed.add("buyers")
        faults += self._outside(self.world.newly_asked(), wanted)
        changed = self.rows.changed()
        if changed and wanted != DONE:
            faults.append(f"changed {sorted({table for table, _ in changed})}")
        elif changed:
            faults += self._of_others(asked, changed)
        if changed:
            self.rows.go_back()
        if wanted == DONE and answer.status_code not in (400, 403, 404, 405):
            self.passed.add(asked.endpoint)
        self.lines.tried(what, *(f"{method} {asked.address} {dict(asked.form)}: {each}"[:300] for each in faults))
        return answer

    def _form(self, visitor: Visitor, asked: Asked, method: str, token: str) -> list[tuple[str, str]]:
        tokens = {RIGHT: visitor.token, ANOTHERS: self.another.token}
        sent = [("csrf_token", tokens[token])] if token in tokens and method not in READS else []
        return [*asked.form, *sent, ("acting_on", self.world.marks[self.account])]

    def _outside(self, asked_for: list[str], wanted: str) -> Iterator[str]:
        """A page reads at most, and nothing at all for somebody who is refused; writing is for runs alone."""
        if asked_for and wanted not in (DONE, "looked at"):
            yield f"asked outside: {asked_for[0]}"
        writing = [each for each in asked_for if not each.startswith(("GET ", "HEAD "))]
        if writing:
            yield f"wrote outside: {writing[0]}"

    def _of_others(self, asked: Asked, changed: list[tuple[str, dict[str, object]]]) -> Iterator[str]:
        """Only rows of the account that the form names may change, or of the one that the address means."""
        mine = {self.world.accounts[self.account], *self._by_address(asked)}
        for table, row in changed:
            owners = self.rows.owners(table, row)
            if owners and not owners & mine and owners & set(self.world.accounts.values()):
                yield f"changed {table} of another account"
                return

    def _by_address(self, asked: Asked) -> Iterable[int]:
        area = asked.endpoint.partition(".")[0]
        if area == "connect":
            return [self.world.accounts[BEGUN]]
        if area == "rehearsal":
            return [self.world.accounts[REHEARSED]]
        marks = {self.world.marks[name]: id for name, id in self.world.accounts.items()}
        return [marks[value] for name, value in asked.form if area == "accounts" and name == "account"]

    def begin(self) -> None:
        """Everybody is there: from here on the database has to stay as it is."""
        self.another = Visitor(self.app, "Another", MERCHANT)
        self.merchant = Visitor(self.app, "Mona", MERCHANT)
        self.outside = {Who("nobody"): Visitor(self.app), Who("disabled"): Visitor(self.app, "Dora", MERCHANT)}
        self.inside = {
            MERCHANTS: self.merchant,
            BLIND: Visitor(self.app, "Sam", SUPPORT),
            Who("support who sees buyers", SUPPORT): Visitor(self.app, "Sue", SUPPORT, customer_data=True),
        }
        users.disable(users.find("Dora"))
        self.rows = Rows()


@pytest.mark.timeout(3000)
def test_nobody_gets_in_and_what_is_refused_does_nothing(
    app: Flask, populated: Populated, table: Table, whole: bool
) -> None:
    with table(TITLE) as lines:
        walk = Walk(app, populated, lines)
        walk.begin()
        with walk.rows:
            _everything(walk, whole)


def _everything(walk: Walk, whole: bool) -> None:
    routes = by_routes(walk.app, walk.world, 1000 if whole else 2)

    def page(address: str) -> str:
        answer = walk.ask(walk.merchant, MERCHANTS, Asked("", "GET", address), "GET", RIGHT, "merchant: reads")
        return answer.text if answer and answer.mimetype == "text/html" and not answer.location else ""

    offered = by_pages(walk.app, page, [each.address for each in routes if each.method == "GET"], whole)
    asked = one_of_each([*offered, *routes])
    seen: set[str] = set()
    for at, each in enumerate(asked):
        _by_all(walk, at, each, each.endpoint not in seen, whole)
        seen.add(each.endpoint)
    walk.lines.tried("every write got past the door once", *_never_reached(walk, asked, whole))


def _by_all(walk: Walk, at: int, each: Asked, first: bool, whole: bool) -> None:
    """One request as each person sends it, with every token; and once per route with the other methods."""
    others = [method for method in METHODS if method != each.method] if first else []
    for method in (each.method, *(others if whole else others[at % 6 :][:1])):
        writes = method not in READS
        for token in (RIGHT, MISSING, ANOTHERS) if writes and (whole or method == each.method) else (RIGHT,):
            what = f"{method}, {token if writes else 'any token'}"
            for who, visitor in {**walk.outside, **walk.inside}.items():
                if whole or _in_sample(who, each, method, token, first):
                    part = (not whole and bool(who.role)) or bool(at % 2)
                    walk.ask(visitor, who, each, method, token, f"{who.name}: {what}", part=part)
    if each.method not in READS and (first or whole):
        walk.account = ELSEWHERE
        walk.ask(walk.merchant, MERCHANTS, each, each.method, RIGHT, "merchant: naming another account", part=True)
        walk.account = HERE


def _in_sample(who: Who, each: Asked, method: str, token: str, first: bool) -> bool:
    """What `make test` asks: a request of each route by everybody, and every form that support must not send."""
    if who.sees and who.role == SUPPORT:
        return first and method == "GET"
    if who == MERCHANTS and method in ("GET", "HEAD"):
        return False  # read already
    if token != RIGHT:
        return first and (who == MERCHANTS or not who.role)
    return first or who == BLIND


def _never_reached(walk: Walk, asked: list[Asked], whole: bool) -> list[str]:
    writes = {each.endpoint for each in asked if each.method not in READS and (whole or each.form)} | {"buyers"}
    return [f"{endpoint}: no form of any page got past its refusal" for endpoint in sorted(writes - walk.passed)]
