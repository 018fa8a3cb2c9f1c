"""Compares a recorded answer with the sandbox's, element by element, by name. Knows nothing of HTTP.

Volatile values are compared by form only, and remembered so that later requests can name the sandbox's own:
dates and times (the clock), secure_key, token and passwd (random), order references (random letters).
Texts of PHP warnings (code 3) name lines of PHP files and libxml's words: a run of them counts as one, without text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError, fromstring

_ERROR = re.compile(r"<code><!\[CDATA\[(\d+)\]\]></code>\s*<message><!\[CDATA\[(.*?)\]\]></message>\s*</error>", re.S)
TIME = re.compile(r"(?!0000)\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
FORMS = {
    "secure_key": re.compile(r"[0-9a-f]{32}|MASKED"),
    "passwd": re.compile(r"\$2y\$.+|MASKED"),
    "reference": re.compile(r"[A-Z]{9}"),
    "order_reference": re.compile(r"[A-Z]{9}"),
}
REMEMBERED = ("secure_key", "reference", "order_reference")
Known = dict[str, str]


def differences(recorded: str, actual: str, kind: str, known: Known) -> list[str]:
    """What differs between two bodies of the same content type; fills `known` with recorded -> actual."""
    if kind.startswith("application/json"):
        return list(_json(json.loads(recorded), json.loads(actual), "", known))
    if kind.startswith("text/xml") and recorded:
        try:
            expected = fromstring(recorded)
        except ParseError:  # an error message that holds "]]>" makes PrestaShop's own XML ill-formed
            left, right = _collapsed(_ERROR.findall(recorded)), _collapsed(_ERROR.findall(actual))
            return [] if left == right else [f"errors {left}, not {right}"]
        return list(_element(expected, fromstring(actual), "", known))
    return [] if recorded == actual else [f"text {recorded[:80]!r}, not {actual[:80]!r}"]


def _same(name: str, recorded: str, actual: str, known: Known) -> bool:
    if recorded == actual or known.get(recorded) == actual:
        return True
    form = FORMS.get(name)
    if form and form.fullmatch(recorded) and form.fullmatch(actual):
        if name in REMEMBERED and recorded != "MASKED":
            return known.setdefault(recorded, actual) == actual
        return True
    return bool(TIME.fullmatch(recorded) and TIME.fullmatch(actual))


def _element(recorded: Element, actual: Element, path: str, known: Known) -> Iterator[str]:
    path = f"{path}/{recorded.tag}"
    if recorded.tag != actual.tag:
        yield f"{path}: <{actual.tag}>"
        return
    if recorded.attrib != actual.attrib:
        yield f"{path}: attributes {recorded.attrib}, not {actual.attrib}"
    if recorded.tag == "errors":
        yield from _errors(recorded, actual, path)
        return
    if not len(recorded) and not len(actual):
        if not _same(recorded.tag, (recorded.text or "").strip(), (actual.text or "").strip(), known):
            yield f"{path}: {recorded.text!r}, not {actual.text!r}"
        return
    yield from _children(list(recorded), list(actual), path, known)


def _children(recorded: list[Element], actual: list[Element], path: str, known: Known) -> Iterator[str]:
    names = [one.tag for one in recorded]
    if len(set(names)) == len(names) and len({one.tag for one in actual}) == len(actual):
        ours = {one.tag: one for one in actual}
        for one in recorded:
            if one.tag in ours:
                yield from _element(one, ours.pop(one.tag), path, known)
            else:
                yield f"{path}: no <{one.tag}>"
        yield from (f"{path}: <{name}> too much" for name in ours)
        return
    if len(recorded) != len(actual):
        yield f"{path}: {len(recorded)} elements, not {len(actual)}"
    for one, other in zip(recorded, actual, strict=False):
        yield from _element(one, other, path, known)


def _errors(recorded: Element, actual: Element, path: str) -> Iterator[str]:
    if _error_list(recorded) != _error_list(actual):
        yield f"{path}: {_error_list(recorded)}, not {_error_list(actual)}"


def _error_list(errors: Element) -> list[tuple[str, str]]:
    return _collapsed([(one.findtext("code") or "", one.findtext("message") or "") for one in errors])


def _collapsed(errors: list[tuple[str, str]]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for code, message in errors:
        entry = (code, "[PHP …" if message.startswith("[PHP") else message)
        if entry[1] != "[PHP …" or not found or found[-1] != entry:
            found.append(entry)
    return found


def _json(recorded: Any, actual: Any, path: str, known: Known) -> Iterator[str]:
    if isinstance(recorded, dict) and isinstance(actual, dict):
        for name in recorded.keys() | actual.keys():
            if name not in recorded or name not in actual:
                yield f"{path}: {name} only in the {'recording' if name in recorded else 'answer'}"
            else:
                yield from _json(recorded[name], actual[name], f"{path}/{name}", known)
    elif isinstance(recorded, list) and isinstance(actual, list):
        if len(recorded) != len(actual):
            yield f"{path}: {len(recorded)} entries, not {len(actual)}"
        for one, other in zip(recorded, actual, strict=False):
            yield from _json(one, other, path, known)
    elif type(recorded) is not type(actual) or not _same(path.rsplit("/", 1)[-1], str(recorded), str(actual), known):
        yield f"{path}: {recorded!r}, not {actual!r}"
