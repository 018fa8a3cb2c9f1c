"""A secret is nowhere but where it is used: no page, table, log, exchange, job, command or row of the database has it.

Every setting that a connector declares as a secret gets a value of its own, so a new one is looked for by itself. The
other systems give each secret back in whatever they say.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from redis import Redis

from cdsync import accounts, cli, runs, settings
from cdsync.connectors import declared_settings
from cdsync.db import db
from cdsync.operations import OPERATIONS, runner, start_and_enqueue
from cdsync.sandbox.octopia import OctopiaSandbox
from cdsync.sandbox.prestashop import PrestaShopSandbox
from cdsync.sandbox.prestashop.core.front import Front
from cdsync.sandbox.scenarios import add_orders
from cdsync.sandbox.scenarios.catalogue import fill_shop
from cdsync.sandbox.server import Request, Response
from cdsync.users import MERCHANT
from tests.conftest import settings_for
from tests.jobs.conftest import KillableRedis, redis

from .commands import invocations
from .conftest import Logged
from .found import by_routes
from .populated import HERE, Populated
from .test_every_route import Table
from .visitor import PASSWORD, Visitor

pytestmark = pytest.mark.security

__all__ = ["redis"]
TITLE = "secrets are nowhere"


class Repeating:
    """Answers that repeat every secret; `how`: which of the ways a server might, or None for a good answer."""

    WAYS = ("an error of the shop", "a page", "a redirect", "an error in JSON")

    def __init__(self, secrets: dict[str, str]) -> None:
        self.secrets, self.how = secrets, ""
        self.times = 0

    def answer(self, request: Request, given: Response, side: str) -> Response:
        """What a side can repeat: the secrets that are its own."""
        if not self.how:
            return given
        self.times += 1
        own = [value for name, value in self.secrets.items() if name.startswith(side)]
        sent = [*own, request.headers.get("authorization", "none")]
        text = " ".join([*sent, *(f"ws_key={quote(each)}&key={each}" for each in sent)])
        refusal = f"<errors><error><code>1</code><message>{_xml(text)}</message></error></errors>"
        bodies = (
            (500, f"<prestashop>{refusal}</prestashop>", {"Content-Type": "text/xml"}),
            (200, f"<html>{text}</html>", {"Content-Type": "text/html"}),
            (302, "", {"Location": f"https://elsewhere.example/{sent[0]}/?key={sent[-1]}"}),
            (401, f'{{"error":"{text}","error_description":"{text}","title":"{text}","detail":"{text}"}}',
             {"Content-Type": "application/problem+json"}),
        )  # fmt: skip
        status, body, headers = bodies[self.WAYS.index(self.how)]
        return Response(status, body.encode(), {**headers, "Server": f"nginx {sent[0]}"})


def _xml(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


class _Front(Front):
    def __init__(self, repeating: Repeating) -> None:
        super().__init__()
        self._repeating = repeating

    def answer(self, request: Request, shop: Any) -> Response:
        return self._repeating.answer(request, super().answer(request, shop), "shop")


class _Market(OctopiaSandbox):
    repeating: Repeating

    def _answer(self, request: Request) -> Response:
        return self.repeating.answer(request, super()._answer(request), "marketplace")


@pytest.fixture
def secrets_of_settings() -> dict[str, str]:
    """A value for each setting of kind "secret" of the connectors that are there, by side and name."""
    named = [
        (side, each.name)
        for side, connector in (("marketplace", "octopia"), ("shop", "prestashop"))
        for each in declared_settings(side, connector)
        if each.kind == "secret"
    ]
    return {f"{side}.{name}": f"{number}SECRET{name.upper():X<25.25}" for number, (side, name) in enumerate(named, 1)}


@pytest.fixture
def repeating(secrets_of_settings: dict[str, str]) -> Iterator[tuple[Repeating, _Market, PrestaShopSandbox]]:
    repeating = Repeating(secrets_of_settings)
    market = _Market(client_secret=secrets_of_settings["marketplace.client_secret"])
    market.repeating = repeating
    shop = PrestaShopSandbox(demo=False, key=secrets_of_settings["shop.key"])
    fill_shop(shop)
    market.start()
    shop.start()
    shop.front = _Front(repeating)
    yield repeating, market, shop
    market.stop()
    shop.stop()


@pytest.mark.timeout(3000)
def test_no_secret_is_anywhere(
    app: Flask, repeating: tuple[Repeating, _Market, PrestaShopSandbox], secrets_of_settings: dict[str, str],
    table: Table, logged: Logged, redis: KillableRedis, whole: bool,
) -> None:  # fmt: skip
    answers, market, shop = repeating
    app.config["CDSYNC_REDIS_URL"] = redis.url
    document = settings_for(market, shop)
    for name, value in secrets_of_settings.items():
        side, _, key = name.partition(".")
        document[side][key] = value
    account_id = settings.load(document).id
    for kind in ("simple", "to_accept", "unknown_sku"):
        add_orders(market, kind)
    merchant = Visitor(app, "Mona", MERCHANT)
    secrets = {
        **secrets_of_settings, "the session's key": str(app.config["SECRET_KEY"]), "a password": PASSWORD,
        "the installation's key": str(app.config["CDSYNC_SECRET_KEY"]),
    }  # fmt: skip
    with table(TITLE) as lines:
        world = Populated(market, shop, {HERE: account_id})
        for answers.how in ("", *Repeating.WAYS):
            for operation in OPERATIONS:
                _carried_out(operation)
            secrets |= {f"token {number}": token for number, token in enumerate(market.tokens.alive)}
            if not whole and answers.how != Repeating.WAYS[-1]:
                continue  # all is looked at when the last has been tried
            when = f"repeated in {answers.how}" if answers.how else "in quiet times"
            for where, text in _everything(app, world, merchant, redis, 1000 if whole else 1):
                found = [name for name, value in secrets.items() if any(each in text for each in _spellings(value))]
                lines.tried(f"{where}, {when}", *(f"holds {name}" for name in found))
        assert answers.times >= len(Repeating.WAYS)
        for line in logged.lines:
            lines.tried("lines of logs", *(f"holds {name}" for name, value in secrets.items() if value in line))


def _carried_out(operation: str) -> None:
    """Twice: handed to Redis, where its job stays, and here."""
    db.session.rollback()
    run = start_and_enqueue(accounts.find(HERE), operation, trigger="button", actor="Mona")
    runner.execute(run.id)
    db.session.rollback()
    assert not runs.find(run.id).open


def _spellings(secret: str) -> list[str]:
    """As it is, in an address, and as HTTP's Basic carries it."""
    return [secret, quote(secret, safe=""), base64.b64encode(f"{secret}:".encode()).decode()]


