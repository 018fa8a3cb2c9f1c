"""What lies in the instance folder is its owner's alone: made so, mended at a start, and named where it stays open."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from cdsync import config
from cdsync.db import db
from cdsync.errors import ConfigError
from cdsync.extension import CdSync
from cdsync.installation import private_files
from cdsync.launch.only_one import only_one
from cdsync.launch.redis_server import command


@pytest.fixture(autouse=True)
def _generous() -> Iterator[None]:
    """As a shell starts a program: others may read what it makes."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    return {str(each.relative_to(folder)): stat.S_IMODE(each.lstat().st_mode) for each in folder.rglob("*")}


def use(app: Flask) -> None:
    with app.app_context():
        db.create_all()
        db.session.remove()
        db.engine.dispose()


@pytest.mark.only_on("sqlite", "the files beside a file of SQLite")
def test_everything_cdsync_makes_is_its_owners(tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    app = create_app(instance_path=str(folder))
    with app.app_context(), db.engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE t (id INTEGER)")
        connection.commit()
        with only_one(folder):
            command(folder / "redis.sock", folder / "redis")
            (folder / "rehearsal.ports").write_text("[]")
            found = modes(folder)
    with app.app_context():
        db.engine.dispose()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert found.pop("redis") == 0o700
    assert set(found) >= {"cdsync.sqlite3", "cdsync.sqlite3-wal", "secret_key", "run.lock", "rehearsal.ports"}
    assert set(found.values()) == {0o600}


def test_what_an_earlier_version_left_open_is_mended_at_the_start(tmp_path: Path) -> None:
    folder, outside = tmp_path / "instance", tmp_path / "outside"
    (folder / "redis").mkdir(parents=True)
    outside.write_text("somebody's")
    for name in ("cdsync.sqlite3-wal", "redis/redis.log", "backup.sql"):
        (folder / name).write_text("open to all")
    (folder / "link").symlink_to(outside)
    assert len(private_files.left_open(folder, shared=False)) == 5
    create_app(instance_path=str(folder))
    assert private_files.left_open(folder, shared=False) == []
    assert modes(folder)["redis"] == stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert modes(folder)["redis/redis.log"] == 0o600
    assert stat.S_IMODE(outside.stat().st_mode) == 0o644, "what is only linked from there is not cdsync's"


def test_in_a_hosts_app_only_cdsyncs_own_files_are_touched(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    host = Flask("host", instance_path=str(tmp_path))
    (tmp_path / "theirs.txt").write_text("for their web server")
    (tmp_path / "cdsync.sqlite3").touch()
    mounted = CdSync(host, url_prefix="/orders-sync")
    use(mounted.app)
    found = modes(tmp_path)
    assert found.pop("theirs.txt") == 0o644
    assert set(found.values()) == {0o600}
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755
    now = os.umask(0)
    os.umask(now)
    assert now == 0o022, "the host's own files are made as the host wants them"


def test_a_folder_with_others_folders_in_it_is_not_taken_for_cdsyncs_alone(tmp_path: Path) -> None:
    """A home, say, that somebody named as the instance folder: only what cdsync made is closed, and doctor says so."""
    home = tmp_path / "home"
    (home / "photos").mkdir(parents=True)
    (home / "letter.txt").write_text("for others to read")
    (home / "secret_key").write_text("k" * 32)
    create_app(instance_path=str(home))
    assert {name: mode for name, mode in modes(home).items() if mode & 0o077} == {"photos": 0o755, "letter.txt": 0o644}
    assert private_files.left_open(home, shared=False) == [str(home)]


@pytest.mark.only_on("sqlite", "the files beside a file of SQLite")
def test_a_database_that_is_new_in_a_hosts_folder_is_its_owners(tmp_path: Path) -> None:
    use(CdSync(Flask("host", instance_path=str(tmp_path)), url_prefix="/orders-sync").app)
    assert modes(tmp_path)["cdsync.sqlite3"] == 0o600


def test_a_socket_is_not_put_where_somebody_else_waits_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    long = tmp_path / ("x" * 120)
    socket = config.redis_socket(long)
    socket.parent.mkdir(mode=0o700)
    assert config.redis_socket(long) == socket
    socket.parent.rmdir()
    socket.parent.symlink_to(tmp_path)
    with pytest.raises(ConfigError, match=r"^instance\.foreign"):
        config.redis_socket(long)
    socket.parent.unlink()
    socket.parent.mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(ConfigError, match=r"^instance\.foreign"):
        config.redis_socket(long)
