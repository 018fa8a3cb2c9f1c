"""`docs/errors.md` from the catalogue: `python -m cdsync.error_catalogue.document > docs/errors.md`. English only."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator

from . import CATALOGUE
from .articles.entry import TARGETS, Entry

WHO = {"you": "you", "marketplace": "the marketplace", "host": "your shop's host", "us": "the makers of cdsync"}
HEAD = """# Errors

What each code means and what to do. This page is generated from `cdsync/error_catalogue/`
(`python -m cdsync.error_catalogue.document > docs/errors.md`); words in ‹› are filled in,
and where your marketplace is another one its name stands for Cdiscount.
"""


def document() -> str:
    """The whole page, a section for each first word of the codes."""
    sections = sorted({code.partition(".")[0] for code in CATALOGUE})
    parts = [HEAD]
    for name in sections:
        entries = [entry for code, entry in sorted(CATALOGUE.items()) if code.partition(".")[0] == name]
        parts += [f"## {name}\n", *("\n".join(_article(entry)) + "\n" for entry in entries)]
    return "\n".join(parts)


def _article(entry: Entry) -> Iterator[str]:
    yield f"### `{entry.code}`\n"
    yield f"**{_plain(entry.title)}.** {_plain(entry.why)}\n"
    for number, step in enumerate(entry.steps, start=1):
        place = f" ({TARGETS[step.target]})" if step.target else ""
        yield f"{number}. {_plain(step.text)}{place}"
    helps = "waiting helps" if entry.waiting_helps else "waiting does not help"
    yield f"\nWho can fix it: {WHO[entry.who]} · {helps} · {entry.severity}"


def _plain(text: str) -> str:
    named = text.replace("%(market)s", "Cdiscount")
    return re.sub(r"%\((\w+)\)s", r"‹\1›", named).replace("%%", "%")


def placeholders(texts: Iterable[str]) -> set[str]:
    """The data keys the texts ask for: all but `market`, which is no error's own."""
    return {name for text in texts for name in re.findall(r"%\((\w+)\)s", text)} - {"market"}


if __name__ == "__main__":
    sys.stdout.write(document())
