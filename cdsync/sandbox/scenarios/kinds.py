"""Every kind of order by name, with what it is and what to expect of it; and the rehearsal's opening mix."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from . import good, life, trouble
from .maker import Arrival, Maker

Build = Callable[[Maker], Arrival]


@dataclass(frozen=True)
class Kind:
    """A kind of order: group and title for a list, `expect` for the person who adds one."""

    name: str
    group: str
    title: str
    expect: str
    build: Build
    at_start: int = 1


def _kinds(group: str, *rows: tuple[Build, int, str, str]) -> dict[str, Kind]:
    """Kinds named as the function that builds them; rows of (function, how many at the start, title, expect)."""
    return {
        build.__name__: Kind(build.__name__, group, title, expect, build, count) for build, count, title, expect in rows
    }


IMPORTABLE = _kinds(
    "Ready to import",
    (good.simple, 4, "One article at the shop’s price", "Imports as it is."),
    (good.another_price, 3, "Two articles at other prices", "Imports at the marketplace’s prices."),
    (good.combination, 2, "Sizes and colours", "The combinations’ stock falls."),
    (good.several_vat_rates, 2, "Four VAT rates in one order", "VAT per rate is exact."),
    (good.same_sku_twice, 1, "The same article on two lines", "One cart row with the sum."),
    (good.same_sku_two_prices, 1, "The same article at two prices", "One row whose sum is exact, else a problem."),
    (good.quantity_50, 1, "50 pieces of a cheap article", "Exact to the cent."),
    (good.one_cent, 1, "Prices of one cent", "Exact to the cent."),
    (good.company, 1, "Company with VAT number", "Company and number are kept."),
    (good.relay_point, 2, "Relay point", "The point’s id and name are in the address."),
    (good.free_shipping, 1, "Shipping 0.00", "Shipping is corrected to 0.00."),
    (good.dearer_shipping, 1, "Shipping dearer than the shop’s", "Shipping is corrected to 9.95."),
    (good.express, 1, "Express, to ship within two hours", "First in the list."),
    (good.by_ean, 1, "SKU is the product’s EAN", "Matched by EAN."),
    (good.by_supplier_reference, 1, "SKU is a supplier reference", "Matched by supplier reference."),
    (good.shared_mailbox, 2, "Relay e-mail shared by buyers", "Buyers are not merged."),
    (good.same_buyer, 2, "A buyer who comes again", "One customer for all of them."),
    (good.late_to_ship, 1, "Shipping deadline passed", "Imports; shown as late."),
    (good.dead_line, 1, "One of two lines cancelled", "Only the live line is imported."),
    (good.belgium, 1, "Belgium", "The shop delivers there: imports with its VAT."),
    (good.fee, 1, "Instalment fee", "A line of its own with a fee product set, else a problem."),
    (life.mixed_supply, 1, "Own goods and a partner’s", "Only the own line, with its money."),
)  # fmt: skip
CLEANED = _kinds(
    "Ready, after cleaning",
    (good.odd_name, 10, "Odd names", "Cleaned to the shop’s rules, shown as corrections."),
    (good.long_address, 1, "Very long address", "Spread over the lines, nothing lost silently."),
    (good.bad_phone, 2, "Phone that is none", "Cleaned or left out."),
)  # fmt: skip
ACCEPTANCE = _kinds(
    "Acceptance",
    (life.processing, 2, "Still being checked", "Waits; some come to acceptance after two minutes."),
    (life.to_accept, 6, "To accept or refuse", "6 to 44 hours left."),
    (life.to_accept_combination, 1, "To accept, size and colour", "26 hours left."),
    (life.to_accept_soon, 1, "To accept within two hours", "First in the list."),
    (life.to_accept_last_minutes, 0, "To accept within ten minutes", "Cancelled by the marketplace afterwards."),
    (life.to_accept_unknown_sku, 1, "To accept, article unknown", "Not accepted by “importable”."),
    (life.to_accept_short_stock, 1, "To accept, stock too short", "Depends on the stock policy."),
    (life.accepted, 2, "Accepted a moment ago", "Ready two minutes later."),
    (life.accepted_long_ago, 1, "Accepted yesterday, never released", "Shown with its age, raises an alarm."),
)  # fmt: skip
PROBLEM = _kinds(
    "Needs a person",
    (trouble.unknown_sku, 2, "Article unknown to the shop", "Problem that names the SKU."),
    (trouble.no_sku, 1, "Line without SKU", "Problem."),
    (trouble.ambiguous_sku, 1, "Two products with this reference", "Problem that names both."),
    (trouble.parent_sku, 1, "Reference of a product with combinations", "Problem: which combination?"),
    (trouble.inactive_product, 1, "Product switched off", "Problem."),
    (trouble.short_stock, 1, "3 wanted, 1 in stock, back orders allowed", "By the stock policy."),
    (trouble.sold_out, 1, "Sold out, back orders refused", "By the stock policy."),
    (trouble.unmapped_delivery, 1, "Delivery mode without carrier", "Problem with a link to the mapping."),
    (trouble.unknown_delivery, 1, "Delivery mode nobody knows", "Problem."),
    (trouble.wrong_total, 1, "Total that does not add up", "Problem: 2.00 missing."),
    (trouble.other_currency, 1, "Order in pounds", "Problem: the shop has no GBP."),
    (trouble.overseas, 2, "Réunion and Guadeloupe", "Problem: the shop does not deliver there."),
    (trouble.inactive_country, 1, "Portugal, not active in the shop", "Problem."),
    (trouble.unknown_country, 1, "Country code XX", "Problem."),
    (trouble.no_address, 1, "Prepared, but without address", "Problem."),
    (trouble.cancellation_asked, 3, "Cancellation asked for", "Waits until it is settled."),
    (trouble.cancelled_after_import, 1, "Cancelled once it is imported", "Problem on the imported order."),
    (trouble.malformed_lines, 2, "No lines", "Problem on this order alone."),
    (trouble.malformed_status, 1, "Status null", "Problem on this order alone."),
    (trouble.malformed_money, 1, "Price in words", "Problem on this order alone."),
    (trouble.zero_quantity, 1, "A line of quantity 0", "Problem on this order alone."),
    (trouble.unknown_status, 1, "Status nobody knows", "Kept and shown, never imported."),
)  # fmt: skip
ELSEWHERE = _kinds(
    "Nothing to do",
    (life.fulfilment, 2, "Sent by a logistics partner", "Listed, not imported."),
    (life.xdock, 1, "Through the channel’s warehouse", "Listed, not imported."),
    (life.shipped, 2, "Already shipped", "Listed, not imported."),
    (life.delivered, 1, "Already delivered", "Listed, not imported."),
    (life.refused, 1, "Refused by the seller", "Dead."),
    (life.rejected, 1, "Rejected by the marketplace", "Dead."),
    (life.cancelled, 1, "Cancelled", "Dead."),
)  # fmt: skip
KINDS: dict[str, Kind] = IMPORTABLE | CLEANED | ACCEPTANCE | PROBLEM | ELSEWHERE
