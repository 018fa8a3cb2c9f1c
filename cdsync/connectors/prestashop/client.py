"""PrestaShop's webservice over HTTP: lists, creates, updates. Knows nothing of orders or of how an import goes.

Facts from PrestaShop's own source and from exchanges recorded on 9.1.4 and 8.2.1: the key is the Basic user name,
several entities go in one body, lists take `filter[f]=[a|b]`, PATCH exists from 8.0 on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from urllib.parse import quote

from ...errors import ConfigError
from ..answer import Answer
from ..base import Exchange, Recorder
from ..http import HttpClient
from ..patience import patiently
from . import answers
from .xml import Body, Row, Value, body

LONGEST_QUERY = 3000  # characters: with the address, URLs stay under the 4 kB that every server takes
_INTERVAL = re.compile(r"[\d.:\- ]+,[\d.:\- ]+")
_SECRET_TAGS = re.compile(r"(<(passwd|secure_key|reset_password_token)\b[^>]*>).*?(</\2>)", re.S)


class Webservice:
    """One shop's `/api`. `url` is the shop's address, with or without a final `/api`.

    Every call may raise ConfigError or TemporaryError; writes also RejectedError and UnknownOutcomeError.
    """

    def __init__(self, url: str, key: str, recorder: Recorder, *, shop_id: str = "", timeout: float = 60.0) -> None:
        if not url:
            raise ConfigError("shop.settings_missing", setting="url")
        if not key:
            raise ConfigError("shop.settings_missing", setting="key")
        self.base = url.rstrip("/").removesuffix("/api").rstrip("/") + "/api/"
        self._http = HttpClient("shop", self.base, MaskingRecorder(recorder), timeout)
        self.host = self._http.host
        self._auth = (key, "")
        self.shop_id = shop_id
        self.version: tuple[int, ...] = ()
        self.version_text = ""

    @property
    def has_patch(self) -> bool:
        """PATCH came with 8.0; an unknown version is taken for a current one."""
        return not self.version or self.version >= (8,)

    @property
    def holds_packs(self) -> bool:
        """From 9.0 on stock is lowered when an order goes from "payment error" to a waiting status, packs too."""
        return not self.version or self.version >= (9,)

    def root(self) -> Answer:
        """`GET /api/` as it came: the key's rights, resource by resource."""
        return self._send("GET", "", {})

    def rows(
        self,
        resource: str,
        filters: Mapping[str, str] | None = None,
        *,
        display: str = "full",
        date: bool = False,
        sort: str = "",
        limit: str = "",
    ) -> tuple[Row, ...]:
        """A list; asked again when that fails for a moment. `filters` in the webservice's own grammar, by field:
        `[a|b]`, `[a]%`, `>[a]`.

        date: must be set to filter or sort by a date.
        """
        query = {"display": display, **({"date": "1"} if date else {})}
        query |= {f"filter[{name}]": term for name, term in (filters or {}).items()}
        query |= {name: value for name, value in (("sort", sort), ("limit", limit)) if value}
        return patiently(lambda: answers.rows(self._send("GET", resource, query), resource, "GET", self.host))

    def rows_where(
        self,
        resource: str,
        field: str,
        values: Iterable[str],
        *,
        display: str = "full",
        filters: Mapping[str, str] | None = None,
    ) -> list[Row]:
        """The rows whose field is one of the values: few requests, cut so that no URL grows too long.

        MySQL compares without case or accents, and values with `|` are asked by their beginning: the caller
        compares again.
        """
        found: dict[str, Row] = {}
        for term in _terms(dict.fromkeys(v for v in values if v)):
            for row in self.rows(resource, {field: term, **(filters or {})}, display=display):
                found[row.id] = row
        return list(found.values())

    def create(self, resource: str, entities: Sequence[Body]) -> tuple[Row, ...]:
        """POSTs the entities in one body; the rows as the answer shows them, one per entity, in the same order.

        There is no transaction: after a refusal the entities before the refused one exist.
        """
        answer = self._send("POST", resource, {}, body(resource, entities))
        made = answers.rows(answer, resource, "POST", self.host)
        if len(made) != len(entities):
            raise answers.unknown(answer, "POST", self.host)
        return made

    def update(self, resource: str, changes: Sequence[tuple[Row, Mapping[str, Value]]]) -> tuple[Row, ...]:
        """Changes fields of rows, all in one body, and returns them as the answer shows them.

        PATCH from 8.0 on. Before, PUT of each row as it was read with the changes laid over: a PUT empties what
        it leaves out.
        """
        if self.has_patch:
            method, entities = "PATCH", [{"id": row.id, **fields} for row, fields in changes]
        else:
            method, entities = "PUT", [{**row.fields, **fields} for row, fields in changes]
        answer = self._send(method, resource, {}, body(resource, entities))
        return answers.rows(answer, resource, method, self.host)

    def _send(self, method: str, resource: str, query: Mapping[str, str], data: bytes | None = None) -> Answer:
        if self.shop_id:
            query = {**query, "id_shop": self.shop_id}
        url = (
            self.base
            + resource
            + ("?" + "&".join(f"{_quoted(k)}={_quoted(v)}" for k, v in query.items()) if query else "")
        )
        headers = {"Content-Type": "text/xml; charset=utf-8"} if data is not None else None
        answer = self._http.send(method, url, headers=headers, data=data, auth=self._auth)
        version = answer.headers.get("PSWS-Version", "")
        if version and version != self.version_text:
            self.version_text = version
            self.version = tuple(int(n) for n in re.findall(r"\d+", version))
        return answer


class MaskingRecorder:
    """Takes passwords and keys of customers out of what is recorded; everything else goes through untouched."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def sending(self) -> None:
        self._recorder.sending()

    def record(self, exchange: Exchange) -> None:
        self._recorder.record(
            replace(
                exchange,
                request_body=_SECRET_TAGS.sub(r"\1…\3", exchange.request_body),
                response_body=_SECRET_TAGS.sub(r"\1…\3", exchange.response_body),
            )
        )


def _terms(values: Iterable[str]) -> Iterable[str]:
    """The values as filter terms `[a|b|c]`, each short enough; values with a sign of the grammar stand alone."""
    together: list[str] = []
    length = 0
    for value in values:
        if "|" in value or _INTERVAL.fullmatch(value):
            if beginning := re.split(r"[|,]", value)[0]:
                yield f"[{beginning}]%"
            continue
        if together and length + len(_quoted(value)) > LONGEST_QUERY:
            yield f"[{'|'.join(together)}]"
            together, length = [], 0
        together.append(value)
        length += len(_quoted(value)) + 3
    if together:
        yield f"[{'|'.join(together)}]"


def _quoted(text: str) -> str:
    return quote(text, safe="[]")
