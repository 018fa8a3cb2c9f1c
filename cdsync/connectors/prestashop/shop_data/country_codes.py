"""Other spellings of a country's code, each of one country only. Data and a look-up; asks nothing.

ISO 3166 reserves UK for the United Kingdom; the EU writes EL for Greece (taxjar/taxjar-woocommerce-plugin#54,
amzn/selling-partner-api-models#2872). Beside them the alpha-3 codes and the names of the countries that Cdiscount
delivers to or sells from, and of their neighbours.
"""

from __future__ import annotations

import unicodedata

_SPELLINGS = {
    "AT": "AUT Austria Österreich Autriche",
    "BE": "BEL Belgium Belgique België Belgien",
    "BG": "BGR Bulgaria Bulgarie",
    "BL": "BLM Saint-Barthélemy",
    "CH": "CHE Switzerland Suisse Schweiz Svizzera",
    "CY": "CYP Cyprus Chypre",
    "CZ": "CZE Czechia Czech-Republic Tchéquie République-tchèque",
    "DE": "DEU Germany Allemagne Deutschland Alemania Germania",
    "DK": "DNK Denmark Danemark Danmark",
    "EE": "EST Estonia Estonie",
    "ES": "ESP Spain Espagne España Spagna Spanien",
    "FI": "FIN Finland Finlande Suomi",
    "FR": "FRA FX FXX France Frankreich Francia France-métropolitaine",
    "GB": "GBR UK XI United-Kingdom Great-Britain Royaume-Uni England Northern-Ireland",
    "GF": "GUF French-Guiana Guyane Guyane-française",
    "GP": "GLP Guadeloupe",
    "GR": "GRC EL Greece Grèce Hellas",
    "HR": "HRV Croatia Croatie Hrvatska",
    "HU": "HUN Hungary Hongrie Magyarország",
    "IE": "IRL Ireland Irlande",
    "IT": "ITA Italy Italie Italia Italien",
    "LT": "LTU Lithuania Lituanie",
    "LU": "LUX Luxembourg Luxemburg",
    "LV": "LVA Latvia Lettonie",
    "MC": "MCO Monaco",
    "MF": "MAF Saint-Martin",
    "MQ": "MTQ Martinique",
    "MT": "MLT Malta Malte",
    "NC": "NCL New-Caledonia Nouvelle-Calédonie",
    "NL": "NLD Netherlands The-Netherlands Pays-Bas Nederland",
    "PF": "PYF French-Polynesia Polynésie-française",
    "PL": "POL Poland Pologne Polska Polen",
    "PM": "SPM Saint-Pierre-et-Miquelon",
    "PT": "PRT Portugal",
    "RE": "REU Réunion La-Réunion",
    "RO": "ROU ROM Romania Roumanie România",
    "SE": "SWE Sweden Suède Sverige",
    "SI": "SVN Slovenia Slovénie Slovenija",
    "SK": "SVK Slovakia Slovaquie Slovensko",
    "WF": "WLF Wallis-et-Futuna",
    "YT": "MYT Mayotte",
}


def folded(text: str) -> str:
    """For comparing names: letters and digits only, without accents or case, single blanks between words."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in bare.casefold()).split())


_CODES = {folded(word): code for code, words in _SPELLINGS.items() for word in words.split()}


def code_of(spelling: str) -> str:
    """ISO 3166 alpha-2 of a country's other code or name; "" when none is surely meant."""
    return _CODES.get(folded(spelling), "")
