"""What the merchant enters for PrestaShop, declared once; form, validation, masking and docs follow from it."""

from __future__ import annotations

from ..declarations import Setting
from .webservice.access import IN_ADDRESS, IN_HEADER

SETTINGS: tuple[Setting, ...] = (
    Setting(
        "url", "Shop address", "url", help="The address of the shop, e.g. https://shop.example", identifies=True
    ),
    Setting(
        "key", "Webservice key", "secret",
        help="Advanced parameters > Webservice: 32 characters, with the rights the connection test names",
    ),
    Setting(
        "admin_url", "Back office address", "url", required=False, only_linked=True,
        help="The address of your back office, to link orders: https://shop.example/admin123",
    ),
    Setting(
        "shop_id", "Shop number", required=False, identifies=True,
        help="Only for a multishop: the shop the orders belong to",
    ),
    Setting(
        "timeout_seconds", "Time limit (seconds)", "number", required=False, default=60, minimum=1, maximum=600,
        help="How long to wait for the shop; after it an order without an answer is looked for again",
    ),
    Setting(
        "at_once", "Requests at the same time", "number", required=False, minimum=1, maximum=20, seldom=True,
        help="To the shop, of everything that asks it. Empty: 2, and no limit for a shop on this very machine",
    ),
    Setting(
        "per_minute", "Requests a minute", "number", required=False, minimum=10, maximum=6000, seldom=True,
        help="Fewer if your host blocks cdsync. Empty: 300, and no limit for a shop on this very machine",
    ),
    Setting(
        "site_user", "User name of a site password", required=False,
        help="Only if a password stands before the whole shop (a test shop, say): the user name it asks for",
    ),
    Setting(
        "site_password", "Site password", "secret", required=False,
        help="The password that goes with it; the webservice key then goes in the address, as ws_key",
    ),
    Setting(
        "key_sent", "How the key is sent", "choice", required=False, default=IN_HEADER,
        choices=(IN_HEADER, IN_ADDRESS),
        help="“address” for a host that drops the Authorization header; the connection test says so",
    ),
)  # fmt: skip
