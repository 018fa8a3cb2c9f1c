"""What a connector may be able to do beside what it has to. Each is a protocol of its own, asked for here and nowhere
else; a connector without it is asked nothing, and cdsync does without.

A power is there when the class has its member: nothing has to be registered or inherited.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from ..errors import CdsyncError
from .belonging_gate import Guarded
from .cache import Cache
from .declarations import KeyRights
from .marketplace_records import ListedOrder, OrderPage, listed
from .recording.exchange import Recorder

ON_A_PAGE = 100  # of a list that comes in one piece
USUALLY_AT_ONCE = 20  # orders that are imported together


@runtime_checkable
class ListsHarmlessFields(Protocol):
    """Marketplace or shop: knows which fields of its answers say nothing of who a customer is (`masking`).

    Without it everything is masked in recorded exchanges for people who may not see customers' data.
    """

    harmless_fields: frozenset[str]


@runtime_checkable
class HadOtherSettings(Protocol):
    """Marketplace or shop: had settings in earlier versions that older documents may still hold; nothing reads them."""

    retired_settings: frozenset[str]


@runtime_checkable
class SpellsDeliveryModes(Protocol):
    """Marketplace: one delivery mode may come under several names (label, code, legacy code)."""

    @staticmethod
    def delivery_mode_spellings(mode: str) -> tuple[str, ...]:
        """Every name of the mode given by any of them; an unknown one has only itself. Asks nobody."""


@runtime_checkable
class ListsByPage(Protocol):
    """Marketplace: hands its list out page by page, each before the next is asked for, and goes on where it stood."""

    def pages(self, updated_since: datetime, place: str) -> Iterator[OrderPage]:
        """All orders changed since, of every state, at least once each; the last time as they were read last.

        place: "" for all of them; else where an earlier listing since the same moment stood when it ended too soon:
        what follows there, and whatever changed since it was read. One that means nothing (any more) is "". When a page
        cannot be had, the error is raised. Reads only; may be repeated.
        """


@runtime_checkable
class CountsWhatWaits(Protocol):
    """Marketplace, beside `ListsByPage`: can say with a small request or two whether it is worth reading its list."""

    def waiting_since(self, mark: str, states: Collection[str]) -> int | None:
        """How many orders stand in these states now and have changed since the list with this `OrderPage.mark`.

        states: of `cdsync.states`, those that wait for cdsync (to_accept, to_import). None: a mark that means nothing
        (any more). One too many costs a lookup; one too few waits for the next scheduled one. Asks for no order, reads
        only, may be repeated; asked every few minutes.
        """


@runtime_checkable
class KeepsWhatItRead(Protocol):
    """Shop: may keep its own data between runs. Its class takes `cache: Cache | None` by name."""

    uses_cache: bool


@runtime_checkable
class SaysHowMany(Protocol):
    """Shop: knows how many orders are best handed to `import_orders` together, by how fast it has been so far."""

    def orders_at_once(self) -> int:
        """Asks nobody. They are claimed together, and a stop is heard when all of them are through."""


@runtime_checkable
class NamesRights(Protocol):
    """Shop: can say what its key has to be allowed, and how one makes it."""

    rights: KeyRights


@runtime_checkable
class SaysWhereToLook(Protocol):
    """Marketplace: can say where its merchant finds what the settings ask for."""

    found_at: str  # a heading: "From the seller portal, page API credentials"


@runtime_checkable
class NamesItself(Protocol):
    """Shop: knows its own address, under whatever name it was reached. Without it, it is where it was entered."""

    def address(self) -> str:
        """Host, folder and the shop's number, "shop.example/boutique/2". Raises ConfigError and TemporaryError."""


@runtime_checkable
class NamesBuyers(Protocol):
    """Shop: can say whose an order is, to tell orders that were entered by hand."""

    def buyers(self, shop_refs: Sequence[str]) -> Mapping[str, str]:
        """First and last name by the order's number; those it does not know are left out. Personal: for showing only.

        Raises ConfigError and TemporaryError.
        """


def harmless_fields(connector: Any) -> frozenset[str]:
    """Of a connector's class; none where nobody has listed them."""
    return frozenset(connector.harmless_fields) if isinstance(connector, ListsHarmlessFields) else frozenset()


def retired_settings(connector: Any) -> frozenset[str]:
    """Of a connector's class: the names."""
    return frozenset(connector.retired_settings) if isinstance(connector, HadOtherSettings) else frozenset()


def spellings_of(marketplace: Any, mode: str) -> tuple[str, ...]:
    """Every name of a delivery mode, of a marketplace or its class."""
    able = _itself(marketplace)
    return able.delivery_mode_spellings(mode) if isinstance(able, SpellsDeliveryModes) else (mode,)


def rights_of(connector: Any) -> KeyRights | None:
    """Of a shop connector's class: what its key has to be allowed."""
    return connector.rights if isinstance(connector, NamesRights) else None


def found_at(connector: Any) -> str:
    """Of a marketplace connector's class: where to look, or ""."""
    return connector.found_at if isinstance(connector, SaysWhereToLook) else ""


def pages_of(marketplace: Any, updated_since: datetime, place: str) -> Iterator[OrderPage]:
    """The list of a marketplace page by page; of one that hands it out in one piece, in pieces, without any place."""
    able = _itself(marketplace)
    if isinstance(able, ListsByPage):
        yield from able.pages(updated_since, place)
        return
    some: list[ListedOrder] = []
    try:
        for entry in able.orders(updated_since):
            some.append(listed(entry))
            if len(some) == ON_A_PAGE:
                yield OrderPage(tuple(some), "")
                some = []
    except CdsyncError:
        yield OrderPage(tuple(some), "")
        raise
    yield OrderPage(tuple(some), "")


def waiting_since(marketplace: Any, mark: str, states: Collection[str]) -> int | None:
    """How many orders came that wait in these states; None where the marketplace cannot say it.

    Asks it; raises ConfigError and TemporaryError.
    """
    able = _itself(marketplace)
    return able.waiting_since(mark, states) if isinstance(able, CountsWhatWaits) else None


def made(connector: Any, values: Mapping[str, Any], recorder: Recorder, cache: Cache | None = None) -> Any:
    """A connector of this class; with the cache only where it can use one."""
    keeps = isinstance(connector, KeepsWhatItRead) and connector.uses_cache
    return connector(values, recorder, cache=cache) if keeps and cache is not None else connector(values, recorder)


def orders_at_once(shop: Any) -> int:
    """How many orders to hand to it together now; at least one, whatever it says."""
    able = _itself(shop)
    return max(1, able.orders_at_once()) if isinstance(able, SaysHowMany) else USUALLY_AT_ONCE


def address_of(shop: Any) -> str:
    """As the shop names itself, or "". May ask it; raises ConfigError and TemporaryError."""
    able = _itself(shop)
    return able.address() if isinstance(able, NamesItself) else ""


def buyers_of(shop: Any, shop_refs: Sequence[str]) -> Mapping[str, str]:
    """Names by the order's number, as far as the shop tells them. Asks it; raises ConfigError and TemporaryError."""
    able = _itself(shop)
    return able.buyers(shop_refs) if isinstance(able, NamesBuyers) else {}


def _itself(connector: Any) -> Any:
    """No power writes, so none has to pass the gate."""
    return connector.behind if isinstance(connector, Guarded) else connector
