"""Country, postcode and province: the shop's own where one is surely meant, else kept, recorded and said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from cdsync.connectors.base import Address, Examination, ImportPolicy
from cdsync.sandbox.prestashop import PrestaShopSandbox
from tests.connectors.prestashop.shop import HOME, POLICY, VERSIONS, connector, draft, one, rehearsal_shop, run

MILAN = replace(HOME, lines=("Via Roma 1",), postcode="20121", city="Milano", country_code="IT")
PALMAS = replace(HOME, lines=("Calle Mayor 1",), postcode="28001", city="Madrid", country_code="ES")
OWN_COUNTRY = replace(POLICY, outlying_places="own_country")


@pytest.fixture(scope="module")
def running() -> Iterator[PrestaShopSandbox]:
    with rehearsal_shop() as shop:
        prepare(shop)
        yield shop


@pytest.fixture
def shop(running: PrestaShopSandbox) -> Iterator[PrestaShopSandbox]:
    clean = running.snapshot()
    yield running
    running.restore(clean)
    running.add_key(running.key)
    running.server.log.clear()


def prepare(shop: PrestaShopSandbox) -> None:
    """Countries that are on, provinces of Italy, some of Spain's localization pack, and Michigan."""
    countries = shop.shop.store.table("countries")
    for row in list(countries):
        spain = {"contains_states": "1"} if row["iso_code"] == "ES" else {}
        countries.update(row["id"], {"active": "1", "id_zone": "1", **spain})
    add_state(shop, "IT", "MI", "Milano")
    add_state(shop, "IT", "VA", "Varese")
    add_state(shop, "IT", "GE", "Genova")
    add_state(shop, "ES", "ES-GC", "Las Palmas")
    add_state(shop, "ES", "ES-A", "Alacant")
    add_state(shop, "ES", "ES-ML", " Melilla")
    add_state(shop, "ES", "ES-XX", "Murcia")
    add_state(shop, "ES", "ES-YY", "Murcia")
    add_state(shop, "US", "MI", "Michigan")
    add_state(shop, "IT", "NO", "Novara", active="0")


def add_state(shop: PrestaShopSandbox, country: str, code: str, name: str, active: str = "1") -> None:
    (row,) = shop.shop.store.table("countries").where("iso_code", country)
    state = {"id_country": row["id"], "id_zone": "1", "iso_code": code, "name": name, "active": active}
    shop.shop.insert("states", state)


def imported(shop: PrestaShopSandbox, address: Address, policy: ImportPolicy = POLICY) -> tuple[Any, dict[str, Any]]:
    """What an import to this address answered, and the delivery address it left in the shop."""
    made = one(run(connector(shop), draft(delivery=address, invoice=address), policy))
    (row,) = [each for each in shop.rows("addresses") if each["alias"].endswith(" D")][-1:]
    return made, row


def corrections(made: Any) -> dict[str, tuple[str, str, str]]:
    return {c.field: (c.before, c.after, c.why) for c in made.corrections}


def examined(shop: PrestaShopSandbox, address: Address, policy: ImportPolicy = POLICY) -> Examination:
    order = draft(delivery=address, invoice=address)
    return connector(shop).examine([order], policy)[order.ref]


def country_of(shop: PrestaShopSandbox, row: dict[str, Any]) -> str:
    return str(shop.shop.store.table("countries").get(row["id_country"])["iso_code"])  # type: ignore[index]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_province_is_the_shop_s_state_of_that_country(version: str) -> None:
    with rehearsal_shop(version) as shop:
        prepare(shop)
        made, row = imported(shop, replace(MILAN, region="MI"))
        state = shop.shop.store.table("states").get(row["id_state"])
        assert state is not None
        assert (state["name"], country_of(shop, row)) == ("Milano", "IT")
        assert corrections(made)["delivery.region"] == ("MI", "Milano", "repaired")


