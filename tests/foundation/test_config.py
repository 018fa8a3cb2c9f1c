"""The environment: four variables, their defaults, and the key that is made once and kept."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest

from app import create_app
from cdsync import config
from cdsync.errors import ConfigError
from cdsync.installation.key_file import kept_key


@pytest.mark.only_on("sqlite", "it is what an installation has that is told of no database")
def test_without_environment_everything_lies_in_the_instance_folder(tmp_path: Path) -> None:
    told = create_app(instance_path=str(tmp_path)).config
    assert told["CDSYNC_DATABASE_URL"] == f"sqlite:///{tmp_path}/cdsync.sqlite3"
    assert told["CDSYNC_REDIS_URL"] == f"unix://{tmp_path}/redis.sock"
    assert told["CDSYNC_PORT"] == 8000
    key = tmp_path / "secret_key"
    assert told["CDSYNC_SECRET_KEY"] == key.read_text().strip()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_the_generated_key_is_kept_and_never_used_as_it_is(tmp_path: Path) -> None:
    first, second = create_app(instance_path=str(tmp_path)), create_app(instance_path=str(tmp_path))
    assert first.config["CDSYNC_SECRET_KEY"] == second.config["CDSYNC_SECRET_KEY"]
    assert first.config["SECRET_KEY"] == second.config["SECRET_KEY"] != first.config["CDSYNC_SECRET_KEY"]


def test_processes_that_start_together_agree_on_the_key(tmp_path: Path) -> None:
    keys: list[str] = []
    starters = [threading.Thread(target=lambda: keys.append(kept_key(tmp_path))) for _ in range(8)]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_an_emptied_key_file_is_said_rather_than_used(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("\n")
    with pytest.raises(ConfigError, match=r"^config\.secret_key_empty"):
        create_app(instance_path=str(tmp_path))


def test_the_environment_is_heard_and_an_override_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CDSYNC_SECRET_KEY", "from the environment, and long enough")
    monkeypatch.setenv("CDSYNC_PORT", "8111")
    monkeypatch.setenv("CDSYNC_REDIS_URL", "redis://127.0.0.1:6390/3")
    told = create_app(instance_path=str(tmp_path), CDSYNC_PORT=8222).config
    assert (told["CDSYNC_SECRET_KEY"], told["CDSYNC_PORT"]) == ("from the environment, and long enough", 8222)
    assert told["CDSYNC_REDIS_URL"] == "redis://127.0.0.1:6390/3"
    assert not (tmp_path / "secret_key").exists()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_means_the_driver_that_is_installed(scheme: str) -> None:
    url = config.database_url(f"{scheme}://me:p%40ss@db.example/cdsync")
    assert url == "postgresql+psycopg://me:p%40ss@db.example/cdsync"


@pytest.mark.parametrize("wrong", ["mysql://me:secret@db/x", "nonsense secret", "postgresql+psycopg2://me:secret@db/x"])
def test_another_database_is_refused_without_repeating_a_password(wrong: str) -> None:
    with pytest.raises(ConfigError, match=r"^database\.address_wrong") as caught:
        config.database_url(wrong)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("wrong", ["0", "65536", "http", "-1", "８０"])
def test_a_port_is_a_port(wrong: str) -> None:
    with pytest.raises(ConfigError, match=r"^config\.port_wrong"):
        config.port(wrong)


@pytest.mark.parametrize("wrong", ["0", "65", "many", "-1", "４"])
def test_a_number_of_workers_is_one(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CDSYNC_WORKERS", raising=False)
    assert config.workers() == config.DEFAULT_WORKERS
    monkeypatch.setenv("CDSYNC_WORKERS", " 7 ")
    assert config.workers() == 7
    monkeypatch.setenv("CDSYNC_WORKERS", wrong)
    with pytest.raises(ConfigError, match=r"^config\.workers_wrong"):
        config.workers()


def test_a_wrong_environment_ends_the_process_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import app as module

    monkeypatch.setenv("CDSYNC_DATABASE_URL", "mysql://me:secret@db/x")
    monkeypatch.setattr(module, "create_app", lambda **how: create_app(instance_path=str(tmp_path), **how))
    with pytest.raises(SystemExit) as ended:
        _ = module.app
    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (2, "")
    assert "mysql is neither SQLite nor PostgreSQL" in said.err
    assert "secret" not in said.err


def test_importing_the_wsgi_application_builds_it_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import app as module

    monkeypatch.setattr(module, "create_app", lambda **how: create_app(instance_path=str(tmp_path), **how))
    try:
        assert module.app is module.app
    finally:
        vars(module).pop("app", None)


def test_a_folder_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "instance").write_text("a file")
    with pytest.raises(ConfigError, match=r"^instance\.unusable") as caught:
        create_app(instance_path=str(tmp_path / "instance"))
    assert caught.value.data["folder"] == str(tmp_path / "instance")


def test_a_folder_that_takes_no_key_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(ConfigError, match=r"^instance\.unusable") as caught:
        create_app(instance_path=str(tmp_path))
    assert caught.value.data["reason"] == "No space left on device"
    assert list(tmp_path.iterdir()) == []
