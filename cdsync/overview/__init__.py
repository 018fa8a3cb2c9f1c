"""What the dashboard and the problems page count: read only, a few queries each, nothing is changed here."""

from .causes import Cause, causes, orders_of
from .days import Day, days
from .figures import Figures, Waiting, figures
from .of_accounts import AccountStanding, Totals, of_accounts, totals
from .silence import Waiting as WaitingRun
from .silence import longest_waiting, no_answer_since, no_lookup_since, side_silent_since, under_way
from .standing import Standing, keeps_failing, standing

__all__ = [
    "AccountStanding",
    "Cause",
    "Day",
    "Figures",
    "Standing",
    "Totals",
    "Waiting",
    "WaitingRun",
    "causes",
    "days",
    "figures",
    "keeps_failing",
    "longest_waiting",
    "no_answer_since",
    "no_lookup_since",
    "of_accounts",
    "orders_of",
    "side_silent_since",
    "standing",
    "totals",
    "under_way",
]
