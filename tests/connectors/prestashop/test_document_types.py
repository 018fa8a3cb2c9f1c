"""No document with a document type is read, however it is written; all others are read alike by both parsers."""

from __future__ import annotations

import pytest

from cdsync.connectors.prestashop.webservice import xml
from cdsync.connectors.prestashop.webservice.xml import UnreadableXml, parse

DECLARED = '<?xml version="1.0" encoding="{}"?>'
TYPED = '<!DOCTYPE a [<!ENTITY b "Camille">]><prestashop><carts><cart><id>&b;</id></cart></carts></prestashop>'
ROWS = (
    '<prestashop xmlns:xlink="http://www.w3.org/1999/xlink"><carts><cart id="7" xlink:href="https://shop.example/7">'
    '<id><![CDATA[7]]></id><!-- x --><name><language id="1">Zo\u00eb &amp; s\u0153ur</language>'
    '<language id="2">Z</language></name>'
    "<associations><cart_rows><cart_row><id_product>3</id_product><quantity/></cart_row></cart_rows></associations>"
    "</cart></carts></prestashop>"
)


@pytest.mark.parametrize(
    "raw",
    [
        TYPED.encode(),
        b"\xef\xbb\xbf" + TYPED.encode(),
        (DECLARED.format("utf-8") + TYPED).encode(),
        (DECLARED.format("iso-8859-1") + TYPED).encode("latin-1"),
        (DECLARED.format("utf-16") + TYPED).encode("utf-16"),
        TYPED.encode("utf-16-le"),
        (DECLARED.format("cp037") + TYPED).encode("cp037"),
        DECLARED.format("cp037").encode() + TYPED.encode("cp037"),
        DECLARED.format("utf-7").encode() + TYPED.encode("utf-7"),
        (DECLARED.format("cp037").replace("?>", " standalone='utf-8'?>")).encode() + TYPED.encode("cp037"),
    ],
)
def test_a_document_type_is_refused_in_every_spelling(raw: bytes) -> None:
    with pytest.raises(UnreadableXml):
        parse(raw, "carts")


@pytest.mark.parametrize("declared", ["", DECLARED.format("UTF-8"), '<?xml version="1.0"?>\n', "\ufeff", "\n  "])
def test_both_parsers_read_the_same(declared: str, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = (declared + ROWS).encode()
    assert xml._has_no_document_type(raw)
    quick = parse(raw, "carts")
    monkeypatch.setattr(xml, "_has_no_document_type", lambda _: False)
    assert parse(raw, "carts") == quick
    assert (quick.rows[0].id, quick.rows[0]["name"]) == ("7", "Zo\u00eb & s\u0153ur")
    assert quick.rows[0].links == {"cart_rows": ({"id_product": "3", "quantity": ""},)}


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252"])
def test_what_is_written_in_another_encoding_is_left_to_the_slower_one(encoding: str) -> None:
    raw = (DECLARED.format(encoding) + "<prestashop><carts><cart><id>\u00e9</id></cart></carts></prestashop>").encode(
        encoding
    )
    assert not xml._has_no_document_type(raw)
    assert parse(raw, "carts").rows[0].id == "\u00e9"
