"""What is going on in a release when its database is kept: orders, and where the work on each breaks off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

KEY = "the key of the kept releases, for tests alone"
PEOPLE = {"Mona": ("merchant", "a horse that sells lamps"), "Sam": ("support", "a door that asks nothing")}
MAIN, OLDER = "main", "older shop"
ACCOUNTS: dict[str, dict[str, str]] = {
    name: {"name": name, "shop_version": version, "seller_id": seller, "client_id": client, "client_secret": secret}
    for name, version, seller, client, secret in (
        (MAIN, "9.1.4", "98979", "lamps", "a secret of the lamps"),
        (OLDER, "1.7.8.11", "11111", "clocks", "a secret of the clocks"),  # writes by PUT, and gives back invoices
    )
}
POINTS = ("intended", "sent", "unheard", "recorded")
PUT_AWAY = "put_away"
DISCOUNT = {"discount": "10"}  # per cent that a module of the shop takes off: what it makes is not what was bought
# Account, step of the journal, and the kind of order that takes it.
STEPS: tuple[tuple[str, str, str], ...] = (
    (MAIN, "customer", "same_buyer"),
    (MAIN, "addresses", "company"),
    (MAIN, "cart", "combination"),
    (MAIN, "prices", "several_vat_rates"),
    (MAIN, "order", "another_price"),
    (MAIN, "shipping", "dearer_shipping"),
    (MAIN, "totals", "dearer_shipping"),
    (MAIN, "packs", "pack"),
    (MAIN, "status", "dearer_shipping"),
    (MAIN, "payment", "relay_point"),
    (MAIN, PUT_AWAY, "simple"),
    (OLDER, "order", "simple"),
    (OLDER, "status", "dearer_shipping"),
    (OLDER, "invoice", "dearer_shipping"),
    (OLDER, "payment", "simple"),
)
# What the marketplace is told has no journal: its intent is an event of the order.
TOLD: tuple[tuple[str, str], ...] = (("accept", "to_accept"), ("ship", "simple"))


@dataclass(frozen=True)
class Release:
    """commit: what was released. begins: when the kept imports take place. without: steps it did not know yet."""

    commit: str
    begins: str
    without: Sequence[str] = ()


# There are no tags: the commit that wrote a release's entry in the changelog as it stands; of the first one the last
# of its day, for it was mended for two hours more under the same entry.
RELEASES = {
    "0.1.0": Release("a4668f6", "2026-11-23T19:00:00+00:00", ("packs", PUT_AWAY)),
    "0.2.0": Release("c097287", "2026-11-27T13:00:00+00:00", (PUT_AWAY,)),
    "0.3.0": Release("05d8d2e", "2026-11-28T22:00:00+00:00"),
    "0.4.0": Release("4fccd06", "2026-11-29T01:00:00+00:00"),
}


def plan_of(release: Release) -> dict[str, Any]:
    """As `inside.py` reads it. The last order's run stays open: its process is killed when the shop has made it."""
    orders = [
        {"account": account, "kind": kind, "step": step, "point": point, **(DISCOUNT if step == PUT_AWAY else {})}
        for account, step, kind in STEPS
        if step not in release.without
        for point in POINTS
    ]
    orders += [
        {"account": MAIN, "kind": kind, "step": told, "point": point, "operation": told}
        for told, kind in TOLD
        for point in ("intended", "sent", "unheard")
    ]
    last = next(each for each in orders if (each["step"], each["point"]) == ("order", "sent"))
    orders = [*(each for each in orders if each is not last), last]
    return {
        "begins": release.begins,
        "secret_key": KEY,
        "users": PEOPLE,
        "accounts": list(ACCOUNTS.values()),
        "orders": orders,
    }
