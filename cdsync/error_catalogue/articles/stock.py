"""The catalogue's texts for pieces that an import moved otherwise than it must. Data only."""

from __future__ import annotations

from .entry import N_, Entry, Step

ENTRIES = (
    Entry(
        "import.stock_differs",
        N_("The stock of “%(product)s” moved by %(moved)s instead of %(expected)s pieces while orders were imported"),
        N_(
            "%(stock)s in stock now, by the count it is %(right)s. PrestaShop loses pieces when two sales move one "
            "product at the same moment; or somebody changed the stock just then. The order itself is right."
        ),
        (
            Step(N_("Count what is on the shelf, or trust the count: %(right)s pieces."), "shop.product"),
            Step(N_("Change it by %(change)s in Catalog, Stocks: a difference spoils no sale of the same moment.")),
            Step(N_("Then say so on the page Reconcile, which counts it from the next comparison on.")),
        ),
        severity="amber",
        figures="stock",
    ),
    Entry(
        "import.stock_unread",
        N_("Whether the stock moved as it should could not be read after the import"),
        N_("The shop did not answer that one question. The order itself was read back right."),
        (Step(N_("Look at the stock of the order's products; most likely it is right."), "shop.product"),),
        severity="amber",
    ),
)
