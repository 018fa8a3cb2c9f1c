"""Values as cells of a CSV file that a spreadsheet opens: numbers as a country writes them, text never a formula.

What counts as a number is the type, not the look: "+33612345678" is text and gets its apostrophe.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import NoneType
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.numbers import get_decimal_symbol

# Signs that start a formula, also full-width, small, raised and lowered ones, which some spreadsheets read as those.
_FORMULA = "=+\\-@＝＋－＠﹦﹢﹣﹫⁼⁺⁻₌₊₋﬩"
_NOT_SEEN = "\\s\u200b-\u200f\u2060\ufeff"
# Where a cell starts: at the start, and after whatever another spreadsheet, set otherwise, may split the text at.
_SPLIT = "(^|[;,|\r\n\u2028\u2029{also}])"
_BEFORE_A_SIGN = re.compile(rf"{_SPLIT.format(also=chr(9))}([{_NOT_SEEN}\"']*)(?=[{_FORMULA}])")
_BEFORE_A_TAB = re.compile(rf"{_SPLIT.format(also='')}(?=[\t\r])")
# What none of this is about: a letter or digit first, also after a separator, and nothing that a terminal obeys.
_PART = "[^\\W_][^;,|\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*+"
_CELL = f"(?:{_PART}(?:[;,|] ?{_PART})*+)?"
_PLAIN = re.compile(f"{_CELL}(?:\n{_CELL})*+")  # of cells too, each a line
# What a terminal obeys, and what turns the reading round.
_OBEYED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Dialect:
    """separator: between cells. point: between whole and fraction."""

    separator: str = ","
    point: str = "."

    def line(self, cells: Sequence[Any]) -> str:
        """One line of the file, with its end."""
        return self.lines([cells])

    def lines(self, rows: Iterable[Sequence[Any]]) -> str:
        """Lines of the file, each with its end. All rows have as many cells."""
        buffer, columns = io.StringIO(), [self._shown(column) for column in zip(*rows, strict=True)]
        csv.writer(buffer, delimiter=self.separator).writerows(zip(*columns, strict=True))
        return buffer.getvalue()

    def _shown(self, column: Sequence[Any]) -> Iterable[str]:
        """The cells of a column, looked at together: most columns are plain from top to bottom, or have few values."""
        kinds = set(map(type, column))
        if kinds == {str}:
            return _texts(column)
        if kinds <= {Decimal, NoneType}:
            return ["" if value is None else f"{value:f}".replace(".", self.point) for value in column]
        return map(str if kinds == {int} else self._cell, column)

    def _cell(self, value: Any) -> str:
        if isinstance(value, Decimal):
            return f"{value:f}".replace(".", self.point)
        return str(value) if isinstance(value, int) else as_text("" if value is None else str(value))


def dialect_of(language: str) -> Dialect:
    """What the spreadsheets of a language ("fr-FR") expect: where fractions stand after a comma, cells split at ;"""
    try:
        point = get_decimal_symbol(Locale.parse(language, sep="-"))
    except (ValueError, UnknownLocaleError):
        point = "."
    return Dialect(";", ",") if point == "," else Dialect()


def as_text(text: str) -> str:
    """Text with an apostrophe before each sign that would start a formula, at its start and after any separator.

    Signs that a terminal or the direction of reading obeys are �.
    """
    if _PLAIN.fullmatch(text):  # as most are, and quicker than what follows
        return text
    shown = _OBEYED.sub("�", text)
    return _BEFORE_A_TAB.sub(r"\1'", _BEFORE_A_SIGN.sub(r"\1\2'", shown))


def _texts(column: Sequence[str]) -> Sequence[str]:
    if _PLAIN.fullmatch("\n".join(column)):
        return column
    shown = {text: as_text(text) for text in set(column)}
    return [shown[text] for text in column]
