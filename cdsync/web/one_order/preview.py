"""What an import of an order would send to the shop now: the draft and the checks' own findings. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from flask import Response, abort

from cdsync import orders, settings, states
from cdsync.connectors.base import Examination, ImportPolicy, OrderDraft, ProductMatch
from cdsync.errors import CdsyncError
from cdsync.models import Account, Order

from ..shell import outside
from ..shell.customer_data import address as address_shown
from ..shell.customer_data import personal
from ..shell.parts import page_or_part
from .view import WHO_AND_WHERE, view_of


@dataclass(frozen=True)
class PreviewLine:
    """A line of the shop's order. Money tax included; `match` None: no one product of the shop fits."""

    sku: str
    title: str
    quantity: int
    unit_price: Decimal
    total: Decimal
    match: ProductMatch | None


@dataclass(frozen=True)
class Preview:
    """What would be sent; `trouble` instead when the order cannot be drafted or the shop does not answer."""

    draft: OrderDraft | None = None
    policy: ImportPolicy | None = None
    examination: Examination | None = None
    status: str = ""  # the one it would get, by name
    trouble: CdsyncError | None = None

    @property
    def customer(self) -> str:
        """The customer is made of the invoice address."""
        address = self.examination.invoice if self.examination else None
        return personal(f"{address.first_name} {address.last_name}".strip()) if address else ""

    @property
    def addresses(self) -> list[tuple[str, dict[str, Any]]]:
        """("shipping" | "billing", fields); billing only when it names another person or place."""
        found = self.examination
        if found is None or found.delivery is None:
            return []
        shipping = asdict(found.delivery)
        billing = asdict(found.invoice) if found.invoice else shipping
        same = all(billing[name] == shipping[name] for name in WHO_AND_WHERE)
        shown = [("shipping", shipping)] if same else [("shipping", shipping), ("billing", billing)]
        return [(which, address_shown(fields)) for which, fields in shown]

    @property
    def lines(self) -> Iterator[PreviewLine]:
        """The lines, and each fee as the line that carries it."""
        if self.draft is None or self.examination is None:
            return
        matches = self.examination.matches
        for line in self.draft.lines:
            yield PreviewLine(
                line.sku, line.title, line.quantity, line.unit_price, line.total, matches.get(line.line_ref)
            )
        for number, fee in enumerate(self.draft.fees, 1):
            sku = self.policy.fee_sku if self.policy else None
            yield PreviewLine(sku or "", fee.label, 1, fee.amount, fee.amount, matches.get(f"fee:{number}"))


def preview(ref: str) -> Response:
    """GET /orders/<ref>/preview: asks the shop what the import would ask first. 404 unless it is to be imported."""
    view = view_of(ref)
    if view.order.state != states.TO_IMPORT:
        abort(404)
    found = previews(view.account, [view.order])[view.order.id]
    return page_or_part("one_order/preview.html", "one_order/_preview.html", view=view_of(ref), preview=found)


def previews(account: Account, chosen: Sequence[Order]) -> dict[int, Preview]:
    """The preview of each order by its id, the shop asked for all of them at once; writes nothing.

    Ends the database transaction before the shop is asked: the orders given are expired afterwards.
    """
    try:
        told, policy, account_id = settings.read(account), settings.policy(account), account.id
    except CdsyncError as error:
        return {order.id: Preview(trouble=error) for order in chosen}
    drafts: dict[int, OrderDraft] = {}
    found: dict[int, Preview] = {}
    for order in chosen:
        try:
            drafts[order.id] = orders.draft(order, told)
        except CdsyncError as error:
            found[order.id] = Preview(trouble=error)
    if not drafts:
        return found
    try:
        with outside.asked("preview", account_id, sorted(drafts)):
            shop = outside.shop(account)
            examined = shop.examine(list(drafts.values()), policy)
            names = {each.ref: each.name for each in shop.reference_data().statuses}
    except CdsyncError as error:
        return found | {order_id: Preview(trouble=error) for order_id in drafts}
    status = names.get(policy.imported_status, policy.imported_status)
    return found | {order_id: Preview(draft, policy, examined[draft.ref], status) for order_id, draft in drafts.items()}
