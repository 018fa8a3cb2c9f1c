"""Which requests name which shop order: how many it took is what the rehearsing person wants to see. Reads only."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from ..server import Seen

Key = tuple[str, str]
_ELEMENT = r"<{}>\s*(?:<!\[CDATA\[)?(\d+)"
_IN_TEXT = {
    "order": re.compile(_ELEMENT.format("id_order")),
    "cart": re.compile(_ELEMENT.format("id_cart")),
}
_OWN_ID = re.compile(_ELEMENT.format("id"))
_FILTER = re.compile(r"filter\[(id|id_order|id_cart)\]=\[([^\]]*)\]")
_IN_PATH = re.compile(r"/api/(orders|carts)/(\d+)")
_WORD = re.compile(r"[A-Z0-9]{10,}")
_KINDS = {"orders": "order", "carts": "cart", "id_order": "order", "id_cart": "cart"}


def index(log: Iterable[Seen]) -> dict[Key, set[int]]:
    """("order", id), ("cart", id) and ("word", a marketplace number) -> places in the log of requests that name it."""
    found: dict[Key, set[int]] = defaultdict(set)
    for place, seen in enumerate(log):
        for key in _names(seen):
            found[key].add(place)
    return found


def requests_for(order: dict[str, str], named: dict[Key, set[int]]) -> int:
    """How many requests name this order, its cart or its payment's number; one shared by orders counts for each."""
    keys = [("order", order["id"]), ("cart", order["id_cart"])]
    keys += [("word", word) for word in _WORD.findall(order["payment"])]
    return len(set().union(*(named.get(key, ()) for key in keys)))


def _names(seen: Seen) -> set[Key]:
    text = seen.body.decode("utf-8", "replace")
    about_orders = seen.path.startswith("/api/orders")
    names = {(kind, number) for kind, pattern in _IN_TEXT.items() for number in pattern.findall(text)}
    if about_orders:
        names |= {("order", number) for number in _OWN_ID.findall(text)}
    for field, values in _FILTER.findall(seen.query):
        kind = _KINDS.get(field, "order" if about_orders else "")
        names |= {(kind, number) for number in re.split(r"[|,]", values)} if kind else set()
    for resource, number in _IN_PATH.findall(seen.path):
        names.add((_KINDS[resource], number))
    return names | {("word", word) for word in _WORD.findall(text + seen.query)}
