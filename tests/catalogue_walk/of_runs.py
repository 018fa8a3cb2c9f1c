"""Walks of articles about what stops a whole run: the problem is the run's, no order's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cdsync import settings

from .place import Place

Do = Callable[[Place], object]
OTHER_KEY = "ANOTHERKEYANOTHERKEYANOTHERKEYAN"


@dataclass(frozen=True)
class RunWalk:
    """broken: what makes the run of `operation` end with this code. mended: what the steps say, all of them."""

    code: str
    broken: Do
    mended: Do
    operation: str = "import"


def _no_right(place: Place) -> None:
    everything = {name: {"GET", "POST", "PUT", "PATCH", "HEAD"} for name in place.shop.shop.resources}
    place.kept["rights"] = {
        name: methods - {"POST"} if name == "carts" else methods for name, methods in everything.items()
    }
    place.shop.add_key(OTHER_KEY, place.kept["rights"])
    settings.load({"shop": {"key": OTHER_KEY}})


def _tick_right(place: Place) -> None:
    place.shop.add_key(OTHER_KEY, {name: {"GET", "POST", "PUT", "PATCH", "HEAD"} for name in place.shop.shop.resources})


def _reduces(place: Place) -> None:
    place.table("groups").update("3", {"reduction": "10.00"})
    place.setting(customer_group=None)


def _another_group(place: Place) -> None:
    group = place.table("groups").insert({**place.table("groups").get("3"), "reduction": "0.00"})
    place.setting(customer_group=str(group))


def _bought(place: Place, carrier: str) -> None:
    money = {"total_shipping_tax_incl": "5.90", "total_shipping_tax_excl": "5.90", "current_state": "2"}
    place.shop.shop.insert("orders", money | {"id_carrier": carrier, "payment": "Carte", "reference": "OWN"})


def _shipments_apart(place: Place) -> None:
    place.shop.shop.shipments_apart = True
    _bought(place, "0")


def _shipments_on_orders(place: Place) -> None:
    place.shop.shop.shipments_apart = False
    _bought(place, "2")


WALKS = (
    RunWalk("shop.shipments_apart", _shipments_apart, _shipments_on_orders),
    RunWalk(
        "shop.status_missing",
        lambda place: place.setting(imported_status="99"),
        lambda place: place.setting(imported_status="2"),
    ),
    RunWalk(
        "shop.group_missing",
        lambda place: place.setting(customer_group="77"),
        lambda place: place.setting(customer_group=None),
    ),
    RunWalk("shop.group_reduces", _reduces, _another_group),
    RunWalk(
        "shop.key_refused",
        lambda place: settings.load({"shop": {"key": "W" * 32}}),
        lambda place: settings.load({"shop": {"key": place.shop.key}}),
    ),
    RunWalk("shop.right_missing", _no_right, _tick_right),
    RunWalk(
        "shop.webservice_off",
        lambda place: setattr(place.shop, "webservice_on", False),
        lambda place: setattr(place.shop, "webservice_on", True),
    ),
    RunWalk(
        "marketplace.credentials_refused",
        lambda place: settings.load({"marketplace": {"client_secret": "not it"}}),
        lambda place: settings.load({"marketplace": {"client_secret": place.market.client_secret}}),
        "lookup",
    ),
)
