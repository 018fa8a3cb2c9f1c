"""One side's values as somebody would try them before they are stored. Asks nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import ConfigError
from ..models import Account
from . import entered_for, store
from .entered_for import Withheld
from .values import MASK


def to_try(account: Account, side: str, posted: Mapping[str, Any]) -> dict[str, Any]:
    """The values as posted, masked and missing ones filled from what is stored; secrets in clear.

    A stored secret that cannot be read any more counts as not entered. One that was entered for other addresses than
    the posted ones is `Withheld.TYPE_AGAIN`: `entered_for.require` refuses to open anything with it.
    """
    try:
        stored = dict(getattr(store.read(account), side))
    except ConfigError:
        stored = {name: value for name, value in store.show(account)[side].items() if value != MASK}
    if posted.get("connector") not in {None, stored.get("connector")}:
        stored = {}
    given = {name: value for name, value in posted.items() if value is not None and value != MASK}
    values = {**stored, **given}
    if not stored:
        return values
    strayed = entered_for.elsewhere(side, str(stored["connector"]), account.settings.get(side, {}), values)
    return values | {name: Withheld.TYPE_AGAIN for name in strayed if name not in given}
