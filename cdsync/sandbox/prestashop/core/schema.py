"""The webservice's resources as data: one table drives rendering, validation and schemas. Knows no state.

Notation of the `fields` modules, one resource after "= resource node", one field a line:
`name storage [flags]`, storage being int, bool, str, date, datetime or decN (N decimals kept);
flags: req, lang (one value per language), dyn (computed: not filterable), ro (refused in a body), ro9 (refused
from 9 on, shown as read-only before too), isX (validation rule), max=N or max=N|M (M before 9; empty: none),
was=isX (rule before 9), since=V, until=V (major version), >resource (what the id points to).
"@ association node api=resource|virtual: field>resource! ..." describes an association ("!" required, "-" read-only).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from ..fields import catalogue, people, places, sales


@dataclass(frozen=True)
class Field:
    """One field of a resource as one version of PrestaShop knows it."""

    name: str
    storage: str
    required: bool = False
    multilingual: bool = False
    computed: bool = False
    read_only: bool = False  # shown so in the schema
    refused: bool = False  # a body that holds it is refused (code 93)
    rule: str = ""
    size: int | None = None
    column: int | None = None  # where the database cuts without a word
    link: str = ""

    @property
    def decimals(self) -> int:
        return int(self.storage[3:]) if self.storage.startswith("dec") else 0


@dataclass(frozen=True)
class Association:
    """A list inside a resource: its node, where it links to, and its fields as (name, link, required, read-only)."""

    name: str
    node: str
    api: str  # "" for a virtual entity
    fields: tuple[tuple[str, str, bool, bool], ...]


@dataclass(frozen=True)
class Resource:
    """A resource: its list name, its node name, its fields in the order PrestaShop shows them."""

    name: str
    node: str
    fields: dict[str, Field] = field(default_factory=dict)
    associations: dict[str, Association] = field(default_factory=dict)

    @property
    def php_class(self) -> str:
        """The class named in validation errors (Customer, OrderCarrier)."""
        return (
            "TaxRulesGroup"
            if self.name == "tax_rule_groups"
            else "".join(part.capitalize() for part in self.node.split("_"))
        )


@cache
def resources(major: int) -> dict[str, Resource]:
    """Every modelled resource of PrestaShop `major` (7, 8 or 9) by its list name."""
    found: dict[str, Resource] = {}
    text = "\n".join(module.FIELDS for module in (people, sales, catalogue, places))
    for line in re.sub(r"\n {2,}", " ", text).splitlines():
        if line.startswith("= "):
            _, name, node = line.split()
            current = found[name] = Resource(name, node)
        elif line.startswith("@ "):
            association = _association(line)
            current.associations[association.name] = association
        elif line and (one := _field(line, major)) is not None:
            current.fields[one.name] = one
    return found


def _association(line: str) -> Association:
    head, _, columns = line[2:].partition(":")
    name, node, api = head.split()
    fields = tuple(
        (m[1], m[2] or "", "!" in column, "-" in column)
        for column in columns.split()
        if (m := re.match(r"(\w+)(?:>(\w+))?", column))
    )
    return Association(name, node, api.removeprefix("api=") if api != "virtual" else "", fields)


def _field(line: str, major: int) -> Field | None:
    name, storage, *flags = line.split()
    valued = dict(flag.split("=", 1) for flag in flags if "=" in flag)
    if not int(valued.get("since", 0)) <= major <= int(valued.get("until", 99)):
        return None
    rule = next((flag for flag in flags if flag.lower().startswith("is")), "")
    sizes = valued.get("max", "").split("|")
    size = sizes[0] if major >= 9 or len(sizes) == 1 else sizes[1]
    return Field(
        name=name,
        storage=storage,
        required="req" in flags,
        multilingual="lang" in flags,
        computed="dyn" in flags,
        read_only="ro" in flags or "ro9" in flags,
        refused="ro" in flags or ("ro9" in flags and major >= 9),
        rule=valued.get("was", rule) if major < 9 else rule,
        size=int(size) if size else None,
        column=int(sizes[0]) if sizes[0] and not size else None,
        link=next((flag[1:] for flag in flags if flag.startswith(">")), ""),
    )
