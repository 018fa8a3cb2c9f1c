"""What could stand for what between marketplace and shop, by their names: proposed to a person, never decided.

Pure: names in, proposals out. Only what fits one thing alone is proposed; a parcel in the wrong network is worse than
a choice that is left open.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..connectors.base import Choice, ShopData

PAID, SHIPPED = "paid", "shipped"
# PrestaShop's own names for these two, as its installer writes them (install-dev/langs/*/data/order_state.xml).
_NAMES = {
    PAID: ("payment accepted", "paiement accepte", "pago aceptado", "zahlung eingegangen", "pagamento accettato"),
    SHIPPED: ("shipped", "expedie", "enviado", "versandt", "versendet", "spedito"),
}
_SIGNED, _EXPRESS, _RELAY, _PICKUP, _UNTRACKED, _BULKY, _TRACKED = (
    "signed", "express", "relay", "pickup", "untracked", "bulky", "tracked",
)  # fmt: skip
# What a name says about a way of delivery, the more telling words first: "Colissimo Signature" is no plain Colissimo.
_TELLS = (
    (_RELAY, r"point (de )?(retrait|relais|contact|pickup)"),
    (_PICKUP, r"retrait|click (and|et|&) collect|magasin|in store|drive|vendor pickup|pick up in"),
    (_RELAY, r"relais|relay|pickup|point|locker|consigne|mondial relay|rel|rco|so1"),
    (_UNTRACKED, r"lettre|letter|non suivi|not tracked|untracked|nottracked|std"),
    (_EXPRESS, r"express|chronopost|24h|next day|lendemain|exp"),
    (_BULKY, r"geodis|schenker|volumineux|etage|encombrant|installation|rendez vous|palette"),
    (_TRACKED, r"sans signature|without signature"),
    (_SIGNED, r"signature|signed|signe|recommande|contre signature"),
    (_TRACKED, r"colissimo|dpd|gls|ups|fedex|dhl|tnt|colis prive|suivi|tracked|domicile|home"),
)
# Octopia's own names of its modes (connectors/octopia/delivery_modes.py) say nothing that has to be guessed.
_MODES = {
    "nottrackedhomedelivery": _UNTRACKED,
    "trackedhomedelivery": _TRACKED,
    "signedhomedelivery": _SIGNED,
    "expresshomedelivery": _EXPRESS,
    "fixeddatehomedelivery": _BULKY,
    "specificroomhomedelivery": _BULKY,
    "withsetuphomedelivery": _BULKY,
    "immediatevendorpickup": _PICKUP,
}
_CATCH_ALL = frozenset({"autre", "other", "others", "default"})


@dataclass(frozen=True)
class Proposals:
    """What is proposed, by reference; what nothing resembles is not among it."""

    imported_status: str | None = None
    shipped_status: str | None = None
    carriers: Mapping[str, str] = field(default_factory=dict)  # delivery mode → shop carrier
    marketplace_carriers: Mapping[str, str] = field(default_factory=dict)  # shop carrier → the marketplace's name


def propose(shop: ShopData, modes: Iterable[str], marketplace_carriers: Sequence[Choice]) -> Proposals:
    """Proposals for everything that can be told by its name. `modes`: the delivery modes orders come with."""
    return Proposals(
        imported_status=status(PAID, shop.statuses, shop.usual_statuses),
        shipped_status=status(SHIPPED, shop.statuses, shop.usual_statuses),
        carriers=carriers(modes, shop.carriers),
        marketplace_carriers=known_as(shop.carriers, marketplace_carriers),
    )


def status(meaning: str, statuses: Sequence[Choice], usual: Mapping[str, str]) -> str | None:
    """The status for orders that are paid (`PAID`) or shipped (`SHIPPED`): the shop's own, else by name, else the only
    one the shop flags so. A status without that flag is never it."""
    flagged = [each for each in statuses if meaning in each.note.split(", ")]
    own = [each for each in flagged if each.ref == usual.get(meaning)]
    named = [each for each in flagged if _plain(each.name) in _NAMES[meaning]]
    return next((each[0].ref for each in (own, named, flagged) if len(each) == 1), None)


def carriers(modes: Iterable[str], shop: Sequence[Choice]) -> dict[str, str]:
    """Delivery mode → the one active carrier of the shop that delivers in that way, by what its name says."""
    by_way: dict[str, list[Choice]] = {}
    for each in shop:
        way = way_of(each.name)
        if each.active and way is not None:
            by_way.setdefault(way, []).append(each)
    found = {mode: by_way.get(_MODES.get(_plain(mode).replace(" ", "")) or way_of(mode) or "", []) for mode in modes}
    return {mode: fitting[0].ref for mode, fitting in found.items() if len(fitting) == 1}


def way_of(name: str) -> str | None:
    """The way of delivery a name tells: "Mondial Relay Point Relais" is a relay; None when it tells none."""
    words = _plain(name)
    return next((way for way, pattern in _TELLS if re.search(rf"\b({pattern})\b", words)), None)


def known_as(shop: Sequence[Choice], marketplace: Sequence[Choice]) -> dict[str, str]:
    """Shop carrier → the marketplace's carrier whose whole name stands in its own: the longest such one."""
    found = {each.ref: _longest(_plain(each.name), marketplace) for each in shop if each.active}
    return {ref: name for ref, name in found.items() if name is not None}


def _longest(name: str, choices: Sequence[Choice]) -> str | None:
    inside = [
        (len(known), each.ref)
        for each in choices
        if (known := _plain(each.name)) and known not in _CATCH_ALL and re.search(rf"\b{re.escape(known)}\b", name)
    ]
    longest = [ref for length, ref in inside if length == max(inside)[0]]
    return longest[0] if len(longest) == 1 else None


def _plain(text: str) -> str:
    """Lower case, without accents, punctuation or more than single spaces; "TrackedHome" stays one word."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return " ".join(re.findall(r"[a-z0-9]+", bare.casefold()))
