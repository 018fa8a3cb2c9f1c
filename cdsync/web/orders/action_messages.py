"""What is said after a button on the orders' pages was pressed. Does nothing."""

from __future__ import annotations

from cdsync.order_lists.selection import ACCEPT, IMPORT, IMPORT_READY, LEAVE_OUT, REFUSE, RETRY, TAKE_BACK

from ..order_list.view import Ticked
from ..text.formats import number
from ..text.language import _, ngettext


def started(operation: str, count: int, refuse: bool) -> str:
    """That a run was started for so many orders."""
    shown = number(count)
    if operation == "accept" and refuse:
        return str(ngettext("%(num)s order is being refused.", "%(num)s orders are being refused.", count, num=shown))
    known = {
        "lookup": _("Orders are being read from the marketplace."),
        "accept": ngettext("%(num)s order is being accepted.", "%(num)s orders are being accepted.", count, num=shown),
        "import": ngettext("%(num)s order is being imported.", "%(num)s orders are being imported.", count, num=shown),
        "ship": ngettext(
            "The marketplace is being told that %(num)s order was shipped.",
            "The marketplace is being told that %(num)s orders were shipped.",
            count,
            num=shown,
        ),
    }
    return str(known.get(operation, operation))


def nothing_to_do(ticked: Ticked, action: str) -> str:
    """Why none of the chosen orders can take the action."""
    if ticked.scope == "some" and not ticked.selection.ids:
        return _("Tick at least one order first.")
    known = {
        ACCEPT: _("None of these orders is still waiting to be accepted."),
        REFUSE: _("None of these orders can be refused now: that is possible only while they wait to be accepted."),
        IMPORT: _("None of these orders is ready to import."),
        IMPORT_READY: _("None of these orders is ready to import: each is stopped by a problem."),
        RETRY: _("None of these orders has a problem to retry."),
        LEAVE_OUT: _("None of these orders is ready to import, so there is nothing to leave out."),
        TAKE_BACK: _("None of these orders can be taken back."),
    }
    return str(known[action])
