"""Which of a country's states a marketplace's region names. Pure.

By code before name, and within the country only: "MI" is Milano and never Michigan, "VA" Varese and never Genova
(PrestaShop/PrestaShop#15098, PrestaShopCorp/ps_checkout#1043).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .country_codes import folded
from .reference_rows import State

# Provinces that PrestaShop's localization pack names in one of two official languages (localization/es.xml).
_OTHER_NAMES = {
    "ES": {
        "A": "Alicante", "BI": "Vizcaya", "C": "La Coruña", "CS": "Castellón", "GI": "Gerona", "L": "Lérida",
        "NA": "Navarra", "OR": "Orense", "PM": "Baleares", "SS": "Guipúzcoa", "V": "Valencia", "VI": "Araba",
    },
    "IT": {"FI": "Florence", "GE": "Genoa", "MI": "Milan", "NA": "Naples", "RM": "Rome", "TO": "Turin", "VE": "Venice"},
}  # fmt: skip


def state_of(region: str, country: str, states: Sequence[State]) -> State | None:
    """The one state meant; None when there is none or more than one. country: its ISO code."""
    code = _code(region, country)
    by_code = [state for state in states if _code(state.code, country) == code]
    if len(by_code) == 1:
        return by_code[0]
    wanted = _names(region)
    others = _OTHER_NAMES.get(country, {})
    by_name = [
        state for state in states if wanted & (_names(state.name) | _names(others.get(_code(state.code, country), "")))
    ]
    return by_name[0] if len(by_name) == 1 else None


def _code(text: str, country: str) -> str:
    """Without the country that ISO 3166-2 writes before it: "ES-GC", "IT-MI"."""
    return text.strip().upper().removeprefix(f"{country}-")


def _names(text: str) -> set[str]:
    """ "Alicante/Alacant" is either, "Palmas, Las" is "Las Palmas", "Milano (MI)" is "Milano"."""
    parts = [text, *re.split(r"[/(]| - ", text)]
    turned = [" ".join(reversed(part.split(",", 1))) for part in parts if "," in part]
    return {folded(part) for part in (*parts, *turned)} - {""}
