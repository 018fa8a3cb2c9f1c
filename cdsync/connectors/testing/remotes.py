"""What a package gives the contract suite: its connector, and a hand on the other side that goes past the connector.

A hand that a side cannot lend answers False or None: the check that needs it is then skipped, and says so.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from ..marketplace import Marketplace
from ..marketplace_records import Address
from ..recording.exchange import Recorder
from ..shop import Shop
from ..shop_records import ImportPolicy
from .journal import Clock

HOME = Address(
    first_name="Camille",
    last_name="Durand",
    lines=("12 rue des Lilas",),
    postcode="69003",
    city="Lyon",
    country_code="FR",
    phone="0600000000",
    email="camille@example.com",
)


@dataclass(frozen=True)
class Sold:
    """A line that an order is to have; `shipping` is for the whole line. Money tax included."""

    sku: str
    quantity: int
    unit_price: Decimal
    shipping: Decimal = Decimal("0.00")


@dataclass(frozen=True)
class RemoteOrder:
    """An order as the marketplace itself holds it: how far it got, and the numbers of the parcels it was told of."""

    state: str  # one of `cdsync.states`
    parcels: tuple[str, ...] = ()


@dataclass(frozen=True)
class RemoteShopOrder:
    """A shop order as the shop itself holds it. moves: how often its status was written, its first one included."""

    shop_ref: str
    payment_text: str
    total: Decimal
    status_ref: str
    moves: int = 1


class Remote(ABC):
    """The other side, made anew for each check: a test server, a sandbox account, something in memory."""

    connector: Any  # the connector's class

    @abstractmethod
    def values(self) -> Mapping[str, Any]:
        """The settings the connector reaches it with, secrets in clear; those left out have their defaults."""

    def chosen(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """All the settings a connector is made of, as cdsync fills them in; changes: what is to be otherwise."""
        return {each.name: each.default for each in self.connector.settings} | {**self.values(), **changes}

    def refused_values(self) -> Mapping[str, Any] | None:
        """Settings whose key it does not let in; None where it knows no keys."""
        return None

    def lose_answer(self) -> bool:
        """Carries out the next request that tells it something (for a shop: that makes an order), and loses its answer.

        False: it cannot.
        """
        return False

    def go_away(self) -> bool:
        """Answers nothing from now on. False: it cannot."""
        return False

    def move_away(self) -> bool:
        """Sends every request from now on to another address (3xx), and carries none out. False: it cannot.

        It tells most when that address answers whatever comes with a success.
        """
        return False

    def slow_down(self) -> bool:
        """Asks for fewer requests from now on (429), and carries none out. False: it cannot."""
        return False


class RemoteMarketplace(Remote):
    """A marketplace in which orders can be put, and looked at."""

    unknown_ref: ClassVar[str] = "no-such-order"

    def open(self, recorder: Recorder, **changes: Any) -> Marketplace:
        """A new connector to it; changes: settings that are to be otherwise."""
        opened: Marketplace = self.connector(self.chosen(changes), recorder)
        return opened

    @abstractmethod
    def put(self, state: str, lines: Sequence[Sold]) -> str:
        """Makes an order of these lines, paid, in euros, with an address, in this state; its ref.

        state: to_accept, to_import or refused (`cdsync.states`).
        """

    @abstractmethod
    def seen(self, ref: str) -> RemoteOrder:
        """The order as it is there now, read past the connector."""


class RemoteShop(Remote):
    """A shop that sells some things, and whose orders can be looked at."""

    skus: Sequence[str]  # two that it sells, with ten pieces of each in stock
    policy: ImportPolicy  # `imported_status` is one that counts as paid
    other_status: str  # one that shop orders may be moved to from there
    delivery_mode: ClassVar[str] = "Home"  # one that `policy.carriers` knows
    address: Address = HOME  # one that it takes
    kills: Iterable[int] = range(1, 100)  # the commits of one import to be killed at; by default each there is

    def __init__(self) -> None:
        self.clock = Clock()

    def open(self, recorder: Recorder, **changes: Any) -> Shop:
        """A new connector to it; changes: settings that are to be otherwise, `cancelled_status` among them."""
        opened: Shop = self.connector({"cancelled_status": None, **self.chosen(changes)}, recorder)
        return opened

    @abstractmethod
    def orders(self) -> Sequence[RemoteShopOrder]:
        """Every shop order there is, read past the connector."""

    @abstractmethod
    def cancel(self, shop_ref: str) -> None:
        """Puts a shop order into the shop's own status for cancelled orders, as its merchant does."""

    def track(self, shop_ref: str, number: str) -> bool:
        """Enters a parcel's number, as the merchant does. False: it cannot."""
        return False

    def pass_time(self, seconds: float) -> None:
        """Lets time pass for a connector that waits out an unanswered request. By default only `clock` moves on."""
        self.clock.advance(seconds)
