"""A marketplace and a shop in memory, for what the rehearsal systems would never do: bugs, odd errors, lost claims.

Both check what a real connector's HTTP client checks: that no transaction is open when a call goes out. They keep the
contract as any connector does: tests/contract.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar

from cdsync.connectors.base import (
    Address,
    Carrier,
    Check,
    Choice,
    Correction,
    Examination,
    Imported,
    ImportPolicy,
    Journal,
    MarketplaceLine,
    MarketplaceOrder,
    NotImported,
    OrderDraft,
    Parcel,
    ProductMatch,
    Recorder,
    Setting,
    ShopData,
    ShopOrder,
    UnreadableOrder,
)
from cdsync.errors import (
    AccessRefusedError,
    CdsyncError,
    ConfigError,
    RejectedError,
    TemporaryError,
    UnknownOutcomeError,
)

WORLDS: dict[str, World] = {}
WRONG = "a key that is refused"
HOME = Address(
    first_name="Camille",
    last_name="Durand",
    lines=("12 rue des Lilas",),
    postcode="69003",
    city="Lyon",
    country_code="FR",
    phone="0600000000",
    email="relay-77@clemarche.com",
)


def sold(sku: str = "MUG", quantity: int = 2, unit_price: str = "9.99", **changes: Any) -> MarketplaceLine:
    """A line of 2 mugs at 9.99 with 5.90 of shipping, 25.88 together."""
    price = Decimal(unit_price)
    line = MarketplaceLine(
        line_ref=f"L-{sku}",
        sku=sku,
        title=f"Title of {sku}",
        quantity=quantity,
        unit_price=price,
        shipping=Decimal("5.90"),
        total=price * quantity,
        status="InPreparation",
        delivery_mode="TrackedHomeDelivery",
    )
    return replace(line, **changes)


def reading(ref: str = "A1", state: str | None = "to_import", **changes: Any) -> MarketplaceOrder:
    """An order as a marketplace tells it; its total is the sum of its live lines unless said otherwise."""
    lines = changes.pop("lines", (sold(),))
    fees = changes.get("fees", ())
    total = sum((line.total + line.shipping for line in lines if line.live), Decimal(0)) + sum(f.amount for f in fees)
    order = MarketplaceOrder(
        ref=ref,
        reference=ref,
        status=state or "Peculiar",
        state=state,
        currency="EUR",
        total=total,
        lines=lines,
        raw="",
        billing=HOME,
        shipping=HOME,
        customer_ref="buyer-1",
        updated_at=datetime.now(UTC),
        created_at=datetime.now(UTC),
    )
    order = replace(order, **changes)
    return order if "raw" in changes else replace(order, raw=repr(order))


@dataclass
class World:
    """Both sides' memory. `fail`: call name → errors still to be raised, one a call; `calls`: what was asked."""

    orders: dict[str, MarketplaceOrder | UnreadableOrder] = field(default_factory=dict)
    shop_orders: list[ShopOrder] = field(default_factory=list)
    calls: list[tuple[str, ...]] = field(default_factory=list)
    fail: dict[str, list[BaseException]] = field(default_factory=dict)
    unknown_skus: set[str] = field(default_factory=set)
    refused: dict[str, CdsyncError] = field(default_factory=dict)  # ref → what its import meets, once
    before_posting: Callable[[str], None] = lambda ref: None
    moves: Counter[str] = field(default_factory=Counter)  # status changes written, by shop order
    away: bool = False
    moved: bool = False  # redirects whatever comes
    slow: bool = False  # asks for fewer requests
    loses_answer: bool = False  # the next one

    def add(self, *entries: MarketplaceOrder | UnreadableOrder) -> None:
        for entry in entries:
            self.orders[entry.ref] = entry

    def called(self, name: str) -> list[tuple[str, ...]]:
        return [call[1:] for call in self.calls if call[0] == name]

    def came(self, name: str, *words: str) -> None:
        """Notes a call and raises what was planned for it."""
        self.calls.append((name, *words))
        if self.fail.get(name):
            raise self.fail[name].pop(0)

    def enter(self, side: str, key: str) -> None:
        """Lets a call in, as a real side would: not while it is away, and not with a wrong key."""
        if self.away:
            raise TemporaryError(f"{side}.unreachable", host="memory")
        if self.moved:
            raise ConfigError(f"{side}.redirected", host="memory", to="elsewhere")
        if self.slow:
            raise TemporaryError(f"{side}.rate_limited", retry_after=1, host="memory")
        if key == WRONG:
            raise AccessRefusedError(f"{side}.credentials_refused", detail="")

    def answer(self, side: str) -> None:
        """What was written is there, whether or not its answer comes."""
        if self.loses_answer:
            self.loses_answer = False
            raise UnknownOutcomeError(f"{side}.outcome_unknown", host="memory", method="POST")


