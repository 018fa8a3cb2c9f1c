"""What the dashboard and the problems page count: read only, a few queries each, nothing is changed here."""

from .account_figures import AccountFigures, Totals, account_figures, totals
from .causes import Cause, causes, orders_of
from .days import Day, days
from .figures import Figures, HeldBack, figures
from .operation_status import OperationStatus, keeps_failing, operation_statuses
from .silence import (
    WaitingRun,
    longest_waiting,
    looked_up_at,
    no_answer_since,
    no_lookup_since,
    side_silent_since,
    under_way,
)

__all__ = [
    "AccountFigures",
    "Cause",
    "Day",
    "Figures",
    "HeldBack",
    "OperationStatus",
    "Totals",
    "WaitingRun",
    "account_figures",
    "causes",
    "days",
    "figures",
    "keeps_failing",
    "longest_waiting",
    "looked_up_at",
    "no_answer_since",
    "no_lookup_since",
    "operation_statuses",
    "orders_of",
    "side_silent_since",
    "totals",
    "under_way",
]
