"""Whatever an address holds: the shop takes it, and each text of it is in what was sent or among the corrections."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import pytest

from cdsync.connectors.base import Address, Correction, Imported, OrderDraft
from cdsync.connectors.octopia.api.json_text import decode
from cdsync.connectors.octopia.mapping.address_mapper import address as read_address
from cdsync.sandbox.octopia import to_json
from cdsync.sandbox.prestashop import PrestaShopSandbox
from tests.connectors.prestashop.shop import HOME, VERSIONS, connector, draft, one, rehearsal_shop, run
from tests.connectors.prestashop.test_places import prepare

SEED, ORDERS = 20261128, 60
THEIRS = {
    "civility": "civility", "first_name": "firstName", "last_name": "lastName", "company": "companyName",
    "vat_number": "companyVatNumber", "postcode": "postalCode", "city": "city", "region": "stateOrRegion",
    "phone": "phone", "pickup_id": "pickupId", "pickup_name": "pickupName",
}  # fmt: skip
TEXTS = (
    "Camille", "Zoë-Anne O’Brien", "Müller & Söhne", "DuprÃ©", "L&#39;Hôte", "A &amp;amp; B", "<b>gras</b>", "J.P.",
    "12 rue des Lilas", "3ème étage {porte 4}", "a=b;c?d!", "100 % coton_bio @chez", "Łódź 90-001", "Αθήνα", "Київ",
    "北京市", "😀 Marie", "e\u0301lodie", "half \ud83d emoji", "nul\x00here", "tab\there", "\u202eevil\u202c", "‍zwj",
    "M" * 300, "rue " * 60, "n°3 «guillemets» “quotes”", "d\x92Artagnan", "12#B", "[crochets] |tube|", "*étoile*`",
    "  espaces   partout  ", "-", "?", "0", "ﬁancé", "½ étage", "ʻOkina", "Ø", "ß", "ﷺ", "\ufffd", "MI", "Las Palmas",
    "Mme", "Dr", "Tél : 06 12 34 56 78", "06 12 34 56 78 / 01 23 45 67 89 poste 4", "0033 (0)6.12.34.56.78", "sans",
    "069003", "1000", "97400", "20 090", "SW1A 1AA", "UK", "058231",
)  # fmt: skip
COUNTRIES = ("FR", "FR", "IT", "ES", "DE", "BE", "PT", "NL", "UK", "LU", "EL", "France")


def some_address(chance: random.Random) -> Address:
    """What a mapper would make of an address with odd texts anywhere, and always a street, a town and a country."""
    given: dict[str, Any] = {"addressLine1": f"{chance.choice(TEXTS)} rue", "city": f"Ville {chance.choice(TEXTS)}"}
    given |= {"countryCode": chance.choice(COUNTRIES), "postalCode": "69003"}
    for name in ("addressLine2", "addressLine3", *THEIRS.values()):
        if chance.random() < 0.5 and name != "city":
            given[name] = " ".join(chance.choices(TEXTS, k=chance.choice((1, 1, 2))))
    found = read_address(decode(to_json(given)))
    assert found is not None
    return found if found.postcode.strip(" -") else replace(found, postcode="69003")


def orders_of(chance: random.Random) -> list[OrderDraft]:
    made = []
    for number in range(ORDERS):
        delivery = some_address(chance)
        other = some_address(chance)
        # with an address of its own, with a name and no place, or none: each is billed in its own way
        invoice = chance.choice((other, replace(other, lines=(), city=""), Address(), delivery))
        made.append(draft(f"ODD{number}", delivery=delivery, invoice=invoice, customer_ref=f"c{number}"))
    return made


@pytest.fixture(scope="module", params=VERSIONS)
def imported(request: pytest.FixtureRequest) -> Iterator[tuple[PrestaShopSandbox, dict[str, OrderDraft], list[Any]]]:
    drafts = orders_of(random.Random(f"{SEED} {request.param}"))
    with rehearsal_shop(request.param) as shop:
        prepare(shop)
        yield shop, {each.ref: each for each in drafts}, list(run(connector(shop), drafts).values())


Outcome = tuple[PrestaShopSandbox, dict[str, OrderDraft], list[Any]]


def test_no_address_is_refused_by_the_shop(imported: Outcome) -> None:
    _, _, results = imported
    refused = [each for each in results if not isinstance(each, Imported)]
    # Only what cdsync itself says before any write: a postcode of which nothing was left.
    assert {each.error.code for each in refused} <= {"address.incomplete"}, [each.error for each in refused]
    assert len(results) - len(refused) > ORDERS * 0.8


def test_every_text_given_is_in_the_shop_or_among_the_corrections(imported: Outcome) -> None:
    shop, drafts, results = imported
    checked = 0
    for result in results:
        if isinstance(result, Imported):
            order = drafts[result.ref]
            for where, kind in (("delivery", "D"), ("invoice", "I")):
                given = order.delivery if where == "delivery" else order.invoice
                sent = shown_in_shop(shop, f"{result.ref} {kind}")
                lost = [text for text in texts_of(given) if not kept(text, sent, result.corrections, where)]
                assert lost == [], (result.ref, where, sent, result.corrections)
                checked += len(list(texts_of(given)))
    assert checked > 500


def texts_of(address: Address) -> Iterator[tuple[str, str]]:
    for each in fields(address):
        value = getattr(address, each.name)
        for text in value if isinstance(value, tuple) else (value,):
            if text.strip() and each.name != "email":  # which the setting "Customer e-mail" decides
                yield each.name, text


def shown_in_shop(shop: PrestaShopSandbox, alias: str) -> str:
    """Every text of the address and its customer, country and state, as the shop holds them."""
    store = shop.shop.store
    (address,) = [row for row in shop.rows("addresses") if row["alias"] == alias]
    country = store.table("countries").get(address["id_country"])
    state = store.table("states").get(address["id_state"])
    customer = store.table("customers").get(address["id_customer"])
    assert country is not None
    assert customer is not None
    genders = {"1": "Mr", "2": "Mme"}
    names = [country["iso_code"], state["name"] if state else "", genders.get(str(customer["id_gender"]), "")]
    skipped = ("id", "alias", "date_add", "date_upd", "deleted")
    own = [str(value) for name, value in address.items() if name not in skipped and not name.startswith("id_")]
    return words(" ".join([*own, *names]))


def words(text: str) -> str:
    """Nothing but what is read: lines are joined with commas and cut between words."""
    return " " + " ".join(re.split(r"[\s,]+", text)) + " "


def kept(text: tuple[str, str], sent: str, corrections: tuple[Correction, ...], where: str) -> bool:
    _, value = text
    copied = any((each.field, each.after) == ("invoice", "delivery") for each in corrections)
    mine = [each for each in corrections if each.field.startswith(f"{where}.") or copied]
    if any(value.strip() in each.before for each in mine):
        return True
    return words(value).strip() in sent


def test_a_clean_address_has_nothing_to_record(imported: Outcome) -> None:
    shop, _, _ = imported
    result = one(run(connector(shop), draft("CLEAN", delivery=HOME, invoice=HOME)))
    assert result.corrections == ()
