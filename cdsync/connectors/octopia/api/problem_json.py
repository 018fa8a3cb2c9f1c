"""The words of a refusal: problem+json (RFC 9457) or Keycloak's error object. Decides nothing, raises nothing.

Keys by the RFC and by what clients read: title, detail, errors (field → list of texts).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...http.answer import Answer
from .fields import text
from .json_text import clean, decode

LONGEST = 500


def content(answer: Answer) -> Mapping[str, Any]:
    """The object an answer holds; empty for HTML, an empty body or anything else."""
    try:
        value = decode(clean(answer.body))
    except ValueError:
        return {}
    return value if isinstance(value, Mapping) else {}


def words(answer: Answer) -> str:
    """The other side's own words, most telling first, on one line; "" when it said nothing readable."""
    found = content(answer)
    parts = [*_errors(found.get("errors")), text(found.get("detail")), text(found.get("error_description"))]
    parts += [text(found.get("message")), text(found.get("error")) if isinstance(found.get("error"), str) else ""]
    if not any(parts):
        parts = [text(found.get("title"))]
    unique = list(dict.fromkeys(part for part in parts if part))
    return " · ".join(" ".join(part.split()) for part in unique)[:LONGEST]


def is_problem(answer: Answer) -> bool:
    """Whether the API itself refused, rather than a gateway that does not know the path (it says no title)."""
    found = content(answer)
    return answer.content_type == "application/problem+json" or "title" in found or "traceId" in found


def names_fields(answer: Answer) -> list[str]:
    """The fields the refusal names ("" and "$" stand for the body as a whole)."""
    errors = content(answer).get("errors")
    return [str(name) for name in errors] if isinstance(errors, Mapping) else []


def _errors(errors: Any) -> list[str]:
    """`errors` as field → texts, or as a list of texts or of objects."""
    if isinstance(errors, Mapping):
        errors = [entry for texts in errors.values() for entry in (texts if isinstance(texts, list) else [texts])]
    if not isinstance(errors, list):
        return []
    return [text(e.get("message") or e.get("detail")) if isinstance(e, Mapping) else text(e) for e in errors]
