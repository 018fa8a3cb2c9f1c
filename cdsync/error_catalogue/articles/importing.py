"""The catalogue's texts for what stops an order on its way into the shop. Data only."""

from __future__ import annotations

from .entry import N_, Entry, Step

_AGAIN = Step(N_("Then import the order, or accept it if that comes first."), "order")
_COMPARE = Step(N_("Compare the two sides on the order's page."), "order")

ENTRIES = (
    Entry(
        "postcode.outlying",
        N_("The postcode lies in %(place)s, and the marketplace calls it %(country)s"),
        N_(
            "The order is imported for the country the marketplace names: its VAT, and the carrier of its delivery "
            "mode. For %(place)s another VAT, customs or a dearer carrier may be due."
        ),
        (
            Step(N_("Look at VAT and carrier before you send the parcel."), "order"),
            Step(N_("Or let such orders have the country your shop has for the place."), "settings.orders"),
        ),
    ),
    Entry(
        "postcode.form",
        N_("The postcode (%(field)s) does not have the form %(form)s used in %(country)s"),
        N_(
            "N stands for a digit, L for a letter. PrestaShop takes the address all the same; a carrier may not. "
            "cdsync mends a postcode only where the zero at its beginning was lost."
        ),
        (
            Step(N_("Compare postcode and town, and ask the buyer on %(market)s if they do not fit."), "order"),
            Step(N_("Correct the address in the shop order before the label is printed."), "shop.order"),
            Step(N_("If the form is wrong, correct it in International › Locations › Countries.")),
        ),
    ),
    Entry(
        "address.country_unknown",
        N_("Your shop does not have the country “%(country)s”"),
        N_("The buyer's address is there, and a shop order needs a country of the shop."),
        (
            Step(N_("Add the country in International › Locations › Countries.")),
            Step(N_("Give it a zone that your carrier delivers to.")),
            _AGAIN,
        ),
        needs_address=True,
    ),
    Entry(
        "address.country_inactive",
        N_("The country “%(country)s” is switched off in your shop"),
        N_("The shop refuses addresses in countries that are not active."),
        (
            Step(N_("Activate it in International › Locations › Countries, if you deliver there.")),
            _AGAIN,
        ),
        needs_address=True,
    ),
    Entry(
        "address.incomplete",
        N_("The delivery address lacks “%(field)s”"),
        N_("Your shop requires it, and cdsync does not invent it."),
        (
            Step(N_("Ask %(market)s's seller support for it."), "marketplace.order"),
            Step(N_("If it is a postcode and the country has none, say so in International › Locations › Countries.")),
            _AGAIN,
        ),
        needs_address=True,
    ),
    Entry(
        "currency.unknown",
        N_("Your shop does not have the currency %(currency)s"),
        N_("The buyer paid in it: it is missing in your shop, or not enabled there."),
        (Step(N_("Add or enable the currency in International › Localization › Currencies.")), _AGAIN),
    ),
    Entry(
        "currency.precision",
        N_("Your shop does not keep %(currency)s in cents: it has %(decimals)s decimals there"),
        N_("PrestaShop rounds every amount of an order to the decimals of its currency, so no order would be exact."),
        (
            Step(N_("Set 2 decimals and an exchange rate in International › Localization › Currencies.")),
            _AGAIN,
        ),
    ),
    Entry(
        "currency.inexact",
        N_("No price of “%(sku)s” comes to exactly what was paid in %(currency)s"),
        N_(
            "PrestaShop keeps prices with six decimals in the shop's default currency and converts them: at today's "
            "exchange rate none of them gives the sum."
        ),
        (
            Step(N_("Enter this order in the shop by hand.")),
            Step(N_("Make %(currency)s the default currency of the shop that takes these orders.")),
        ),
    ),
    Entry(
        "carrier.unmapped",
        N_("The delivery mode “%(mode)s” has no carrier in your shop"),
        N_("cdsync does not guess a carrier: the parcel would go to the wrong network."),
        (
            Step(N_("Choose the carrier for “%(mode)s”."), "settings.carriers"),
            Step(N_("Import the order again; other orders that wait for the same can go with it."), "problems"),
        ),
        remedy="carrier",
    ),
    Entry(
        "carrier.unusable",
        N_("The carrier “%(carrier)s” chosen for “%(mode)s” cannot be used for this order"),
        N_("Reason: %(reason)s. A carrier may be deleted, switched off, or not deliver to the country or weight."),
        (
            Step(N_("Choose another carrier for “%(mode)s”."), "settings.carriers"),
            Step(N_("Or correct the carrier in Shipping › Carriers of the back office.")),
            _AGAIN,
        ),
        remedy="carrier",
    ),
    Entry(
        "tax.rate_unknown",
        N_("Your shop has no VAT rate for “%(sku)s” in %(country)s"),
        N_("Without a rate the shop order would be without VAT, or with a wrong one."),
        (
            Step(N_("Give the product a tax rule that covers the country."), "shop.product"),
            Step(N_("Tax rules are in International › Taxes › Tax Rules.")),
            _AGAIN,
        ),
        needs_address=True,
    ),
    Entry(
        "order.cart_rule",
        N_("Your shop's cart rule “%(rule)s” would be taken off this order"),
        N_("It has no code and no restriction, so PrestaShop puts it into every cart, ours too. Nothing was made."),
        (
            Step(N_("In Catalog › Discounts, restrict it to other customer groups than that of these orders.")),
            Step(N_("Or give it a code, or switch it off.")),
            _AGAIN,
        ),
    ),
    Entry(
        "tax.no_rule",
        N_("“%(what)s” would be sold without VAT: your shop has no rate for %(country)s"),
        N_("Its tax rule has rates for other countries only, and PrestaShop then applies 0 %% without saying so."),
        (
            Step(N_("Add the country to the tax rule in International › Taxes › Tax Rules.")),
            Step(
                N_("Or, if you do sell there without VAT, say so under “EU countries without a VAT rate”."),
                "settings.orders",
            ),
            _AGAIN,
        ),
    ),
    Entry(
        "tax.no_vat",
        N_("“%(what)s” is sold without VAT: your shop has no rate for %(country)s"),
        N_("Its tax rule has rates for other countries only. The total is right; the order has no VAT for it."),
        (
            Step(N_("Do nothing if you sell there without VAT, as for goods that leave the EU.")),
            Step(N_("Otherwise add the country to the tax rule in International › Taxes › Tax Rules.")),
            _AGAIN,
        ),
        severity="amber",
    ),
    Entry(
        "tax.vat_number",
        N_("Sold without VAT: the buyer has a VAT number in %(country)s"),
        N_(
            "Your shop's module for European VAT numbers takes no VAT from companies of other countries. The total is "
            "what the buyer paid; the order has no VAT."
        ),
        (
            Step(N_("Do nothing if %(market)s sold it without VAT.")),
            Step(N_("Otherwise switch the module “European VAT number” off while you import such an order.")),
            _AGAIN,
        ),
        severity="amber",
    ),
    Entry(
        "tax.shipping_average",
        N_("Your shop taxes the shipping of this order at the average of its goods, not at %(rate)s %%"),
        N_(
            "The setting PS_ATCP_SHIPWRAP, which a module for European or German law switches on, mixes the VAT rates "
            "of the goods for the shipping. The carrier “%(carrier)s” has another rate, and an order would keep both."
        ),
        (
            Step(N_("Switch the average VAT on shipping off in that module, if you do not need it.")),
            _AGAIN,
            Step(
                N_("Or enter this order in the shop by hand. Orders whose goods all have the carrier's rate are fine.")
            ),
        ),
    ),
    Entry(
        "tax.ecotax_rate",
        N_("The ecotax of “%(sku)s” (%(ecotax)s) bears VAT at %(rate)s %%, the goods at %(goods)s %%"),
        N_(
            "PrestaShop takes VAT on ecotax by a tax rule of its own, and none without one. The total is right; the "
            "VAT of the order is your shop's, shown row by row in its money."
        ),
        (
            Step(N_("Do nothing if your ecotax is meant to be taxed so.")),
            Step(N_("Otherwise choose the tax rule of the ecotax in International › Taxes.")),
            _AGAIN,
        ),
        severity="amber",
        figures="ecotax",
    ),
    Entry(
        "tax.rate_differs",
        N_("VAT of “%(sku)s”: %(market)s says %(marketplace)s %%, your shop says %(shop)s %%"),
        N_("The total would be right, the VAT in your books would not."),
        (
            Step(N_("Correct the tax rule of the product, if the shop is wrong."), "shop.product"),
            Step(N_("Correct the offer on %(market)s, if that is wrong.")),
            _AGAIN,
        ),
    ),
    Entry(
        "import.total_differs",
        N_("Shop order %(shop_order)s came to %(found)s, %(market)s says %(expected)s"),
        N_("The difference is %(difference)s: a price rule, a rounding or a module. No second order is made."),
        (
            _COMPARE,
            Step(N_("Look at the shop order: it waits in the status for payment errors."), "shop.order"),
            Step(N_("Switch off cart rules and modules that change prices, and cancel the shop order."), "shop.order"),
            Step(N_("Then import again; cdsync makes a new shop order."), "order"),
        ),
    ),
    Entry(
        "import.lines_differ",
        N_("Shop order %(shop_order)s does not have the lines of the marketplace order: %(what)s"),
        N_("The shop merged, left out or changed lines. It was left as it is, and no second order is made."),
        (_COMPARE, Step(N_("Correct the shop order by hand, or cancel it and import again."), "shop.order")),
    ),
    Entry(
        "import.put_away",
        N_("Your shop made something else of this order: %(what)s"),
        N_(
            "cdsync has cancelled shop order %(shop_order)s again. It never counted as a sale, and nothing was taken "
            "from stock. A discount, a price rule or a module of the shop changes what is ordered."
        ),
        (
            Step(N_("See what the shop made of it."), "shop.order"),
            Step(N_("Find what changed it (Catalog › Discounts, or a module) and let it leave these orders alone.")),
            Step(N_("Then import again; cdsync makes a new shop order."), "order"),
        ),
    ),
    Entry(
        "import.split",
        N_("Your shop made several orders of this one, a part each: %(shop_orders)s"),
        N_(
            "Some of its products are tied to different carriers in your shop, and PrestaShop makes an order for each "
            "carrier. Together they are the whole order; to cancel one would lose a part of the goods."
        ),
        (
            Step(N_("Nothing need be done: cdsync follows them as one, and tells %(market)s once all are shipped.")),
            Step(N_("%(market)s is told one parcel number per order, the first there is: tell the buyer the others.")),
            Step(N_("To have one order each time, tick the same carriers for these products: product › Shipping.")),
            Step(N_("If it is shown as what stops the order: cancel all parts, do that, and import again."), "order"),
        ),
    ),
    Entry(
        "import.half_made",
        N_("Shop order %(shop_order)s was only half made"),
        N_("Your shop broke off while it made the order: parts such as lines, payment or status are missing."),
        (
            _COMPARE,
            Step(N_("Cancel the half-made order in the shop, so that its stock comes back."), "shop.order"),
            Step(N_("Import again; cdsync makes a whole one."), "order"),
            Step(N_("If it happens again, ask your host to look at the shop's error log.")),
        ),
        "host",
    ),
    Entry(
        "import.several_orders",
        N_("Your shop has several orders for this one: %(shop_orders)s"),
        N_("Two programs or two people imported it, or the shop made it twice. cdsync adopts none of them by itself."),
        (
            _COMPARE,
            Step(N_("Cancel all but the right one in the shop."), "shop.order"),
            Step(N_("Then import the order; cdsync takes over the one that is left."), "order"),
            Step(N_("Find out who else imports orders of %(market)s, and stop it.")),
        ),
    ),
    Entry(
        "import.no_customer",
        N_("No customer of the group “%(group)s” could be used for this order"),
        N_(
            "Each e-mail address cdsync keeps for this buyer belongs to a customer of the shop that was deleted or put "
            "into another group, whose discounts could change the total. Nothing was made."
        ),
        (
            Step(N_("Put the buyer's customer back into the group “%(group)s”, as its default group.")),
            Step(N_("Then import the order again."), "order"),
        ),
    ),
    Entry(
        "import.not_verified",
        N_("Shop order %(shop_order)s is there, but not everything about it could be confirmed: %(what)s"),
        N_("An order counts as imported only when total, VAT, payment, invoice and stock were read back right."),
        (
            _COMPARE,
            Step(
                N_("Put right in the shop what is named: a payment too many, an invoice that is missing."), "shop.order"
            ),
            Step(N_("Check again; cdsync makes no second order."), "order"),
        ),
        "us",
        True,
    ),
)
