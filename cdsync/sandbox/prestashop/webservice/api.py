"""The webservice's front door: one HTTP request to one answer, as PrestaShop's dispatcher gives it."""

from __future__ import annotations

import contextlib
import hashlib
import re
import time
from collections.abc import Callable
from urllib.parse import urlencode

from ...server import Request, Response
from ..carts.cart_price import shown_price
from ..core.errors import Crashed, NotFound, Refused
from ..core.schema import Resource
from ..core.shop import AccessKey, Shop
from ..orders import behaviour
from . import render, render_json, rights
from .listing import DESCRIPTIONS, WITHOUT_SCHEMA, listed
from .query import fields_asked, rows_asked
from .write import delete, save

XML, JSON, HTML = "text/xml;charset=utf-8", "application/json", "text/html; charset=utf-8"
REALM = (
    'Basic realm="Welcome to PrestaShop Webservice, please enter the authentication key as the login. '
    'No password required."'
)
SCHEMA = (
    "Please select a schema of type 'synopsis' to get the whole schema informations (which fields are required, "
    "which kind of content...) or 'blank' to get an empty schema to fill before using POST request"
)
TCPDF = "<strong>TCPDF ERROR: </strong>[Image] Unable to get the size of the image: {}/img/"
DEPRECATED = (
    "[PHP Unknown error #8192] Function utf8_encode() is deprecated "
    "(/SHOP/vendor/egulias/email-validator/src/EmailLexer.php, line 275)"
)
OFFSET = "[PHP Warning #2] Trying to access array offset on value of type bool"


def answer(shop: Shop, request: Request) -> Response:
    """Everything under the shop's address; only /api is the webservice."""
    host = shop.address.partition("//")[2].partition("/")[0]
    if request.headers.get("host", host) != host:
        rest = urlencode(request.query) if request.query else ""
        url = f"{shop.address}/?url={request.path.removeprefix('/api').lstrip('/')}{'&' + rest if rest else ''}"
        return Response(302, b"", {"Content-Type": HTML, "Location": url})
    if request.path != "/api" and not request.path.startswith("/api/"):
        return Response(404, b"<!doctype html><title>404</title>", {"Content-Type": HTML})
    text = rights.key_text(request)
    if text is None:
        return Response(401, b"401 Unauthorized", {"Content-Type": HTML, "WWW-Authenticate": REALM})
    return _Exchange(shop, request, text).answer()