STATUSES = {"2": ("Paid", "paid"), "4": ("Shipped", "shipped"), "5": ("Delivered", "shipped"), "6": ("Cancelled", "")}


class FakeMarketplace:
    """`connectors.base.Marketplace` on a World."""

    title = "Cdiscount"
    settings: ClassVar[Sequence[Setting]] = (Setting("world", "World"),)

    def __init__(self, values: Mapping[str, Any], recorder: Recorder) -> None:
        self._world, self._recorder, self._key = WORLDS[values["world"]], recorder, str(values.get("key") or "")

    def _call(self, name: str, *words: str) -> None:
        self._recorder.sending()
        self._world.enter("marketplace", self._key)
        self._world.came(name, *words)

    def check(self) -> list[Check]:
        return _checked(lambda: self._world.enter("marketplace", self._key))

    def orders(self, updated_since: datetime) -> Iterator[MarketplaceOrder | UnreadableOrder]:
        self._call("orders", updated_since.isoformat())
        yield from list(self._world.orders.values())
        if self._world.fail.get("next page"):
            self._call("next page")

    def order(self, ref: str) -> MarketplaceOrder | UnreadableOrder:
        self._call("order", ref)
        if ref not in self._world.orders:
            raise RejectedError("order.gone")
        return self._world.orders[ref]

    def accept(self, ref: str) -> None:
        self._call("accept", ref)
        self._decide(ref, "accepted", {"to_accept"}, {"accepted", "to_import", "shipped"}, "accept.refused")

    def refuse(self, ref: str) -> None:
        self._call("refuse", ref)
        self._decide(ref, "refused", {"to_accept"}, {"refused"}, "accept.refused")

    def carriers(self) -> list[Carrier]:
        return [Carrier("Colissimo", "Colissimo")]

    def delivery_modes(self) -> list[str]:
        return ["TrackedHomeDelivery"]

    def ship(self, ref: str, parcel: Parcel) -> None:
        self._call("ship", ref, parcel.number, parcel.carrier_name)
        self._decide(ref, "shipped", {"accepted", "to_import"}, {"shipped"}, "ship.refused", parcels=(parcel,))

    def order_url(self, ref: str) -> str:
        return ""

    def _decide(self, ref: str, state: str, before: set[str], after: set[str], refused: str, **changes: Any) -> None:
        """From a state before to this one; in one after nothing is left to do, and from any other nothing can be."""
        order = self._world.orders.get(ref)
        if order is None:
            raise RejectedError("order.gone")
        assert isinstance(order, MarketplaceOrder)
        if order.state in after:
            return
        if order.state not in before:
            raise RejectedError(refused, status=order.status, detail=order.status)
        changed = replace(order, state=state, status=state, raw=f"{order.raw} {state}", **changes)
        self._world.orders[ref] = changed
        self._world.answer("marketplace")