@pytest.mark.parametrize(
    ("address", "region", "name"),
    [
        (MILAN, "Milano", "Milano"),
        (MILAN, "mi", "Milano"),
        (MILAN, "IT-MI", "Milano"),
        (MILAN, "Milano (MI)", "Milano"),
        (MILAN, "Milan", "Milano"),
        (MILAN, "VA", "Varese"),  # and not Genova, which has these letters too
        (PALMAS, "Las Palmas", "Las Palmas"),
        (PALMAS, "Palmas, Las", "Las Palmas"),
        (PALMAS, "LAS  PALMAS", "Las Palmas"),
        (PALMAS, "Alicante", "Alacant"),
        (PALMAS, "Alicante/Alacant", "Alacant"),
        (PALMAS, "Melilla", "Melilla"),
    ],
)
def test_a_province_is_found_by_code_or_name(shop: PrestaShopSandbox, address: Address, region: str, name: str) -> None:
    _, row = imported(shop, replace(address, region=region))
    state = shop.shop.store.table("states").get(row["id_state"])
    assert state is not None
    assert state["name"].strip() == name


@pytest.mark.parametrize(
    ("address", "region"),
    [(MILAN, "Lombardia"), (MILAN, "NO"), (PALMAS, "Murcia"), (HOME, "Auvergne-Rhône-Alpes"), (HOME, "MI")],
)
def test_what_is_no_state_of_the_country_is_kept_and_recorded(
    shop: PrestaShopSandbox, address: Address, region: str
) -> None:
    made, row = imported(shop, replace(address, region=region))
    assert row["id_state"] == "0"
    assert corrections(made)["delivery.region"] == (region, "", "no place in the shop")


def test_a_key_that_may_not_read_states_still_imports_and_says_so(shop: PrestaShopSandbox) -> None:
    every = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}
    shop.add_key(shop.key, {name: every for name in shop.shop.resources if name != "states"})
    made, row = imported(shop, replace(MILAN, region="MI"))
    assert row["id_state"] == "0"
    assert corrections(made)["delivery.region"] == ("MI", "", "the webservice key may not read “states”")
    checks = {check.name: check for check in connector(shop).check()}
    assert checks["right GET states"].ok
    assert "provinces" in checks["right GET states"].detail


def test_a_state_in_a_zone_that_no_carrier_serves_does_not_spoil_the_order(shop: PrestaShopSandbox) -> None:
    states = shop.shop.store.table("states")
    (milan,) = [state for state in states if state["name"] == "Milano"]
    states.update(milan["id"], {"id_zone": "3"})
    made, row = imported(shop, replace(MILAN, region="MI"))
    assert row["id_state"] == "0"
    assert corrections(made)["delivery.region"] == ("MI", "", "the state has a zone of its own in the shop")


def test_states_are_asked_for_only_where_one_is_named(shop: PrestaShopSandbox) -> None:
    imported(shop, HOME)
    assert not [seen for seen in shop.server.log if seen.path.startswith("/api/states")]


def test_the_state_decides_tax_as_it_does_in_the_shop(shop: PrestaShopSandbox) -> None:
    store = shop.shop.store
    (italy,) = store.table("countries").where("iso_code", "IT")
    (milan,) = [s for s in store.table("states").where("id_country", italy["id"]) if s["iso_code"] == "MI"]
    rule = {"id_tax_rules_group": "1", "id_country": italy["id"], "id_state": milan["id"], "id_tax": "3"}
    shop.shop.insert("tax_rules", rule | {"zipcode_from": "0", "zipcode_to": "0", "behavior": "0"})
    made, _ = imported(shop, replace(MILAN, region="MI"))
    (order,) = shop.rows("orders")
    assert order["current_state"] == "2", made


@pytest.mark.parametrize(
    ("given", "code"),
    [("UK", "GB"), ("GBR", "GB"), ("United Kingdom", "GB"), ("EL", "GR"), ("GRC", "GR"), ("FRA", "FR"),
     ("france", "FR"), ("FX", "FR"), ("Pays-bas", "NL"), ("Deutschland", "DE"), ("Belgi&euml;", "BE")],
)  # fmt: skip
def test_another_spelling_of_a_country_is_that_country(shop: PrestaShopSandbox, given: str, code: str) -> None:
    postcodes = {"GB": "EC1A 1BB", "GR": "10431", "NL": "1012 AB", "DE": "10115", "BE": "1000", "FR": "69003"}
    made, row = imported(shop, replace(HOME, country_code=given, postcode=postcodes[code]))
    assert country_of(shop, row) == code
    assert corrections(made)["delivery.country_code"][1:] == (code, "repaired")


