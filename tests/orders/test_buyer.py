"""Who bought an order is kept out of texts, however a text writes it."""

from __future__ import annotations

from typing import Any

import pytest

from cdsync.models import Order
from cdsync.orders.shop_side.buyer import Hide, hide_buyers, out_of

ADDRESS = {
    "civility": "Mme", "first_name": "Élodie", "last_name": "Lefèvre-O'Neil", "company": "Bernard & Fils",
    "vat_number": "FR40303265045", "lines": ["12 rue de la République", "Bât. B, 3e étage"], "postcode": "69003",
    "city": "Lyon", "region": "", "country_code": "FR", "phone": "+33 6 12 34 56 78", "email": "elodie@example.fr",
    "pickup_id": "058231", "pickup_name": "TABAC DES HALLES",
}  # fmt: skip


@pytest.fixture
def hide() -> Hide:
    corrections = [
        {"field": "delivery.city", "before": "Lyon 3ᵉ", "after": "Lyon 3e", "why": "…"},
        {"field": "invoice", "before": "", "after": "delivery", "why": "…"},
    ]
    addresses: dict[str, Any] = {"shipping": ADDRESS, "billing": None}
    names = {"buyer_name": "Élodie Lefèvre-O'Neil", "buyer_place": "69003 Lyon", "customer_ref": "C-4711"}
    return hide_buyers([Order(addresses=addresses, corrections=corrections, **names)])


@pytest.mark.parametrize(
    "text",
    [
        "élodie", "ÉLODIE", "Elodie", "LEFEVRE", "E\u0301lodie", "%C3%89lodie", "%c3%a9lodie", "&#201;lodie",
        "\\u00c9lodie",
        "Lefèvre-O'Neil", "Lefèvre-O&#39;Neil", "Lef%C3%A8vre-O%27Neil", "Bernard & Fils", "Bernard &amp; Fils",
        "Bernard+%26+Fils", "12 rue de la République", "rue de la republique", "RUE%20DE%20LA%20R%C3%89PUBLIQUE",
        "3e étage", "69003", "Lyon", "Lyon 3ᵉ", "FR40303265045", "058231", "Tabac des Halles", "C-4711",
        "+33 6 12 34 56 78", "+33612345678", "0612345678", "06.12.34.56.78", "06-12-34-56-78", "0033612345678",
        "%2B33612345678", "+33 (0)6 12 34 56 78", "elodie@example.fr", "ELODIE%40EXAMPLE.FR",
        "someone.else@example.com",
    ],
)  # fmt: skip
def test_a_value_is_hidden_however_it_is_written(hide: Hide, text: str) -> None:
    for around in ("{}", "the value “{}” is wrong", "[{}]", "a={}&b=1", "<x>{}</x>"):
        assert hide(around.format(text)) == around.format("•••")


@pytest.mark.parametrize(
    "text",
    [
        "Order 2569003100 was not taken",
        "Lyonnais, Bernardine, delivery to FR, Mme",
        "Property Address->phone is not valid",
        "shop order 12, product 6-12, 3456 pieces",
        "",
    ],
)
def test_what_only_looks_alike_stays(hide: Hide, text: str) -> None:
    assert hide(text) == text


def test_data_is_hidden_all_the_way_down_and_its_names_stay(hide: Hide) -> None:
    data = {"message": "Élodie", "orders": ["A1", {"city": "Lyon"}], "status": 400, "lyon": None}
    assert out_of(data, hide) == {"message": "•••", "orders": ["A1", {"city": "•••"}], "status": 400, "lyon": None}


def test_nobody_to_hide_leaves_all_but_e_mails() -> None:
    assert hide_buyers([Order()])("Lyon, a@b.fr") == "Lyon, •••"


def test_a_long_text_takes_no_long_time(hide: Hide) -> None:
    text = "1" * 200_000 + "@" + "6 1 2 " * 20_000
    assert len(hide(text)) > 100_000
