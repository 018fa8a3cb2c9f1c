"""Whether the shop takes an order to the countries of its two addresses. No requests."""

from __future__ import annotations

from collections.abc import Mapping

from cdsync.errors import RejectedError

from ..addresses.cleaning import CleanAddress
from ..shop_data.reference_rows import Country
from .findings import Findings, ShopDataError


class Countries:
    """The shop's countries by ISO 3166 code, and where what stands against an order is put."""

    def __init__(self, known: Mapping[str, Country], found: Findings) -> None:
        self._known, self._found = known, found

    def of(self, delivery: CleanAddress, invoice: CleanAddress, *, must_bill: bool) -> tuple[Country, Country] | None:
        """The countries of delivery and invoice; None where a problem was found.

        must_bill: the shop reckons taxes by the invoice's country, which has to be switched on then.
        """
        if not (delivery.address1 or delivery.city or delivery.postcode):
            self._found.problems.append(RejectedError("order.no_address"))
            return None
        there = self._one(delivery, "delivery", must_be_active=True)
        # The shop refuses an order to a country that is switched off; an invoice there is only an address.
        if invoice.country_code == delivery.country_code and there is None:
            return None
        billed = self._one(invoice, "invoice", must_be_active=must_bill)
        return (there, billed) if there and billed else None

    def _one(self, address: CleanAddress, where: str, *, must_be_active: bool) -> Country | None:
        if address.missing:
            self._found.problems.append(ShopDataError("address.incomplete", field=f"{where}.{address.missing}"))
        country = self._known.get(address.country_code)
        if country is None:
            self._found.problems.append(ShopDataError("address.country_unknown", country=address.country_code))
            return None
        if must_be_active and not country.active:
            self._found.problems.append(ShopDataError("address.country_inactive", country=address.country_code))
            return None
        if country.needs_postcode and not address.postcode:
            self._found.problems.append(ShopDataError("address.incomplete", field=f"{where}.postcode"))
        return country
