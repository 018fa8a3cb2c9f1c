"""What the dashboard and the problems page count: read only, a few queries each, nothing is changed here."""

from .causes import Cause, causes, orders_of
from .days import Day, days
from .figures import Figures, Waiting, figures
from .of_accounts import AccountStanding, Totals, of_accounts, totals
from .standing import Standing, keeps_failing, standing

__all__ = [
    "AccountStanding",
    "Cause",
    "Day",
    "Figures",
    "Standing",
    "Totals",
    "Waiting",
    "causes",
    "days",
    "figures",
    "keeps_failing",
    "of_accounts",
    "orders_of",
    "standing",
    "totals",
]