@pytest.mark.parametrize("given", ["ZZ", "Atlantis", "U", ""])
def test_a_country_that_nobody_can_be_sure_of_stays_a_problem(shop: PrestaShopSandbox, given: str) -> None:
    found = examined(shop, replace(HOME, country_code=given))
    assert [problem.code for problem in found.problems] == ["address.country_unknown"]


def test_the_shop_s_own_code_comes_before_what_it_usually_stands_for(shop: PrestaShopSandbox) -> None:
    store = shop.shop.store.table("countries")
    (britain,) = store.where("iso_code", "GB")
    store.update(britain["id"], {"iso_code": "UK"})
    made, row = imported(shop, replace(HOME, country_code="UK", postcode="EC1A 1BB"))
    assert (row["id_country"], "delivery.country_code" in corrections(made)) == (britain["id"], False)


@pytest.mark.parametrize(
    ("country", "given", "repaired"),
    [("FR", "1000", "01000"), ("DE", "1067", "01067"), ("ES", "8001", "08001"), ("IT", "118", "00118")],
)
def test_a_zero_that_was_lost_is_put_back_and_recorded(
    shop: PrestaShopSandbox, country: str, given: str, repaired: str
) -> None:
    made, row = imported(shop, replace(HOME, country_code=country, postcode=given))
    assert row["postcode"] == repaired
    assert corrections(made)["delivery.postcode"] == (given, repaired, "repaired")


@pytest.mark.parametrize(
    ("country", "postcode"),
    [
        ("FR", "100"),
        ("FR", "690034"),
        ("FR", "ABCDE"),
        ("PT", "1000"),
        ("PL", "00950"),
        ("NL", "1012AB"),
        ("BE", "100"),
    ],
)
def test_a_postcode_of_another_form_is_said_and_left_alone(
    shop: PrestaShopSandbox, country: str, postcode: str
) -> None:
    found = examined(shop, replace(HOME, country_code=country, postcode=postcode))
    assert [(each.code, each.data["field"]) for each in found.warnings if each.code.startswith("postcode")] == [
        ("postcode.form", "delivery.postcode"), ("postcode.form", "invoice.postcode")
    ]  # fmt: skip
    assert found.delivery is not None
    assert (found.delivery.postcode, found.problems) == (postcode, ())


@pytest.mark.parametrize(
    ("country", "postcode"),
    [("GB", "EC1A 1BB"), ("IE", "D02 AF30"), ("PT", "1000-001"), ("PL", "00-950"), ("FR", "69003")],
)
def test_a_postcode_of_the_country_s_form_is_not_spoken_of(
    shop: PrestaShopSandbox, country: str, postcode: str
) -> None:
    found = examined(shop, replace(HOME, country_code=country, postcode=postcode))
    assert [each.code for each in found.warnings if each.code.startswith("postcode")] == []


OUTLYING = [
    ("FR", "97400", "La Réunion", "RE"), ("FR", "97110", "Guadeloupe", "GP"), ("FR", "97133", "Saint-Barthélemy", "FR"),
    ("FR", "97600", "Mayotte", "YT"), ("FR", "98000", "Monaco", "MC"), ("FR", "98800", "Nouvelle-Calédonie", "FR"),
    ("FR", "20090", "Corse", "FR"), ("ES", "35001", "Canarias", "ES"), ("ES", "51001", "Ceuta", "ES"),
    ("IT", "23041", "Livigno", "IT"), ("DE", "27498", "Helgoland", "DE"), ("PT", "9000-001", "Madeira", "PT"),
    ("GB", "JE2 3AB", "Jersey", "GB"), ("GB", "BT1 5GS", "Northern Ireland", "GB"),
]  # fmt: skip


@pytest.mark.parametrize(("country", "postcode", "place", "own"), OUTLYING)
def test_an_outlying_place_is_never_the_mainland_without_a_word(
    shop: PrestaShopSandbox, country: str, postcode: str, place: str, own: str
) -> None:
    found = examined(shop, replace(HOME, country_code=country, postcode=postcode))
    assert [each.data["place"] for each in found.warnings if each.code == "postcode.outlying"] == [place]

    found = examined(shop, replace(HOME, country_code=country, postcode=postcode), OWN_COUNTRY)
    assert found.delivery is not None
    assert found.delivery.country_code == own
    said = [each for each in found.warnings if each.code == "postcode.outlying"]
    recorded = {(c.field, c.before, c.after) for c in found.corrections}
    assert bool(said) == (own == country)
    assert (("delivery.country_code", country, own) in recorded) == (own != country)


