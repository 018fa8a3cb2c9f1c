"""Which seller account, or which shop, a side's settings mean, as one short text that can be compared. Asks nobody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from .declarations import Setting


def of_settings(side: str, connector: str, settings: Iterable[Setting], values: Mapping[str, Any]) -> str:
    """ "api.octopia-io.net/98979" or "shop.example/boutique/2": what the identifying settings say, in their order.

    Of a marketplace's address only the host counts: a new version of its interface is still the same marketplace.
    Of a shop's address the folder counts too, since one host may hold several shops. A connector that declares no
    identifying setting is only its own name. "" while one that is required has no value yet.
    """
    parts = []
    for setting in settings:
        if not setting.identifies:
            continue
        text = str(values.get(setting.name) or setting.default or "").strip()
        if not text and setting.required:
            return ""
        parts.append(place(text, with_path=side == "shop") if setting.kind == "url" else text)
    return "/".join(part for part in parts if part) or connector


def place(address: str, *, with_path: bool = True) -> str:
    """Host, port and folder of an address, in the one spelling that is compared: "shop.example/boutique"."""
    split = urlsplit(address if "//" in address else f"//{address}")
    usual = {"http": 80, "https": 443}.get(split.scheme)
    try:
        port = split.port
    except ValueError:
        port = None
    host = (split.hostname or "").rstrip(".")
    where = host if port in (None, usual) else f"{host}:{port}"
    path = split.path.rstrip("/").removesuffix("/api").rstrip("/") if with_path else ""
    return where + path
