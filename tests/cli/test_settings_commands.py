"""`settings load` and `settings show`."""

from __future__ import annotations

import json
from pathlib import Path

from .conftest import Run

MARKETPLACE = {"client_id": "a", "client_secret": "market-secret", "seller_id": "1"}
DOCUMENT = {"marketplace": MARKETPLACE, "shop": {"url": "https://shop.example", "key": "shop-secret"}}


def test_a_file_is_loaded_and_shown_with_masks(flask: Run, tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text(json.dumps(DOCUMENT))
    loaded = flask("settings", "load", str(file))
    assert (loaded.exit_code, loaded.stdout) == (0, "")
    assert loaded.stderr == (
        "Settings of account main saved.\nStill missing: orders.imported_status, orders.shipped_status.\n"
    )
    shown = json.loads(flask("settings", "show").stdout)
    assert shown["shop"]["key"] == shown["marketplace"]["client_secret"] == "********"
    assert list(shown) == ["account", "rehearsal", "marketplace", "shop", "orders", "schedule", "keep"]


def test_what_is_shown_is_taken_back_from_standard_input(flask: Run) -> None:
    flask("settings", "load", "-", stdin=json.dumps(DOCUMENT))
    shown = flask("settings", "show").stdout
    assert flask("settings", "load", "-", stdin=shown).exit_code == 0
    assert flask("settings", "show").stdout == shown


def test_each_fault_is_named_with_its_key_and_nothing_is_changed(flask: Run) -> None:
    flask("settings", "load", "-", stdin=json.dumps(DOCUMENT))
    before = flask("settings", "show").stdout
    wrong = {"orders": {"lookback_days": "7", "colour": 1}, "shop": {"key": "new-secret"}}
    loaded = flask("settings", "load", "-", stdin=json.dumps(wrong))
    assert (loaded.exit_code, loaded.stdout) == (2, "")
    assert loaded.stderr.splitlines() == [
        "Nothing was changed:",
        "  orders.lookback_days: Must be a whole number from 1 to 90.",
        "  orders.colour: There is no such setting.",
    ]
    assert flask("settings", "show").stdout == before


def test_text_that_is_not_json_says_where(flask: Run) -> None:
    loaded = flask("settings", "load", "-", stdin='{"shop": \n nonsense}')
    assert loaded.exit_code == 2
    assert loaded.stderr == "Nothing was changed: not JSON, line 2, column 2: Expecting value.\n"


def test_the_mark_some_editors_put_before_the_text_does_no_harm(flask: Run, tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text(json.dumps(DOCUMENT), encoding="utf-8-sig")
    assert flask("settings", "load", str(file)).exit_code == 0


def test_brackets_nested_without_end_are_refused_in_a_sentence(flask: Run) -> None:
    loaded = flask("settings", "load", "-", stdin="[" * 100_000)
    assert loaded.exit_code == 2
    assert loaded.stderr == "Nothing was changed: brackets are nested too deep for a document of settings.\n"


def test_a_key_that_is_there_twice_is_refused(flask: Run) -> None:
    loaded = flask("settings", "load", "-", stdin='{"orders": {"lookback_days": 1, "lookback_days": 2}}')
    assert (loaded.exit_code, loaded.stderr) == (2, "Nothing was changed: the key “lookback_days” is there twice.\n")


def test_a_file_that_is_not_text_or_not_there_is_said(flask: Run, tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_bytes(b"\xff\xfe{")
    assert flask("settings", "load", str(file)).exit_code == 2
    missing = flask("settings", "load", str(tmp_path / "no.json"))
    assert missing.exit_code == 2
    assert "No such file" in missing.stderr


def test_json_of_another_kind_is_refused(flask: Run) -> None:
    loaded = flask("settings", "load", "-", stdin="[1, 2]")
    assert loaded.exit_code == 2
    assert "document: Must be an object" in loaded.stderr


def test_with_several_accounts_one_must_be_named(flask: Run) -> None:
    for name in ("one", "two"):
        seller = MARKETPLACE | {"seller_id": name}
        flask("settings", "load", "-", stdin=json.dumps({"account": name, **DOCUMENT, "marketplace": seller}))
    asked = flask("settings", "show")
    assert (asked.exit_code, asked.stdout) == (2, "")
    assert "one, two" in asked.stderr
    assert json.loads(flask("settings", "show", "--account", "two").stdout)["account"] == "two"
    assert flask("settings", "show", "--account", "three").exit_code == 2


def test_before_any_settings_there_is_a_sentence(flask: Run) -> None:
    asked = flask("settings", "show")
    assert asked.exit_code == 2
    assert "Settings are not complete" in asked.stderr
