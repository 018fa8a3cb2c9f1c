"""GET /orders and /orders/count: filters, sorting, numbered pages that may shift. Reads only.

Facts: pageIndex from 1, pageSize at most 100, status validated, no total in the answer, unknown parameters
(`limit`) ignored, /count a bare integer. The grammars of sort and of several statuses are not established.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from ...server import Request
from ..book.ledger import Record
from ..book.orders import Json
from ..book.statuses import STATUSES, SUPPLY_MODES
from ..book.variants import Variants
from .problems import Refused

LARGEST_PAGE = 100
SORTABLE = {"createdAt": "createdAt", "updatedAt": "updatedAt", "shippedAt": "shippedAtMax"}
PERIODS = {
    "createdAtMin": "createdAt",
    "createdAtMax": "createdAt",
    "updatedAtMin": "updatedAt",
    "updatedAtMax": "updatedAt",
    "shippedAtMin": "shippedAtMax",
    "shippedAtMax": "shippedAtMax",
}
Test = Callable[[Record], bool]


def matching(records: list[Record], request: Request, variants: Variants) -> list[Record]:
    """The records the query asks for, sorted. Refused (400) when a parameter has a wrong value."""
    tests = _tests(request, variants)
    found = [record for record in records if all(test(record) for test in tests)]
    field, descending = _sorting(request, variants)
    found.sort(key=lambda record: (str(record.order.get(SORTABLE[field]) or ""), record.number), reverse=descending)
    return found


def page_bounds(request: Request, variants: Variants) -> tuple[int, int]:
    """(pageIndex, pageSize) of the query."""
    index = _whole(request, "pageIndex", 1)
    size = _whole(request, "pageSize", variants.page_size)
    if index < 1:
        raise _wrong("pageIndex", "The field pageIndex must be greater than or equal to 1.")
    if size < 1 or (size > LARGEST_PAGE and variants.page_size_over == "refused"):
        raise _wrong("pageSize", "The field pageSize must be between 1 and 100.")
    return index, min(size, LARGEST_PAGE)


def next_link(request: Request, url: str, index: int) -> str:
    """The Link header's value for the page after `index`."""
    query = [(key, value) for key, value in request.query if key != "pageIndex"]
    return f'<{url}?{urlencode([*query, ("pageIndex", str(index + 1))])}>; rel="next"'


class Shifts:
    """Pages that change under the reader: before each further page one order has moved within the list.

    Readings (a first page opens one) alternate: in odd ones the first order goes to the end, so one order
    slips past the reader; in even ones an order is added in front, so one is seen twice.
    """

    def __init__(self) -> None:
        self.readings = 0

    def apply(self, found: list[Record], index: int) -> list[Record]:
        if index == 1:
            self.readings += 1
            return found
        if len(found) < 2:
            return found
        return [*found[1:], found[0]] if self.readings % 2 else [found[0], *found]


def _tests(request: Request, variants: Variants) -> list[Test]:
    tests: list[Test] = []
    statuses = _statuses(request, variants)
    if statuses:
        tests.append(lambda record: record.status in statuses)
    for name, read in _TEXT_FILTERS.items():
        if wanted := request.arg(name):
            tests.append(lambda record, wanted=wanted, read=read: wanted in read(record))  # type: ignore[misc]
    if (business := request.arg("businessOrder")) is not None:
        if business.lower() not in ("true", "false"):
            raise _wrong("businessOrder", f"The value '{business}' is not valid.")
        tests.append(lambda record: bool(record.order.get("businessOrder")) == (business.lower() == "true"))
    if (mode := request.arg("supplyMode")) and mode not in SUPPLY_MODES:
        raise _wrong("supplyMode", f"The value '{mode}' is not valid.")
    for name, field in PERIODS.items():
        if value := request.arg(name):
            tests.append(_period(field, _moment(name, value), name.endswith("Min")))
    return tests


def _each_line(record: Record, *path: str) -> list[Any]:
    return [_dig(line, path) for line in record.lines()]


def _dig(value: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


_TEXT_FILTERS: dict[str, Callable[[Record], list[Any]]] = {
    "reference": lambda record: [record.order.get("reference")],
    "salesChannelId": lambda record: [_dig(record.order, ("salesChannel", "id"))],
    "supplyMode": lambda record: _each_line(record, "offer", "supplyMode"),
    "shippingCountry": lambda record: _each_line(record, "shippingAddress", "countryCode"),
}


def _statuses(request: Request, variants: Variants) -> set[str]:
    given = [value for key, value in request.query if key == "status" and value]
    if variants.status_list in ("comma", "single"):
        given = given[:1]  # a server that binds one value takes the first and says nothing
    if variants.status_list in ("comma", "either"):
        given = [part.strip() for value in given for part in value.split(",")]
    for value in given:
        if value not in STATUSES:
            raise _wrong("status", f"The value '{value}' is not valid for status.")
    return set(given)


def _sorting(request: Request, variants: Variants) -> tuple[str, bool]:
    text, grammar = request.arg("sort"), variants.sort_grammar
    if not text or grammar == "ignored":
        return variants.default_sort, False
    descending = (request.arg("desc") or "").lower() == "true"
    if ":" in text and grammar in ("prefix", "either"):
        direction, text = text.split(":", 1)
        if direction not in ("asc", "desc"):
            raise _wrong("sort", f"The value '{direction}:{text}' is not valid for sort.")
        descending = direction == "desc"
    if text not in SORTABLE:
        raise _wrong("sort", f"The value '{text}' is not valid for sort.")
    return text, descending


def _period(field: str, bound: datetime, lower: bool) -> Test:
    def inside(record: Record) -> bool:
        text = record.order.get(field)
        if not isinstance(text, str):
            return False
        moment = datetime.fromisoformat(text)
        return moment >= bound if lower else moment <= bound

    return inside


def _moment(name: str, value: str) -> datetime:
    # An unescaped "+00:00" in a query arrives as a blank; the real gateway cannot read it either.
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise _wrong(name, f"The value '{value}' is not valid for {name}.") from None
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    return moment


def _whole(request: Request, name: str, default: int) -> int:
    value = request.arg(name)
    if value is None:
        return default
    if not value.lstrip("-").isdecimal():
        raise _wrong(name, f"The value '{value}' is not valid for {name}.")
    return int(value)


def _wrong(name: str, message: str) -> Refused:
    return Refused(400, "One or more validation errors occurred.", {name: [message]})


def page_json(items: list[Json], size: int) -> Json:
    """The list's envelope: no total (measured)."""
    return {"itemsPerPage": size, "items": items}
