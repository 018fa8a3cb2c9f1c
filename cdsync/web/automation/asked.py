"""What came of asking the marketplace between two lookups, for the page; support sees here when it was last asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cdsync.bookkeeping import arrivals
from cdsync.models import Account
from cdsync.operations.running.asking import is_asked

from ..shell.explaining import explain
from ..text.language import _, ngettext


@dataclass(frozen=True)
class Asked:
    """The last question. at: when, None before the first; css: of the words."""

    at: datetime | None
    words: str
    css: str = "soft"


def last_asked(account: Account) -> Asked:
    """The last question of an account's marketplace."""
    found = arrivals.of(account.id)
    at = datetime.fromisoformat(found.asked_at) if found is not None and found.asked_at else None
    if not is_asked(account):
        return Asked(at, _("not asked: that is off, or lookups do not run at least hourly"))
    if found is None or not found.mark:
        return Asked(at, _("not asked before a lookup has come to its end, or not possible at this marketplace"))
    if found.failed:
        told = explain(found.failed["code"], found.failed.get("data") or {}).title
        return Asked(at, _("%(told)s. Asked again after the next lookup.", told=told.rstrip(".")), "text-bad")
    if found.told is None:
        return Asked(at, _("a lookup has come since"))
    if found.told <= found.known:
        return Asked(at, _("nothing new"))
    return Asked(at, ngettext("%(num)s order came: looked up", "%(num)s orders came: looked up", found.told))
