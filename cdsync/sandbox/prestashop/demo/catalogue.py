"""The demo catalogue as the recordings found it: 19 products, their variants and stock. Data and its filling-in only.

Texts of products that were never recorded are filled in plausibly.
"""

from __future__ import annotations

from ..core.shop import Shop
from ..core.store import Row

MADE = "2026-11-23 13:03:33"
SIZES, COLOURS, DIMENSIONS, PAPERS = (1, 2, 3, 4), (8, 11), (19, 20, 21), (22, 23, 24, 25)

OPTIONS = [
    # name, public name, kind, values
    ("Taille", "Taille", "select", "S M L XL"),
    (
        "Couleur",
        "Couleur",
        "color",
        "Grey Taupe Beige White Off-White Red Black Camel Orange Blue Green Yellow Brown Pink",
    ),
    ("Dimension", "Dimension", "select", "40x60cm 60x90cm 80x120cm"),
    ("Type de papier", "Type de papier", "select", "Ruled Plain Squared Doted"),
]

COLOURS_IN_FRENCH = [
    *("Gris", "Taupe", "Beige", "Blanc", "Blanc cassé", "Rouge", "Noir"),
    *("Camel", "Orange", "Bleu", "Vert", "Jaune", "Marron", "Rose"),
]

PRODUCTS = [
    # reference, name, link, price, categories, type, supplier, features, first image, redirect, combinations
    (
        "demo_1",
        "T-shirt imprimé colibri",
        "hummingbird-printed-t-shirt",
        "23.90",
        "2 3 4",
        "combinations",
        1,
        "1:4 2:8",
    ),
    ("demo_3", "Pull imprimé colibri", "brown-bear-printed-sweater", "35.90", "2 3 5", "combinations", 1, "1:4 2:7"),
    (
        "demo_6",
        "Affiche encadrée The best is yet to come",
        "the-best-is-yet-to-come-framed-poster",
        "29.00",
        "2 9",
        "combinations",
        2,
        "1:6",
    ),
    (
        "demo_5",
        "Affiche encadrée The adventure begins",
        "the-adventure-begins-framed-poster",
        "29.00",
        "2 9",
        "combinations",
        2,
        "1:6",
    ),
    (
        "demo_7",
        "Affiche encadrée Today is a good day",
        "today-is-a-good-day-framed-poster",
        "29.00",
        "2 9",
        "combinations",
        2,
        "1:6",
    ),
    ("demo_11", "Mug The best is yet to come", "mug-the-best-is-yet-to-come", "11.90", "2 6 8", "standard", 2, "1:3"),
    ("demo_12", "Mug The adventure begins", "mug-the-adventure-begins", "11.90", "2 6 8", "standard", 2, "1:3"),
    ("demo_13", "Mug Today is a good day", "mug-today-is-a-good-day", "11.90", "2 6 8", "standard", 2, "1:3"),
    ("demo_15", "Coussin renard", "mountain-fox-cushion", "18.90", "2 6 8", "combinations", 2, "1:1"),
    ("demo_16", "Coussin ours brun", "brown-bear-cushion", "18.90", "2 6 8", "combinations", 2, "1:1"),
    ("demo_17", "Coussin colibri", "hummingbird-cushion", "18.90", "2 6 8", "combinations", 2, "1:1"),
    ("demo_18", "Illustration vectorielle Renard", "mountain-fox-vector-graphics", "9.00", "2 9", "virtual", 2, ""),
    ("demo_19", "Illustration vectorielle Ours brun", "brown-bear-vector-graphics", "9.00", "2 9", "virtual", 2, ""),
    ("demo_20", "Illustration vectorielle Colibri", "hummingbird-vector-graphics", "9.00", "2 9", "virtual", 2, ""),
    ("demo_21", "Pack Mug + Affiche encadrée", "pack-mug-framed-poster", "35.00", "2 6 8", "pack", 2, ""),
    ("demo_8", "Carnet de notes Renard", "mountain-fox-notebook", "12.90", "2 6 7", "combinations", 2, "1:6"),
    ("demo_9", "Carnet de notes Ours brun", "brown-bear-notebook", "12.90", "2 6 7", "combinations", 2, "1:6"),
    ("demo_10", "Carnet de notes Colibri", "hummingbird-notebook", "12.90", "2 6 7", "combinations", 2, "1:6"),
    ("demo_14", "Mug personnalisable", "customizable-mug", "13.90", "2 6 8", "standard", 2, "1:3"),
]
IMAGES = {1: "1 2", 2: "21"}
POSITIONS = {7: "2", 8: "3"}
TOTALS = {2: 2100}
TEXTS = {
    # id: (description, short description)
    1: (
        "<p>Symbole de légèreté et de délicatesse, le colibri évoque la gaieté et la curiosité. La "
        "collection PolyFaune de la marque Studio Design propose des pièces aux coupes basiques et aux "
        "visuels colorés inspirés des origamis japonais traditionnels. À porter avec un chino ou un "
        "jean. Le procédé d'impression par sublimation garantit la qualité et la longévité des "
        "couleurs.</p>",
        "<p>Coupe classique, col rond, manches courtes. T-shirt en coton pima extra-fin à fibres longues. </p>",
    ),
    2: (
        "<p>La collection PolyFaune de la marque Studio Design propose des pièces aux coupes basiques "
        "et aux visuels colorés inspirés des origamis japonais traditionnels. À porter avec un chino ou "
        "un jean. Le procédé d'impression par sublimation garantit la qualité et la longévité des "
        "couleurs.</p>",
        "<p>Coupe classique, col rond, manches longues. Pull 100% coton avec intérieur brossé pour plus "
        "de confort. </p>",
    ),
    6: (
        "<p>Le meilleur reste à venir ! Commencez la journée avec une pensée positive. Diamètre : 8,2cm "
        "/ Hauteur : 9,5cm / Poids : 0.43kg. Passe au lave-vaisselle.</p>",
        "<p>Mug en céramique blanche, 325ml.</p>",
    ),
    7: (
        "<p>L'aventure commence avec une tasse de café. Partez à la conquête de votre journée ! "
        "Diamètre : 8,2cm / Hauteur : 9,5cm / Poids : 0.43kg. Passe au lave-vaisselle.</p>",
        "<p>Mug en céramique blanche. 325ml</p>",
    ),
}


