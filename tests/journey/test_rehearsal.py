"""The rehearsal beside one's own account, as a person starts it: never by itself then, asked for, left, removed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from app import create_app
from cdsync import settings
from cdsync.application import INSTANCE
from cdsync.config import VARIABLES
from cdsync.db import db
from cdsync.launch import first_run
from tests import databases

from .launched import Launched, free_port

pytestmark = [pytest.mark.redis, pytest.mark.timeout(150), pytest.mark.xdist_group("launched")]
LONGEST_WAIT = 60_000  # ms: a loaded machine is slow, not wrong
OWN = {
    "account": "my shop",
    "marketplace": {"client_id": "me", "client_secret": "mine", "seller_id": "777"},
    "shop": {"url": "https://shop.example", "key": "K" * 32},
    "schedule": {"lookup": None, "ship": None, "reconcile": None},
}


@pytest.fixture
def connected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Launched]:
    """`make run` in a folder whose database holds a real, connected account."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    app = create_app(instance_path=str(tmp_path / "instance"))
    first_run.migrate(app)
    with app.app_context():
        settings.load(OWN)
        db.session.remove()
        db.engine.dispose()
    started = Launched(tmp_path, free_port())
    try:
        started.wait_until_it_says("Ctrl-C stops everything")
        yield started
    finally:
        started.end()


def account(launched: Launched) -> Any:
    """The rehearsal account's row, None when there is none."""
    engine = create_engine(databases.chosen().address(launched.folder / "instance"))
    with engine.connect() as connection:
        row = connection.execute(text("SELECT name, active, desk, settings FROM accounts WHERE rehearsal")).first()
    engine.dispose()
    return row


def sandboxes(launched: Launched) -> int:
    """How many processes of the rehearsal live."""
    commands = [Path(f"/proc/{each}/cmdline") for each in launched.processes()]
    return sum(b"cdsync.sandbox" in each.read_bytes() for each in commands if each.exists())


def rehearse(launched: Launched) -> str:
    """`make rehearse` in the same folder; what it said."""
    environment = {key: value for key, value in os.environ.items() if key not in (*VARIABLES, INSTANCE)}
    environment |= {"PYTHONPATH": str(launched.folder), "CDSYNC_PORT": launched.url.rpartition(":")[2]}
    environment |= databases.chosen().environment(launched.folder / "instance")
    command = [sys.executable, "-m", "cdsync.launch", "--rehearse"]
    done = subprocess.run(
        command, cwd=launched.folder, env=environment, capture_output=True, text=True, timeout=90, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_connected_account_keeps_the_rehearsal_from_starting_until_it_is_asked_for(connected: Launched) -> None:
    assert "not started; “make rehearse”" in connected.said
    assert (sandboxes(connected), account(connected)) == (0, None)

    said = rehearse(connected)
    assert "running in this folder already: asking it to start the rehearsal" in said
    found = account(connected)
    assert (found.name, bool(found.active), sandboxes(connected)) == ("Rehearsal", True, 1)
    assert found.desk in said
    assert "rehearsal" in rehearse(connected)
    assert sandboxes(connected) == 1, "asked twice, started once"

    # Crashing again and again, it takes nothing else down; its account rests then.
    web = connected.processes()
    while account(connected).active:
        for process in connected.processes():
            command = Path(f"/proc/{process}/cmdline")
            if command.exists() and b"cdsync.sandbox" in command.read_bytes():
                os.kill(process, signal.SIGKILL)
        time.sleep(0.3)
    connected.wait_until_it_says("the rest goes on without it")
    assert connected.process.poll() is None
    assert len(set(web) & set(connected.processes())) == len(web) - 1, "all but the rehearsal itself"
    rehearse(connected)
    assert (sandboxes(connected), bool(account(connected).active)) == (1, True)

    assert connected.interrupt() == 0
    assert connected.processes() == []
    assert "Traceback" not in connected.said


@pytest.mark.browser
def test_started_reset_left_and_removed_on_its_page_beside_the_own_account(connected: Launched, browser: Any) -> None:
    page = browser.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=False).new_page()
    page.set_default_timeout(LONGEST_WAIT)
    page.goto(connected.url)
    page.get_by_label("Name").fill(connected.heard(r"sign in as\s+(\S+)"))
    page.get_by_label("Password").fill(connected.heard(r"password\s+(\S+)"))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Is all well?").wait_for()
    assert page.get_by_text("You are rehearsing").count() == 0

    page.goto(f"{connected.url}/rehearsal")
    page.get_by_role("button", name="Start the rehearsal").click()
    page.locator("#rehearsing").get_by_text("You are rehearsing:").wait_for()
    assert sandboxes(connected) == 1

    page.goto(f"{connected.url}/rehearsal")
    page.locator("#reset summary").click()
    page.get_by_role("button", name="Reset the rehearsal").click()
    page.get_by_text("its marketplace and shop are back at the start.").wait_for()
    page.locator("#leave summary").click()
    page.get_by_role("button", name="Leave the rehearsal").click()
    page.get_by_text("You left the rehearsal; its orders are kept.").wait_for()
    assert page.locator("#rehearsing").count() == 0, "the own account is looked at"
    assert (sandboxes(connected), bool(account(connected).active)) == (0, False)

    page.goto(f"{connected.url}/rehearsal")
    page.locator("#remove summary").click()
    page.get_by_role("button", name="Remove the rehearsal").click()
    page.get_by_text("The rehearsal was removed.").wait_for()
    assert account(connected) is None
    assert not (connected.folder / "instance" / "rehearsal.state").exists()
    page.context.close()
