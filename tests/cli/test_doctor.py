"""`doctor`: each part is looked at, each that is not well says what to do."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import text

from cdsync import settings
from cdsync.cli import doctor
from cdsync.cli.doctor.time_limit import within
from cdsync.db import db
from cdsync.errors import ConfigError
from cdsync.runs import heartbeats
from cdsync.sandbox.rehearsal import Rehearsal

from .conftest import Run, rehearsal_settings, runner


def findings(output: str) -> dict[str, bool]:
    """Name → whether it is well."""
    lines = [line for line in output.splitlines() if not line.startswith(" ")]
    return {line[5:].partition(":")[0]: line.startswith("ok") for line in lines}


def test_a_new_installation_is_told_each_thing_that_is_missing(flask: Run) -> None:
    looked = flask("doctor")
    assert looked.exit_code == 1
    assert findings(looked.stdout) == {
        "database": True, "migrations": False, "files": True, "secrets": True, "Redis": False, "settings": False,
    }  # fmt: skip
    for remedy in ("flask --app app db upgrade", "make run", "Fill in the settings"):
        assert remedy in looked.stdout


def test_a_database_that_cannot_be_used_is_said_without_a_stack_trace(app: Flask, flask: Run) -> None:
    with app.app_context():
        db.drop_all()
    looked = flask("doctor")
    assert looked.exit_code == 1
    assert "flask --app app db upgrade" in looked.stdout


def test_an_installation_that_is_well(looked_up: Flask, rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> None:
    with looked_up.app_context():
        db.session.execute(text("DROP TABLE IF EXISTS alembic_version"))
        db.session.commit()
        flask_migrate.stamp()
        heartbeats.beat("scheduler:test:1")
        settings.load(rehearsal_settings(rehearsal))
        db.session.remove()
    monkeypatch.setattr(doctor.queue, "workers_alive", lambda: ["worker"])
    looked = runner(looked_up)("doctor")
    found = findings(looked.stdout)
    assert (looked.exit_code, [name for name, well in found.items() if not well]) == (0, [])
    assert {"database", "migrations", "Redis", "workers", "scheduler", "settings", "mappings"} <= set(found)
    assert "shop, right POST orders" in found
    assert any(name.startswith("marketplace, ") for name in found)


def test_a_mapping_to_something_the_shop_lost_is_named_with_its_key(looked_up: Flask, rehearsal: Rehearsal) -> None:
    with looked_up.app_context():
        settings.load({"orders": {"imported_status": "999", "carriers": {"Relay": "888"}, "customer_group": "777"}})
        settings.load({"orders": {"marketplace_carriers": {"1": "Pigeon Post"}}})
        db.session.remove()
    try:
        looked = runner(looked_up)("doctor")
    finally:
        with looked_up.app_context():
            settings.load(
                rehearsal_settings(rehearsal)
                | {"orders": {**rehearsal_settings(rehearsal)["orders"], "customer_group": None}}
            )
            db.session.remove()
    found = findings(looked.stdout)
    for key in ("imported_status", "carriers.Relay", "customer_group", "marketplace_carriers.1"):
        assert found[f"mappings, orders.{key}"] is False
    assert "The shop has no status 999 (any more)." in looked.stdout
    assert "Pigeon Post" in looked.stdout


def test_a_right_the_key_lacks_is_named(app: Flask, flask: Run, rehearsal: Rehearsal) -> None:
    everything = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}
    looked = runner(app)("settings", "load", "-", stdin=json.dumps(rehearsal_settings(rehearsal)))
    assert looked.exit_code == 0
    rights = dict.fromkeys(_resources(flask("doctor").stdout), everything) | {"orders": {"GET"}}
    rehearsal.shop.add_key("L" * 32, rights)
    flask("settings", "load", "-", stdin=json.dumps({"shop": {"key": "L" * 32}}))
    looked = flask("doctor")
    found = findings(looked.stdout)
    lacking = [name for name, well in found.items() if name.startswith("shop, right") and not well]
    assert lacking == ["shop, right POST orders", "shop, right PATCH orders"]
    assert "shop.right_missing" in looked.stdout


def _resources(output: str) -> set[str]:
    return {name.split()[-1] for name in findings(output) if name.startswith("shop, right ")}


def test_one_side_away_does_not_hide_the_other(flask: Run, rehearsal: Rehearsal, app: Flask) -> None:
    with app.app_context():
        document = rehearsal_settings(rehearsal)
        document["marketplace"]["token_url"] = document["marketplace"]["api_url"] = "http://127.0.0.1:1"
        settings.load(document)
        db.session.remove()
    found = findings(flask("doctor").stdout)
    assert found["shop, version"] is True
    assert [well for name, well in found.items() if name.startswith("marketplace")] == [False]


def test_what_is_wrong_with_the_installation_itself_is_named(app: Flask, flask: Run) -> None:
    """The key, the files and the queue's password each have a line of their own: none is blamed on another."""
    with app.app_context():
        settings.load({"shop": {"url": "https://shop.example", "key": "K" * 32}})
        db.session.remove()
    folder, key = Path(app.instance_path), app.config["CDSYNC_SECRET_KEY"]
    (folder / "backup.sql").touch()
    (folder / "backup.sql").chmod(0o644)
    app.config.update(CDSYNC_SECRET_KEY="quite another key, of some length", CDSYNC_ALLOW_OPEN_REDIS="")
    said = flask("doctor").stdout
    found = findings(said)
    assert [name for name in ("files", "secrets", "Redis") if found[name]] == []
    assert f"(instance.open): {folder / 'backup.sql'}" in said
    assert "(settings.secret_unreadable): main: shop.key" in said
    assert "(redis.no_password)" in said
    assert "redis.away" not in said

    app.config["CDSYNC_SECRET_KEY_OLD"] = key
    said = flask("doctor").stdout
    assert "(settings.secret_former_key)" in said
    rotated = flask("secrets", "rotate")
    assert (rotated.exit_code, rotated.stdout) == (0, "")
    assert "Secrets encrypted anew: 1." in rotated.stderr
    assert "take CDSYNC_SECRET_KEY_OLD away" in rotated.stderr
    (folder / "backup.sql").unlink()
    app.config["CDSYNC_SECRET_KEY_OLD"] = ""
    found = findings(flask("doctor").stdout)
    assert (found["files"], found["secrets"]) == (True, True)


