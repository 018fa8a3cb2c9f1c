"""Postcodes of places that are not what their country's code says for VAT, customs or the carrier. Data; asks nothing.

French postcodes: La Poste's base officielle (dr5hn/countries-states-cities-database#1427); Monaco must not be written
as France (validatorjs/validator.js#2817). The others: council directive 2006/112, articles 5 to 7, and the postcodes
of the Crown dependencies.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Place(NamedTuple):
    """Part of a country; `code`: its own ISO code, or "" when it has none that a shop could have."""

    name: str
    code: str = ""


_PLACES = (
    ("FR", r"97133", Place("Saint-Barthélemy", "BL")),
    ("FR", r"97150", Place("Saint-Martin", "MF")),
    ("FR", r"971\d\d", Place("Guadeloupe", "GP")),
    ("FR", r"972\d\d", Place("Martinique", "MQ")),
    ("FR", r"973\d\d", Place("Guyane", "GF")),
    ("FR", r"974\d\d", Place("La Réunion", "RE")),
    ("FR", r"975\d\d", Place("Saint-Pierre-et-Miquelon", "PM")),
    ("FR", r"976\d\d", Place("Mayotte", "YT")),
    ("FR", r"977\d\d", Place("Saint-Barthélemy", "BL")),
    ("FR", r"978\d\d", Place("Saint-Martin", "MF")),
    ("FR", r"980\d\d", Place("Monaco", "MC")),
    ("FR", r"984\d\d", Place("Terres australes", "TF")),
    ("FR", r"986\d\d", Place("Wallis-et-Futuna", "WF")),
    ("FR", r"987\d\d", Place("Polynésie française", "PF")),
    ("FR", r"988\d\d", Place("Nouvelle-Calédonie", "NC")),
    ("FR", r"9[78]\d\d\d", Place("Outre-mer")),
    ("FR", r"20\d\d\d", Place("Corse")),
    ("ES", r"(35|38)\d\d\d", Place("Canarias")),
    ("ES", r"51\d\d\d", Place("Ceuta")),
    ("ES", r"52\d\d\d", Place("Melilla")),
    ("PT", r"9[0-4]\d\d-?\d\d\d", Place("Madeira")),
    ("PT", r"9[5-9]\d\d-?\d\d\d", Place("Açores")),
    ("IT", r"23030|23041", Place("Livigno")),
    ("IT", r"22060|22061", Place("Campione d'Italia")),
    ("DE", r"27498", Place("Helgoland")),
    ("DE", r"78266", Place("Büsingen")),
    ("FI", r"22\d\d\d", Place("Åland", "AX")),
    ("GR", r"630\s?86", Place("Athos")),
    ("GB", r"JE\d.*", Place("Jersey", "JE")),
    ("GB", r"GY\d.*", Place("Guernsey", "GG")),
    ("GB", r"IM\d.*", Place("Isle of Man", "IM")),
    ("GB", r"BT\d.*", Place("Northern Ireland")),
)


def place_of(country: str, postcode: str) -> Place | None:
    """The outlying place a postcode of that country (its ISO code) lies in, if any."""
    plain = re.sub(r"\s", "", postcode).upper()
    found = (place for code, form, place in _PLACES if code == country and re.fullmatch(form, plain))
    return next(found, None)
