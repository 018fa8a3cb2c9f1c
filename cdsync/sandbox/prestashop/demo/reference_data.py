"""A freshly installed French shop: language, currency, places, taxes, groups, carriers, states, settings. No products.

Ids and flags are those of PrestaShop's installer where they were recorded; places are cut down to those a French
marketplace sells to.
"""

from __future__ import annotations

from ..core.shop import Shop
from ..core.store import Row

INSTALLED = "2026-11-23 13:03:27"

CONFIGURATION = {
    # name: (value, id in 9.x, id in 8.x)
    "PS_LANG_DEFAULT": ("1", 1, 1),
    "PS_CURRENCY_DEFAULT": ("1", 6, 6),
    "PS_COUNTRY_DEFAULT": ("8", 7, 7),
    "PS_ORDER_OUT_OF_STOCK": ("0", 10, 9),
    "PS_STOCK_MANAGEMENT": ("1", 16, 15),
    "PS_CARRIER_DEFAULT": ("1", 40, 40),
    "PS_TIMEZONE": ("Europe/Paris", 47, 47),
    "PS_PASSWD_TIME_FRONT": ("360", 52, 52),
    "PS_SHIPPING_FREE_PRICE": ("0", 60, 60),
    "PS_SHIPPING_HANDLING": ("2.00", 61, 61),
    "PS_PRICE_ROUND_MODE": ("2", 75, 72),
    "PS_OS_PAYMENT": ("2", 123, 118),
    "PS_OS_PREPARATION": ("3", 124, 119),
    "PS_OS_SHIPPING": ("4", 125, 120),
    "PS_OS_DELIVERED": ("5", 126, 121),
    "PS_OS_CANCELED": ("6", 127, 122),
    "PS_OS_REFUND": ("7", 128, 123),
    "PS_OS_ERROR": ("8", 129, 124),
    "PS_OS_WS_PAYMENT": ("11", 132, 127),
    "PS_GUEST_CHECKOUT_ENABLED": ("1", 140, 140),
    "PS_UNIDENTIFIED_GROUP": ("1", 141, 141),
    "PS_GUEST_GROUP": ("2", 142, 142),
    "PS_CUSTOMER_GROUP": ("3", 143, 143),
    "PS_SHOP_NAME": ("Boutique de test", 145, 145),
    "PS_TAX_ADDRESS_TYPE": ("id_address_delivery", 154, 150),
    "PS_WEBSERVICE": ("1", 160, 160),
    "PS_ROUND_TYPE": ("2", 270, 273),
    # their ids were not recorded
    "PS_INVOICE": ("1", 301, 301),
    "PS_TAX": ("1", 302, 302),
    "PS_USE_ECOTAX": ("0", 303, 303),
    "PS_ECOTAX_TAX_RULES_GROUP_ID": ("0", 304, 304),
    "PS_OS_OUTOFSTOCK_PAID": ("9", 305, 305),
}

ORDER_STATES = [
    # id, name, colour, template, flags: Logable Invoice Paid Delivery Shipped Mail pdf-Facture
    (1, "En attente du paiement par chèque", "#34209E", "cheque", "M"),
    (2, "Paiement accepté", "#3498D8", "payment", "LIPMF"),
    (3, "En cours de préparation", "#3498D8", "preparation", "LIPDM"),
    (4, "Expédié", "#01B887", "shipped", "LIPDSM"),
    (5, "Livré", "#01B887", "", "LIPDS"),
    (6, "Annulé", "#2C3E50", "order_canceled", "M"),
    (7, "Remboursé", "#01B887", "refund", "IM"),
    (8, "Erreur de paiement", "#E74C3C", "payment_error", "M"),
    (9, "En attente de réapprovisionnement (payé)", "#3498D8", "outofstock", "LIPM"),
    (10, "En attente de virement bancaire", "#34209E", "bankwire", "M"),
    (11, "Paiement à distance accepté", "#3498D8", "payment", "LIPM"),
    (12, "En attente de réapprovisionnement (non payé)", "#34209E", "outofstock", "M"),
    (13, "En attente de paiement à la livraison", "#34209E", "cashondelivery", ""),
]

STATES_OF_MODULES = {1: "ps_checkpayment", 10: "ps_wirepayment", 13: "ps_cashondelivery"}

