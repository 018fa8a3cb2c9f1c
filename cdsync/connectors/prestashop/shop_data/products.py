"""Which product or combination of the shop a SKU stands for. Reads only; decides nothing about importing.

Order of search: reference, then EAN, then supplier reference; the merchant's own mapping, when given, wins over all.
References are not unique in PrestaShop: every hit is given back, and the caller refuses to guess.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from cachetools import TTLCache

from ..webservice.client import Webservice
from ..webservice.errors import RightMissingError
from ..webservice.xml import Row

KEPT_SECONDS = 300
MOST_KEPT = 10_000  # of one run
PRODUCT_FIELDS = (
    "[id,reference,ean13,supplier_reference,active,available_for_order,state,ecotax,id_tax_rules_group,"
    "cache_default_attribute,type,name]"
)
COMBINATION_FIELDS = "[id,id_product,reference,ean13,supplier_reference,ecotax]"


@dataclass(frozen=True)
class Wanted:
    """What is looked for: a SKU, its EAN and the merchant's own mapping when there are such."""

    sku: str
    gtin: str = ""
    mapped_to: tuple[str, str] | None = None


@dataclass(frozen=True)
class Article:
    """A product, or one combination of it (`combination` "0": none). `ecotax` without tax."""

    product: str
    combination: str
    name: str
    matched_by: str
    active: bool
    orderable: bool
    is_parent: bool
    tax_group: str
    ecotax: Decimal
    is_pack: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return self.product, self.combination


@dataclass
class _Found:
    """One reading's hits: combinations come with the id of their product, which is read afterwards."""

    products: dict[str, Row] = field(default_factory=dict)
    combinations: dict[str, Row] = field(default_factory=dict)


class Products:
    """Finds articles for many SKUs in few requests, and keeps them for some minutes (stock is never kept)."""

    def __init__(self, webservice: Webservice) -> None:
        self._ws = webservice
        self._kept: TTLCache[Wanted, tuple[Article, ...]] = TTLCache(MOST_KEPT, KEPT_SECONDS)
        self._may_read_suppliers = True

    def forget(self) -> None:
        self._kept.clear()

    def find(self, wanted: Iterable[Wanted]) -> dict[Wanted, tuple[Article, ...]]:
        """The articles each one fits; none: the shop has nothing like it."""
        asked = list(dict.fromkeys(wanted))
        known = {w: articles for w in asked if (articles := self._kept.get(w)) is not None}
        found = self._search([w for w in asked if w not in known])
        self._kept.update(found)
        return known | found

    def _search(self, wanted: Sequence[Wanted]) -> dict[Wanted, tuple[Article, ...]]:
        found: dict[Wanted, tuple[Article, ...]] = {}
        if mapped := [w for w in wanted if w.mapped_to]:
            found |= self._by_mapping(mapped)
        searches: tuple[tuple[str, Callable[[Wanted], set[str]]], ...] = (
            ("reference", lambda w: {w.sku}),
            ("ean13", _eans),
            ("supplier_reference", lambda w: {w.sku}),
        )
        for name, values in searches:
            if left := [w for w in wanted if not w.mapped_to and not found.get(w)]:
                found |= self._by_field(name, {w: values(w) for w in left})
        if left := [w for w in wanted if not w.mapped_to and not found.get(w)]:
            found |= self._by_supplier(left)
        return {w: found.get(w, ()) for w in wanted}

    def _by_field(self, name: str, values: Mapping[Wanted, set[str]]) -> dict[Wanted, tuple[Article, ...]]:
        asked = sorted({v for each in values.values() for v in each})
        if not asked:
            return {}
        hits = _Found(
            {r.id: r for r in self._ws.rows_where("products", name, asked, display=PRODUCT_FIELDS)},
            {r.id: r for r in self._ws.rows_where("combinations", name, asked, display=COMBINATION_FIELDS)},
        )
        self._read_parents(hits)
        by = {"ean13": "ean"}.get(name, name)
        return {w: _fitting(hits, name, each, by) for w, each in values.items()}

    def _by_supplier(self, wanted: Sequence[Wanted]) -> dict[Wanted, tuple[Article, ...]]:
        """Supplier references proper live in a resource of their own, which the key may well not be allowed to read."""
        if not self._may_read_suppliers:
            return {}
        try:
            rows = self._ws.rows_where(
                "product_suppliers", "product_supplier_reference", [w.sku for w in wanted],
                display="[id,id_product,id_product_attribute,product_supplier_reference]",
            )  # fmt: skip
        except RightMissingError:
            self._may_read_suppliers = False
            return {}
        pairs = {w: _pairs(rows, w.sku) for w in wanted}
        return self._articles(pairs, "supplier_reference")

    def _by_mapping(self, wanted: Sequence[Wanted]) -> dict[Wanted, tuple[Article, ...]]:
        pairs = {w: {w.mapped_to} for w in wanted if w.mapped_to}
        return self._articles(pairs, "mapping")

    def _articles(self, pairs: Mapping[Wanted, set[tuple[str, str]]], by: str) -> dict[Wanted, tuple[Article, ...]]:
        every = {pair for each in pairs.values() for pair in each}
        hits = _Found()
        combinations = sorted({c for _, c in every if c not in ("", "0")})
        if combinations:
            rows = self._ws.rows_where("combinations", "id", combinations, display=COMBINATION_FIELDS)
            hits.combinations = {r.id: r for r in rows}
        if every:
            hits.products = self._read_products({p for p, _ in every})
        return {w: tuple(a for p in sorted(each) if (a := _article(hits, *p, by))) for w, each in pairs.items()}

    def _read_parents(self, hits: _Found) -> None:
        missing = {c["id_product"] for c in hits.combinations.values()} - hits.products.keys()
        if missing:
            hits.products |= self._read_products(missing)

    def _read_products(self, ids: set[str]) -> dict[str, Row]:
        return {r.id: r for r in self._ws.rows_where("products", "id", sorted(ids), display=PRODUCT_FIELDS)}


