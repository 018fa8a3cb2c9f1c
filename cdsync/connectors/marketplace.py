"""What a marketplace promises: the protocol that a connector's class keeps to.

Money is `Decimal` in the order's currency, tax included unless the name says otherwise; times are aware UTC;
references (`*_ref`) are the marketplace's own ids as text. `cdsync.connectors.testing` holds a connector to all this.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from .declarations import Carrier, Check, Setting
from .marketplace_records import MarketplaceOrder, Parcel, UnreadableOrder


class Marketplace(Protocol):
    """One seller account on a marketplace.

    Its class is called with the values of its settings, secrets in clear, and a `Recorder`. Making one sends nothing;
    values that cannot be right may raise ConfigError then, or at the first call. It tells the recorder before each
    request leaves (`sending`; what that raises goes through and nothing is sent) and after each (`record`).

    Every call may raise ConfigError (a key, an address or a right is wrong: every order would fail alike;
    AccessRefusedError where the key itself is refused) and TemporaryError (nothing was done, and waiting may help).
    What else a call raises, it says. What more a connector may be able to do stands in `powers`.
    """

    @property
    def title(self) -> str:
        """A class attribute: what the marketplace is called, "Cdiscount". Every payment text begins with it: it is
        never changed, or the shop orders made so far would not be found again."""

    @property
    def settings(self) -> Sequence[Setting]:
        """A class attribute: what a merchant enters, in the form's order."""

    def check(self) -> list[Check]:
        """The lines of "Test connection": each thing tried, and whether it holds. Reads only.

        What is wrong is a line with its code, never an exception. May be repeated.
        """

    def orders(self, updated_since: datetime) -> Iterator[MarketplaceOrder | UnreadableOrder]:
        """All orders changed since, of every state, each once and as it was read last; others may be among them.

        updated_since: aware UTC. An entry that cannot be read is an UnreadableOrder beside the others. When a page
        cannot be had, what was read comes first, then the error. Reads only; may be repeated.
        """

    def order(self, ref: str) -> MarketplaceOrder | UnreadableOrder:
        """One order as it is now: every write is followed or preceded by this look. Reads only; may be repeated.

        Raises RejectedError("order.gone") when the marketplace does not know it.
        """

    def accept(self, ref: str) -> None:
        """Accepts the whole order. May be repeated: one that is accepted already is success, and is left as it is.

        Raises RejectedError("accept.refused" [status, detail]) for an order that cannot be accepted (any more),
        RejectedError("order.gone"), and UnknownOutcomeError when no trustworthy answer came and looking did not
        settle it. Never sends its request a second time by itself after that.
        """

    def refuse(self, ref: str) -> None:
        """Refuses the whole order. As `accept`: one that is refused already is success."""

    def carriers(self) -> list[Carrier]:
        """The carriers that `ship` takes: `Carrier.ref` is what is given back as `Parcel.carrier_name`. Reads only."""

    def delivery_modes(self) -> list[str]:
        """The delivery modes the marketplace is known to use, as people know them; orders may come with others."""

    def ship(self, ref: str, parcel: Parcel) -> None:
        """Tells the marketplace that the seller's live lines of an order were sent, as one parcel.

        Looks first and reads back, so it may be repeated: an order that is shipped, or shows the parcel already, is
        success and gets no second parcel. Raises RejectedError("ship.refused" [detail]) for an order that cannot be
        shipped, RejectedError("order.gone"), and UnknownOutcomeError, also when the parcel was taken but does not show
        yet.
        """

    def order_url(self, ref: str) -> str:
        """The order's page for people, or "". Asks nobody, for it is called once for each page that is shown."""