def _everything(
    app: Flask, world: Populated, merchant: Visitor, redis: KillableRedis, most: int
) -> Iterator[tuple[str, str]]:
    """(what it is, its text) of all that cdsync keeps, shows and says."""
    for each in by_routes(app, world, most):
        if each.method == "GET":
            answer = merchant.ask("GET", each.address)
            yield "pages, tables, files", f"{answer.text} {answer.headers}"
        elif each.endpoint in ("settings.test", "settings.choices", "orders.personal", "connect.take_step"):
            form = [("csrf_token", merchant.token), ("acting_on", world.marks[HERE]), ("what", "exchanges")]
            yield "pages that try and show", merchant.ask("POST", each.address, form).text
    for arguments in invocations(tuple(each.loaded for each in cli.COMMANDS if each.name != "db"), world, most):
        ended = app.test_cli_runner().invoke(args=arguments)
        yield "commands", f"{ended.output} {ended.exception!r}"
    yield from _kept(redis)


def _kept(redis: KillableRedis) -> Iterator[tuple[str, str]]:
    db.session.rollback()
    with db.engine.connect() as connection:
        for name in db.metadata.tables:
            for row in connection.exec_driver_sql(f"SELECT * FROM {name}"):
                yield "rows of the database", repr(tuple(row))
        connection.rollback()
    if db.engine.dialect.name == "sqlite":
        for file in Path(str(db.engine.url.database)).parent.glob(f"{Path(str(db.engine.url.database)).name}*"):
            yield "the database's files", file.read_bytes().decode("latin-1")
    store = Redis.from_url(redis.url)
    for key in store.keys("*"):
        kind = store.type(key).decode()
        read = {
            "string": store.get, "hash": store.hgetall, "set": store.smembers,
            "list": lambda key: store.lrange(key, 0, -1), "zset": lambda key: store.zrange(key, 0, -1),
        }  # fmt: skip
        yield "keys of Redis", f"{key!r} {read.get(kind, lambda key: '')(key)!r}"
    store.close()
