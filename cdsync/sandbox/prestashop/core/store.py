"""The shop's database: tables of rows with ids, as plain data. Knows nothing of HTTP, prices or orders."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterator, MutableMapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

Row = dict[str, Any]
"""field -> text; a multilingual field -> {language id: text}; an association -> list of {field: text}."""

EMPTY = {"int": "0", "bool": "0", "date": "0000-00-00", "datetime": "0000-00-00 00:00:00", "str": ""}


def folded(value: object, *, blanks: bool = False) -> str:
    """The text as MySQL's usual collation compares it: without case, accents and, unless `blanks`, trailing ones."""
    text = str(value).lower()
    if not text.isascii():
        text = "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one))
    return text if blanks else text.rstrip(" ")


class Table:
    """Rows by id, in the order of their ids, with an index on each field that was asked for.

    writes: called before a row is inserted or changed.
    """

    def __init__(self, writes: Callable[[], None] = lambda: None) -> None:
        self._writes = writes
        self._rows: dict[int, Row] = {}
        self._last = 0
        self._index: dict[str, dict[str, dict[int, None]]] = {}

    def __iter__(self) -> Iterator[Row]:
        return iter(list(self._rows.values()))

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, id_: int | str) -> Row | None:
        return self._rows.get(int(id_)) if str(id_).isdigit() else None

    def insert(self, row: Row, id_: int | None = None) -> int:
        """Stores the row under the next id (or `id_`) and returns that id."""
        self._writes()
        new = self._last + 1 if id_ is None else id_
        self._last = max(self._last, new)
        row["id"] = str(new)
        unsorted = bool(self._rows) and new < next(reversed(self._rows))
        self._rows[new] = row
        if unsorted:
            self._rows = dict(sorted(self._rows.items()))
        for name, index in self._index.items():
            index.setdefault(folded(row.get(name, "")), {})[new] = None
        return new

    def update(self, id_: int | str, values: Row) -> None:
        self._writes()
        row = self._rows[int(id_)]
        for name in self._index.keys() & values.keys():
            self._index[name].get(folded(row.get(name, "")), {}).pop(int(id_), None)
            self._index[name].setdefault(folded(values[name]), {})[int(id_)] = None
        row.update(values)

    def delete(self, id_: int | str) -> None:
        row = self._rows.pop(int(id_))
        for name, index in self._index.items():
            index[folded(row.get(name, ""))].pop(int(id_), None)

    def where(self, name: str, *values: int | str) -> list[Row]:
        """The rows whose field `name` is one of `values` as MySQL compares texts, by id."""
        if name not in self._index:
            index: dict[str, dict[int, None]] = {}
            for id_, row in self._rows.items():
                index.setdefault(folded(row.get(name, "")), {})[id_] = None
            self._index[name] = index
        ids = {id_ for value in values for id_ in self._index[name].get(folded(value), ())}
        return [self._rows[id_] for id_ in sorted(ids)]

    def dump(self) -> dict[str, Any]:
        return {"last": self._last, "rows": list(self._rows.values())}

    def load(self, data: dict[str, Any]) -> None:
        self._rows = {int(row["id"]): row for row in data["rows"]}
        self._last, self._index = data["last"], {}


class Settings(MutableMapping[str, str]):
    """The rows of `configurations` as a mapping from name to value."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def _row(self, name: str) -> Row | None:
        """The row for all shops; the ones of a shop or of a group are `Shop.setting`'s."""
        rows = self._store.table("configurations").where("name", name)
        return next((r for r in rows if not {r.get("id_shop"), r.get("id_shop_group")} - {None, "", "0"}), None)

    def __getitem__(self, name: str) -> str:
        row = self._row(name)
        if row is None:
            raise KeyError(name)
        return str(row["value"])

    def __setitem__(self, name: str, value: str) -> None:
        row = self._row(name)
        if row is None:
            self._store.table("configurations").insert({"name": name, "value": value})
        else:
            self._store.table("configurations").update(row["id"], {"value": value})

    def __delitem__(self, name: str) -> None:
        row = self._row(name)
        if row is None:
            raise KeyError(name)
        self._store.table("configurations").delete(row["id"])

    def __iter__(self) -> Iterator[str]:
        return (str(row["name"]) for row in self._store.table("configurations"))

    def __len__(self) -> int:
        return len(self._store.table("configurations"))


class Store:
    """All tables by resource name, and the shop's settings. Not locked: the sandbox holds the lock.

    before_write: called with the resource before any of its rows is inserted or changed.
    """

    def __init__(self) -> None:
        self.before_write: Callable[[str], None] = lambda _name: None
        self.tables: dict[str, Table] = {}
        self.configuration = Settings(self)
        self.counters: dict[str, int] = {"invoice": 0, "delivery": 0}

    def table(self, name: str) -> Table:
        if name not in self.tables:
            self.tables[name] = Table(lambda: self.before_write(name))
        return self.tables[name]

    def dump(self) -> bytes:
        data = {
            "tables": {name: table.dump() for name, table in self.tables.items()},
            "counters": self.counters,
        }
        return json.dumps(data, ensure_ascii=False).encode()

    def load(self, dumped: bytes) -> None:
        data = json.loads(dumped)
        self.tables = {}
        for name, rows in data["tables"].items():
            self.table(name).load(rows)
        self.counters = data["counters"]


def stored(storage: str, value: str, column: int | None = None) -> str:
    """`value` as the database keeps it: PHP's and MySQL's casts, silent cut to `column` characters."""
    if storage == "str":
        return value[:column] if column else value
    if value == "":
        return EMPTY.get(storage) or decimal_text(Decimal(0), int(storage[3:]))
    if storage == "bool":
        return "0" if value in ("0", "false") else "1"
    if storage == "int":
        digits = value.strip().split(".")[0]
        return str(int(digits)) if digits.lstrip("+-").isdigit() else "0"
    if storage.startswith("dec"):
        return decimal_text(number(value), int(storage[3:]))
    return value


def number(value: str) -> Decimal:
    """The text as a number, 0 when it is none, as PHP's (float)."""
    try:
        return Decimal(value.strip() or "0")
    except InvalidOperation:
        return Decimal(0)


def decimal_text(value: Decimal, places: int) -> str:
    return f"{value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}"
