"""What a newcomer does first: to connect and look up, or, in a rehearsal, to try every step. No database."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from flask import url_for

from cdsync.overview import Figures

from ..rehearsal.banner import Looked
from ..text.language import _


@dataclass(frozen=True)
class Step:
    """One step. Unless it is done it has a link, or starts a lookup, or says what it waits for (`after`).

    about: a sentence or two. urgent: what is still missing of it.
    """

    title: str
    about: str
    done: bool = False
    url: str = ""
    link: str = ""
    is_next: bool = False  # its link is the one to press now
    looks_up: bool = False
    after: str = ""
    urgent: str = ""


def to_the_first_order(missing: Collection[str], *, looked_up: bool) -> list[Step]:
    """missing: names of settings that are still to fill in ("shop.url")."""
    sections = {name.partition(".")[0] for name in missing}
    no_marketplace, no_shop = "marketplace" in sections, bool(sections & {"shop", "orders"})
    connected = no_shop and "shop" not in sections  # only the statuses are still to be chosen
    return [
        Step(
            _("Connect the marketplace"),
            _("The sign-in details it gave you, and your seller number."),
            not no_marketplace,
            url_for("settings.page", _anchor="marketplace"),
            _("Connect the marketplace"),
            is_next=True,
        ),
        Step(
            _("Connect the shop"),
            _("Address and webservice key, then carriers and statuses by name."),
            not no_shop,
            url_for("settings.page", _anchor="statuses" if connected else "shop"),
            _("Choose the statuses") if connected else _("Connect the shop"),
            is_next=not no_marketplace,
            urgent=_("The order statuses have yet to be chosen.") if connected else "",
        ),
        Step(
            _("Look up orders"),
            _("Reads the last days from the marketplace. Nothing is written there or in your shop."),
            looked_up,
            looks_up=not missing,
            after=_("after the first two"),
        ),
    ]


def of_a_rehearsal(
    figures: Figures, rehearsal: Looked, *, looked_up: bool, connect_url: str, merchant: bool
) -> list[Step]:
    """The steps to try; empty when all were. connect_url: where one's own shop is connected, if that can be."""
    if looked_up and figures.last_import_at and figures.shipped:
        return []
    once_started = _("once it is started")
    desk = rehearsal.desk if rehearsal.runs else ""
    return [
        Step(
            _("Look up the invented orders"),
            _("Reads them from the invented marketplace, as it will from Cdiscount."),
            looked_up,
            looks_up=rehearsal.runs,
            after=once_started,
        ),
        Step(
            _("Accept and import a few"),
            _("Tick orders and press Accept, then Import. Some have problems, each with what to do."),
            figures.last_import_at is not None,
            url_for("orders.page"),
            _("Orders"),
        ),
        Step(
            _("Ship one"),
            _("At the rehearsal desk, give an imported order the status Shipped and a parcel number.")
            + " "
            + _("Then tell the marketplace, under Automation."),
            bool(figures.shipped),
            desk,
            _("Rehearsal desk"),
            after=once_started,
        ),
        Step(
            _("Then connect your own shop"),
            _("It gets an account of its own; the rehearsal stays beside it."),
            url=connect_url if merchant else "",
            link=_("Connect your own shop"),
        ),
    ]
