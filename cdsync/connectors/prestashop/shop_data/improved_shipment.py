"""The feature switch "Improved shipment" of PrestaShop 9.1 and later, which the webservice does not show.

With it on an order is made without a carrier: id_carrier 0, no row in `order_carriers`, and its shipping without tax is
stored equal to that with tax (measured on 9.1.4). Parcels are kept in shipments then, which the webservice has no
resource for. Whether it is on is told by the orders that the shop made last.
"""

from __future__ import annotations

from cdsync.errors import ConfigError

from ..webservice.client import Webservice
from ..webservice.filters import above
from ..webservice.xml import Row

SINCE = (9, 1)
SWITCH = "Improved shipment"
LOOKED_AT = 20  # orders; those without shipping tell nothing
NOBODY = ("", "0")


def came_apart(row: Row) -> bool:
    """An order that bears shipping and yet has no carrier: with the switch off PrestaShop makes none such."""
    return row["id_carrier"] in NOBODY and row.money("total_shipping_tax_incl") > 0


def may_be_on(webservice: Webservice) -> bool:
    """Whether this version has the switch; known once anything was asked."""
    return webservice.version >= SINCE


def seen(webservice: Webservice, after: str = "0", *, closely: bool = False) -> bool | None:
    """Whether the newest order that bears shipping came without a carrier; None when there is no such order.

    after: only orders with a higher id count. closely: also asks for its row in `order_carriers`, since cdsync gives
    orders that came without one the carrier they should have.
    """
    orders = webservice.rows(
        "orders", {"id": above(after)}, display="[id,id_carrier,total_shipping_tax_incl]", sort="[id_DESC]",
        limit=f"0,{LOOKED_AT}",
    )  # fmt: skip
    newest = next((row for row in orders if row.money("total_shipping_tax_incl") > 0), None)
    if newest is None:
        return None
    if came_apart(newest) or not closely:
        return came_apart(newest)
    return not webservice.rows_where("order_carriers", "id_order", [newest.id], display="[id,id_order]")


def error() -> ConfigError:
    return ConfigError("shop.shipments_apart", switch=SWITCH)
