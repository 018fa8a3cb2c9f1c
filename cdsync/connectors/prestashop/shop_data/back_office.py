"""Addresses of pages of the shop's back office, for links that a person follows. Asks nothing, signs nobody in."""

from __future__ import annotations

from urllib.parse import urlencode

ENTRY = "/index.php"


class BackOffice:
    """The back office at the address the merchant gave; its folder has a secret name the webservice does not tell.

    url: with or without `/index.php…` behind the folder, or "" when it is not known.
    """

    def __init__(self, url: str) -> None:
        self._folder = url.strip().partition(ENTRY)[0].rstrip("/")

    def order_url(self, shop_ref: str) -> str:
        """The order's page, or "".

        The address of 1.6 and 1.7: from 1.7.7 on the page is Symfony's, whose route `admin_orders_view` declares it
        as its legacy link, and PrestaShop redirects there (`LegacyUrlListener`). It carries no token of a session, so
        that PrestaShop may ask the signed-in employee once more, and asks others to sign in.
        """
        if not self._folder:
            return ""
        return f"{self._folder}{ENTRY}?{urlencode({'controller': 'AdminOrders', 'id_order': shop_ref})}&vieworder"