def test_secrets_that_no_key_reads_are_named_by_the_rotation(app: Flask, flask: Run) -> None:
    with app.app_context():
        settings.load({"shop": {"url": "https://shop.example", "key": "K" * 32}})
        db.session.remove()
    app.config["CDSYNC_SECRET_KEY"] = "quite another key, of some length"
    rotated = flask("secrets", "rotate")
    assert rotated.exit_code == 1
    assert "main: shop.key" in rotated.stderr


def test_a_check_that_hangs_is_said_after_its_limit_and_the_others_go_on(
    looked_up: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = threading.Event()

    def hanging(*_: object) -> Iterator[doctor.Finding]:
        yield doctor.Finding("shop, version", True)
        over.wait(60)

    monkeypatch.setattr(doctor, "CHECK_SECONDS", 0.5)
    monkeypatch.setattr(doctor, "_side", hanging)
    monkeypatch.setattr(doctor, "_mappings", lambda *_: iter([doctor.Finding("mappings", True)]))
    looked = runner(looked_up)("doctor")
    over.set()
    said = [line[5:] for line in looked.stdout.splitlines()]
    at = [said.index("shop, version"), said.index("shop: not through after 0 seconds, so the rest of it is not known")]
    assert at == sorted(at)
    assert "mappings" in said[at[1] :]
    assert looked.exit_code == 1


def test_each_finding_comes_as_soon_as_it_is_known(app: Flask) -> None:
    asked = threading.Event()

    def look() -> Iterator[int]:
        yield 1
        assert asked.wait(10)
        yield 2

    came = within(10, app, look)
    assert next(came) == 1
    asked.set()
    assert list(came) == [2]


def test_what_a_check_raises_is_raised(app: Flask) -> None:
    def look() -> Iterator[int]:
        yield 1
        raise ConfigError("redis.away", host="here")

    came = within(10, app, look)
    assert next(came) == 1
    with pytest.raises(ConfigError):
        next(came)
