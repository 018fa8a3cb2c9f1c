"""The catalogue's texts for what a comparison of both sides found: `reconcile.` and a verdict. Data only."""

from __future__ import annotations

from .entry import N_, Entry, Step

_COMPARED = Step(N_("Reconcile shows both sides, and compares again when asked."))

ENTRIES = (
    Entry(
        "reconcile.missing",
        N_("The order is on %(market)s and was missing here, or its shop order is gone"),
        N_("The comparison of both sides found it. An order that no lookup had seen is known from now on."),
        (
            Step(
                N_("Press Repair on the page Reconcile: it is imported, or once more; cdsync looks in the shop first.")
            ),
            Step(N_("If its shop order was deleted on purpose, dismiss the row there.")),
        ),
    ),
    Entry(
        "reconcile.twice",
        N_("The order has several live shop orders"),
        N_("cdsync makes no second one; somebody did, or another copy of cdsync. It may be paid and shipped twice."),
        (
            Step(N_("Keep one, cancel the other: on the page Reconcile, or in the shop's back office."), "shop.order"),
            _COMPARED,
        ),
    ),
    Entry(
        "reconcile.total_differs",
        N_("The shop order does not come to what was paid on %(market)s"),
        N_("It was changed in the shop after its import, or made by hand."),
        (
            Step(
                N_("Look at both and correct the shop order, or dismiss the row on the page Reconcile."), "shop.order"
            ),
            _COMPARED,
        ),
    ),
    Entry(
        "reconcile.stock_differs",
        N_("The order is right, but stock did not move as it should when it was imported"),
        N_("PrestaShop loses pieces when two sales move one product at the same moment."),
        (
            Step(N_("Look at the numbers on the order's page, and put the stock right in the shop."), "order"),
            Step(N_("Then say on the page Reconcile that it is put right.")),
        ),
        severity="amber",
    ),
    Entry(
        "reconcile.unknown_to_marketplace",
        N_("Orders of your shop that name an order of %(market)s that nobody knows: %(count)s"),
        N_("Somebody made them or renamed their payment; or they are of another seller account."),
        (
            Step(N_("See which on the page Reconcile, and check their payment text in the shop.")),
            Step(N_("Dismiss there what is as it should be; it is not told again.")),
        ),
    ),
)
