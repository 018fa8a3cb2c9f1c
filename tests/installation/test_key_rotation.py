"""A new key for the stored secrets: read all along, whatever is interrupted; nothing is left with the former one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app import create_app
from cdsync import accounts, settings
from cdsync.db import db
from cdsync.errors import ConfigError
from cdsync.installation import key_file
from cdsync.settings import rotation

FORMER, NEWER = "the former key, which was chosen by a person", "the newer key, which was chosen by a person"
NAMES = ("main", "second", "third")


@contextmanager
def process(folder: Path, **told: Any) -> Iterator[Flask]:
    """One more process of the installation, as far as keys and database are concerned."""
    app = create_app(instance_path=str(folder), TESTING=True, **told)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def stored() -> dict[str, str]:
    """Each account's key of the shop, in clear."""
    db.session.rollback()
    return {each.name: settings.read(each).shop["key"] for each in accounts.every()}


KEYS = {name: f"the shop's key of {name}" for name in NAMES}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three accounts with secrets under a generated key."""
    with process(tmp_path):
        db.create_all()
        for name in NAMES:
            settings.load({"account": name, "shop": {"url": "https://shop.example", "key": KEYS[name]}})
    return tmp_path


@pytest.fixture
def told(tmp_path: Path) -> Path:
    """The same under a key from the environment."""
    with process(tmp_path, CDSYNC_SECRET_KEY=FORMER):
        db.create_all()
        for name in NAMES:
            settings.load({"account": name, "shop": {"url": "https://shop.example", "key": KEYS[name]}})
    return tmp_path


def test_a_generated_key_is_changed_while_others_run(folder: Path) -> None:
    before = key_file.kept_key(folder)
    with process(folder) as running:
        with process(folder):
            done = settings.rotate()
        assert (done.secrets, done.unreadable) == (3, ())
        assert running.config["CDSYNC_SECRET_KEY"] == before != key_file.kept_key(folder)
        assert stored() == KEYS
        settings.load({"account": "second", "shop": {"key": "saved by a process that began with the former key"}})
    assert not (folder / key_file.FORMER_FILE).exists()
    with process(folder):
        assert stored() == KEYS | {"second": "saved by a process that began with the former key"}
        assert settings.with_former_key() == 0
    with process(folder, CDSYNC_SECRET_KEY=before), pytest.raises(ConfigError, match=r"^settings\.secret_unreadable"):
        stored()


INTERRUPTED = ["the former key is kept", "the new one is in its place", "an account is done", "all of them are"]


@pytest.mark.parametrize("moment", INTERRUPTED)
def test_killed_at_any_moment_both_keys_work_and_once_more_ends_it(
    folder: Path, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[object] = []

    def dying(original: Any, after: int) -> Any:
        def call(*words: Any) -> Any:
            if len(calls) == after:
                raise KeyboardInterrupt
            calls.append(words)
            return original(*words)

        return call

    with monkeypatch.context() as patch, process(folder) as running:
        match moment:
            case "the former key is kept":
                patch.setattr(key_file, "_replace", dying(key_file._replace, 1))
            case "the new one is in its place":
                patch.setattr(rotation, "_one_anew", dying(rotation._one_anew, 0))
            case "an account is done":
                patch.setattr(rotation, "_one_anew", dying(rotation._one_anew, 1))
            case _:
                patch.setattr(key_file, "end_change", dying(key_file.end_change, 0))
        with pytest.raises(KeyboardInterrupt):
            settings.rotate()
        db.session.rollback()
        assert stored() == KEYS, "the process that was there before goes on"
        assert running.config["CDSYNC_SECRET_KEY"] in key_file.keys(folder)
    with process(folder):
        assert stored() == KEYS, "one that starts in between reads them as well"
        new = key_file.kept_key(folder)
        done = settings.rotate()
        assert done.unreadable == ()
        assert moment == INTERRUPTED[0] or key_file.kept_key(folder) == new, "no third key is made"
        assert not (folder / key_file.FORMER_FILE).exists()
    with process(folder):
        assert stored() == KEYS
        assert settings.with_former_key() == 0


def test_a_key_of_ones_own_is_changed_by_naming_the_former_one(told: Path) -> None:
    with process(told, CDSYNC_SECRET_KEY=NEWER), pytest.raises(ConfigError):
        stored()
    with process(told, CDSYNC_SECRET_KEY=NEWER, CDSYNC_SECRET_KEY_OLD=FORMER):
        assert stored() == KEYS, "before anything was encrypted anew"
        assert settings.with_former_key() == 3
        assert settings.rotate() == settings.Rotated(3, ())
        assert settings.rotate() == settings.Rotated(0, ())
    with process(told, CDSYNC_SECRET_KEY=NEWER):
        assert stored() == KEYS
    assert not (told / key_file.KEY_FILE).exists()


def test_of_several_former_keys_each_is_tried(tmp_path: Path) -> None:
    former, older = "a-former-key-of-this-installation", "an-older-key-of-this-installation"
    with process(tmp_path, CDSYNC_SECRET_KEY=former):
        db.create_all()
        settings.load({"shop": {"url": "https://shop.example", "key": "K"}})
    with process(tmp_path, CDSYNC_SECRET_KEY=NEWER, CDSYNC_SECRET_KEY_OLD=f"{older}, {former}"):
        assert settings.rotate() == settings.Rotated(1, ())


def test_what_no_key_reads_is_named_and_the_rest_is_done(told: Path) -> None:
    with process(told, CDSYNC_SECRET_KEY=NEWER):
        settings.load({"account": "second", "shop": {"key": "of the newer one"}})
        assert settings.rotate() == settings.Rotated(0, (("main", "shop.key"), ("third", "shop.key")))
        assert settings.read(accounts.find("second")).shop["key"] == "of the newer one"


@pytest.mark.parametrize("key", ["short", " " * 40, "x" * 31])
def test_a_short_key_is_refused_without_repeating_it_and_gets_over_by_the_former_keys_place(
    tmp_path: Path, key: str
) -> None:
    with pytest.raises(ConfigError, match=r"^config\.secret_key_short") as refused:
        create_app(instance_path=str(tmp_path), CDSYNC_SECRET_KEY=key)
    assert key.strip() not in str(refused.value.data.values()) or not key.strip()
    with process(tmp_path, CDSYNC_SECRET_KEY="y" * 32, CDSYNC_SECRET_KEY_OLD=key):
        db.create_all()
        settings.load({"shop": {"url": "https://shop.example", "key": "K"}})
        assert stored() == {"main": "K"}


def test_a_short_key_in_the_file_is_refused_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / key_file.KEY_FILE
    file.write_text("short\n")
    with pytest.raises(ConfigError) as refused:
        create_app(instance_path=str(tmp_path))
    assert refused.value.data == {"where": str(file), "length": 5, "shortest": 32}


def test_a_key_file_that_has_gone_is_not_made_anew_behind_a_running_process(folder: Path) -> None:
    with process(folder):
        os.rename(folder / key_file.KEY_FILE, folder / "elsewhere")
        assert stored() == KEYS
        assert not (folder / key_file.KEY_FILE).exists()
