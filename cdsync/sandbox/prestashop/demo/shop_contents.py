"""PrestaShop's demo shop as the recordings found it: catalogue, customers, orders. Only puts the parts together."""

from __future__ import annotations

from ..core.shop import Shop
from .catalogue import fill_catalogue
from .orders import fill_people_and_orders


def fill(shop: Shop) -> None:
    """Adds the demo catalogue, customers, carts and orders to an installed shop."""
    fill_catalogue(shop)
    fill_people_and_orders(shop)
