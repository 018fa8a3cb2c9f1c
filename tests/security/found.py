"""What can be asked of the application, found rather than listed: by its routes, and by its pages' links and forms.

A new route or a new form is in it by itself.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule
from werkzeug.routing.converters import AnyConverter, IntegerConverter

from cdsync.operations import OPERATIONS
from tests.web.html_tree import Element, parse

from .populated import HERE, Populated, Run
from .visitor import Fields

READS, METHODS = ("GET", "HEAD", "OPTIONS"), ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
ADDED_WHEN_SENT = ("csrf_token", "acting_on")


@dataclass(frozen=True)
class Asked:
    """One request that some page offers, or that a route allows; `shape` is what makes it another than those seen."""

    endpoint: str
    method: str
    address: str
    form: tuple[tuple[str, str], ...] = ()
    names: frozenset[str] = field(default=frozenset(), compare=False)  # of the address's own arguments

    @property
    def shape(self) -> tuple[object, ...]:
        split = urlsplit(self.address)
        asked_for = tuple(sorted({key for key, _ in parse_qsl(split.query, keep_blank_values=True)}))
        pressed = tuple(value for key, value in self.form if key in ("do", "operation", "what", "code"))
        return (self.endpoint, self.method, asked_for, tuple(sorted({key for key, _ in self.form})), pressed)

    def __str__(self) -> str:
        return f"{self.method} {self.address}" + (f" {dict(self.form)}" if self.form else "")


def by_routes(app: Flask, world: Populated, most: int = 1000) -> list[Asked]:
    """Every route with every value that its arguments can have in this world, and a bare form where it takes one.

    most: values of one argument, spread over those there are.
    """
    found = []
    for rule in app.url_map.iter_rules():
        values = [spread(_values(rule, name, world), most) for name in sorted(rule.arguments)]
        for chosen in itertools.product(*values):
            address = _built(app, rule, dict(zip(sorted(rule.arguments), chosen, strict=True)))
            if address is not None:
                method = "GET" if "GET" in (rule.methods or ()) else "POST"
                found.append(Asked(rule.endpoint, method, address))
                if method == "GET" and "POST" in (rule.methods or ()):
                    found.append(Asked(rule.endpoint, "POST", address))
    return found


def by_pages(app: Flask, get: Callable[[str], str], pages: Iterable[str], follow: bool = True) -> list[Asked]:
    """What the links and forms of these pages lead to; one of each shape. follow: and of the pages behind the links.

    get: the HTML of an address, "" where it is none.
    """
    found: dict[tuple[object, ...], Asked] = {}
    waiting = list(pages)
    for page in waiting:
        html = get(page)
        for asked in _offered(app, page, html) if html else ():
            if asked.shape not in found:
                found[asked.shape] = asked
                if asked.method == "GET" and follow:
                    waiting.append(asked.address)
    return list(found.values())


def one_of_each(asked: Iterable[Asked]) -> list[Asked]:
    """The first of each shape."""
    return list({each.shape: each for each in reversed(list(asked))}.values())[::-1]


def _values(rule: Rule, name: str, world: Populated) -> list[object]:
    """What an argument can be here. One that nobody has heard of gets values by its kind."""
    converter = rule._converters[name]
    area = rule.endpoint.partition(".")[0]
    if isinstance(converter, AnyConverter):
        return sorted(converter.items) if hasattr(converter, "items") else ["shop", "marketplace"]
    if name == "number":
        return [1, 2, 3, 4, 5]
    if name == "row_id":
        return list(world.rows(HERE))
    if isinstance(converter, IntegerConverter):
        known = {"connect": list(world.accounts.values()), "runs": world.ids(Run, HERE)}
        known["orders"] = known["runs"][-2:]
        return [*known.get(area, [1, 2]), 999_999]
    texts = {"ref": [*world.refs(HERE), "nobody-knows-it"], "operation": [*OPERATIONS, "nonsense"]}
    texts |= {"side": ["shop", "marketplace", "nonsense"], "filename": ["app.js", "nothing.js", "../app.py"]}
    return list(texts.get(name, ["1", "main", "nonsense"]))


def spread(values: list[Any], most: int) -> list[Any]:
    """At most so many of them, from all over."""
    return values if len(values) <= most else [values[at * len(values) // most] for at in range(most)]


def _built(app: Flask, rule: Rule, values: dict[str, object]) -> str | None:
    made = rule.build(values, append_unknown=False)
    return made[1] if made else None


def _offered(app: Flask, page: str, html: str) -> Iterator[Asked]:
    root = parse(html)
    addresses = [each.get(name) for each in root.walk() for name in ("href", "hx-get") if each.get(name)]
    for address in addresses:
        yield from _of(app, "GET", urljoin(page, address), [])
    for form in root.all("form"):
        fields, buttons = _fields(root, form), _buttons(root, form)
        method = (form.get("method") or "get").upper()
        for button in buttons or [Element("button")]:
            action = button.get("formaction") or button.get("hx-post") or form.get("action") or page
            pressed = [(button.get("name"), button.get("value"))] if button.get("name") else []
            yield from _of(app, method, urljoin(page, action), [*fields, *pressed])


def _of(app: Flask, method: str, address: str, fields: list[tuple[str, str]]) -> Iterator[Asked]:
    split = urlsplit(address)
    if split.scheme or split.netloc:
        return
    query = parse_qsl(split.query, keep_blank_values=True) + (fields if method == "GET" else [])
    kept = tuple((key, value) for key, value in fields if key not in ADDED_WHEN_SENT) if method != "GET" else ()
    try:
        endpoint, values = app.url_map.bind("localhost").match(split.path, method)
    except HTTPException:
        return  # tests of the pages say which links lead nowhere
    if endpoint != "static":
        whole = split.path + (f"?{urlencode(query)}" if query else "")
        yield Asked(endpoint, method, whole, kept, frozenset(values))


def _fields(root: Element, form: Element) -> list[tuple[str, str]]:
    mine = [*form.walk(), *(each for each in root.walk() if form.get("id") and each.get("form") == form.get("id"))]
    found = []
    for each in mine:
        if not each.get("name") or each.tag not in ("input", "select", "textarea"):
            continue
        if each.tag == "select":
            options = each.all("option")
            chosen = [one for one in options if "selected" in one.attributes] or options[:1]
            found += [(each.get("name"), one.get("value")) for one in chosen]
        else:
            found.append((each.get("name"), each.text if each.tag == "textarea" else each.get("value")))
    return found


def _buttons(root: Element, form: Element) -> list[Element]:
    outside = [each for each in root.all("button") if form.get("id") and each.get("form") == form.get("id")]
    return [each for each in [*form.all("button"), *outside] if each.get("type") != "button"]


def with_form(asked: Asked, form: Fields) -> Asked:
    return replace(asked, form=tuple(form))