def fill_catalogue(shop: Shop) -> None:
    """Adds the demo products, their combinations, stock rows, suppliers and two promotions."""
    shop.insert("manufacturers", {"active": "1", "name": "Studio Design"})
    for name in ("Fashion supplier", "Accessories supplier"):
        shop.insert("suppliers", {"active": "1", "name": name})
    _options(shop)
    for id_, product in enumerate(PRODUCTS, start=1):
        _product(shop, id_, *product)
        shop.insert("stock_availables", _stock(id_, 0, 300))
    for id_ in range(1, len(PRODUCTS) + 1):
        _combinations(shop, id_)
    for promoted in ("1", "2"):
        shop.insert("specific_prices", _promotion(promoted))


def _options(shop: Shop) -> None:
    french = dict(zip(OPTIONS[1][3].split(), COLOURS_IN_FRENCH, strict=True)) if shop.french else {}
    for number, (name, public, kind, values) in enumerate(OPTIONS, start=1):
        option = {"is_color_group": str(int(kind == "color")), "group_type": kind, "name": name, "public_name": public}
        shop.insert("product_options", option | {"position": str(number - 1)})
        for position, value in enumerate(values.split()):
            row = {
                "id_attribute_group": str(number),
                "position": str(position),
                "name": french.get(value, value.replace("-", " ")),
            }
            shop.insert("product_option_values", row)


def _stock(id_product: int, combination: int, quantity: int) -> Row:
    row = {"id_product": str(id_product), "id_product_attribute": str(combination), "quantity": str(quantity)}
    return row | {"id_shop": "1", "out_of_stock": "2"}


