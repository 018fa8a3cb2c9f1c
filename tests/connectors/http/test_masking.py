"""A recorded body or address shows what is known to be harmless; a field nobody knows is hidden, and so is a riddle."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from cdsync import connectors
from cdsync.connectors.recording.masking import HIDDEN, masked_address, masked_body
from cdsync.sandbox.octopia import line_json, order_json

PRESTASHOP = connectors.harmless_fields("shop", "prestashop")
OCTOPIA = connectors.harmless_fields("marketplace", "octopia")
RECORDED = Path(__file__).resolve().parents[2] / "contract" / "recorded"


@pytest.mark.parametrize(
    "text",
    [
        "Camille, no JSON and no XML",
        '{"firstName": "Camille"',
        '"Camille"',
        '["Camille"]',
        "<customer><firstname>Camille</firstname>",
        "<html><body>Camille</body></html>",
        '<!DOCTYPE a [<!ENTITY b "Camille">]><prestashop>&b;</prestashop>',
        "{'firstname': 'Camille'}",
        "{" * 5000 + '"a": "Camille"',
        "[" * 5000 + "]" * 5000 + "Camille",
        "<a>" * 3000 + "Camille" + "</a>" * 3000,
    ],
)
def test_what_cannot_be_taken_apart_is_hidden_as_a_whole(text: str) -> None:
    assert "Camille" not in masked_body(text, PRESTASHOP | OCTOPIA)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"orderId": "A1", "customer": {"reference": "Camille"}}', '{"orderId": "A1", "customer": "•••"}'),
        ('{"reference": "R1", "gift": {"reference": "Camille"}}', '{"reference": "R1", "gift": "•••"}'),
        ('{"billingAddress": {"countryCode": "FR", "city": "Camille"}}',
         '{"billingAddress": {"countryCode": "FR", "city": "•••"}}'),
        ('{"items": [{"orderId": "A1", "newOne": "Camille"}]}', '{"items": [{"orderId": "A1", "newOne": "•••"}]}'),
        ('{"quantity": 1.10, "phone": 612345678, "note": true}',
         '{"quantity": 1.10, "phone": "•••", "note": "•••"}'),
        ('{"errors": {"Lines[0].quantity": ["is 0"]}, "others": {"quantity": 1}}',
         '{"errors": {"Lines[0].quantity": ["is 0"]}, "others": "•••"}'),
        ('{"Camille Durand": {"status": 1}, "status": []}', '{"•••": "•••", "status": []}'),
        ('{"email": null, "phone": "", "status": "ok"}', '{"email": null, "phone": "", "status": "ok"}'),
    ],
)  # fmt: skip
def test_of_json_only_known_fields_are_shown(text: str, shown: str) -> None:
    masked = masked_body(text, OCTOPIA)
    assert json.loads(masked) == json.loads(shown)
    assert ("1.10" in text) == ("1.10" in masked)  # numbers as they were written


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<customer><id>9</id><firstname><![CDATA[Camille]]></firstname></customer>",
         "<customer><id>9</id><firstname>•••</firstname></customer>"),
        ('<order id="7"><reference>XKB</reference><note>Camille</note></order>',
         '<order id="7"><reference>XKB</reference><note>•••</note></order>'),
        ("<customer_threads><customer_thread><id>1</id></customer_thread></customer_threads>",
         "<customer_threads>•••</customer_threads>"),
        ('<address><alias new="Camille"/><id>1</id></address>', '<address><alias new="•••" /><id>1</id></address>'),
        ("<order>Camille<id>1</id>Camille</order>", "<order>•••<id>1</id>•••</order>"),
        ('<product><name><language id="1">Mug</language></name></product>',
         '<product><name><language id="1">Mug</language></name></product>'),
        ('<order xmlns:xlink="http://www.w3.org/1999/xlink" id="7" xlink:href="http://s/orders/7?email=Camille"/>',
         '<order xmlns:xlink="http://www.w3.org/1999/xlink" id="7" xlink:href="http://s/orders/7?email=•••" />'),
    ],
)  # fmt: skip
def test_of_xml_only_known_elements_and_attributes_are_shown(text: str, shown: str) -> None:
    assert masked_body(text, PRESTASHOP) == shown


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://s/api/customers?filter[email]=[a%40b.fr]&display=full&limit=2",
         "https://s/api/customers?filter[email]=•••&display=full&limit=2"),
        ("https://s/api/customers?filter%5Blastname%5D=%5BCamille%5D", "https://s/api/customers?filter[lastname]=•••"),
        ("https://s/api/orders?filter[reference]=[XKB]&sort=[id_DESC]",
         "https://s/api/orders?filter[reference]=[XKB]&sort=[id_DESC]"),
        ("https://s/api/products?price[p][use_tax]=1", "https://s/api/products?price[p][use_tax]=1"),
        ("https://s/orders?who=Camille#Camille", "https://s/orders?who=•••"),
        ("https://s/orders?Camille", HIDDEN),
    ],
)  # fmt: skip
def test_of_an_address_only_known_parameters_are_shown(url: str, shown: str) -> None:
    assert masked_address(url, PRESTASHOP) == shown


def test_a_form_is_taken_apart_and_what_a_shown_field_quotes_is_cleaned() -> None:
    assert masked_body("sort=id&email=a%40b.fr", PRESTASHOP) == "sort=id&email=•••"
    refusal = "<errors><error><code>85</code><message>Camille is not valid</message></error></errors>"
    clean = masked_body(refusal, PRESTASHOP, lambda text: text.replace("Camille", HIDDEN))
    assert clean == refusal.replace("Camille", HIDDEN)


def test_a_system_whose_fields_nobody_listed_shows_none() -> None:
    assert masked_body('{"id": "Camille"}', frozenset()) == '{\n  "id": "•••"\n}'
    assert masked_body("<a><id>Camille</id></a>", frozenset()) == "<a>•••</a>"


PERSONAL = frozenset({
    "firstname", "lastname", "company", "email", "passwd", "birthday", "website", "siret", "ape", "note", "alias",
    "ip_registration_newsletter", "address1", "address2", "other", "city", "postcode", "phone", "phone_mobile", "dni",
    "vat_number", "gift_message", "card_holder", "card_number", "secure_key", "message.message", "token", "private",
    "shop_address", "ip_address", "user_agent",
})  # fmt: skip


def test_nothing_personal_stays_of_whatever_a_real_shop_answered() -> None:
    """Every recorded exchange, each element of it filled with a sign of its own."""
    kept: set[str] = set()
    for root in _recorded_documents():
        names = _fill(root)
        shown = masked_body(ET.tostring(root, encoding="unicode"), PRESTASHOP)
        kept |= {name for sign, name in names.items() if sign in shown}
    assert len(kept) > 150  # what support needs is there
    assert {"order.total_paid", "order.reference", "order.current_state", "error.message"} <= kept
    assert [name for name in kept if name.rpartition(".")[2] in PERSONAL or name in PERSONAL] == []


def test_of_an_order_of_octopia_everything_but_the_buyer_is_shown() -> None:
    order = order_json(lines=[line_json(sku="demo_1")], billing={"companyName": "C", "companyVatNumber": "FR1"})
    names: dict[str, str] = {}
    shown = masked_body(json.dumps(_signed(order, "", names)), OCTOPIA)
    hidden = {name for sign, name in names.items() if sign not in shown}
    assert hidden == {
        "customer.reference",
        *(f"billingAddress.{name}" for name in order["billingAddress"] if name != "countryCode"),
        *(f"shippingAddress.{name}" for name in order["lines"][0]["shippingAddress"] if name != "countryCode"),
        "lines.productAttributes",
    }


def _signed(value: Any, name: str, names: dict[str, str]) -> Any:
    """The same with a sign in the place of each leaf; which leaf has which."""
    if isinstance(value, dict):
        holder = name.rpartition(".")[2]
        return {key: _signed(each, f"{holder}.{key}", names) for key, each in value.items()}
    if isinstance(value, list):
        return [_signed(each, name, names) for each in value]
    sign = f"sign{len(names)}."
    names[sign] = name
    return sign


def _recorded_documents() -> Iterator[ET.Element]:
    """One document of each kind of request and answer."""
    seen: set[tuple[str, ...]] = set()
    for path in sorted(RECORDED.rglob("*.jsonl")):
        for row in path.read_text(encoding="utf-8").splitlines():
            for text in _texts(json.loads(row)):
                start = text.find("<prestashop")
                if start < 0 or len(text) > 200_000:
                    continue
                try:
                    root = ET.fromstring(text[start:])
                except ET.ParseError:
                    continue
                kind = tuple(sorted({each.tag for each in root.iter()}))
                if kind not in seen:
                    seen.add(kind)
                    yield root


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def _fill(root: ET.Element) -> dict[str, str]:
    """Puts a sign into every leaf; which leaf has which."""
    names: dict[str, str] = {}
    for holder in root.iter():
        for each in holder:
            if not len(each):
                each.text = f"sign{len(names)}."
                names[each.text] = f"{holder.tag}.{each.tag}"
    return names
