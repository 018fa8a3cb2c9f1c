"""What the rehearsal shop sells and how it delivers. Data and its way into a shop; knows no orders.

Prices are the shop's, VAT included, so that they read as on a price tag; the shop stores them without VAT.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ..prestashop import Combination, PrestaShopSandbox


@dataclass(frozen=True)
class Variation:
    """A combination: its own reference, what it adds to the name, its stock and EAN-13."""

    reference: str
    name: str
    stock: int
    ean13: str


@dataclass(frozen=True)
class Article:
    """A product. `price` includes VAT; `back_orders` False: sold only from stock."""

    reference: str
    name: str
    price: Decimal
    vat: str = "20"
    stock: int = 100
    ean13: str = ""
    supplier_reference: str = ""
    active: bool = True
    back_orders: bool = True
    variations: tuple[Variation, ...] = ()


@dataclass(frozen=True)
class Delivery:
    """A carrier of the shop. `price` includes VAT; `mode`: the marketplace's delivery mode it serves, if any."""

    name: str
    price: Decimal
    mode: str = ""
    marketplace_label: str = ""
    active: bool = True


def ean13(number: int) -> str:
    """A valid EAN-13 of the French range for `number`."""
    digits = f"37{number:010d}"
    weighted = sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(digits))
    return digits + str(-weighted % 10)


def _article(number: int, reference: str, name: str, price: str, vat: str = "20", **details: Any) -> Article:
    return Article(reference, name, Decimal(price), vat, ean13=details.pop("ean", ean13(number)), **details)


def _variations(number: int, reference: str, *names: str) -> tuple[Variation, ...]:
    return tuple(
        Variation(f"{reference}-{name.replace(', ', '-').upper()}", name, 25, ean13(number + index))
        for index, name in enumerate(names)
    )


SIMPLE = (
    _article(101, "MUG-ARDOISE", "Mug en grès ardoise", "12.90"),
    _article(102, "MUG-SABLE", "Mug en grès sable", "12.90"),
    _article(103, "BOUG-FIGUE", "Bougie parfumée figue", "19.90"),
    _article(104, "BOUG-CEDRE", "Bougie parfumée cèdre", "19.90"),
    _article(105, "COUSSIN-LIN", "Coussin en lin lavé 45 × 45", "24.99"),
    _article(106, "PLAID-LAINE", "Plaid en laine écrue 130 × 170", "59.00"),
    _article(107, "LAMPE-OPALE", "Lampe de table opale", "44.50"),
    _article(108, "VASE-SOLIFLORE", "Vase soliflore en verre soufflé", "16.40"),
    _article(109, "PLANCHE-HETRE", "Planche à découper en hêtre", "27.95"),
    _article(110, "COUTEAU-OFFICE", "Couteau d’office 9 cm", "14.99"),
    _article(111, "TORCHON-X3", "Torchons en coton, lot de 3", "17.85"),
    _article(112, "VIS-M4-50", "Vis M4 inox, la pièce", "0.37", stock=5000),
    _article(113, "AFFICHE-4060", "Affiche encadrée 40 × 60", "39.90"),
    _article(114, "HORLOGE-NOYER", "Horloge murale en noyer", "74.33"),
)
OTHER_VAT = (
    _article(201, "LIVRE-CUISINE", "Livre : Cuisine de saison", "22.00", "5.5"),
    _article(202, "LIVRE-JARDIN", "Livre : Le jardin en carrés", "18.50", "5.5"),
    _article(203, "MIEL-ACACIA", "Miel d’acacia 500 g", "9.80", "5.5"),
    _article(204, "CHOCO-NOIR", "Carrés de chocolat noir, boîte de 40", "13.45", "5.5"),
    _article(205, "BOIS-25L", "Bûchettes d’allumage 25 l", "8.99", "10"),
    _article(206, "PLANT-LAVANDE", "Plant de lavande vraie", "6.50", "10"),
    _article(207, "REVUE-ATELIER", "Revue L’Atelier, le numéro", "7.90", "2.1"),
    _article(208, "REVUE-POTAGER", "Revue Le Potager, le numéro", "6.20", "2.1"),
)
WITH_VARIATIONS = (
    Article(
        "TSHIRT-BIO",
        "T-shirt en coton biologique",
        Decimal("19.90"),
        variations=_variations(301, "TSHIRT-BIO", "S, Blanc", "M, Blanc", "L, Blanc", "S, Marine", "M, Marine"),
    ),
    Article(
        "TABLIER",
        "Tablier de cuisine",
        Decimal("29.90"),
        variations=_variations(311, "TABLIER", "Gris", "Terracotta"),
    ),
    Article(
        "CHAUSSETTES",
        "Chaussettes en laine",
        Decimal("11.50"),
        variations=_variations(321, "CHAUSSETTES", "36-40", "41-45"),
    ),
)
#: Never in an order but as the product that carries a fee.
FEE = _article(401, "FRAIS-MARKETPLACE", "Frais de la place de marché", "1.00", stock=100000)
BY_EAN = _article(402, "REF-INTERNE-4711", "Carafe à décanter", "32.00")
BY_SUPPLIER = _article(403, "REF-INTERNE-4712", "Moulin à poivre", "26.90", supplier_reference="FOURN-8841")
TWINS = (
    _article(404, "DOUBLON-1", "Bol en bois d’olivier", "15.00", ean=""),
    _article(405, "DOUBLON-1", "Bol en bois d’olivier (ancienne fiche)", "15.00", ean=""),
)
INACTIVE = _article(406, "ARRET-2025", "Théière en fonte (arrêtée)", "49.00", active=False)
SHORT = _article(407, "RUPTURE-OK", "Tabouret en chêne", "89.00", stock=1)
SOLD_OUT = _article(408, "RUPTURE-NON", "Fauteuil en rotin, pièce unique", "149.00", stock=0, back_orders=False)