def test_the_country_of_the_place_is_the_one_in_the_shop(shop: PrestaShopSandbox) -> None:
    policy = replace(OWN_COUNTRY, country_without_vat_rule="without_vat")
    made, row = imported(shop, replace(HOME, postcode="97400", city="Saint-Denis"), policy)
    assert country_of(shop, row) == "RE"
    assert made.order.total_paid == draft().total


def test_a_country_that_is_off_is_a_problem_also_when_the_postcode_led_there(shop: PrestaShopSandbox) -> None:
    (reunion,) = shop.shop.store.table("countries").where("iso_code", "RE")
    shop.shop.store.table("countries").update(reunion["id"], {"active": "0"})
    found = examined(shop, replace(HOME, postcode="97400"), OWN_COUNTRY)
    assert [(each.code, each.data["country"]) for each in found.problems] == [("address.country_inactive", "RE")]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("vat", "sent"), [("", "-"), ("ES B-12345678", "ESB-12345678"), ("X" * 20, "-")])
def test_a_country_that_demands_an_identification_number_gets_one_and_it_is_recorded(
    version: str, vat: str, sent: str
) -> None:
    """Spain as PrestaShop is installed: PrestaShop/PrestaShop#11726, PrestaShop/prestashop-shop-creator#15."""
    with rehearsal_shop(version) as shop:
        prepare(shop)
        made, row = imported(shop, replace(PALMAS, vat_number=vat))
        assert row["dni"] == sent
        assert corrections(made)["delivery.dni"] == ("", sent, "missing")


def test_where_none_is_demanded_none_is_sent(shop: PrestaShopSandbox) -> None:
    made, row = imported(shop, replace(MILAN, vat_number="IT12345678901"))
    assert (row["dni"], "delivery.dni" in corrections(made)) == ("", False)


TEN_COUNTRIES = [
    ("FR", "Loïc", "Le Guennec-d'Hervé", "8 bis, rue de l'Abbé-Grégoire", "29200", "Brest"),
    ("BE", "Maëlle", "Van den Bossche", "Rue de la Loi 16 bte 4", "1000", "Bruxelles"),
    ("LU", "Jean-Claude", "Schmit", "2, place d'Armes", "1136", "Luxembourg"),
    ("DE", "Jürgen", "Groß", "Königsstraße 12a / 3. OG", "01067", "Dresden"),
    ("ES", "Íñigo", "Muñoz y Núñez", "C/ Ávila, 5, 2ºB", "28001", "Madrid"),
    ("IT", "Nicolò", "D'Amico", "Via XX Settembre, 12", "00187", "Roma"),
    ("PT", "João", "Conceição", "Rua da Sé, 3 - 1.º Dto", "4000-001", "Porto"),
    ("NL", "Anne", "van 't Hof", "Prinsengracht 263 hs", "1016 GV", "'s-Gravenhage"),
    ("GB", "Siân", "O'Neill", "Flat 2, 10 Downing Street", "SW1A 2AA", "London"),
    ("PL", "Zofia", "Łęcka", "ul. Świętokrzyska 8 m. 3", "00-950", "Warszawa"),
]


@pytest.mark.parametrize(("country", "first", "last", "street", "postcode", "city"), TEN_COUNTRIES)
def test_an_ordinary_address_of_each_country_comes_through_untouched(
    shop: PrestaShopSandbox, country: str, first: str, last: str, street: str, postcode: str, city: str
) -> None:
    """The countries that Cdiscount delivers to or sells from."""
    address = Address(
        "Mme",
        first,
        last,
        lines=(street,),
        postcode=postcode,
        city=city,
        country_code=country,
        phone="+33 6 00 00 00 00",
    )
    made, row = imported(shop, address)
    names = ("firstname", "lastname", "address1", "postcode", "city")
    assert [row[name] for name in names] == [first, last, street, postcode, city]
    dni = {"delivery.dni", "invoice.dni"} if country == "ES" else set()
    assert set(corrections(made)) == dni
    assert [each.code for each in examined(shop, address).warnings if each.code.startswith("postcode")] == []
