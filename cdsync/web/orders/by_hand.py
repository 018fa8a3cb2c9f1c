"""Leaving orders out of the import, and taking them back: done at once, for nothing outside cdsync changes."""

from __future__ import annotations

from cdsync.db import transaction
from cdsync.order_lists import selection
from cdsync.order_lists.selection import LEAVE_OUT, TAKE_BACK, Selection
from cdsync.orders import leave_out, take_back

from ..shell import frame
from ..shell.access import by_me
from ..shell.messages import flash
from ..text.formats import number
from ..text.language import _, ngettext

DONE_HERE = (LEAVE_OUT, TAKE_BACK)


def do_here(selected: Selection, action: str) -> None:
    """Carries out one of `DONE_HERE` and says for how many orders."""
    ids = selection.ids_by_operation(frame.account().id, selected, action).get(action, [])
    if not ids:
        flash(_("That is no longer possible for this order. The page shows where it stands now."), "wait")
        return
    with transaction() as session:
        done = (leave_out if action == LEAVE_OUT else take_back)(session, ids, by_me())
    if done:
        flash(_said(action, len(done)), "good")
    if len(done) < len(ids):
        flash(_("An order whose import has begun cannot be left out: it may already be in the shop."), "wait")


def _said(action: str, count: int) -> str:
    shown = number(count)
    if action == LEAVE_OUT:
        return str(ngettext(
            "%(num)s order is left out of the import. Nothing was changed at the marketplace or in the shop.",
            "%(num)s orders are left out of the import. Nothing was changed at the marketplace or in the shop.",
            count, num=shown,
        ))  # fmt: skip
    return str(ngettext(
        "%(num)s order is ready to import again.", "%(num)s orders are ready to import again.", count, num=shown
    ))  # fmt: skip
