"""The catalogue's texts for telling the marketplace that an order was shipped. Data only."""

from __future__ import annotations

from cdsync.states import SHIPPED

from .entry import N_, Entry, Step

_AGAIN = Step(N_("Send the shipment again."), "order")

ENTRIES = (
    Entry(
        "ship.refused",
        N_("%(market)s did not accept the shipment"),
        N_("It said: “%(detail)s”."),
        (
            Step(N_("Open the order on the marketplace; it may be cancelled or shipped already."), "marketplace.order"),
            Step(N_("Check parcel number and carrier on the order's page."), "order"),
            Step(
                N_("If the carrier is unknown to %(market)s, choose another name for it."),
                "settings.marketplace_carriers",
            ),
            _AGAIN,
        ),
    ),
    Entry(
        "ship.no_tracking",
        N_("Shipped in your shop since %(since)s, and still without a tracking number"),
        N_("%(market)s requires a parcel number. cdsync waited %(hours)s hours for one; nothing was sent."),
        (
            Step(N_("Enter the tracking number on the shop order."), "shop.order"),
            Step(N_("cdsync sends it at the next run; or send it now."), "order"),
            Step(N_("If numbers often come later, raise the waiting time."), "settings.orders"),
        ),
        "you",
        True,
        remedy="settle",
        watched=True,
    ),
    Entry(
        "ship.carrier_unmapped",
        N_("cdsync does not know what the shop's carrier “%(carrier)s” is called on %(market)s"),
        N_("%(market)s wants one of its own carrier names with each parcel."),
        (
            Step(N_("Choose the name of this carrier on %(market)s."), "settings.marketplace_carriers"),
            Step(N_("The shipment goes out at the next run; or send it now."), "order"),
        ),
        watched=True,
    ),
    Entry(
        "ship.shop_order_cancelled",
        N_("Shop order %(shop_order)s is cancelled in your shop, and %(market)s still waits for the parcel"),
        N_("Somebody cancelled it in the shop. %(market)s is not told: an accepted order is cancelled there, by you."),
        (
            Step(N_("If the buyer is not to get it, cancel the order on the marketplace."), "marketplace.order"),
            Step(N_("If it was cancelled by mistake, give the shop order its status back."), "shop.order"),
            Step(N_("Check again."), "order"),
        ),
        watched=True,
        shop_order_is="cancelled",
    ),
    Entry(
        "ship.shop_order_gone",
        N_("Shop order %(shop_order)s is not in your shop any more, and %(market)s still waits for the parcel"),
        N_("It was imported, and somebody deleted it since. Nothing was sent, and none is made without you."),
        (
            Step(
                N_("If it is still to be sent, create the shop order again; cdsync looks in the shop first."),
                "order",
            ),
            Step(N_("If the buyer is not to get it, cancel the order on the marketplace."), "marketplace.order"),
            Step(N_("If you send it without a shop order, say here that it is settled."), "order"),
        ),
        remedy="settle",
        watched=True,
        shop_order_is="gone",
    ),
    Entry(
        "ship.not_taken",
        N_("%(market)s took the parcel number at %(since)s but still does not show the order as shipped"),
        N_("It usually takes minutes. Until it shows, the delay counts against you."),
        (
            Step(N_("Open the order on the marketplace."), "marketplace.order"),
            _AGAIN,
            Step(N_("If it stays, enter the parcel number in the seller portal by hand."), "marketplace.order"),
        ),
        "marketplace",
        True,
        remedy="settle",
        ends_with=frozenset({SHIPPED}),
    ),
    Entry(
        "ship.wrong_state",
        N_("The order cannot be shipped any more"),
        N_("It is shipped, refused or cancelled already. Nothing was sent."),
        (Step(N_("Look at the order; there is nothing to repair."), "order"),),
        "you",
        False,
        "amber",
    ),
)
