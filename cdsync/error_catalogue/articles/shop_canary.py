"""The catalogue's texts for a shop that reckons, or keeps carriers, otherwise than the import expects. Data only."""

from __future__ import annotations

from .entry import N_, Entry, Step

_COMPARE = Step(N_("Compare the two sides on the order's page."), "order")
_ASK = Step(N_("Press “Test connection” in Settings: it asks again."), "settings.shop")
_IMPORT = Step(N_("Then import again; nothing was written meanwhile."), "runs")

ENTRIES = (
    Entry(
        "shop.prices_differ",
        N_(
            "Your shop calculates differently from cdsync: product %(product)s, %(what)s: %(found)s instead "
            "of %(expected)s"
        ),
        N_(
            "Once a day, and after an update or a change of settings, cdsync asks your shop for some prices before it "
            "makes orders. With this difference they would not be right, so no order of this account is imported."
        ),
        (
            Step(N_("See whether the product's tax rule has the rate you want: International › Taxes › Tax Rules.")),
            Step(
                N_(
                    "Switch off anything else that calculates prices or taxes: a module, or a switch in Advanced "
                    "Parameters › "
                    "New & Experimental Features."
                )
            ),
            _ASK,
            _IMPORT,
        ),
    ),
    Entry(
        "shop.shipments_apart",
        N_("Your shop makes orders without a carrier: the experimental feature “%(switch)s” is on"),
        N_(
            "Since PrestaShop 9.1 it keeps parcels apart from orders, where the webservice shows neither carrier nor "
            "number, and takes shipping with tax for shipping without. No order of this account is imported with it."
        ),
        (
            Step(N_("Switch “%(switch)s” off: Advanced Parameters › New & Experimental Features.")),
            Step(
                N_(
                    "Make an order with shipping in your shop: by it cdsync sees that the switch is off. The next "
                    "buyer's will do, or one from the back office that you cancel again."
                )
            ),
            _ASK,
            _IMPORT,
            Step(N_("Tell %(market)s the parcels of orders made with it by hand: their numbers cannot be read.")),
        ),
    ),
    Entry(
        "import.net_differs",
        N_("Shop order %(shop_order)s has another VAT than it should: %(what)s"),
        N_(
            "With tax its total is right. Without, it is not what the tax rule of its carrier makes of it, and cdsync "
            "changes no order that has an invoice or that somebody has moved on."
        ),
        (
            _COMPARE,
            Step(N_("Cancel it in the shop, so that its VAT is put right there too."), "shop.order"),
            Step(N_("Then import again; cdsync makes a new shop order."), "order"),
        ),
    ),
    Entry(
        "import.no_carrier_row",
        N_("Shop order %(shop_order)s has no carrier"),
        N_(
            "The shop dropped the delivery option, or keeps parcels apart from orders (“Improved shipment”, from 9.1 "
            "on), where the webservice shows no number. So there is nothing a parcel could be told of."
        ),
        (
            Step(N_("Check in Shipping › Carriers that the carrier delivers to the buyer's zone and weight.")),
            Step(N_("Set the carrier on the shop order by hand."), "shop.order"),
            Step(N_("Then try again: import the order, or send its shipment."), "order"),
            Step(
                N_("With parcels kept apart: tell the marketplace number and carrier there, by hand."),
                "marketplace.order",
            ),
        ),
        watched=True,
    ),
)
