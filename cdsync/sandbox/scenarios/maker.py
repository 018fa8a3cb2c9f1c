"""Makes one order of a kind: who buys what, when. Fills in what a kind leaves open; decides nothing else."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from ..octopia import line_json, order_json
from ..octopia.book.orders import order_number
from .buyers import buyer
from .catalogue import HOME, Article, Variation

Json = dict[str, Any]


@dataclass
class Arrival:
    """An order on its way to the marketplace and what happens to it there later (seconds from its arrival)."""

    order: Json
    accept_until: datetime | None = None
    moves_to: str = ""
    moves_after: float = 0.0
    cancellation_asked_by: str = ""


@dataclass
class Maker:
    """What a kind needs to make its `number`-th order at the time `now`; the same number gives the same order."""

    number: int
    now: datetime
    seed: str = "cdsync"
    source: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.source = random.Random(f"{self.seed}:{self.number}")

    def ago(self, hours: float) -> datetime:
        return self.now - timedelta(hours=hours)

    def ahead(self, hours: float) -> datetime:
        return self.now + timedelta(hours=hours)

    def pick(self, articles: Sequence[Article]) -> Article:
        return self.source.choice(articles)

    def some(self, articles: Sequence[Article], count: int) -> list[Article]:
        return self.source.sample(list(articles), count)

    def arrival(self, lines: Sequence[Json], **details: Any) -> Arrival:
        """An order of `lines` from a new buyer, that came in the last two days; `details` as for `order_json`."""
        return Arrival(self.order(lines, **details))

    def order(
        self,
        lines: Sequence[Json],
        *,
        billing: Mapping[str, Any] | None = None,
        shipping: Mapping[str, Any] | None = None,
        created_at: datetime | None = None,
        **details: Any,
    ) -> Json:
        person = buyer(self.source)
        created = created_at or self.ago(self.source.uniform(1, 44))
        reference = order_number(created, self.number)
        # Whether id and reference are the same on real orders is not established: play both.
        order_id = f"SCID01{reference}" if self.number % 5 == 0 else reference
        return order_json(
            order_id=order_id,
            reference=reference,
            lines=lines,
            billing=person.billing() | dict(billing or {}),
            shipping={"phone": person.phone} | dict(shipping or {}),
            created_at=created,
            **{"ship_by": max(created + timedelta(hours=52), self.ahead(3))} | details,
        )


def line(article: Article, *, variation: Variation | None = None, **details: Any) -> Json:
    """A line for an article of the catalogue at the shop's price, by Colissimo at the shop's price, unless said."""
    if variation is None and article.variations:
        variation = article.variations[0]
    title = f"{article.name} – {variation.name}" if variation else article.name
    chosen = {
        "sku": variation.reference if variation else article.reference,
        "gtin": (variation.ean13 if variation else article.ean13) or None,
        "title": title,
        "unit_price": article.price,
        "vat": article.vat,
        "shipping": HOME.price,
        "delivery_mode": HOME.mode,
    }
    return line_json(**(chosen | details))


def cheaper(article: Article, percent: int = 7) -> Decimal:
    """Another price than the shop's, as sellers ask on a marketplace."""
    return (article.price * (100 - percent) / 100).quantize(Decimal("0.01"))
