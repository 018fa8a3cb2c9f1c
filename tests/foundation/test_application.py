"""Which application a process works for, where its files are, and that what pip installs is what is tested."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from packaging.requirements import Requirement

from cdsync import application
from cdsync.config import VARIABLES
from cdsync.errors import ConfigError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*VARIABLES, application.HOST):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def unnamed(monkeypatch: pytest.MonkeyPatch) -> None:
    """No folder is named: only for who asks where it would be, and makes nothing there."""
    monkeypatch.delenv(application.INSTANCE)


@pytest.fixture
def shop_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A module "the_host" of somebody else, importable in this test only."""
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path / "the_host.py"
    sys.modules.pop("the_host", None)


def test_no_test_works_in_the_instance_folder_of_this_checkout() -> None:
    """It may be somebody's own installation."""
    assert ROOT not in application.instance_folder().parents


@pytest.mark.usefixtures("unnamed")
def test_in_a_clone_the_files_are_in_its_instance_folder() -> None:
    assert application.instance_folder() == ROOT / "instance"


@pytest.mark.usefixtures("unnamed")
def test_installed_they_are_a_persons_own_wherever_a_command_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application, "__file__", str(tmp_path / "site-packages" / "cdsync" / "application.py"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert application.instance_folder() == tmp_path / "data" / "cdsync"
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert application.instance_folder() == tmp_path / ".local" / "share" / "cdsync"


def test_a_folder_that_is_named_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(application.INSTANCE, str(tmp_path / "chosen"))
    assert application.create_app().instance_path == str(tmp_path / "chosen")
    assert (tmp_path / "chosen" / "secret_key").exists()


@pytest.mark.parametrize("body", ["app = host", "def app():\n    return host"])
def test_a_worker_works_for_the_host_that_cdsync_is_mounted_in(
    body: str, shop_module: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop_module.write_text(
        "from flask import Flask\nfrom cdsync import CdSync\n"
        f"host = Flask('host', instance_path={str(tmp_path / 'files')!r})\n"
        f"CdSync(host, url_prefix='/orders-sync')\n{body}\n"
    )
    monkeypatch.setenv(application.HOST, "the_host:app")
    found = application.of_this_process()
    assert found.instance_path == str(tmp_path / "files")
    assert found.config["APPLICATION_ROOT"] == "/orders-sync"


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("not_there:app", ""),
        ("the_host:nothing", "app = 1"),
        ("the_host:app", "from flask import Flask\napp = Flask('bare')"),
        ("the_host", "app = 'no app'"),
    ],
)
def test_a_name_that_leads_to_no_such_app_is_said(
    name: str, body: str, shop_module: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop_module.write_text(body)
    monkeypatch.setenv(application.HOST, name)
    with pytest.raises(ConfigError, match=r"^config\.host_app_wrong") as caught:
        application.of_this_process()
    assert caught.value.data["app"] == name


def test_what_pip_may_install_includes_what_is_tested() -> None:
    ranges = _requirements(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"])
    lines = [line.partition("#")[0].strip() for line in (ROOT / "requirements.txt").read_text().splitlines()]
    pins = _requirements([line for line in lines if line])
    assert ranges.keys() == pins.keys()
    for name, pin in pins.items():
        (exact,) = pin.specifier
        assert exact.operator == "=="
        assert ranges[name].specifier.contains(exact.version), name
        assert ranges[name].extras == pin.extras


def _requirements(lines: list[str]) -> dict[str, Requirement]:
    return {each.name: each for each in map(Requirement, lines)}


def test_the_console_command_has_every_command_and_the_processes(app: Flask) -> None:
    from click.testing import CliRunner

    from cdsync import cli, console

    said = CliRunner().invoke(console.group(), ["--help"]).output
    for name in [*(str(command.name) for command in cli.COMMANDS), *console.PROCESSES]:
        assert f"\n  {name} " in said
