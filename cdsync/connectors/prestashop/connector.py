"""The PrestaShop connector: settings and the `Shop` protocol. Only wiring: the parts do the work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import urlsplit

from ..base import (
    Cache,
    Check,
    Examination,
    Imported,
    ImportPolicy,
    Journal,
    KeyRights,
    NoCache,
    NotImported,
    OrderDraft,
    ProductMatch,
    Recorder,
    Setting,
    ShopData,
    ShopOrder,
)
from ..http.pacing import pace_of
from ..identity import place
from .checking.canary import Canary
from .checking.examine import Examiner, match_of
from .checks import RIGHTS, Checks
from .declared import SETTINGS
from .harmless_fields import HARMLESS_FIELDS
from .import_in_batches import Importer
from .shop_data.back_office import BackOffice
from .shop_data.products import Products, Wanted
from .shop_data.reference import Reference
from .shop_data.stock import read_stock
from .shop_orders import Watching
from .webservice.access import Access
from .webservice.client import Webservice

__all__ = ["PrestaShop"]

USUAL_PACE = (2, 300)  # requests at once, and in a minute: hosts block importers that are too eager


class PrestaShop:
    """A PrestaShop 1.7.6 to 9.x over its webservice. Implements `connectors.base.Shop`; not for use from two threads.

    values: the settings below, and `cancelled_status`. clock: aware UTC now, for waiting out unanswered orders.
    cache: where the shop's own data is kept from one run to the next; by default it is not.
    Raises ConfigError when the address or the key is missing or no address at all.
    """

    title: ClassVar[str] = "PrestaShop"
    uses_cache: ClassVar[bool] = True
    harmless_fields: ClassVar[frozenset[str]] = HARMLESS_FIELDS
    settings: ClassVar[tuple[Setting, ...]] = SETTINGS
    rights: ClassVar[KeyRights] = RIGHTS
    retired_settings: ClassVar[frozenset[str]] = frozenset({"connections"})  # of older documents: taken, and forgotten

    def __init__(
        self,
        values: Mapping[str, Any],
        recorder: Recorder,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        cache: Cache | None = None,
    ) -> None:
        wait = float(values.get("timeout_seconds") or 60)
        url, shop_id = (str(values.get(name) or "").strip() for name in ("url", "shop_id"))
        pace = pace_of("shop", url, values, USUAL_PACE)
        kept = cache or NoCache()
        self._ws = Webservice(url, Access.of(values), recorder, shop_id=shop_id, timeout=wait, pace=pace, cache=kept)
        back_office = BackOffice(str(values.get("admin_url") or ""))
        cancelled = str(values.get("cancelled_status") or "")
        self._reference = Reference(self._ws, back_office, kept, cancelled_status=cancelled)
        self._products = Products(self._ws)
        self._examiner = Examiner(self._ws, self._reference, self._products)
        self._watching = Watching(self._ws, self._reference)
        self._canary = Canary(self._ws, self._reference, kept, clock)
        self._checks = Checks(self._ws, self._reference, self._canary)
        self._importer = Importer(self._ws, self._reference, self._examiner, self._canary, clock, wait)

    def check(self) -> list[Check]:
        """The lines of "Test connection"; failures are lines too."""
        return self._checks.check()

    def address(self) -> str:
        """The shop's address as it names itself: its domain (PS_SHOP_DOMAIN_SSL, else PS_SHOP_DOMAIN, which every
        installation has), the folder it was reached under, and the shop's number where one is chosen.

        Raises ConfigError and TemporaryError.
        """
        settings = self._reference.settings
        domain = settings.get("PS_SHOP_DOMAIN_SSL") or settings.get("PS_SHOP_DOMAIN") or self._ws.host
        folder = urlsplit(self._ws.base).path.removesuffix("/api/").rstrip("/")
        return "/".join(part for part in (place(domain) + folder, self._ws.shop_id) if part)

    def reference_data(self) -> ShopData:
        """What the settings choose from. Payment modules: the webservice lists none (`checks`)."""
        return self._checks.reference_data()

    def products(self, skus: Iterable[str]) -> dict[str, list[ProductMatch]]:
        """Every product or combination each SKU fits, with stock; VAT rates are those of the shop's own country."""
        found = self._products.find([Wanted(sku) for sku in skus])
        stock = read_stock(self._ws, self._reference, {a.key for each in found.values() for a in each})
        home = self._reference.settings.get("PS_COUNTRY_DEFAULT", "")
        taxes = self._reference.taxes
        return {
            wanted.sku: [match_of(a, stock.get(a.key), taxes.rate(a.tax_group, home)) for a in articles]
            for wanted, articles in found.items()
        }

    def examine(self, drafts: Sequence[OrderDraft], policy: ImportPolicy) -> dict[str, Examination]:
        """The checks before any write, by ref: some five requests for any number of orders."""
        return {ref: each.examination for ref, each in self._examiner.examine(drafts, policy).items()}

    def import_orders(
        self, drafts: Sequence[OrderDraft], policy: ImportPolicy, journal: Journal
    ) -> Iterator[Imported | NotImported]:
        """The recipe of `importing`, in batches; at most one shop order per ref, whatever happens on the way."""
        return self._importer.run(drafts, policy, journal)

    def orders_at_once(self) -> int:
        """20, and up to 50 of a shop that has made its orders fast enough so far."""
        return self._ws.body_size.orders

    def find_orders(self, payment_texts: Sequence[str] = (), shop_refs: Sequence[str] = ()) -> list[ShopOrder]:
        """In the order of their numbers; a text is compared as the shop keeps it (`cleaning.payment_text`)."""
        return self._watching.find(payment_texts, shop_refs)

    def buyers(self, shop_refs: Sequence[str]) -> dict[str, str]:
        """The customer's name of each of these orders, by the order's id: personal data, for showing only."""
        return self._watching.buyers(shop_refs)

    def set_status(self, shop_ref: str, status_ref: str) -> None:
        """Raises ConfigError `shop.status_missing`, RejectedError, UnknownOutcomeError."""
        self._watching.set_status(shop_ref, status_ref)

    def marketplace_orders(self, since: datetime, title: str) -> Iterator[ShopOrder]:
        """Page by page, by number."""
        return self._watching.marketplace_orders(since, title)
