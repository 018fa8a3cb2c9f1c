"""What a connector declares and answers about itself: settings, checks, things to choose from. Records only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Setting:
    """One setting of a connector. Form, validation, masking and docs all follow from this declaration.

    kind: text | secret | url | number | list (comma separated) | choice.
    default: what the connector is given while nothing is entered. A number comes as int, a list as a list of texts.
    identifies: it says which seller account, or which shop, is meant (`connectors.identity`).
    divides: accounts of one seller that have different values here see different orders.
    seldom: normally left as it is; the form folds it away.
    only_linked: an address that people are led to and nothing is sent to: to any other, secrets go only as entered for.
    """

    name: str
    label: str
    kind: str = "text"
    required: bool = True
    help: str = ""
    default: Any = None
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    identifies: bool = False
    divides: bool = False
    seldom: bool = False
    only_linked: bool = False


@dataclass(frozen=True)
class KeyRights:
    """What a shop's key has to be allowed, and how its merchant makes such a key: told while connecting.

    where: a heading. how: the sentence before the list. rows: each right as the back office names it, and the resources
    it is for. notes: sentences after the list.
    """

    where: str
    how: str
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Check:
    """One line of "Test connection": what was tried, whether it holds, and the error's code and data if not."""

    name: str
    ok: bool
    detail: str = ""
    code: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Choice:
    """Something of the shop to choose from by name; `ref` is what settings store."""

    ref: str
    name: str
    active: bool = True
    note: str = ""


@dataclass(frozen=True)
class Carrier:
    """A carrier to choose from. For a marketplace `ref` is what is sent back with a parcel, exactly as it was given."""

    ref: str
    name: str
    active: bool = True
