"""What a shop promises: the protocol that a connector's class keeps to.

Money is `Decimal` in the order's currency, tax included unless the name says otherwise; times are aware UTC;
references (`*_ref`) are the shop's own ids as text, `ref` alone is the marketplace's. `cdsync.connectors.testing` holds
a connector to all this.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from .declarations import Check, Setting
from .journal import Journal
from .shop_records import (
    Examination,
    Imported,
    ImportPolicy,
    NotImported,
    OrderDraft,
    ProductMatch,
    ShopData,
    ShopOrder,
)


class Shop(Protocol):
    """One shop.

    Its class is called with the values of its settings, secrets in clear, and a `Recorder`; among the values is
    `cancelled_status`: the status that the merchant chose for cancelled orders, or None. An order in it is `cancelled`,
    as one in the shop's own status for that is. Making one sends nothing; values that cannot be right may raise
    ConfigError then, or at the first call. It tells the recorder before each request leaves (`sending`; what that
    raises goes through and nothing is sent) and after each (`record`).

    A setting `timeout_seconds`, if it has one, says after how long the shop is surely through with a request that got
    no answer; without it that is 60 seconds.

    Every call may raise ConfigError (a key, an address or a right is wrong: every order would fail alike;
    AccessRefusedError where the key itself is refused) and TemporaryError (nothing was done, and waiting may help).
    What else a call raises, it says. What more a connector may be able to do stands in `powers`.
    """

    @property
    def title(self) -> str:
        """A class attribute: what the shop's software is called, "PrestaShop"."""

    @property
    def settings(self) -> Sequence[Setting]:
        """A class attribute: what a merchant enters, in the form's order."""

    def check(self) -> list[Check]:
        """The lines of "Test connection": each thing tried, and whether it holds. Writes nothing that stays.

        What is wrong is a line with its code, never an exception. May be repeated.
        """

    def reference_data(self) -> ShopData:
        """What the settings choose from: statuses, carriers and the like. Reads only; may be repeated."""

    def products(self, skus: Iterable[str]) -> dict[str, list[ProductMatch]]:
        """For each SKU asked for, every product of the shop that fits it, in few requests; [] where none does.

        VAT rates are those of the shop's own country, in percent. Reads only; may be repeated.
        """

    def examine(self, drafts: Sequence[OrderDraft], policy: ImportPolicy) -> dict[str, Examination]:
        """The checks before any write, for many orders in few requests: one examination for each draft, by ref.

        What stands against an order is among its `problems` (RejectedError each, "product.unknown" [sku, title] and so
        on), never an exception: it is one order's. Writes nothing; may be repeated.
        """

    def import_orders(
        self, drafts: Sequence[OrderDraft], policy: ImportPolicy, journal: Journal
    ) -> Iterator[Imported | NotImported]:
        """Makes the shop orders, one result for each draft as soon as it is known. A batch of one is a batch.

        **At most one shop order for each ref, whatever happens on the way.** So, for each write: `journal.begin` first;
        a ref that it does not grant is another worker's and is dropped without a write; `journal.done` with what came
        of it before the next request. May be repeated, also by another process after this one was killed between any
        two of its steps: what the journal or the shop (by `payment_text`) holds of an order is found, finished and
        adopted, never made again. The request that makes an order is never sent again until it was looked for after the
        shop's time limit.

        `Imported`: the shop order was read back, and its total is the draft's to the cent. `NotImported` with a
        RejectedError: what stands against this order alone; with an UnknownOutcomeError (retry_after in seconds): no
        trustworthy answer came, and the next call looks first; with a TemporaryError: nothing was made, try again;
        with a WrongStateError, or no result at all: its claim was lost. The others of the batch go on. A ConfigError,
        or a side that is away altogether, ends the batch as an exception; the drafts without a result are as they
        were, or are found again. A result may say that the next one is there already, with no request between
        (`more_follow`): then both are kept in one commit.
        """

    def find_orders(self, payment_texts: Sequence[str] = (), shop_refs: Sequence[str] = ()) -> list[ShopOrder]:
        """The shop orders with one of these payment texts (whole, in any case) or of these numbers, each once.

        As they are now, with the parcel's number; cancelled ones too, and each part of one that the shop split. Unknown
        ones are left out. Reads only; may be repeated.
        """

    def set_status(self, shop_ref: str, status_ref: str) -> None:
        """Moves a shop order to a status. May be repeated: nothing is written when it is there already, since a move
        may write to the buyer.

        Raises ConfigError("shop.status_missing" [status]) for a status the shop does not have, RejectedError for an
        order it does not have, and UnknownOutcomeError.
        """

    def marketplace_orders(self, since: datetime, title: str) -> Iterator[ShopOrder]:
        """The shop's orders made since whose payment text begins with `title`; with "" every order. For reconciling.

        since: aware UTC; the shop's clock may be another one, so it is asked with an overlap. Reads only.
        """
