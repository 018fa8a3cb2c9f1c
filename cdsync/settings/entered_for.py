"""Which addresses a secret was entered for: it is sent to no others. Pure; stores nothing, asks nobody.

A section keeps beside its secrets the addresses they were typed with:
{"key": "enc:…", "entered_for": {"key": {"url": "https://shop.example:443"}}}. A secret that has no such note was stored
by an earlier version, and belongs to the addresses stored beside it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

from ..connectors import declared_settings
from ..connectors.base import Setting
from ..errors import ConfigError

NOTES = "entered_for"
AGAIN = "Enter it again: it was entered for another address, and is sent to no other."

Addresses = Mapping[str, str]  # the setting's name → the address, in the spelling that is compared
_USUAL = {"http": 80, "https": 443}
_PLAIN = re.compile(r"\Ahttp://(\[[^\]]*\]):80((?:/.*)?)\Z", re.S)


class Withheld(Enum):
    """Stands where a secret would be that was entered for another address: nothing can be opened with it."""

    TYPE_AGAIN = "type again"


def addresses(side: str, connector: str, values: Mapping[str, Any]) -> dict[str, str]:
    """Every address of the section that something is sent to, defaults filled in; "" where there is none yet.

    Raises ConfigError("connector.unknown").
    """
    return {
        each.name: _spelled(each, str(values.get(each.name) or each.default or ""))
        for each in declared_settings(side, connector)
        if each.kind == "url" and not each.only_linked
    }


def may_go(entered: Addresses, now: Addresses) -> bool:
    """Whether a secret entered for the one addresses may go to the others: the same, or by https instead of http."""
    return all(not where or where in (was := entered.get(name, ""), _by_https(was)) for name, where in now.items())


def noted(side: str, connector: str, stored: Mapping[str, Any], merged: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The notes of a section that is about to be stored: each secret in it, and what it was entered for.

    A secret that is another than the stored one was typed just now, with the addresses of the merged section.
    """
    now = addresses(side, connector, merged)
    same = stored.get("connector", connector) == connector
    return {
        name: _note(side, connector, stored, name) if same and merged[name] == stored.get(name) else now
        for name in _secrets(side, connector)
        if merged.get(name)
    }


def elsewhere(side: str, connector: str, stored: Mapping[str, Any], values: Mapping[str, Any]) -> list[str]:
    """The stored secrets that must not go to the addresses among the values."""
    now = addresses(side, connector, values)
    return [
        name
        for name in _secrets(side, connector)
        if stored.get(name) and not may_go(_note(side, connector, stored, name), now)
    ]


def require(side: str, values: Mapping[str, Any]) -> None:
    """Before a side is opened with values that may not be stored.

    Raises ConfigError("settings.secret_elsewhere" [setting]) when one of them is withheld.
    """
    for each in declared_settings(side, str(values.get("connector", ""))):
        if values.get(each.name) is Withheld.TYPE_AGAIN:
            raise ConfigError("settings.secret_elsewhere", setting=each.label)


def _note(side: str, connector: str, stored: Mapping[str, Any], name: str) -> dict[str, str]:
    known = stored.get(NOTES, {}).get(name)
    return dict(known) if known is not None else addresses(side, connector, stored)


def _secrets(side: str, connector: str) -> list[str]:
    return [each.name for each in declared_settings(side, connector) if each.kind == "secret"]


def _spelled(setting: Setting, address: str) -> str:
    """Scheme, host and port; the rest counts too, unless the address says which seller or shop is meant: such a one
    gets a new folder, or a new version of its interface, on the same host."""
    if not address:
        return ""
    try:
        split = urlsplit(address)
        port = split.port or _USUAL.get(split.scheme)
    except ValueError:
        return address
    folder = "" if setting.identifies else split.path.rstrip("/")
    return f"{split.scheme}://[{(split.hostname or '').rstrip('.')}]:{port}{folder}"


def _by_https(was: str) -> str:
    """The same address by https, where its port is the usual one; else what it was."""
    return _PLAIN.sub(r"https://\1:443\2", was)
