"""PrestaShop's webservice over HTTP: lists, creates, updates. Knows nothing of orders or of how an import goes.

Facts from PrestaShop's own source and from exchanges recorded on 9.1.4 and 8.2.1: several entities go in one body,
PATCH exists from 8.0 on.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from xml.etree.ElementTree import Element

from cdsync.errors import CdsyncError, ConfigError, RejectedError, TemporaryError, UnknownOutcomeError

from ...base import Cache, NoCache, Recorder
from ...http.answer import Answer
from ...http.client import HttpClient
from ...http.intermediaries import seen
from ...http.pacing import Pace
from ...http.read_retry import with_retries
from ...http.transient_errors import TransientError
from . import answers
from .access import Access
from .blocked_answers import OWN_REALM, unknown
from .body_size import BodySize
from .errors import BlockedError, ContentBlockedError, RightMissingError
from .filters import Term, any_of, quoted
from .masking_recorder import MaskingRecorder
from .xml import Body, Row, Value, body, tree


class Webservice:
    """One shop's `/api`. `url` is the shop's address, with or without a final `/api`.

    Every call may raise ConfigError or TemporaryError; writes also RejectedError and UnknownOutcomeError.
    """

    def __init__(
        self, url: str, access: Access, recorder: Recorder, *, shop_id: str = "", timeout: float = 60.0,
        pace: Pace | None = None, cache: Cache | None = None,
    ) -> None:  # fmt: skip
        if not url:
            raise ConfigError("shop.settings_missing", setting="url")
        self.base = url.rstrip("/").removesuffix("/api").rstrip("/") + "/api/"
        self._http = HttpClient("shop", self.base, MaskingRecorder(recorder, access.key), timeout, pace)
        self.host = self._http.host
        self._access = access
        self.shop_id = shop_id
        self.mark = hashlib.sha256(f"{self.base} {shop_id}".encode()).hexdigest()[:12]  # of which shop it is kept
        self.body_size = BodySize(cache or NoCache(), timeout, self.mark)
        self.version: tuple[int, ...] = ()
        self.version_text = ""
        self._ahead = timedelta(0)

    @property
    def has_patch(self) -> bool:
        """PATCH came with 8.0; an unknown version is taken for a current one."""
        return not self.version or self.version >= (8,)

    @property
    def changes_by(self) -> str:
        """The method that changes rows."""
        return "PATCH" if self.has_patch else "PUT"

    @property
    def holds_packs(self) -> bool:
        """From 9.0 on stock is lowered when an order goes from "payment error" to a waiting status, packs too."""
        return not self.version or self.version >= (9,)

    def now(self) -> datetime:
        """The present by the shop's server, as its last answer said it; aware UTC."""
        return datetime.now(UTC) + self._ahead

    def root(self) -> Element:
        """`GET /api/`: the key's rights, resource by resource."""
        answer = self._send("GET", "", {})
        self._checked(answer, answers.ROOT, "GET")
        return tree(answer.body)

    def is_one_at(self, url: str) -> bool:
        """Whether a webservice answers there, asked without the key: it asks for it then."""
        answer = self._http.send("GET", url, auth=self._access.site_auth)
        return OWN_REALM in answer.headers.get("WWW-Authenticate", "")

    def rows(
        self,
        resource: str,
        filters: Mapping[str, Term] | None = None,
        *,
        display: str = "full",
        date: bool = False,
        sort: str = "",
        limit: str = "",
        prices: Mapping[str, Mapping[str, str]] | None = None,
    ) -> tuple[Row, ...]:
        """A list; asked again when that fails for a moment. `filters`: a term of `filters` by field.

        date: must be set to filter or sort by a date. prices: fields that the shop is to compute for products, by the
        name `display` has for them, and how (WebserviceRequest::specificPriceCalculation).
        """
        query = {"display": display, **({"date": "1"} if date else {})}
        query |= {f"filter[{name}]": term.text for name, term in (filters or {}).items()}
        query |= {name: value for name, value in (("sort", sort), ("limit", limit)) if value}
        query |= {f"price[{name}][{key}]": value for name, how in (prices or {}).items() for key, value in how.items()}
        return with_retries(lambda: self._checked(self._send("GET", resource, query), resource, "GET"))

    def rows_where(
        self,
        resource: str,
        field: str,
        values: Iterable[str],
        *,
        display: str = "full",
        filters: Mapping[str, Term] | None = None,
    ) -> list[Row]:
        """The rows whose field is one of the values, and perhaps others: the caller compares again (`filters`).

        Few requests, cut so that no URL grows too long.
        """
        found: dict[str, Row] = {}
        for term in any_of(values):
            for row in self.rows(resource, {field: term, **(filters or {})}, display=display):
                found[row.id] = row
        return list(found.values())

    def create(self, resource: str, entities: Sequence[Body]) -> tuple[Row, ...]:
        """POSTs the entities in one body; the rows as the answer shows them, one per entity, in the same order.

        There is no transaction: after a refusal the entities before the refused one exist.
        """
        return self._write("POST", resource, entities)

    def update(self, resource: str, changes: Sequence[tuple[Row, Mapping[str, Value]]]) -> tuple[Row, ...]:
        """Changes fields of rows, all in one body, and returns them as the answer shows them.

        PATCH from 8.0 on. Before, PUT of each row as it was read with the changes laid over: a PUT empties what
        it leaves out.
        """
        return self._write(self.changes_by, resource, [self.changed(row, fields) for row, fields in changes])

    def changed(self, row: Row, fields: Mapping[str, Value]) -> Body:
        """What is sent of a row to change these fields."""
        return {"id": row.id, **fields} if self.has_patch else {**row.fields, **fields}

    def hindrance(self, method: str, resource: str) -> CdsyncError | None:
        """What keeps this method from the webservice, or None; asked with a body that it refuses unread.

        WebserviceRequest::saveEntityFromXml answers a POST with an id (code 91), and a PATCH or PUT without one
        (code 90), before any object is made (recorded on 8.2.1 and 9.1.4; the same in 1.7).
        """
        answer = self._send(method, resource, {}, body(resource, [{"id": 0} if method == "POST" else {}]))
        try:
            self._checked(answer, resource, method)
        except UnknownOutcomeError:
            return TransientError("shop.server_error", **seen(answer, method, self.host, self._access.key))
        except RejectedError:
            return None
        except RightMissingError:
            return None
        except CdsyncError as error:
            return error
        return None

    def _write(self, method: str, resource: str, entities: Sequence[Body]) -> tuple[Row, ...]:
        """One body. A firewall that lets the method pass but not this body: RejectedError `shop.content_blocked`."""
        began = time.monotonic()
        try:
            answer = self._send(method, resource, {}, body(resource, entities))
            rows = self._checked(answer, resource, method)
        except BlockedError as error:
            if self.hindrance(method, resource) is not None:
                raise
            raise ContentBlockedError("shop.content_blocked", **error.data | {"resource": resource}) from error
        except (UnknownOutcomeError, TemporaryError):
            self.body_size.failed()
            raise
        if method == "POST" and len(rows) != len(entities):
            raise unknown(answer, method, self.host)
        self.body_size.took(method, resource, time.monotonic() - began, len(entities))
        return rows

    def _checked(self, answer: Answer, resource: str, method: str) -> tuple[Row, ...]:
        """The rows of a good answer, or the error it stands for, in the light of what was sent to be let in."""
        try:
            return answers.rows(answer, resource, method, self.host, self._access.key)
        except CdsyncError as error:
            raise self._access.meaning(error) from error

    def _send(self, method: str, resource: str, query: Mapping[str, str], data: bytes | None = None) -> Answer:
        if self.shop_id:
            query = {**query, "id_shop": self.shop_id}
        headers = {"Content-Type": "text/xml; charset=utf-8"} if data is not None else None
        answer = self._http.send(
            method,
            self._url(resource, {**query, **self._access.query}),
            headers=headers,
            data=data,
            auth=self._access.auth,
            shown_url=self._url(resource, query),
        )
        self._ahead = _clock_of(answer) or self._ahead
        version = answer.headers.get("PSWS-Version", "")
        if version and version != self.version_text:
            self.version_text = version
            self.version = tuple(int(n) for n in re.findall(r"[0-9]{1,6}", version))
        return answer

    def _url(self, resource: str, query: Mapping[str, str]) -> str:
        asked = "&".join(f"{quoted(name)}={quoted(value)}" for name, value in query.items())
        return f"{self.base}{resource}{'?' if asked else ''}{asked}"


def _clock_of(answer: Answer) -> timedelta | None:
    """How much the server's clock is ahead of ours; None where it does not say (RFC 9110: Date)."""
    try:
        said = parsedate_to_datetime(answer.headers.get("Date", ""))
    except ValueError:
        return None
    return said - datetime.now(UTC) if said.tzinfo else None
