"""Encrypts every stored secret anew with the newest key. Interrupted, both keys work on, and a second call ends it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select

from ..config import KEY_FOLDER, usable
from ..db import reading, transaction
from ..errors import ConfigError
from ..installation import key_file
from ..models import Account
from ..secrets import is_encrypted, renewed
from .sections import SIDES


@dataclass(frozen=True)
class Rotated:
    """What came of it. `secrets`: how many were encrypted anew; `unreadable`: those that no key there is can read, as
    ("main", "shop.key"). `file`: where the new key is, "" when it is told by the environment."""

    secrets: int
    unreadable: tuple[tuple[str, str], ...]
    file: str = ""


def rotate() -> Rotated:
    """A generated key is changed for a new one; one that was told is the newest already, and CDSYNC_SECRET_KEY_OLD says
    the former. An account at a time, each in a commit of its own. Raises ConfigError("instance.unusable").
    """
    told = current_app.config.get(KEY_FOLDER)
    if not told:
        return Rotated(_all_anew(), tuple(unreadable()))
    folder = Path(told)
    with usable(folder), key_file.changed_by_one(folder):
        key_file.begin_change(folder)
        count = _all_anew()
        left = tuple(unreadable())  # by no key, so that the former one is of no use to them either
        key_file.end_change(folder)
    return Rotated(count, left, str(folder / key_file.KEY_FILE))


def unreadable() -> Iterator[tuple[str, str]]:
    """The account and the dotted key of each stored secret that no key there is can read."""
    for name, key, token in _stored():
        try:
            renewed(token)
        except ConfigError:
            yield name, key


def with_former_key() -> int:
    """How many stored secrets only a former key can read."""
    count = 0
    for _name, _key, token in _stored():
        try:
            count += renewed(token) != token
        except ConfigError:
            continue  # `unreadable` names it
    return count


def _all_anew() -> int:
    """Goes round until nothing is left: what was saved meanwhile with the former key is found in the next round."""
    total = 0
    while changed := sum(_one_anew(account_id) for account_id in _ids()):
        total += changed
    return total


def _one_anew(account_id: int) -> int:
    with transaction() as session:
        wanted = select(Account).where(Account.id == account_id).with_for_update()
        account = session.scalar(wanted.execution_options(populate_existing=True))
        if account is None:
            return 0
        fresh = {side: {key: _anew(value) for key, value in _section(account, side).items()} for side in SIDES}
        changed = [key for side in SIDES for key, value in _section(account, side).items() if fresh[side][key] != value]
        if changed:
            account.settings = {**account.settings, **{side: fresh[side] for side in SIDES if fresh[side]}}
    return len(changed)


def _anew(value: Any) -> Any:
    try:
        return renewed(value) if is_encrypted(value) else value
    except ConfigError:
        return value


def _section(account: Account, side: str) -> Mapping[str, Any]:
    return dict(account.settings.get(side, {}))


def _ids() -> list[int]:
    with reading() as session:
        return list(session.scalars(select(Account.id).order_by(Account.id)))


def _stored() -> list[tuple[str, str, str]]:
    with reading() as session:
        return [
            (account.name, f"{side}.{key}", value)
            for account in session.scalars(select(Account).order_by(Account.id))
            for side in SIDES
            for key, value in _section(account, side).items()
            if is_encrypted(value)
        ]
