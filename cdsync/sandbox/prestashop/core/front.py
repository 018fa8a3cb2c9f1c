"""What hosts put before a shop: firewalls, challenge pages, passwords, redirects, folders. Off until set.

Sources: the OWASP Core Rule Set allows GET, HEAD, POST and OPTIONS unless told otherwise (rule 911100), reads bodies,
and can hold answers back (phase 4); Cloudflare marks its challenges with `cf-mitigated`; webservice/dispatcher.php
takes the user name of HTTP Basic for the key whenever the header reaches PHP, and looks at `ws_key` only if
it does not.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from ...server import CHALLENGE, CLOUDFLARE, FIREWALL, FORBIDDEN, PAGE, Request, Response

UNAUTHORIZED = b"<html><head><title>401 Unauthorized</title></head><body><h1>Unauthorized</h1></body></html>"
NOT_FOUND = b"<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>"


@dataclass
class Front:
    """One shop's surroundings. Several may be set at once."""

    folder: str = ""  # "/boutique": the shop is there, and nothing else is anywhere
    https_only: bool = False
    challenge: bool = False  # every request is answered with a page that wants a person
    refused_methods: frozenset[str] = frozenset()
    refused_query: str = ""  # a pattern that a firewall finds in addresses
    refused_body: str = ""  # … and in what is sent
    held_back: frozenset[str] = frozenset()  # methods whose answers are held back after the shop has done its work
    password: tuple[str, str] | None = None  # the site's own, on the Authorization header
    passes_password_on: bool = False  # the header reaches PHP all the same
    drops_authorization: bool = False  # PHP by CGI, without CGIPassAuth or a rewrite rule for the header

    def answer(self, request: Request, shop: Callable[[Request], Response]) -> Response:
        """What the world sees of a request: the shop's answer, or that of what stands before it."""
        if self.https_only:
            asked = f"?{urlencode(request.query)}" if request.query else ""
            to = f"https://{request.headers.get('host', '')}{request.path}{asked}"
            return Response(301, b"", PAGE | {"Location": to})
        if self.challenge:
            return Response(403, CHALLENGE, CLOUDFLARE)
        if self._refuses(request):
            return _page(403, FORBIDDEN)
        if not self._lets_in(request):
            return _page(401, UNAUTHORIZED, {"WWW-Authenticate": 'Basic realm="Site en construction"'})
        if self.folder and not request.path.startswith(f"{self.folder}/"):
            return _page(404, NOT_FOUND)
        answer = shop(self._inside(request))
        return _page(403, FORBIDDEN) if request.method in self.held_back else answer

    def _refuses(self, request: Request) -> bool:
        asked = "&".join(f"{name}={value}" for name, value in request.query)
        sent = request.body.decode("utf-8", "replace")
        return (
            request.method in self.refused_methods
            or bool(self.refused_query and re.search(self.refused_query, asked))
            or bool(self.refused_body and re.search(self.refused_body, sent))
        )

    def _lets_in(self, request: Request) -> bool:
        if self.password is None:
            return True
        wanted = base64.b64encode(":".join(self.password).encode()).decode()
        return request.headers.get("authorization") == f"Basic {wanted}"

    def _inside(self, request: Request) -> Request:
        """The request as PHP gets it."""
        hidden = self.drops_authorization or (self.password is not None and not self.passes_password_on)
        headers = {name: value for name, value in request.headers.items() if not (hidden and name == "authorization")}
        return replace(request, path=request.path.removeprefix(self.folder), headers=headers)


def _page(status: int, body: bytes, headers: dict[str, str] | None = None) -> Response:
    return Response(status, body, FIREWALL | (headers or {}))
