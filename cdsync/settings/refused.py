"""Why a settings document was not stored: sentences by dotted key. Decides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..errors import ConfigError
from . import home_changes


class SettingsInvalid(ConfigError):
    """Nothing was stored. `errors`: dotted key → sentence; "" is the document as a whole."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("settings.invalid", errors=dict(errors))
        self.errors = dict(errors)


class SettingsMove(SettingsInvalid):
    """Nothing was stored: the account has orders, and they belong to another seller or shop than the settings say."""

    def __init__(self, changes: Sequence[home_changes.HomeChange], besides: Mapping[str, str] | None = None) -> None:
        super().__init__({**(besides or {}), **{each.key: _move_sentence(each) for each in changes}})
        self.changes = tuple(changes)


def _move_sentence(change: home_changes.HomeChange) -> str:
    what = "another seller account" if change.side == "marketplace" else "another shop"
    belong = "1 order that belongs" if change.orders == 1 else f"{change.orders} orders that belong"
    return (
        f"This is {what}, and the account has {belong} to the former one. Make another account for it; or, if it only "
        "moved and is the same, say so, and that is checked."
    )
