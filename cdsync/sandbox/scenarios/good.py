"""Kinds of order that can be imported as they are, or after their names and addresses were cleaned."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from .catalogue import BY_EAN, BY_SUPPLIER, OTHER_VAT, RELAY, SIMPLE, WITH_VARIATIONS
from .maker import Arrival, Maker, cheaper, line

NO_SHIPPING = "0.00"


def simple(make: Maker) -> Arrival:
    return make.arrival([line(make.pick(SIMPLE))])


def another_price(make: Maker) -> Arrival:
    one, two = make.some(SIMPLE[:11], 2)
    lines = [line(one, quantity=2, unit_price=cheaper(one)), line(two, unit_price=cheaper(two), shipping="1.50")]
    return make.arrival(lines)


def combination(make: Maker) -> Arrival:
    shirt = WITH_VARIATIONS[0]
    return make.arrival(
        [
            line(shirt, variation=make.source.choice(shirt.variations[:3]), quantity=2),
            line(shirt, variation=make.source.choice(shirt.variations[3:]), shipping=NO_SHIPPING),
        ]
    )


def several_vat_rates(make: Maker) -> Arrival:
    chosen = [OTHER_VAT[0], OTHER_VAT[4], OTHER_VAT[6], make.pick(SIMPLE)]
    lines = [line(article, quantity=index + 1, shipping=NO_SHIPPING) for index, article in enumerate(chosen)]
    return make.arrival([line(OTHER_VAT[2], unit_price="9.45"), *lines])


def same_sku_twice(make: Maker) -> Arrival:
    article = make.pick(SIMPLE[:11])
    return make.arrival([line(article, quantity=2), line(article, shipping=NO_SHIPPING)])


def same_sku_two_prices(make: Maker) -> Arrival:
    article = make.pick(SIMPLE[:11])
    lower = cheaper(article, 10)
    return make.arrival([line(article, quantity=2), line(article, unit_price=lower, shipping=NO_SHIPPING)])


def quantity_50(make: Maker) -> Arrival:
    return make.arrival([line(SIMPLE[11], quantity=50, shipping="2.90", delivery_mode="NotTrackedHomeDelivery")])


def company(make: Maker) -> Arrival:
    names = {"companyName": "Société Bernard & Fils", "companyVatNumber": "FR40303265045"}
    return make.arrival(
        [line(make.pick(SIMPLE), quantity=4)], billing=names, shipping={"companyName": names["companyName"]}
    )


def relay_point(make: Maker) -> Arrival:
    point = {
        "pickupId": f"0{make.source.randint(10000, 99999)}",
        "pickupName": make.source.choice(("TABAC PRESSE DU CENTRE", "LOCKER 24/7 CARREFOUR", "PRESSING L’ÉCLAT")),
        "addressLine1": "3 place de la Mairie",
        "addressLine2": None,
    }
    article = make.pick(SIMPLE)
    return make.arrival([line(article, shipping=RELAY.price, delivery_mode=RELAY.mode)], shipping=point)


def free_shipping(make: Maker) -> Arrival:
    return make.arrival([line(make.pick(SIMPLE), shipping=NO_SHIPPING)])


def dearer_shipping(make: Maker) -> Arrival:
    return make.arrival([line(make.pick(SIMPLE), shipping="9.95")])


def express(make: Maker) -> Arrival:
    return make.arrival(
        [line(make.pick(SIMPLE), shipping="12.60", delivery_mode="ExpressHomeDelivery")],
        ship_by=make.ahead(2),
        created_at=make.ago(20),
    )


def fee(make: Maker) -> Arrival:
    return make.arrival([line(make.pick(SIMPLE))], fees=[("Frais de paiement en 4 fois", "1.37")])


def by_ean(make: Maker) -> Arrival:
    return make.arrival([line(BY_EAN, sku=BY_EAN.ean13)])


def by_supplier_reference(make: Maker) -> Arrival:
    return make.arrival([line(BY_SUPPLIER, sku=BY_SUPPLIER.supplier_reference, gtin=None)])


def shared_mailbox(make: Maker) -> Arrival:
    """Every order of this kind has the same relay address and another buyer."""
    return make.arrival([line(make.pick(SIMPLE))], shipping={"email": "relais-commun@clemarche.com"})


def same_buyer(make: Maker) -> Arrival:
    """Every order of this kind comes from one marketplace customer."""
    person = {"civility": "Mme", "firstName": "Odile", "lastName": "Fontaine"}
    return make.arrival([line(make.pick(SIMPLE))], billing=person, customer_reference="custm_fidele_01")


ODD_NAMES: tuple[dict[str, str | None], ...] = (
    {"firstName": "Kévin33", "lastName": "D4rk"},
    {"firstName": "J.Pierre", "lastName": "St.Martin"},
    {"firstName": None, "lastName": "Madame Bertrand"},
    {"firstName": "Jean", "lastName": ""},
    {"firstName": "Marie-Antoinette-Josèphe-Jeanne", "lastName": "de Habsbourg-Lorraine " * 12},
    {"firstName": "Léa 🌸", "lastName": "Martin ❤️"},
    {"firstName": "D’Artagnan", "lastName": "O'Brien-L'Hermitte"},
    {"firstName": "محمد", "lastName": "بن علي"},
    {"firstName": "<b>Paul</b>", "lastName": "Henri & Cie; =cmd"},
    {"firstName": "www.boutique.fr", "lastName": "http://spam.example"},
)


def odd_name(make: Maker) -> Arrival:
    return make.arrival([line(make.pick(SIMPLE))], billing=ODD_NAMES[make.number % len(ODD_NAMES)])


def long_address(make: Maker) -> Arrival:
    address = {
        "addressLine1": "Résidence universitaire internationale Les Grands Jardins de la Fontaine aux Oiseaux, "
        "bâtiment des Magnolias, escalier C, porte 1204 bis",
        "addressLine2": "12 bis avenue du Maréchal-de-Lattre-de-Tassigny prolongée, entrée par la cour du " * 2,
        "addressLine3": "Code 48B57 puis 2e porte à droite (sonner chez {Mme} Roux) <ne pas laisser dehors>",
        "city": "Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson",
        "postalCode": "51290",
    }
    return make.arrival([line(make.pick(SIMPLE))], billing=address)


BAD_PHONES = ("06 12 34 56 78 (après 18h)", "néant", "", None, "+33 (0)6.12.34.56.78 / 01 02 03 04 05", "0" * 40)


def bad_phone(make: Maker) -> Arrival:
    return make.arrival([line(make.pick(SIMPLE))], shipping={"phone": BAD_PHONES[make.number % len(BAD_PHONES)]})


def late_to_ship(make: Maker) -> Arrival:
    created = make.ago(96)
    return make.arrival([line(make.pick(SIMPLE))], created_at=created, ship_by=created + timedelta(hours=60))


def one_cent(make: Maker) -> Arrival:
    return make.arrival([line(SIMPLE[11], quantity=3, unit_price=Decimal("0.01"), shipping="0.01")])


def dead_line(make: Maker) -> Arrival:
    one, two = make.some(SIMPLE, 2)
    return make.arrival([line(one), line(two, status="Cancelled", shipping=NO_SHIPPING)])


def belgium(make: Maker) -> Arrival:
    place = {"countryCode": "BE", "postalCode": "4000", "city": "Liège", "addressLine1": "Rue Saint-Gilles 21"}
    return make.arrival([line(make.pick(SIMPLE))], billing=place)
