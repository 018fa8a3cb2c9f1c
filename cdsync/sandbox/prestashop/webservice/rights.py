"""Who may do what: the access key of a request, and its methods for a resource. Reads only.

Source: WebserviceRequest::authenticate, ::checkResource, ::checkHTTPMethod; recorded refusals.
"""

from __future__ import annotations

import base64
import binascii

from ...server import Request
from ..core.errors import Refused
from ..core.shop import AccessKey, Shop
from .listing import listed
from .spelling import closest

METHODS = ("GET", "PUT", "POST", "PATCH", "DELETE", "HEAD")
OFF = "The PrestaShop webservice is disabled. Please activate it in the PrestaShop Back Office"


def key_text(request: Request) -> str | None:
    """The key of a request: user name of Basic, else ws_key (webservice/dispatcher.php); None when there is none."""
    scheme, _, coded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return request.arg("ws_key")
    try:
        return base64.b64decode(coded, validate=True).decode().split(":", 1)[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def methods_known(shop: Shop) -> tuple[str, ...]:
    return METHODS if shop.major >= 8 else tuple(one for one in METHODS if one != "PATCH")


def admitted(shop: Shop, text: str) -> AccessKey:
    """The key, if the webservice is on and the key is good."""
    if not shop.webservice_on:
        raise Refused(503, (22, OFF))
    if text == "":
        raise Refused(401, (17, "Authentication key is empty"))
    if len(text) != 32:
        raise Refused(401, (18, "Invalid authentication key format"))
    key = shop.keys.get(text)
    if key is None or not key.active:
        errors = (20, "Authentification key is not active"), (21, "No permission for this authentication key")
        raise Refused(401, *errors)
    return key


def check(shop: Shop, key: AccessKey, resource: str, method: str) -> None:
    """Refuses an unknown resource, one the key may not see, and a method it may not use."""
    names = listed(shop.major)
    if resource not in names:
        full = ", ".join(f'"{name}"' for name in names)
        meant = f'Did you mean: "{closest(resource, names)}"? The full list is: {full}'
        text = f'Resource of type "{resource}" does not exists. {meant}'
        raise Refused(400, (27, text))
    if method not in methods_known(shop):
        raise Refused(405, (23, f"Method {method} is not valid"))
    allowed = rights_of(shop, key, resource)
    if not allowed:
        raise Refused(401, (26, f'Resource of type "{resource}" is not allowed with this authentication key'))
    if method not in allowed:
        text = f"Method {method} is not allowed for the resource {resource} with this authentication key"
        raise Refused(405, (25, text))


def rights_of(shop: Shop, key: AccessKey, resource: str) -> set[str]:
    """The methods of the key for a resource."""
    if key.rights is None:
        return set(methods_known(shop))
    return {one for one in key.rights.get(resource, set()) if one in methods_known(shop)}