def _product(
    shop: Shop,
    id_: int,
    reference: str,
    name: str,
    link: str,
    price: str,
    categories: str,
    kind: str,
    supplier: int,
    features: str,
) -> None:
    texts = TEXTS.get(id_, ("", ""))
    images = IMAGES.get(id_, str(id_)).split()
    product = standard_product(reference, name, price) | {
        "id_manufacturer": "1",
        "id_supplier": str(supplier),
        "id_category_default": categories.rsplit(maxsplit=1)[-1],
        "id_default_image": images[0],
        "manufacturer_name": "Studio Design",
        "position_in_category": POSITIONS.get(id_, "1"),
        "weight": "0.3",
        "wholesale_price": "5.49",
        "product_type": kind,
        "type": kind if kind in ("pack", "virtual") else "simple",
        "cache_is_pack": str(int(kind == "pack")),
        "is_virtual": str(int(kind == "virtual")),
        "redirect_type": "404" if id_ == 2 else "301-category",
        "customizable": str(int(id_ == 19)),
        "text_fields": str(int(id_ == 19)),
        "link_rewrite": link,
        "description": texts[0],
        "description_short": texts[1],
        "date_add": MADE,
        "date_upd": MADE,
        "categories": [{"id": one} for one in categories.split()],
        "images": [{"id": one} for one in images],
        "product_features": [
            dict(zip(("id", "id_feature_value"), one.split(":"), strict=True)) for one in features.split()
        ],
    }
    shop.insert("products", product)
    supplied = {"id_product": str(id_), "id_product_attribute": "0", "id_supplier": str(supplier)}
    shop.insert("product_suppliers", supplied | {"product_supplier_reference": reference})


def standard_product(reference: str, name: str, price: str) -> Row:
    """The fields every saved product has."""
    return {
        "reference": reference,
        "name": name,
        "price": price,
        "id_category_default": "2",
        "id_tax_rules_group": "1",
        "id_default_combination": "0",
        "cache_default_attribute": "0",
        "position_in_category": "1",
        "type": "simple",
        "id_shop_default": "1",
        "state": "1",
        "additional_delivery_times": "1",
        "product_type": "standard",
        "minimal_quantity": "1",
        "active": "1",
        "redirect_type": "default",
        "available_for_order": "1",
        "condition": "new",
        "show_price": "1",
        "indexed": "1",
        "visibility": "both",
        "pack_stock_type": "3",
    }


def _combinations(shop: Shop, id_product: int) -> None:
    for first, values in enumerate(_values(id_product)):
        product = shop.store.table("products").get(id_product)
        assert product is not None, id_product
        image = {1: "2" if 8 in values else "1"}.get(id_product, product["images"][0]["id"])
        impact = {19: "0", 20: "20", 21: "50"}.get(values[0], "0")
        combination = {
            "id_product": str(id_product),
            "reference": product["reference"],
            "price": impact,
            "minimal_quantity": "1",
            "product_option_values": [{"id": str(one)} for one in values],
            "images": [{"id": image, "id_product": str(id_product)}],
        }
        id_ = shop.insert("combinations", combination)
        shop.store.table("combinations").update(id_, {"default_on": "1" if first == 0 else ""})
        if first == 0:
            default = {"id_default_combination": str(id_), "cache_default_attribute": str(id_)}
            shop.store.table("products").update(id_product, default)
        shop.insert("stock_availables", _stock(id_product, id_, 300))
        supplied = {
            "id_product": str(id_product),
            "id_product_attribute": str(id_),
            "id_supplier": product["id_supplier"],
        }
        reference = f"{product['reference']}_{45 + id_}"
        shop.insert("product_suppliers", supplied | {"product_supplier_reference": reference})
    rows = shop.store.table("stock_availables").where("id_product", str(id_product))
    if len(rows) > 1:
        total = TOTALS.get(id_product, 300 * (len(rows) - 1))
        shop.store.table("stock_availables").update(rows[0]["id"], {"quantity": str(total)})


def _values(id_product: int) -> list[tuple[int, ...]]:
    if id_product == 1:
        return [(size, colour) for size in SIZES for colour in COLOURS]
    if id_product == 2:
        return [(size,) for size in SIZES]
    if id_product in (3, 4, 5):
        return [(dimension,) for dimension in DIMENSIONS]
    if id_product in (9, 10, 11):
        return [(colour,) for colour in COLOURS]
    return [(paper,) for paper in PAPERS] if id_product in (16, 17, 18) else []


def _promotion(id_product: str) -> Row:
    row = {"id_product": id_product, "price": "-1", "from_quantity": "1", "reduction": "0.2", "reduction_tax": "1"}
    return row | {"reduction_type": "percentage"}
