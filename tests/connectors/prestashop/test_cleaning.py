"""Names and addresses made to the shop's rules, which the rehearsal shops enforce, and every change told."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest

from cdsync.connectors.base import Address
from cdsync.connectors.prestashop.addresses.cleaning import CleanAddress, clean, cut_at_word, payment_text, plain
from cdsync.connectors.prestashop.creating.mapper import alias
from tests.connectors.prestashop.shop import HOME, VERSIONS, connector, draft, one, rehearsal_shop, run

LONG = "Bâtiment des Hautes Herbes, escalier numéro quatre, cinquième étage à gauche en sortant de l'ascenseur, "
AWFUL = Address(
    first_name="J.Pierre\u00a02 😀",
    last_name="M. et Mme <DUPONT+FILS> (n°3)",
    company="Société {Martin} = Cie",
    vat_number="FR 40 303265045 " + "9" * 40,
    lines=(LONG + "12 rue des Lilas @ 50 %", "Résidence_du_Parc!", "Interphone $12"),
    postcode="69_003",
    city="Lyon 3; #2",
    country_code=" fr ",
    phone="06\u00a000 00 00 00 ext. 12",
)


def cleaned(**changes: object) -> CleanAddress:
    return clean(replace(HOME, **changes), "delivery")  # type: ignore[arg-type]


@pytest.mark.parametrize("version", VERSIONS)
def test_an_address_that_breaks_every_rule_is_accepted_by_the_shop_once_clean(version: str) -> None:
    with rehearsal_shop(version) as shop:
        imported = one(run(connector(shop), draft(delivery=AWFUL, invoice=AWFUL)))
        row = shop.rows("addresses")[0]

        assert (row["firstname"], row["lastname"]) == ("J. Pierre", "M. et Mme DUPONT FILS n")
        assert (row["city"], row["postcode"], row["phone"]) == ("Lyon 3 2", "69 003", "06 00 00 00 00")
        assert len(row["address1"]) <= 128
        changed = {c.field for c in imported.corrections if c.field.startswith("delivery")}
        assert changed >= {
            f"delivery.{n}" for n in ("first_name", "last_name", "city", "postcode", "phone", "address1")
        }


def test_a_clean_address_is_not_corrected() -> None:
    assert cleaned().corrections == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Jean 2", "Jean"),
        ("J.Pierre", "J. Pierre"),
        ("M. et Mme", "M. et Mme"),
        ("O'Brien-Müller", "O'Brien-Müller"),
        ("e\u0301lodie", "élodie"),
        ("Anne\u200b Marie\t", "Anne Marie"),
        ("Marie 🎉", "Marie"),
        ("Dupont/Martin", "Dupont Martin"),
        ("www.shop.fr", "www. shop. fr"),
        ("  Camille ", "Camille"),
    ],
)
def test_names_keep_what_the_shop_takes(before: str, after: str) -> None:
    assert cleaned(first_name=before).first_name == after


@pytest.mark.parametrize("name", ["", "  ", "--", "12", "?", "."])
def test_a_missing_name_becomes_a_neutral_word_and_is_told(name: str) -> None:
    address = cleaned(last_name=name)

    assert address.last_name == "Client"
    assert [(c.field, c.before, c.after) for c in address.corrections] == [("delivery.last_name", name, "Client")]


def test_a_long_line_is_split_between_words_and_nothing_is_lost() -> None:
    address = cleaned(lines=(LONG + "12 rue des Lilas", "Interphone 12"))

    assert len(address.address1) <= 128
    assert not address.address1.endswith(" ")
    joined = f"{address.address1} {address.address2} {address.other}"
    assert all(word.strip(",") in joined for word in (LONG + "12 rue des Lilas Interphone 12").split())


def test_what_fits_neither_line_stands_beside() -> None:
    words = " ".join(f"mot{n:03}" for n in range(60))
    address = cleaned(lines=(words,))

    assert (len(address.address1) <= 128, len(address.address2) <= 128) == (True, True)
    assert f"{address.address1} {address.address2} {address.other}" == words


def test_a_relay_point_comes_before_further_lines() -> None:
    address = cleaned(lines=("4 cours Lafayette", "Etage 2"), pickup_id="058231", pickup_name="TABAC DES HALLES <1>")

    assert address.address2 == "Point relais 058231 TABAC DES HALLES 1, Etage 2"
    assert ("delivery.address2", "", address.address2) in [(c.field, c.before, c.after) for c in address.corrections]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("+33 (0)6 00-00.00/00", "+33 (0)6 00-00.00/00"),
        ("06_00_00_00_00", "06 00 00 00 00"),
        ("0199 ext. 12", "0199"),
        ("unknown", ""),
        ("0" * 40, "0" * 32),
        ("Tél : 06 12 34 56 78", "06 12 34 56 78"),
        ("tel.06.12.34.56.78", "06.12.34.56.78"),
        ("n° 0612345678 (bureau)", "0612345678"),
        ("(+33) 6 12 34 56 78", "(+33) 6 12 34 56 78"),
        ("01 23 45 67 89 poste 412", "01 23 45 67 89"),
        ("01 23 45 67 89 x12", "01 23 45 67 89"),
        ("12 - 06 12 34 56 78", "12 - 06 12 34 56 78"),
        ("O6 12 34 56 78", "06 12 34 56 78"),
        ("\u202a+33 6 12 34 56 78\u202c", "+33 6 12 34 56 78"),
        ("０６１２３４５６７８", "0612345678"),
        ("٠٦١٢٣٤٥٦٧٨", "0612345678"),
        ("0 6  -  1 2  -  3 4  -  5 6  -  7 8  -", "0 6 - 1 2 - 3 4 - 5 6 - 7 8"),
        ("+33 6 - 12 - 34 - 56 - 78 - 90 - 12 - 34", "+336123456789012 34".replace(" ", "")),
    ],
)
def test_phones_keep_digits_and_their_signs(before: str, after: str) -> None:
    address = cleaned(phone=before)
    assert (address.phone, address.phone_mobile) == (after, after)
    assert [(c.before, c.after) for c in address.corrections] == ([(before, after)] if before != after else [])


@pytest.mark.parametrize(
    "before",
    [
        "06 12 34 56 78 / 01 23 45 67 89",
        "06 12 34 56 78 ou 01 23 45 67 89",
        "Portable 06 12 34 56 78, fixe : 01 23 45 67 89 poste 4",
        "06 12 34 56 78;01 23 45 67 89;03 33 33 33 33",
    ],
)
def test_the_second_of_two_phones_has_the_field_for_mobiles(before: str) -> None:
    address = cleaned(phone=before)
    assert (address.phone, address.phone_mobile) == ("06 12 34 56 78", "01 23 45 67 89")
    both = "06 12 34 56 78 / 01 23 45 67 89"
    assert [(c.before, c.after) for c in address.corrections] == ([(before, both)] if before != both else [])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Dupr&#233; &amp; fils", "Dupré & fils"),
        ("Dupr&amp;#233;", "Dupré"),
        ("O&#39;Connell", "O'Connell"),
        ("&lt;Martin&gt;", "Martin"),
        ("DuprÃ©", "Dupré"),
        ("Ã‰lodie", "Élodie"),
        ("Å\x81Ã³dÅº", "Łódź"),
        ("d\x92Artagnan", "d’Artagnan"),
        ("DuprÃƒÂ©", "Dupré"),
    ],
)
def test_text_is_decoded_before_it_is_cleaned_and_recorded_as_it_came(before: str, after: str) -> None:
    """etsy/open-api#446, woocommerce/woocommerce#68162."""
    address = cleaned(last_name=before, company=before, lines=(before,), city=before, pickup_name=before)
    assert (address.last_name, address.address1, address.city) == (after, after, after)
    assert address.address2 == f"Point relais {after}"
    fields = {c.field for c in address.corrections if c.before == before and c.why == "encoded"}
    assert fields >= {f"delivery.{n}" for n in ("last_name", "company", "address1", "city", "pickup_name")}


