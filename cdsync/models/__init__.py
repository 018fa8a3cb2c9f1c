"""The tables. Columns only and what can be read off them; what happens to a row is the business of its module."""

from .account import Account, CachedRead, ProductMapping, User
from .exchange import Exchange, ExchangeOrder
from .kept_figure import FigureChange, KeptFigure
from .order import ImportStep, Order, OrderEvent, OrderLine, OrderRaw, ShopOrder
from .order_text import OrderText
from .reconcile import ReconcileRow, Reconciliation
from .run import OPEN_RUN, Heartbeat, ListReading, Run, RunOrder
from .sign_in import SignIn, SignInTries
from .sku_figure import SkuChange, SkuFigure
from .stock_turn import StockTurn

__all__ = [
    "OPEN_RUN",
    "Account",
    "CachedRead",
    "Exchange",
    "ExchangeOrder",
    "FigureChange",
    "Heartbeat",
    "ImportStep",
    "KeptFigure",
    "ListReading",
    "Order",
    "OrderEvent",
    "OrderLine",
    "OrderRaw",
    "OrderText",
    "ProductMapping",
    "ReconcileRow",
    "Reconciliation",
    "Run",
    "RunOrder",
    "ShopOrder",
    "SignIn",
    "SignInTries",
    "SkuChange",
    "SkuFigure",
    "StockTurn",
    "User",
]