COUNTRIES = [
    # id, ISO code, zone, name, calling code, postcode format, active, states
    (1, "DE", 1, "Allemagne", 49, "NNNNN", 0, 0),
    (2, "AT", 1, "Autriche", 43, "NNNN", 0, 0),
    (3, "BE", 1, "Belgique", 32, "NNNN", 0, 0),
    (4, "CA", 2, "Canada", 1, "LNL NLN", 0, 1),
    (5, "CN", 3, "Chine", 86, "NNNNNN", 0, 0),
    (6, "ES", 1, "Espagne", 34, "NNNNN", 0, 0),
    (7, "FI", 1, "Finlande", 358, "NNNNN", 0, 0),
    (8, "FR", 1, "France", 33, "NNNNN", 1, 0),
    (9, "GR", 1, "Grèce", 30, "NNNNN", 0, 0),
    (10, "IT", 1, "Italie", 39, "NNNNN", 0, 1),
    (12, "LU", 1, "Luxembourg", 352, "NNNN", 0, 0),
    (13, "NL", 1, "Pays-bas", 31, "NNNN LL", 0, 0),
    (14, "PL", 1, "Pologne", 48, "NN-NNN", 0, 0),
    (15, "PT", 1, "Portugal", 351, "NNNN-NNN", 0, 0),
    (17, "GB", 7, "Royaume-Uni", 44, "", 0, 0),
    (19, "CH", 7, "Suisse", 41, "NNNN", 0, 0),
    (21, "US", 2, "États-Unis", 1, "NNNNN", 1, 1),
    (26, "IE", 1, "Irlande", 353, "", 0, 0),
    (98, "GP", 8, "Guadeloupe", 590, "", 0, 0),
    (141, "MQ", 8, "Martinique", 596, "", 0, 0),
    (144, "YT", 4, "Mayotte", 262, "", 0, 0),
    (148, "MC", 7, "Monaco", 377, "980NN", 0, 0),
    (176, "RE", 4, "La Réunion", 262, "", 0, 0),
]

STATES = [
    # id, country, zone, ISO code, name
    (8, 21, 2, "CA", "California"),
    (12, 21, 2, "FL", "Florida"),
    (35, 21, 2, "NY", "New York"),
    (46, 21, 2, "TX", "Texas"),
    (89, 4, 2, "ON", "Ontario"),
    (90, 4, 2, "QC", "Quebec"),
]

TAXES = [
    (1, "20.000", "TVA FR 20%"),
    (2, "10.000", "TVA FR 10%"),
    (3, "5.500", "TVA FR 5.5%"),
    (4, "2.100", "TVA FR 2.1%"),
]
TAX_GROUPS = [
    # name, tax
    ("FR Taux standard (20%)", 1),
    ("FR Taux réduit (10%)", 2),
    ("FR Taux réduit (5.5%)", 3),
    ("FR Taux super réduit (2.1%)", 4),
    ("EU VAT For Virtual Products", 1),
]
# The European countries of the French standard rule, in the installer's order (ids of countries).
EUROPEAN = (3, 233, 16, 20, 1, 86, 9, 6, 8, 26, 10, 76, 125, 131, 12, 143, 139, 13, 2, 14, 15, 36, 193, 37, 7, 18)
ZONES = (
    "Europe",
    "North America",
    "Asia",
    "Africa",
    "Oceania",
    "South America",
    "Europe (non-EU)",
    "Central America/Antilla",
)
MODULES = {
    9: {
        "ps_checkpayment": "Payments by check",
        "ps_wirepayment": "Wire payment",
        "ps_cashondelivery": "Cash on delivery",
    },
    8: {
        "ps_checkpayment": "Chèque",
        "ps_wirepayment": "Transfert bancaire",
        "ps_cashondelivery": "Paiement à la livraison",
    },
}


def install(shop: Shop) -> None:
    """Fills an empty shop with everything but products, customers and orders."""
    shop.insert("languages", _language("Français (French)", "fr", "fr-FR", "fr", "d/m/Y"))
    for name, (value, id_9, id_8) in CONFIGURATION.items():
        shop.insert("configurations", {"name": name, "value": value}, id_9 if shop.major >= 9 else id_8)
    shop.modules.update(MODULES[9 if shop.major >= 9 else 8])
    shop.insert("shop_groups", {"name": "Default", "active": "1"})
    own = {"id_shop_group": "1", "id_category": "2", "active": "1", "name": shop.name, "theme_name": "classic"}
    shop.insert("shops", own)
    _currency(shop)
    _places(shop)
    _taxes(shop)
    for name in ("Visitor", "Guest", "Customer") if shop.major >= 9 else ("Visiteur", "Invité", "Client"):
        group = {"show_prices": "1", "reduction": "0.00", "date_add": INSTALLED, "date_upd": INSTALLED, "name": name}
        shop.insert("groups", group)
    for id_, name, colour, template, flags in ORDER_STATES:
        module = STATES_OF_MODULES.get(id_, "")
        shop.insert("order_states", _order_state(name, colour, template, flags) | {"module_name": module}, id_)
    _carriers(shop)


