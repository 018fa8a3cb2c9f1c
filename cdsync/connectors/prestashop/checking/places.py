"""Country, postcode and state of an address as the shop knows them; what does not fit is recorded or said. No requests.

Reads the shop's kept data only. Source: Country::checkZipCode (N a digit, L a letter, C the country's code); the
webservice itself checks neither a postcode's form nor that a state belongs to the country.
"""

from __future__ import annotations

import re

from cdsync.errors import RejectedError

from ...base import ImportPolicy
from ..addresses.cleaning import MISSING, NO_PLACE, REPAIRED, CleanAddress
from ..addresses.outlying import place_of
from ..shop_data.country_codes import code_of, folded
from ..shop_data.provinces import state_of
from ..shop_data.reference import Reference
from ..shop_data.reference_rows import Country
from .findings import Findings, ShopDataError

OWN_COUNTRY = "own_country"  # the merchant's choice for places that have a country of their own in the shop
OTHER_ZONE = "the state has a zone of its own in the shop"
NO_DNI, DNI_LONGEST = "-", 16  # isDniLite takes it
NO_RIGHT = "the webservice key may not read “states”"
# How many zeros postcodes begin with: Ain is 01000, Rome 00118. Elsewhere none does, and "100" lacks something else.
_ZEROS = {"DE": 1, "DK": 1, "ES": 1, "FI": 2, "FR": 1, "IT": 2, "RO": 1, "US": 1}


class Places:
    def __init__(self, reference: Reference, policy: ImportPolicy, found: Findings) -> None:
        self._reference = reference
        self._policy = policy
        self._found = found

    def fit(self, address: CleanAddress) -> None:
        """Gives the address the shop's country code, a postcode of its form, and the id of its state."""
        country = self._country(address)
        if country is not None:
            self._zero(address, country)
            country = self._outlying(address, country)
            self._judge_form(address, country)
            self._dni(address, country)
        self._state(address, country)

    def _country(self, address: CleanAddress) -> Country | None:
        """The shop's own code first: what a spelling stands for is asked only when the shop has no such country."""
        countries, given = self._reference.countries, address.country_code
        if given and given not in countries:
            code = code_of(given) or self._named(given)
            if code:
                address.correct("country_code", given, code, REPAIRED)
                address.country_code = code
        return countries.get(address.country_code)

    def _named(self, given: str) -> str:
        """By the name the shop shows, in its own language."""
        named = [c.code for c in self._reference.countries.values() if folded(c.name) == folded(given)]
        return named[0] if len(named) == 1 else ""

    def _zero(self, address: CleanAddress, country: Country) -> None:
        """A postcode that was a number on its way: "1000" for "01000" (addok/addok#373)."""
        given = address.postcode
        if not given.isdigit() or _fits(country, given):
            return
        padded = (given.rjust(len(given) + zeros, "0") for zeros in range(1, _ZEROS.get(country.code, 0) + 1))
        repaired = next((postcode for postcode in padded if _fits(country, postcode)), "")
        if repaired:
            address.correct("postcode", given, repaired, REPAIRED)
            address.postcode = repaired

    def _outlying(self, address: CleanAddress, country: Country) -> Country:
        """Never taken for the mainland without a word; as a country of its own where the merchant wants that."""
        place = place_of(country.code, address.postcode)
        if place is None:
            return country
        own = self._reference.countries.get(place.code)
        if own is not None and self._policy.outlying_places == OWN_COUNTRY:
            address.correct("country_code", address.country_code, own.code, REPAIRED)
            address.country_code = own.code
            return own
        self._found.warnings.append(RejectedError("postcode.outlying", place=place.name, country=country.name))
        return country

    def _judge_form(self, address: CleanAddress, country: Country) -> None:
        if address.postcode and not address.copied and not _fits(country, address.postcode):
            form = country.postcode_form.replace("C", country.code)
            self._found.warnings.append(
                ShopDataError("postcode.form", field=f"{address.where}.postcode", form=form, country=country.name)
            )

    def _dni(self, address: CleanAddress, country: Country) -> None:
        """AddressCore::validateField refuses an address without one, also over the webservice (from 1.7.6 on).

        The marketplace gives none: a company's VAT number stands for it, else a sign that says nothing.
        """
        if country.needs_dni:
            number = re.sub(r"[^0-9A-Za-z.-]", "", address.vat_number)
            address.dni = number if 0 < len(number) <= DNI_LONGEST else NO_DNI
            address.correct("dni", "", address.dni, MISSING)

    def _state(self, address: CleanAddress, country: Country | None) -> None:
        """What names no state of the country stays on our order only: the shop's address has no other field for it.

        So does a state of another zone than its country's, unless a tax rule is for it: Address::getZoneById takes the
        state's zone, and where no carrier serves that one PrestaShop makes an order without a carrier.
        """
        if not address.region:
            return
        states = self._reference.states(country.id) if country and country.has_states else []
        state = state_of(address.region, country.code, states) if country and states else None
        if state is None:
            address.correct("region", address.region, "", NO_RIGHT if states is None else NO_PLACE)
            return
        if country and state.zone != country.zone and not self._reference.taxes.names(state.id):
            address.correct("region", address.region, "", OTHER_ZONE)
            return
        if folded(state.name) != folded(address.region):
            address.correct("region", address.region, state.name, REPAIRED)
        address.state, address.region = state.id, state.name


def _fits(country: Country, postcode: str) -> bool:
    letters = {"N": "[0-9]", "L": "[a-zA-Z]", "C": country.code}
    form = "".join(letters.get(sign, re.escape(sign)) for sign in country.postcode_form)
    return bool(re.fullmatch(form, postcode, re.IGNORECASE)) if form else True
