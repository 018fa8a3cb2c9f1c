"""The catalogue's texts for a SKU whose product in the shop is not to be found, or not to be ordered. Data only."""

from __future__ import annotations

from .entry import N_, Entry, Step

_AGAIN = Step(N_("Then import the order, or accept it if that comes first."), "order")
_MAP = Step(N_("Or say which product it is; cdsync remembers."), "products")

ENTRIES = (
    Entry(
        "product.unknown",
        N_("Your shop has no product with the reference “%(sku)s” (%(title)s)"),
        N_("cdsync looked among references of products and combinations, then EAN codes, then supplier references."),
        (
            Step(N_("Give the product in your shop this reference.")),
            _MAP,
            _AGAIN,
        ),
        of_product=True,
        remedy="product",
    ),
    Entry(
        "product.ambiguous",
        N_("%(count)s products of your shop have the reference “%(sku)s”"),
        N_("cdsync does not choose between them: the wrong one would be sent. They are: %(products)s."),
        (
            Step(N_("Give each of them a reference of its own."), "shop.product"),
            _MAP,
            _AGAIN,
        ),
        of_product=True,
        remedy="product",
    ),
    Entry(
        "product.parent",
        N_("“%(sku)s” is a product with combinations, and the order does not say which one"),
        N_("Size or colour is missing: a combination has to be ordered, not the product above it."),
        (
            Step(
                N_("Give the combinations references of their own, and use those on %(market)s."),
                "shop.product",
            ),
            Step(N_("For this order, say which combination it is; cdsync remembers."), "products"),
            _AGAIN,
        ),
        of_product=True,
        remedy="product",
    ),
    Entry(
        "product.inactive",
        N_("The product “%(sku)s” is switched off in your shop"),
        N_("A shop order cannot hold a product that is not active."),
        (
            Step(N_("Activate the product; you may set its visibility to “nowhere”."), "shop.product"),
            _AGAIN,
            Step(N_("If you do not sell it any more, end the offer on %(market)s.")),
        ),
        of_product=True,
    ),
    Entry(
        "product.not_orderable",
        N_("The product “%(sku)s” is not available for order in your shop"),
        N_("The tick “Available for order” is off, so the shop cannot put it into a cart."),
        (Step(N_("Tick “Available for order” on the product."), "shop.product"), _AGAIN),
        of_product=True,
    ),
    Entry(
        "product.ecotax_unused",
        N_("The product “%(sku)s” has an ecotax, and your shop has ecotax switched off"),
        N_("PrestaShop then puts the ecotax into the lines of an order and not into its total: no price fits both."),
        (
            Step(N_("Set the ecotax of the product and of its combinations to 0."), "shop.product"),
            Step(N_("Or switch ecotax on in PrestaShop: International, Taxes.")),
            _AGAIN,
        ),
        of_product=True,
    ),
    Entry(
        "product.pack_stock",
        N_("“%(sku)s” is a pack: your shop may not lower its stock"),
        N_(
            "PrestaShop before 9 leaves the stock of packs alone where the shipping of an order had to be corrected. "
            "The order itself will be right."
        ),
        (
            Step(N_("After the import, look at the stock of “%(product)s” and lower it by what was ordered.")),
            Step(N_("Orders whose shipping costs what your shop asks lower it by themselves; so does PrestaShop 9.")),
        ),
        of_product=True,
    ),
    Entry(
        "product.out_of_stock",
        N_("“%(sku)s”: %(wanted)s ordered, %(stock)s in stock"),
        N_("Your settings, or the product itself, say that nothing is ordered while stock is short."),
        (
            Step(N_("Correct the stock, or allow orders when out of stock on the product."), "shop.product"),
            Step(N_("Or choose “import although stock is short” for all orders."), "settings.orders"),
            _AGAIN,
        ),
        "you",
        True,
        of_product=True,
    ),
    Entry(
        "product.mapping_invalid",
        N_("You said “%(sku)s” is product %(product)s, but your shop has no such product any more"),
        N_("It was deleted, or its combinations were recreated and got other numbers."),
        (Step(N_("Choose the product again, or remove the mapping."), "products"), _AGAIN),
        of_product=True,
        remedy="product",
    ),
)