def _language(name: str, iso: str, locale: str, code: str, date: str) -> Row:
    names = {"name": name, "iso_code": iso, "locale": locale, "language_code": code, "active": "1"}
    return names | {"date_format_lite": date, "date_format_full": f"{date} H:i:s"}


def add_english(shop: Shop) -> None:
    """A second language, its texts copied from the first as PrestaShop does for what it cannot translate."""
    shop.insert("languages", _language("English (English)", "en", "en-US", "en-us", "m/d/Y"))
    for name, table in shop.store.tables.items():
        resource = shop.resources.get(name)
        multilingual = [one.name for one in resource.fields.values() if one.multilingual] if resource else []
        for row in table:
            for field in multilingual:
                row[field].setdefault("2", row[field].get("1", ""))


def _currency(shop: Shop) -> None:
    euro = {"names": "euro", "name": "Euro", "symbol": "€", "iso_code": "EUR", "numeric_iso_code": "978"}
    shop.insert("currencies", euro | {"precision": "2", "conversion_rate": "1", "active": "1"})


def _places(shop: Shop) -> None:
    for name in ZONES:
        shop.insert("zones", {"name": name, "active": "1"})
    for id_, iso, zone, name, calling, postcode, active, states in COUNTRIES:
        country = {
            "id_zone": str(zone),
            "call_prefix": str(calling),
            "iso_code": iso,
            "active": str(active),
            "contains_states": str(states),
            "need_identification_number": "1" if iso == "ES" else "0",  # install-dev/data/xml/country.xml
            "need_zip_code": "1" if postcode else "0",
            "zip_code_format": postcode,
            "display_tax_label": "0" if iso == "US" else "1",
            "name": name,
        }
        shop.insert("countries", country, id_)
    for id_, id_country, zone, iso, name in STATES:
        state = {"id_zone": str(zone), "id_country": str(id_country), "iso_code": iso, "name": name, "active": "1"}
        shop.insert("states", state, id_)


def _taxes(shop: Shop) -> None:
    for id_, rate, name in TAXES:
        shop.insert("taxes", {"rate": rate, "active": "1", "name": name}, id_)
    for group, (name, tax) in enumerate(TAX_GROUPS, start=1):
        shop.insert("tax_rule_groups", {"name": name, "active": "1", "date_add": INSTALLED, "date_upd": INSTALLED})
        for country in EUROPEAN:
            rule = {"id_tax_rules_group": str(group), "id_country": str(country), "id_tax": str(tax)}
            shop.insert("tax_rules", rule | {"zipcode_from": "0", "zipcode_to": "0"})


def _order_state(name: str, colour: str, template: str, flags: str) -> Row:
    letters = {
        "logable": "L",
        "invoice": "I",
        "paid": "P",
        "delivery": "D",
        "shipped": "S",
        "send_email": "M",
        "pdf_invoice": "F",
    }
    state = {field: str(int(letter in flags)) for field, letter in letters.items()}
    return state | {"unremovable": "1", "color": colour, "name": name, "template": template}


def _carriers(shop: Shop) -> None:
    french = shop.major < 9
    delays = (
        ("Retrait en magasin", "Livraison le lendemain\u00a0!")
        if french
        else ("Pick up in-store", "Livraison le lendemain !")
    )
    known = [
        ("Click and collect", delays[0], "1", "1", None),
        ("My carrier", delays[1], "1", "0", "5.00"),
        ("My cheap carrier", "Buy more to pay less!", "0", "0", "3.00"),
        ("My light carrier", "The lighter the cheaper!", "0", "0", "4.00"),
    ]
    for position, (name, delay, active, free, price) in enumerate(known):
        add_carrier(
            shop, name, delay=delay, price=price, group="1", active=active == "1", free=free == "1", position=position
        )


def add_carrier(
    shop: Shop, name: str, *, delay: str, price: str | None, group: str, active: bool, free: bool, position: int
) -> int:
    """A carrier for the zones that the installer's carriers serve, `price` without tax; returns its id."""
    carrier = {
        "id_tax_rules_group": group,
        "name": name,
        "active": str(int(active)),
        "is_free": str(int(free)),
        "shipping_handling": str(int(not free)),
        "shipping_method": "1",
        "position": str(position),
        "delay": delay,
        "zones": ["1", "2"],
    }
    id_ = shop.insert("carriers", carrier)
    shop.store.table("carriers").update(id_, {"id_reference": str(id_)})
    if price is not None:
        for zone in ("1", "2"):
            shop.insert("deliveries", {"id_carrier": str(id_), "id_zone": zone, "price": price})
    return id_
