"""What a command loads before it gets to work: cron calls `sync` every few minutes, on small machines."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cdsync import cli, settings
from cdsync.db import db

from .conftest import close, new_app

ROOT = Path(__file__).resolve().parents[2]
WORDS = ["--app", "app", "sync", "import"]
LISTING = """
import sys
from flask.cli import main
sys.argv = ["flask", *sys.argv[1:]]
try:
    main()
finally:
    print(*sys.modules)
"""
NOT_FOR_CRON = (  # families of modules that only pages, other commands and the operations' own work need
    "alembic", "argon2", "babel", "cdsync.bookkeeping", "cdsync.connectors.http.client",
    "cdsync.connectors.octopia.connector", "cdsync.connectors.prestashop.connector", "cdsync.launch",
    "cdsync.operations.runner", "cdsync.overview", "cdsync.sandbox", "cdsync.users", "cdsync.web", "defusedxml",
    "flask_babel", "flask_login", "flask_migrate", "flask_wtf", "htmx_flask", "lxml", "psycopg", "requests",
    "urllib3", "waitress", "werkzeug.debug", "wtforms",
)  # fmt: skip
MOST_MODULES = 790  # 772 were counted; it had been some 1,360
COMPLETE = {
    "account": "main",
    "marketplace": {"client_id": "id", "client_secret": "secret", "seller_id": "1", "sales_channels": ["CDISFR"]},
    "shop": {"url": "https://shop.example", "key": "K" * 32},
    "orders": {"imported_status": "2", "shipped_status": "4", "payment_module": "ps_wirepayment"},
}


@pytest.mark.timeout(600)
def test_a_run_is_enqueued_without_loading_pages_connections_and_other_commands(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    with app.app_context():
        settings.load(COMPLETE)
        db.session.remove()
    told = {name: str(app.config[name]) for name in ("CDSYNC_DATABASE_URL", "CDSYNC_REDIS_URL", "CDSYNC_SECRET_KEY")}
    said = subprocess.run(
        [sys.executable, "-c", LISTING, *WORDS],
        env={**os.environ, **told}, cwd=ROOT, capture_output=True, text=True, timeout=590, check=False,
    )  # fmt: skip
    close(app)
    assert "(redis.away)" in said.stderr  # it went as far as the queue
    loaded = said.stdout.split()
    assert [name for name in loaded for family in NOT_FOR_CRON if name == family or name.startswith(f"{family}.")] == []
    assert len(loaded) <= MOST_MODULES


@pytest.mark.parametrize("command", cli.COMMANDS, ids=lambda command: str(command.name))
@pytest.mark.parametrize("room", [20, 45, 200])
def test_a_command_is_listed_with_the_words_of_its_own_help(command: cli.OnDemand, room: int) -> None:
    assert command.loaded.name == command.name
    assert command.get_short_help_str(room) == command.loaded.get_short_help_str(room)


@pytest.mark.timeout(600)
def test_what_serves_pages_is_given_them_and_a_command_is_not(tmp_path: Path) -> None:
    """`flask routes` lists what `flask run` would serve; `flask sync` and the like are found without."""
    told = {**os.environ, "CDSYNC_INSTANCE": str(tmp_path), "CDSYNC_REDIS_URL": "redis://127.0.0.1:1"}
    routes = [sys.executable, "-m", "flask", "--app", "app", "routes"]
    said = subprocess.run(routes, env=told, cwd=ROOT, capture_output=True, text=True, timeout=590, check=True)
    assert "sign_in.page" in said.stdout