ARTICLES = (
    *SIMPLE, *OTHER_VAT, *WITH_VARIATIONS, FEE, BY_EAN, BY_SUPPLIER, *TWINS, INACTIVE, SHORT, SOLD_OUT,
)  # fmt: skip

DELIVERIES = (
    Delivery("Colissimo Domicile", Decimal("5.90"), "TrackedHomeDelivery", "Colissimo"),
    Delivery("Lettre suivie", Decimal("2.90"), "NotTrackedHomeDelivery", "La Poste"),
    Delivery("Colissimo Signature", Decimal("7.40"), "SignedHomeDelivery", "Colissimo"),
    Delivery("Chronopost 13h", Decimal("12.60"), "ExpressHomeDelivery", "Chronopost"),
    Delivery("Mondial Relay Point Relais", Decimal("3.99"), "REL", "Mondial Relay"),
    Delivery("Geodis Volumineux", Decimal("39.90"), "SpecificRoomHomeDelivery", "GEODIS"),
    Delivery("DPD (ancien contrat)", Decimal("6.50"), active=False),
)
HOME = DELIVERIES[0]
RELAY = DELIVERIES[4]


def without_vat(price: Decimal, vat: str) -> Decimal:
    """A price including VAT as the shop stores it: without, six decimals."""
    return (price / (1 + Decimal(vat) / 100)).quantize(Decimal("0.000001"), ROUND_HALF_UP)


def fill_shop(shop: PrestaShopSandbox) -> None:
    """Adds all articles and carriers, and Belgium to the countries."""
    for article in ARTICLES:
        shop.add_product(
            article.reference,
            article.name,
            without_vat(article.price, article.vat),
            tax_rate=article.vat,
            stock=article.stock,
            ean13="" if article.variations else article.ean13,
            supplier_reference=article.supplier_reference,
            active=article.active,
            out_of_stock=2 if article.back_orders else 0,
            combinations=[Combination(v.reference, v.name, v.stock, ean13=v.ean13) for v in article.variations],
        )
    for delivery in DELIVERIES:
        shop.add_carrier(delivery.name, without_vat(delivery.price, "20"), tax_rate="20", active=delivery.active)
    countries = shop.shop.store.table("countries")
    for country in countries.where("iso_code", "BE"):
        countries.update(country["id"], {"active": "1"})
