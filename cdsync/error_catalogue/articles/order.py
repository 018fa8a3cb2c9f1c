"""The catalogue's texts for what is wrong with one marketplace order. Data only."""

from __future__ import annotations

from cdsync.states import CANCELLED, REFUSED, STATES

from .entry import N_, Entry, Step

_AGAIN = Step(N_("Then import the order, or accept it if that comes first."), "order")
_SETTLED = Step(N_("Then say here that it is settled."), "order")
_AT_THE_MARKETPLACE = Step(N_("Open the order on the marketplace and compare."), "marketplace.order")

ENTRIES = (
    Entry(
        "order.unreadable",
        N_("%(market)s sent an order that cannot be read: %(reason)s"),
        N_("The order is kept exactly as it came. Other orders are not touched by it."),
        (
            Step(N_("Wait for the next lookup: a half-made order often comes whole then.")),
            _AT_THE_MARKETPLACE,
            Step(N_("If it stays, tell us the code and the order's number.")),
        ),
        "marketplace",
        True,
        found_by="lookup",
        ended_by_reading=True,
    ),
    Entry(
        "order.gone",
        N_("%(market)s no longer knows this order"),
        N_("It was there at an earlier lookup. Usually it was withdrawn, or the seller number changed."),
        (
            Step(N_("Look for it in your seller portal."), "marketplace.order"),
            Step(N_("If it is there, check the seller number in Settings."), "settings.marketplace"),
        ),
        found_by="lookup",
        ended_by_reading=True,
    ),
    Entry(
        "order.no_lines",
        N_("Nothing is left to deliver in this order"),
        N_("All its lines are cancelled or refused, while the order itself is still open on the marketplace."),
        (
            Step(N_("Do nothing: %(market)s closes such orders, and the next lookup sees it."), waits=True),
            _AT_THE_MARKETPLACE,
        ),
        "marketplace",
        True,
    ),
    Entry(
        "order.no_address",
        N_("The order has no delivery address"),
        N_("%(market)s gives the address once the payment is settled, and this order is said to be ready without one."),
        (
            Step(N_("Wait for the next lookup.")),
            Step(N_("If it is missing after an hour, ask %(market)s's seller support."), "marketplace.order"),
        ),
        "marketplace",
        True,
        needs_address=True,
    ),
    Entry(
        "order.several_addresses",
        N_("The lines of this order go to %(count)s different addresses"),
        N_("A shop order has one delivery address, and %(market)s takes one parcel for an order."),
        (_AT_THE_MARKETPLACE, Step(N_("Ask %(market)s's seller support which address is right."))),
        "marketplace",
    ),
    Entry(
        "order.total_mismatch",
        N_("The amounts do not add up: lines, shipping and fees make %(found)s, the total says %(expected)s"),
        N_("The difference is %(difference)s. Money that cannot be explained to the cent is never imported."),
        (
            _AT_THE_MARKETPLACE,
            Step(N_("Wait for the next lookup if the order was just changed.")),
            Step(N_("If it stays, tell us the code and the order's number.")),
        ),
        "us",
        True,
    ),
    Entry(
        "order.mixed_currencies",
        N_("The order has amounts in two currencies"),
        N_("A shop order has one currency, and cdsync does not convert money."),
        (_AT_THE_MARKETPLACE, Step(N_("Enter this order by hand, in the currency the buyer paid."))),
    ),
    Entry(
        "order.cancel_requested",
        N_("Somebody asked to cancel %(lines)s, and it is not settled yet"),
        N_("The order waits, so that nothing is packed that may come back. It goes on by itself when it is settled."),
        (
            Step(N_("Settle the request in your seller portal."), "marketplace.order"),
            Step(N_("Or import it anyway, if the parcel has to go."), "order"),
        ),
        "you",
        True,
        "amber",
        remedy="anyway",
    ),
    Entry(
        "order.cancelled_after_import",
        N_("%(market)s cancelled this order after it was imported as shop order %(shop_order)s"),
        N_("The shop does not know unless you set a status for it: the parcel could still be sent."),
        (
            Step(N_("Stop the parcel."), "shop.order"),
            Step(N_("Cancel the shop order, so that its stock comes back."), "shop.order"),
            Step(N_("To have this done for you, choose a status for cancelled orders."), "settings.statuses"),
            _SETTLED,
        ),
        found_by="lookup",
        remedy="settle",
        stays=True,
        ends_with=frozenset(STATES) - {CANCELLED, REFUSED},
        cancels_shop_order=True,
    ),
    Entry(
        "order.status_unknown",
        N_("%(market)s gives this order the status “%(status)s”, which cdsync does not know"),
        N_("It is kept and shown, and nothing is done with it: guessing could send goods nobody paid for."),
        (
            _AT_THE_MARKETPLACE,
            Step(N_("Wait for the next lookup: the status may pass.")),
            Step(N_("If it stays, tell us the status, so that it can be added.")),
        ),
        "us",
        True,
        found_by="lookup",
        ended_by_reading=True,
    ),
    Entry(
        "order.fee_without_product",
        N_("The buyer paid a fee of %(amount)s (“%(label)s”) and your shop has no product for it"),
        N_("A fee, such as one for instalments, is part of the total: without it the order is too low."),
        (
            Step(N_("Make a product without stock in the shop, named for example “Marketplace fee”.")),
            Step(N_("Enter its reference as the product for fees."), "settings.orders"),
            _AGAIN,
        ),
    ),
    Entry(
        "order.two_prices",
        N_("The order has %(sku)s at two prices, and no single price gives the exact sum"),
        N_("A PrestaShop cart keeps one price for a product, and an average with six decimals misses the cent."),
        (
            Step(N_("Enter this order in the shop by hand, or as two shop orders.")),
            Step(N_("Offer the product at one price on %(market)s, so that it does not come again.")),
        ),
    ),
    Entry(
        "order.part_of_a_cent",
        N_("%(quantity)s × “%(sku)s” at %(price)s come to %(total)s, which is not a whole number of cents"),
        N_(
            "A buyer pays whole cents. What was really paid for this line cannot be told, and cdsync does not round it."
        ),
        (
            _AT_THE_MARKETPLACE,
            Step(N_("Wait for the next lookup; if it stays, enter this order in the shop by hand.")),
        ),
        "marketplace",
        True,
    ),
    Entry(
        "order.pieces_rounded",
        N_("%(quantity)s × “%(sku)s” came to %(total)s, and your shop rounds the price of each piece"),
        N_("The price of one piece is no whole number of cents, so no unit price comes to exactly what was paid."),
        (
            Step(N_("In Shop Parameters › General, let PrestaShop round each line instead of each item.")),
            _AGAIN,
            Step(N_("Or enter this order in the shop by hand.")),
        ),
    ),
    Entry(
        "order.below_ecotax",
        N_("“%(sku)s” was sold at %(price)s, less than its ecotax of %(ecotax)s"),
        N_("PrestaShop adds the ecotax to any price it is told, so the shop order would come out dearer."),
        (
            Step(N_("Correct the ecotax of the product in the shop if it is wrong."), "shop.product"),
            Step(N_("Otherwise enter this order in the shop by hand.")),
        ),
    ),
    Entry(
        "order.waiting_too_long",
        N_("%(market)s has not released this order since %(since)s"),
        N_("You accepted it; %(market)s checks the payment first. That takes minutes, seldom hours."),
        (_AT_THE_MARKETPLACE, Step(N_("Ask %(market)s's seller support if it is still waiting tomorrow."))),
        "marketplace",
        True,
        "amber",
        found_by="lookup",
    ),
    Entry(
        "order.quantity_invalid",
        N_("The quantity of %(sku)s is “%(quantity)s”, which is not a whole number of at least 1"),
        N_("cdsync does not guess how many were sold."),
        (
            _AT_THE_MARKETPLACE,
            Step(N_("Wait for the next lookup; if it stays, ask %(market)s's seller support.")),
        ),
        "marketplace",
        True,
    ),
    Entry(
        "order.amount_invalid",
        N_("The amount “%(field)s” of this order is “%(value)s”, which is not a price"),
        N_("A price must be a number of zero or more. cdsync does not guess what was paid."),
        (
            _AT_THE_MARKETPLACE,
            Step(N_("Wait for the next lookup; if it stays, ask %(market)s's seller support.")),
        ),
        "marketplace",
        True,
    ),
    Entry(
        "order.changed_after_import",
        N_("%(market)s changed this order after it was imported: %(what)s"),
        N_("The shop order still is as it was at import."),
        (
            Step(N_("Compare the two sides on the order's page."), "order"),
            Step(N_("Correct the shop order by hand where it matters."), "shop.order"),
            _SETTLED,
        ),
        found_by="lookup",
        remedy="settle",
        stays=True,
        watched=True,
    ),
    Entry(
        "order.shipped_elsewhere",
        N_("%(market)s says this order is shipped, but it was not shipped through cdsync"),
        N_("Somebody marked it in the seller portal, or another program did. The shop may not know."),
        (
            Step(N_("Check whether the goods have left."), "marketplace.order"),
            Step(
                N_("If not, tell %(market)s's seller support; if so, set the shop order to shipped."),
                "shop.order",
            ),
            _SETTLED,
        ),
        found_by="lookup",
        remedy="settle",
    ),
    Entry(
        "order.moved_meanwhile",
        N_("The order had moved on to “%(state)s” when it was its turn"),
        N_("Another run or another person was first. Nothing was done twice."),
        (Step(N_("Look at the order; there is nothing to repair."), "order"),),
        "you",
        False,
        "amber",
    ),
    Entry(
        "order.claimed",
        N_("Another run is working on this order (%(owner)s)"),
        N_("An order is worked on by one run at a time, so that it cannot get into the shop twice."),
        (Step(N_("Wait until that run has ended."), "runs"),),
        "you",
        True,
        "amber",
    ),
    Entry(
        "accept.refused",
        N_("%(market)s did not take your answer to this order: it is “%(status)s” there"),
        N_("It said: “%(detail)s”. Perhaps the buyer cancelled, or the time to answer was over."),
        (
            _AT_THE_MARKETPLACE,
            Step(N_("Look the orders up again to bring this one up to date."), "runs"),
            Step(N_("Once accepted, an order can only be cancelled in the seller portal."), "marketplace.order"),
        ),
    ),
    Entry(
        "accept.wrong_state",
        N_("The order no longer waits for acceptance: it is “%(status)s”"),
        N_("It was accepted, refused or cancelled before. Nothing was sent."),
        (Step(N_("Look at the order; there is nothing to repair."), "order"),),
        "you",
        False,
        "amber",
    ),
)
