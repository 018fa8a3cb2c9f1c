"""Whether each kind of request reaches the webservice, and where that is when it is not where it was said to be.

Changes nothing: what is written is refused by the webservice itself, unread (`Webservice.hindrance`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from cdsync.errors import CdsyncError, ConfigError

from ...base import Check
from .client import Webservice
from .filters import any_of

USUAL_FOLDERS = ("boutique", "shop", "prestashop", "store", "magasin", "eshop", "ps", "fr")


def way_checks(webservice: Webservice, needed: Sequence[tuple[str, str]]) -> Iterator[Check]:
    """A line for each method; the first resource it does not reach is named. `needed`: resource and method."""
    yield _line("GET", _questions(webservice))
    methods = dict.fromkeys(method for _, method in needed if method != "GET")
    for method in methods:
        resources = (resource for resource, asked in needed if asked == method)
        hindrances = (webservice.hindrance(method, resource) for resource in resources)
        yield _line(method, next((each for each in hindrances if each is not None), None))


def found_elsewhere(webservice: Webservice) -> ConfigError | None:
    """A webservice in a folder of the host, or outside of the one that was entered; asked without the key."""
    for address in _candidates(webservice.base):
        try:
            if webservice.is_one_at(f"{address}/api/"):
                return ConfigError("shop.in_folder", host=webservice.host, address=address)
        except CdsyncError:
            return None
    return None


def _questions(webservice: Webservice) -> CdsyncError | None:
    """The signs of the webservice's grammar in an address, which some firewalls take for an attack."""
    (term,) = any_of(("Cdiscount 0000000000", "Cdiscount 0000000001"))
    try:
        webservice.rows("orders", {"payment": term}, display="[id,payment]", sort="[id_DESC]", limit="0,1")
    except CdsyncError as error:
        return error
    return None


def _line(method: str, error: CdsyncError | None) -> Check:
    name = f"way {method}"
    if error is None:
        return Check(name, True, "reaches the webservice")
    return Check(name, False, code=error.code, data=error.data)


def _candidates(base: str) -> Iterator[str]:
    """Addresses of the same host: the folders above the one entered, then those that hosts and manuals suggest."""
    split = urlsplit(base)
    root = f"{split.scheme}://{split.netloc}"
    parts = [part for part in split.path.removesuffix("api/").split("/") if part]
    above = ["/".join(["", *parts[:end]]) for end in range(len(parts) - 1, -1, -1)]
    usual = [f"/{folder}" for folder in USUAL_FOLDERS if [folder] != parts]
    for folder in dict.fromkeys([*above, *usual]):
        yield root + folder
