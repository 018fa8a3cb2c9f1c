"""An order thought through for one shop: everything the bodies need, known before the first write. No requests."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal

from ...base import Correction, Examination, OrderDraft
from ..addresses.cleaning import CleanAddress, payment_text
from ..shop_data.reference_rows import ShopCarrier
from .pricing import CartRow, micros, without_tax


@dataclass(frozen=True)
class Plan:
    """Ids are the shop's. `shipping_rate` in percent, as the shop taxes this carrier at the tax address."""

    draft: OrderDraft
    delivery: CleanAddress
    invoice: CleanAddress
    delivery_country: str
    invoice_country: str
    currency: str
    language: str
    carrier: ShopCarrier
    shipping_rate: Decimal
    rows: tuple[CartRow, ...]
    has_pack: bool = False

    @property
    def ref(self) -> str:
        return self.draft.ref

    @property
    def payment(self) -> str:
        return payment_text(self.draft.payment_text)

    def total_without_tax(self, shipping_rate: Decimal) -> Decimal:
        """The order's exact net total, 6 decimals; rows may each round their VAT otherwise."""
        net = sum((row.total_without_tax for row in self.rows), Decimal(0))
        return micros(net + without_tax(self.draft.shipping, shipping_rate))

    def fingerprint(self) -> str:
        """Changes when anything does that the cart or its prices are made of."""
        rows = sorted((r.product, r.combination, r.quantity, str(r.price)) for r in self.rows)
        made_of = [self.carrier.id, self.currency, rows]
        return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Examined:
    """What the checks before any write found. `plan` is None when there is a problem."""

    examination: Examination
    plan: Plan | None

    @property
    def corrections(self) -> tuple[Correction, ...]:
        return self.examination.corrections
