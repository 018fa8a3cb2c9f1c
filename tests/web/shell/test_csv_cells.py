"""What a spreadsheet makes of a cell: numbers stay numbers, text never becomes a formula, wherever it is split."""

from __future__ import annotations

import csv
import io
import random
from decimal import Decimal

import pytest

from cdsync.web.text import csv_cells
from cdsync.web.text.csv_cells import Dialect, as_text, dialect_of


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("-5", "'-5"),  # text that looks like a number is no number
        ("\t=1", "'\t'=1"),
        ("\r@x", "'\r'@x"),
        ("\tplain", "'\tplain"),
        ("＝1", "'＝1"),
        ("＋1", "'＋1"),
        ("－1", "'－1"),
        ("＠x", "'＠x"),
        ("a;=1", "a;'=1"),
        ("a, +1", "a, '+1"),
        ("a\t-1", "a\t'-1"),
        ("a\n＝1", "a\n'＝1"),
        ("a\r\n@x", "a\r\n'@x"),
        ('"=1"', '"\'=1"'),  # a reader that takes the quotes off
        ("\u200b=1", "\u200b'=1"),
        ("a;\tb", "a;'\tb"),
        ("a\r\nb", "a\r\nb"),
        ("\x1b[31m\x00=1\u202e", "�[31m�=1�"),
        ("Müller-Lüdenscheidt, A=B", "Müller-Lüdenscheidt, A=B"),
        ("2 × A-1; 1 × B", "2 × A-1; 1 × B"),
        ("", ""),
    ],
)
def test_text_is_never_a_formula(text: str, cell: str) -> None:
    assert as_text(text) == cell


def test_amounts_stay_numbers_below_zero_too() -> None:
    cells = [Decimal("-1204.50"), -2, Decimal("0.00"), None, "a;b"]
    assert Dialect().line(cells) == "-1204.50,-2,0.00,,a;b\r\n"
    assert Dialect(";", ",").line(cells) == '-1204,50;-2;0,00;;"a;b"\r\n'


def test_what_is_looked_at_as_a_column_is_shown_as_cell_by_cell() -> None:
    """Also where texts hold line ends, and where plain ones stand beside others."""
    told = random.Random(7)
    signs = [
        "a",
        "é",
        "7",
        "_",
        " ",
        "; ",
        ";",
        ", ",
        "|",
        "=",
        "+",
        "-",
        "@",
        "＝",
        "\t",
        "\r",
        "\n",
        '"',
        "'",
        "\u2028",
    ]
    for _ in range(3000):
        texts = ["".join(told.choices(signs, k=told.randint(0, 6))) for _ in range(told.randint(1, 4))]
        rows = [[text, Decimal("-1.50"), number, None] for number, text in enumerate(texts)]
        shown = [_the_long_way(text) for text in texts]
        assert [as_text(text) for text in texts] == shown
        buffer = io.StringIO()
        csv.writer(buffer).writerows([[text, "-1.50", str(number), ""] for number, text in enumerate(shown)])
        assert Dialect().lines(rows) == buffer.getvalue()


def _the_long_way(text: str) -> str:
    """As `as_text` does where it has to look twice."""
    return csv_cells._BEFORE_A_TAB.sub(r"\1'", csv_cells._BEFORE_A_SIGN.sub(r"\1\2'", csv_cells._OBEYED.sub("�", text)))


def test_whoever_splits_at_another_sign_finds_no_formula() -> None:
    hostile = "x;=1,=2\t=3\n=4|=5;\t=6\r@7, \r\t+8"
    for written in (Dialect(), Dialect(";", ",")):
        for separator in ",;\t|":
            found = [cell for row in csv.reader([written.line([hostile])], delimiter=separator) for cell in row]
            computed = [cell for cell in found if cell[:1] in "\t\r" or cell.lstrip()[:1] in tuple("=+-@")]
            assert [cell for cell in computed if cell] == [], (written, separator)


@pytest.mark.parametrize("language", ["fr", "fr-CA", "de-DE", "es", "it-IT", "nl", "pl"])
def test_a_country_with_a_decimal_comma_splits_at_a_semicolon(language: str) -> None:
    assert dialect_of(language) == Dialect(";", ",")


@pytest.mark.parametrize("language", ["en", "en-GB", "*", "", "xx-nonsense", "fr;q=1"])
def test_elsewhere_and_where_nobody_knows_it_is_plain(language: str) -> None:
    assert dialect_of(language) == Dialect()
