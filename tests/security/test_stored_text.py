"""Text from both outside systems stays text: on every page and part, in every table, JSON, command and log line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from flask import Flask

from cdsync import accounts, cli, runs, settings
from cdsync.db import db
from cdsync.models import Account
from cdsync.operations import OPERATIONS, runner
from cdsync.sandbox.scenarios import KINDS
from cdsync.users import MERCHANT, SUPPORT
from tests.conftest import settings_for

from .commands import invocations
from .conftest import Logged
from .found import Asked, by_pages, by_routes, one_of_each
from .harmless import json_faults, page_faults, table_faults, terminal_faults
from .lines import Lines
from .marked import MARKS, SIGN
from .populated import HERE, Populated
from .rows import Rows
from .told import REFUSALS, Told, arrive, arrive_one_by_one, telling
from .visitor import Visitor

TITLE = "text of both outside systems"
SAMPLE = (
    "company", "relay_point", "odd_name", "to_accept", "unknown_sku", "unmapped_delivery", "cancelled_after_import",
    "unknown_status",
)  # fmt: skip
DRAWN_AT_ONCE = frozenset({"settings.test", "settings.choices", "orders.personal", "connect.take_step"})  # the sample's
JUDGES = {"text/html": page_faults, "text/csv": table_faults, "application/json": json_faults}
Table = Callable[[str], AbstractContextManager[Lines]]


@pytest.fixture
def told() -> Iterator[Told]:
    with telling() as told:
        yield told


@pytest.mark.security
@pytest.mark.timeout(3000)
def test_marked_text_is_only_ever_text(
    app: Flask, told: Told, table: Table, whole: bool, logged: Logged, alone: None
) -> None:
    account_id = settings.load(settings_for(told.market, told.shop)).id
    _arrivals(told, whole)
    for operation in ("lookup", "accept", "import", "lookup"):
        _run(operation)
    told.shop.set_state(1, 4)
    _can_be_connected_still(account_id)
    world = Populated(told.market, told.shop, {HERE: account_id})
    people = {"merchant": Visitor(app, "Mona", MERCHANT), "support": Visitor(app, "Sam", SUPPORT)}
    with table(TITLE) as lines:
        _walk(app, world, people, lines, "orders marked", whole, 60 if whole else 3)
        for told.mark in MARKS if whole else ("markup",):
            _tried_again()
            _walk(app, world, people, lines, f"answers marked with {told.mark}", whole)
        for told.refusal in REFUSALS if whole else ("xml",):
            for told.mark in ("markup", "terminal", "formula 1") if whole else ("markup",):
                _tried_again()
                _walk(app, world, people, lines, f"refusals as {told.refusal}", whole)
        _commands(app, world, lines, "commands, refused", 1000 if whole else 1)
        told.mark = told.refusal = ""
        _commands(app, world, lines, "commands", 1000 if whole else 2)
        for line in logged.lines:
            lines.tried("lines of logs", *terminal_faults(line))


def _arrivals(told: Told, whole: bool) -> None:
    marks, kinds = list(MARKS), list(KINDS) if whole else SAMPLE
    for number, kind in enumerate(kinds, start=1):
        arrive(told, kind, number, marks[number % len(marks)] if number % 2 else "markup")
    number = len(kinds) + 1
    for mark in ("markup", "terminal", "formula 1") if whole else ("markup",):
        number += arrive_one_by_one(told, "company", number, mark, 1 if whole else 8)


def _can_be_connected_still(account_id: int) -> None:
    """The pages of connecting show the same text; an account at its last step has all of them."""
    db.session.get_one(Account, account_id).setup = {"step": 5}
    db.session.commit()


def _run(operation: str) -> None:
    db.session.rollback()
    runner.execute(runs.start(accounts.find(HERE), operation, trigger="cli").id)


def _tried_again() -> None:
    """What the worker does every few minutes; whatever it is told, it ends in words."""
    for operation in OPERATIONS:
        _run(operation)


def _walk(
    app: Flask, world: Populated, people: dict[str, Visitor], lines: Lines, when: str, whole: bool, most: int = 1
) -> None:
    """Every page as it is; the whole walk also every part, what the pages' links and forms lead to, and support."""
    merchant = people["merchant"]
    asked = [each for each in by_routes(app, world, most) if each.endpoint != "static"]

    def page(address: str) -> str:
        return _got(merchant, Asked("", "GET", address), lines, f"{when}: merchant")

    pages = [each.address for each in asked if each.method == "GET"]
    if whole:
        asked = one_of_each([*asked, *by_pages(app, page, pages)])
    with Rows() as rows:
        for at, each in enumerate(asked):
            _each(each, at, world, people, lines, when, whole)
            if rows.changed():
                rows.go_back()


def _each(
    each: Asked, at: int, world: Populated, people: dict[str, Visitor], lines: Lines, when: str, whole: bool
) -> None:
    merchant = people["merchant"]
    if each.method == "GET":
        for name, visitor in people.items() if whole else [("merchant", merchant)]:
            _got(visitor, each, lines, f"{when}: {name}", part=name == "merchant" and bool(whole or at % 2))
    elif not each.endpoint.startswith(("sign_in", "profile")) and (whole or each.endpoint in DRAWN_AT_ONCE):
        form = (*each.form, ("csrf_token", merchant.token), ("acting_on", world.marks[HERE]))
        _got(merchant, Asked(each.endpoint, "POST", each.address, form), lines, f"{when}: merchant", follow=True)


def _got(visitor: Visitor, asked: Asked, lines: Lines, what: str, *, part: bool = False, follow: bool = False) -> str:
    """The HTML of an answer, judged like every other; "" where it is none."""
    try:
        answer = visitor.ask(asked.method, asked.address, asked.form, part=part, follow=follow)
    except Exception as broke:  # whatever breaks is what is looked for
        lines.tried(f"{what}, html", f"{asked}: {type(broke).__name__}: {broke}"[:400])
        return ""
    faults = [f"answered {answer.status_code}"] if answer.status_code >= 500 else []
    faults += [*JUDGES[answer.mimetype](answer.text)] if answer.text else []
    faults += [f"led to {answer.location}"] if SIGN in (answer.location or "").partition("/")[0] else []
    lines.tried(f"{what}, {answer.mimetype.partition('/')[2]}", *(f"{asked}: {each}"[:400] for each in faults))
    return answer.text if answer.mimetype == "text/html" and not answer.location else ""


def _commands(app: Flask, world: Populated, lines: Lines, what: str, most: int) -> None:
    """Every command there is, with every value that its arguments can have here, plainly and with each of its flags."""
    with Rows() as rows:
        for arguments in invocations(tuple(each.loaded for each in cli.COMMANDS if each.name != "db"), world, most):
            ended = app.test_cli_runner().invoke(args=arguments)
            said = [*terminal_faults(ended.output.replace("\n", ""))]
            if "--json" in arguments and ended.exit_code < 2 and ended.stdout.strip():
                said += json_faults(ended.stdout.replace("\n", " "))
            if ended.exception is not None and not isinstance(ended.exception, SystemExit):
                said.append(f"broke: {ended.exception!r}")
            lines.tried(what, *(f"{' '.join(arguments)}: {each}"[:400] for each in said))
            if rows.changed():
                rows.go_back()