class _Exchange:
    """One request on its way to its answer."""

    def __init__(self, shop: Shop, request: Request, key_text: str) -> None:
        self.shop, self.request, self.key_text = shop, request, key_text
        headers = request.headers
        wanted = request.arg("output_format") or request.arg("io_format") or ""
        wanted = wanted or headers.get("output-format") or headers.get("io-format") or ""
        self.json = wanted.upper() == "JSON"
        self.method = (request.arg("ps_method") or request.method).upper()
        _, _, rest = request.path.partition("/api")
        self.segments = [part for part in rest.split("/") if part]

    def answer(self) -> Response:
        # An order takes its time outside the lock, so that simultaneous POSTs of one cart can all pass.
        self.shop.asked.shop = self.request.arg("id_shop") or ""
        alone = self.method == "POST" and self.segments[:1] == ["orders"]
        with contextlib.nullcontext() if alone else self.shop.lock:
            try:
                return self._answer()
            except Refused as refused:
                return self._refusal(refused)
            except NotFound:
                return Response(404, b"", self._headers(None))
            except Crashed as crash:
                # In debug mode 9.x answers 200 with the text of the error, 8.x 500 for what it says itself.
                status = 200 if self.shop.debug and not (self.shop.major < 9 and crash.sentence) else crash.status
                text = (
                    f"\nFatal error: Uncaught PrestaShopException: {crash.sentence}"
                    if self.shop.debug
                    else crash.sentence
                )
                return Response(status, text.encode(), {"Content-Type": HTML})

    def _answer(self) -> Response:
        key = rights.admitted(self.shop, self.key_text)
        if not self.segments:
            return self._root(key)
        rights.check(self.shop, key, self.segments[0], self.method)
        resource = self.shop.resources.get(self.segments[0]) or Resource(self.segments[0], self.segments[0])
        id_ = self.segments[1] if len(self.segments) > 1 else ""
        if self.method in ("GET", "HEAD"):
            return self._read(resource, id_)
        if self.method == "DELETE":
            if resource.name in behaviour.NO_DELETE:
                raise Refused(405, (101, f"Method DELETE is not allowed for the resource {resource.name}"))
            delete(self.shop, resource, id_, self.request.arg("id"))
            return Response(200, b"", self._headers(None))
        return self._write(resource, id_)

    def _read(self, resource: Resource, id_: str) -> Response:
        schema = self.request.arg("schema")
        if schema is not None and not id_:
            if schema not in ("blank", "synopsis"):
                raise Refused(400, (28, SCHEMA))
            how = self._how(resource)
            return (
                self._bytes(render_json.json_schema(how))
                if self.json
                else self._ok(render.xml_schema(how, schema == "synopsis"))
            )
        if id_:
            row = self.shop.store.table(resource.name).get(id_)
            if row is None:
                raise NotFound()
            how = self._how(resource)
            return (
                self._bytes(render_json.json_entity(how, row)) if self.json else self._ok(render.xml_entity(how, row))
            )
        computed = self._asked_prices() if resource.name == "products" else {}
        how = self._how(resource, fields_asked(resource, self.request, computed))
        rows = rows_asked(self.shop, resource, self.request)
        full = self.request.arg("display") is not None
        if self.json:
            return self._bytes(render_json.json_list(how, rows, full))
        return self._ok(render.xml_list(how, rows, full))

    def _write(self, resource: Resource, id_: str) -> Response:
        if self.method == "POST" and resource.name in behaviour.NO_POST:
            raise Refused(405, (101, f"Method POST is not allowed for the resource {resource.name}"))
        entities = save(self.shop, resource, self.method, self.request.body, id_)
        self._deprecations(resource)
        if self.shop.logo_missing and (self.method, resource.name) == ("POST", "orders"):
            raise Crashed(TCPDF.format(self.shop.address), 200)
        status = 201 if self.method == "POST" else 200
        how = self._how(resource)
        if self.json:
            return self._bytes(b"".join(render_json.json_entity(how, entity) for entity in entities), status)
        with self.shop.lock:
            return self._ok("".join(render.xml_entity(how, entity) for entity in entities), status)

    def _deprecations(self, resource: Resource) -> None:
        """8.x that reports deprecations: all is saved, and the answer is 500 with code 15 many times."""
        noisy = self.method == "POST" and resource.name in ("customers", "orders")
        noisy = noisy or (self.method == "PATCH" and resource.name == "orders")
        if self.shop.php_deprecations and self.shop.major < 9 and noisy:
            raise Refused(500, *[(15, DEPRECATED)] * 12)

    def _how(self, resource: Resource, fields: list[str] | None = None) -> render.Rendering:
        language = self.request.arg("language")
        extra = self._prices() if resource.name == "products" else None
        return render.Rendering(self.shop, resource, fields, language, extra)

    def _asked_prices(self) -> dict[str, dict[str, str]]:
        """What `price[name][option]=value` asks for, by name."""
        asked: dict[str, dict[str, str]] = {}
        for key, value in self.request.query:
            match = re.fullmatch(r"price\[(\w+)\](?:\[(\w+)\])?", key)
            if match and self.shop.computes_prices:
                asked.setdefault(match[1], {})[match[2] or "use_tax"] = value
        return asked

    def _prices(self) -> dict[str, dict[str, str]]:
        """The fields that are to be computed, by product id."""
        asked = self._asked_prices()
        if not asked:
            return {}
        only = self.segments[1:2]
        products = [row for row in self.shop.store.table("products") if not only or row["id"] in only]
        return {
            row["id"]: {name: shown_price(self.shop, row, options) for name, options in asked.items()}
            for row in products
        }

    def _root(self, key: AccessKey) -> Response:
        if self.json:
            raise Crashed()
        url, lines = f"{self.shop.address}/api/", []
        for name in listed(self.shop.major):
            allowed = rights.rights_of(self.shop, key, name)
            if not allowed:
                continue
            flags = " ".join(
                f'{one.lower()}="{str(one in allowed).lower()}"' for one in rights.methods_known(self.shop)
            )
            lines.append(f'<{name} xlink:href="{url}{name}" {flags}>')
            lines.append(f'<description xlink:href="{url}{name}" {flags}>\n{DESCRIPTIONS[name]}</description>')
            if name not in WITHOUT_SCHEMA:
                lines += [
                    f'<schema xlink:href="{url}{name}?schema={one}" type="{one}"/>' for one in ("blank", "synopsis")
                ]
            lines.append(f"</{name}>")
        return self._ok(f'<api shopName="{self.shop.name}">\n' + "\n".join(lines) + "\n</api>\n")

    def _refusal(self, refused: Refused) -> Response:
        status, errors = refused.status, list(refused.errors)
        bad_query = status == 400 and errors[0][0] in (28, 32, 34, 35, 36, 37, 38, 39) and self.shop.php_warnings
        if bad_query:
            first = 1299 if self.shop.major >= 9 else 1333
            file = "/SHOP/classes/webservice/WebserviceRequest.php"
            errors += [(3, f"{OFFSET} ({file}, line {first + one})") for one in range(4)]
            status = 500
        authenticated = status not in (401, 503) or errors[0][0] == 26
        headers = self._headers(JSON if self.json else XML, version=authenticated)
        if status == 401 and errors[0][0] != 26:
            headers["WWW-Authenticate"] = REALM
        body = render_json.json_errors(errors) if self.json else render.xml_document(render.xml_errors(errors))
        return Response(status, body, headers)

    def _ok(self, inside: str, status: int = 200) -> Response:
        return self._bytes(render.xml_document(inside), status, XML)

    def _bytes(self, body: bytes, status: int = 200, kind: str = JSON) -> Response:
        headers = self._headers(kind) | {"Content-Sha1": hashlib.sha1(body).hexdigest()}
        return Response(status, body, headers)

    def _headers(self, kind: str | None, *, version: bool = True) -> dict[str, str]:
        headers = {
            "Access-Time": str(int(time.time())),
            "X-Powered-By": "PrestaShop Webservice",
            "PSWS-Version": self.shop.version if version else "0",
            "Execution-Time": "0.001",
        }
        return headers if kind is None else {"Content-Type": kind, **headers}


def handler_of(shop: Shop) -> Callable[[Request], Response]:
    return lambda request: shop.front.answer(request, lambda inside: answer(shop, inside))