def _eans(wanted: Wanted) -> set[str]:
    candidates = {wanted.gtin.strip(), wanted.sku.strip()}
    return {c for c in candidates if c.isdigit() and 8 <= len(c) <= 14}


def _pairs(rows: Iterable[Row], sku: str) -> set[tuple[str, str]]:
    return {
        (r["id_product"], r["id_product_attribute"] or "0")
        for r in rows
        if r["product_supplier_reference"].strip().casefold() == sku.strip().casefold()
    }


def _fitting(hits: _Found, name: str, values: set[str], by: str) -> tuple[Article, ...]:
    """The articles whose field has one of the values: as written if any has, else whatever the case.

    A parent whose own combination carries the same reference is no second hit: only combinations are sold.
    """
    same = {v.strip().casefold() for v in values}
    rows = [("p", r) for r in hits.products.values()] + [("c", r) for r in hits.combinations.values()]
    loose = [(kind, r) for kind, r in rows if r[name].strip().casefold() in same and r[name]]
    exact = [(kind, r) for kind, r in loose if r[name] in values]
    chosen = exact or loose
    parents = {r["id_product"] for kind, r in chosen if kind == "c"}
    keys = [(r["id_product"], r.id) if kind == "c" else (r.id, "0") for kind, r in chosen]
    articles = (_article(hits, p, c, by) for p, c in keys if c != "0" or p not in parents)
    return tuple(a for a in articles if a)


def _article(hits: _Found, product: str, combination: str, by: str) -> Article | None:
    parent = hits.products.get(product)
    if parent is None:
        return None
    whole = Article(
        product, "0", parent["name"], by, parent.flag("active") and parent["state"] != "0",
        parent.flag("available_for_order"), parent.flag("cache_default_attribute"), parent["id_tax_rules_group"],
        parent.money("ecotax"), parent["type"] == "pack",
    )  # fmt: skip
    if combination in ("", "0"):
        return whole
    row = hits.combinations.get(combination)
    if row is None or row["id_product"] != product:
        return None
    ecotax = row.money("ecotax")
    label = f"{whole.name} ({row['reference']})" if row["reference"] else whole.name
    return replace(
        whole, combination=combination, name=label, is_parent=False,
        ecotax=ecotax if ecotax > 0 else whole.ecotax,
    )  # fmt: skip
