"""Octopia's address objects → Address, nothing cleaned. Must not change a name or a street.

The delivery address stands on each line; everyone takes the first line that has one (docs/octopia.md, 2).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...base import Address
from ..api.fields import text

_PARTS = {
    "civility": "civility",
    "first_name": "firstName",
    "last_name": "lastName",
    "company": "companyName",
    "vat_number": "companyVatNumber",
    "postcode": "postalCode",
    "city": "city",
    "region": "stateOrRegion",
    "phone": "phone",
    "email": "email",
    "pickup_id": "pickupId",
    "pickup_name": "pickupName",
}
_NOTHING = Address()
_STREET = ("addressLine1", "addressLine2", "addressLine3")


def address(value: Any) -> Address | None:
    """The address; None when it is absent or all its fields are empty (before InPreparation)."""
    if not isinstance(value, dict):
        return None
    street = tuple(line for line in (text(value.get(name)) for name in _STREET) if line)
    country = text(value.get("countryCode")).upper()
    found = Address(
        **{ours: text(value.get(theirs)) for ours, theirs in _PARTS.items()}, lines=street, country_code=country
    )
    return None if found == _NOTHING else found


def addresses(values: Iterable[Any]) -> list[Address | None]:
    """Of each line; they nearly always are one and the same."""
    found: list[Address | None] = []
    before: Any = None
    for value in values:
        found.append(found[-1] if found and value == before else address(value))
        before = value
    return found


def usable(found: Address | None) -> bool:
    """Whether a parcel could be addressed at all: a street or a relay point, and a town."""
    return bool(found and (found.lines or found.pickup_id or found.pickup_name) and (found.city or found.postcode))


def places(addresses: Iterable[Address | None]) -> set[tuple[str, ...]]:
    """The different places (who and where, not phone or e-mail), so that one parcel per place would be needed."""
    each_once = {id(found): found for found in addresses}.values()  # mostly one and the same
    return {_place(found) for found in each_once if found is not None and usable(found)}


def _place(found: Address) -> tuple[str, ...]:
    parts = (
        found.first_name, found.last_name, found.company, *found.lines,
        found.postcode, found.city, found.country_code, found.pickup_id,
    )  # fmt: skip
    return tuple(" ".join(part.split()).casefold() for part in parts)