@pytest.mark.parametrize(
    "text", ["R&D", "AT&T", "São João", "JOÃO", "“Álvaro”", "Müller", "CAFÉ® Société", "Œuvre", "Æsir", "Ålborg", "&c;"]
)
def test_what_only_looks_encoded_is_left_as_it_is(text: str) -> None:
    assert cleaned(company=text).company == text


@pytest.mark.parametrize(("civility", "gender"), [("MR", "1"), ("M.", "1"), ("Mme", "2"), ("Mlle", "2"), ("", "0")])
def test_a_civility_is_the_gender_of_the_shop(civility: str, gender: str) -> None:
    address = cleaned(civility=civility)
    assert (address.gender, address.corrections) == (gender, [])


def test_a_civility_that_is_none_of_the_shop_s_is_recorded() -> None:
    assert [(c.field, c.before, c.why) for c in cleaned(civility="Maître").corrections] == [
        ("delivery.civility", "Maître", "no place in the shop")
    ]


def test_what_fits_no_line_at_all_is_recorded_also_beside_a_relay_point() -> None:
    lines = ("4 cours Lafayette", *(" ".join(f"{part}{n:03}" for n in range(60)) for part in ("a", "b", "c")))
    address = cleaned(lines=lines, pickup_id="058231", pickup_name="TABAC")
    kept = " ".join((address.address1, address.address2, address.other))
    recorded = " ".join(c.before for c in address.corrections)
    assert "c059" not in kept
    assert all(word in f"{kept} {recorded}" for line in lines for word in line.split())


def test_lengths_are_cut_to_what_every_version_keeps() -> None:
    address = cleaned(city="L" * 80, company="C" * 300, vat_number="V" * 40, last_name="N" * 300, postcode="1" * 20)

    lengths = [len(v) for v in (address.city, address.company, address.vat_number, address.last_name, address.postcode)]
    assert lengths == [64, 255, 32, 255, 12]
    assert {c.why for c in address.corrections} == {"too long"}


def test_the_address_alias_keeps_within_32_characters_and_stays_unique() -> None:
    long_a, long_b = "MARKETPLACE-ORDER-" + "1" * 30, "MARKETPLACE-ORDER-" + "1" * 31

    assert alias("2611231014K7QXZ", "D") == "2611231014K7QXZ D"
    assert len(alias(long_a, "I")) == 32
    assert alias(long_a, "D") != alias(long_b, "D")


def test_the_payment_text_is_what_the_shop_keeps_and_a_filter_can_ask_for() -> None:
    assert payment_text("Cdiscount 2611|K7 <{[x]}>") == "Cdiscount 2611K7 x"
    assert len(payment_text("é" * 300)) == 255


def test_cutting_prefers_a_gap_between_words() -> None:
    assert cut_at_word("aaaa bbbb cccc", 12) == "aaaa bbbb"
    assert cut_at_word("a" * 20, 12) == "a" * 12


def test_no_sign_that_is_not_shown_is_left_anywhere() -> None:
    joined = "\u200b\u200c\u200d\u2060\ufe0e\ufe0f\ufeff\u00ad\U0001f600\U0001d518"
    for sign in (*map(chr, range(0x20, 0x3000)), *joined):
        shown = "" if sign in joined else sign if unicodedata.category(sign)[0] not in "CZ" else " "
        assert plain(f"a{sign}b") == unicodedata.normalize("NFC", f"a{shown}b"), ascii(sign)
