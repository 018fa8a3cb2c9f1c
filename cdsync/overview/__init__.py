"""What the dashboard and the problems page count: read only, a few queries each, nothing is changed here."""

from .causes import Cause, causes, orders_of
from .days import Day, days
from .figures import Figures, Waiting, figures
from .standing import Standing, keeps_failing, standing

__all__ = [
    "Cause",
    "Day",
    "Figures",
    "Standing",
    "Waiting",
    "causes",
    "days",
    "figures",
    "keeps_failing",
    "orders_of",
    "standing",
]
