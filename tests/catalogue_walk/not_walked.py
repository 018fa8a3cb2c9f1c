"""Articles that no walk leads through, and why: a code, or the beginning of codes that ends with a dot.

A new code on an order gets a walk in one of the `of_…` files, or a line here.
"""

from __future__ import annotations

MACHINE = "of the machine or the account: stops no order; its own tests follow its steps"
WARNING = "a warning: the order goes on, there is nothing to lead out of"
DOOR = "of the way to the other side: tests/connectors play a door before it, and go on once it is open"
PASSES = "passes by itself: the fault matrix breaks every request with it, and each ends imported without a person"
NOT_YET = "can be produced, and has no walk yet"

NOT_WALKED = {
    **dict.fromkeys(
        (
            "account.", "config.", "connect.", "connector.", "database.", "instance.", "internal", "launch.", "moved.",
            "page.", "redis.", "rehearsal.", "run.", "settings.", "side.", "user.",
        ),
        MACHINE,
    ),
    "reconcile.": "rows of a comparison: tests/web/reconcile presses their buttons",
    **dict.fromkeys(("marketplace.", "shop."), DOOR),
    **dict.fromkeys(
        (
            "marketplace.outcome_unknown", "marketplace.rate_limited", "marketplace.server_error",
            "marketplace.timeout", "marketplace.unreachable", "shop.maintenance", "shop.order_unknown",
            "shop.outcome_unknown",
            "shop.rate_limited", "shop.server_error", "shop.timeout", "shop.unreachable", "shop.unreadable",
            "shop.odd_value",
        ),
        PASSES,
    ),
    **dict.fromkeys(("shop.order_at_work", "shop.still_at_work", "shop.stock_busy"), PASSES),
    **dict.fromkeys(("import.stock_differs", "import.stock_unread"), WARNING),
    **dict.fromkeys(
        (
            "import.stock_differs", "import.stock_unread",
            "postcode.form", "postcode.outlying", "product.pack_stock", "tax.ecotax_rate", "tax.no_vat",
            "tax.rate_differs", "tax.vat_number",
        ),
        WARNING,
    ),
    **dict.fromkeys(("order.claimed", "order.moved_meanwhile", "ship.wrong_state", "accept.wrong_state"), "a skip"),
    "order.unknown": "said to a command that names no order",
    "order.ambiguous": "said to a command that names several orders",
    "order.other_seller": "settings of another seller: tests/operations play them and their way back",
    "order.other_shop": "settings of another shop: tests/operations play them and their way back",
    "order.seller_unknown": "a database from before sellers were kept: tests/operations play it",
    "import.split": "as a problem only without its products: tests/connectors/prestashop/test_split.py",
    "import.half_made": "the shop is still at work or broke off: tests/connectors and the fault matrix play both",
    "import.not_verified": "final only when the shop has stood still for its time: tests/connectors play it",
    "import.no_carrier_row": "9.1's feature switch: refused before anything is written where it can be seen",
    "shop.prices_differ": "another calculator in the shop: tests/connectors/prestashop/test_canary.py puts one in",
    "import.no_customer": "the shop changes while a batch is at work: tests/connectors play the moment",
    "shop.payment_module_missing": "two crashes and two time limits: tests/connectors/prestashop/test_looking_first.py",
    **dict.fromkeys(
        (
            "accept.refused", "currency.inexact", "currency.precision", "currency.unknown", "order.amount_invalid",
            "order.cart_rule", "order.gone", "order.mixed_currencies", "order.no_address", "order.no_lines",
            "order.part_of_a_cent",
            "order.several_addresses", "order.shipped_elsewhere", "order.unreadable", "ship.not_taken",
            "tax.shipping_average",
        ),
        NOT_YET,
    ),
}  # fmt: skip


def reason(code: str) -> str | None:
    """Why no walk leads through an article; None when nobody said."""
    beginning = f"{code.partition('.')[0]}."
    return NOT_WALKED.get(code) or NOT_WALKED.get(beginning)