class FakeShop:
    """`connectors.base.Shop` on a World: looks before it writes, one step in the journal."""

    title = "Fake shop"
    settings: ClassVar[Sequence[Setting]] = (
        Setting("world", "World"),
        Setting("timeout_seconds", "Time limit", "number", required=False, default=60),
    )

    def __init__(self, values: Mapping[str, Any], recorder: Recorder) -> None:
        self._world, self._recorder, self._key = WORLDS[values["world"]], recorder, str(values.get("key") or "")
        self._cancelled_status = values.get("cancelled_status")

    def _call(self, name: str, *words: str) -> None:
        self._recorder.sending()
        self._world.enter("shop", self._key)
        self._world.came(name, *words)

    def check(self) -> list[Check]:
        return _checked(lambda: self._world.enter("shop", self._key))

    def reference_data(self) -> ShopData:
        self._call("reference_data")
        statuses = tuple(Choice(ref, name, note=note) for ref, (name, note) in STATUSES.items())
        return ShopData(version="1", currency="EUR", statuses=statuses)

    def products(self, skus: Iterable[str]) -> dict[str, list[ProductMatch]]:
        return {sku: [] if sku in self._world.unknown_skus else [_match(sku)] for sku in skus}

    def examine(self, drafts: Sequence[OrderDraft], policy: ImportPolicy) -> dict[str, Examination]:
        self._call("examine", *(draft.ref for draft in drafts))
        return {draft.ref: self._examined(draft) for draft in drafts}

    def _examined(self, draft: OrderDraft) -> Examination:
        unknown = [line for line in draft.lines if line.sku in self._world.unknown_skus]
        problems: list[CdsyncError] = [RejectedError("product.unknown", sku=x.sku, title=x.title) for x in unknown]
        if not draft.delivery.country_code:
            problems.append(RejectedError("address.country_unknown", country=""))
        matches = {line.line_ref: _match(line.sku) for line in draft.lines if line not in unknown}
        fixed = (Correction("delivery.phone", "06 00", "0600", "no spaces"),)
        return Examination(draft.ref, tuple(problems), matches, corrections=fixed)

    def import_orders(
        self, drafts: Sequence[OrderDraft], policy: ImportPolicy, journal: Journal
    ) -> Iterator[Imported | NotImported]:
        self._call("import_orders", *(draft.ref for draft in drafts))
        for draft in drafts:
            result = self._import(draft, journal)
            if result is not None:
                yield result

    def _import(self, draft: OrderDraft, journal: Journal) -> Imported | NotImported | None:
        known = self.find_orders(payment_texts=[draft.payment_text])
        if known:
            return Imported(draft.ref, known[0], adopted=True)
        examined = self._examined(draft)
        if examined.problems:
            return NotImported(draft.ref, examined.problems[0])
        if draft.ref in self._world.refused:
            return NotImported(draft.ref, self._world.refused.pop(draft.ref))
        self._world.before_posting(draft.ref)
        if draft.ref not in journal.begin("order", {draft.ref: {"cart": "1"}}):
            return None
        self._call("post", draft.ref)
        order = self.add(draft.payment_text, draft.total)
        self._call("posted", draft.ref)
        try:
            self._world.answer("shop")
        except UnknownOutcomeError as error:
            return NotImported(draft.ref, error)
        journal.done("order", {draft.ref: {"order": order.shop_ref}})
        return Imported(draft.ref, order, examined.corrections, examined.matches)

    def add(self, payment_text: str, total: Decimal) -> ShopOrder:
        number = str(len(self._world.shop_orders) + 1)
        order = shop_order(number, payment_text, total, created_at=datetime.now(UTC))
        self._world.shop_orders.append(order)
        return order

    def find_orders(self, payment_texts: Sequence[str] = (), shop_refs: Sequence[str] = ()) -> list[ShopOrder]:
        self._call("find_orders", *payment_texts, *shop_refs)
        texts = {text.casefold() for text in payment_texts}
        return [o for o in self._read() if o.payment_text.casefold() in texts or o.shop_ref in shop_refs]

    def _read(self) -> list[ShopOrder]:
        """Cancelled: in the shop's own status for it (`change(…, cancelled=True)`), or in the merchant's."""
        chosen = self._cancelled_status
        return [replace(o, cancelled=o.cancelled or o.status_ref == chosen) for o in self._world.shop_orders]

    def set_status(self, shop_ref: str, status_ref: str) -> None:
        self._call("set_status", shop_ref, status_ref)
        there = {each.shop_ref: each.status_ref for each in self._world.shop_orders}
        if status_ref not in STATUSES:
            raise ConfigError("shop.status_missing", status=status_ref)
        if shop_ref not in there:
            raise RejectedError("shop.refused", resource="orders", field="id", message="no such order", shop_code="404")
        if there[shop_ref] != status_ref:
            self._world.moves[shop_ref] += 1
            change(self._world, shop_ref, status_ref=status_ref, status_name=f"Status {status_ref}")

    def marketplace_orders(self, since: datetime, title: str) -> Iterator[ShopOrder]:
        self._call("marketplace_orders", title)
        orders = [o for o in self._read() if o.payment_text.startswith(title)]
        yield from [o for o in orders if o.created_at is None or o.created_at >= since]


def shop_order(number: str, payment_text: str, total: Decimal, **changes: Any) -> ShopOrder:
    order = ShopOrder(
        shop_ref=number,
        reference=f"SHOP{number}",
        cart_ref=number,
        status_ref="2",
        total_paid=total,
        payments=total,
        total_products=total,
        total_shipping=Decimal("0.00"),
        payment_text=payment_text,
        carrier_ref="2",
    )
    return replace(order, **changes)


def change(world: World, shop_ref: str, **values: Any) -> None:
    """What the merchant does to a shop order."""
    world.shop_orders = [replace(o, **values) if o.shop_ref == shop_ref else o for o in world.shop_orders]


def _checked(enter: Callable[[], None]) -> list[Check]:
    try:
        enter()
    except CdsyncError as error:
        return [Check("memory", False, code=error.code, data=error.data)]
    return [Check("memory", True)]


def _match(sku: str) -> ProductMatch:
    return ProductMatch("7", "0", f"Product {sku}", "reference", active=True, stock=9)
