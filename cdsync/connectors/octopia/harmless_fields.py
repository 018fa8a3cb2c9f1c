"""The fields of Octopia's orders and refusals that say nothing of who the buyer is. All others are masked.

Of an address only the country is shown; `customer`, and what the API may add one day, is hidden as a whole.
Source of the names: official sample and the clients that read real orders (reference, section 2; refusals section 7).
"""

from __future__ import annotations

_ADDRESSES = "billingAddress shippingAddress countryCode shippingCountry"
_ORDER = (
    "items itemsPerPage orderId .reference items.reference seller seller.id status statusCode statusEvents "
    "currencyCode salesChannel salesChannel.id salesChannel.name salesChannelId businessOrder payment "
    "payment.method payment.type createdAt updatedAt purchasedAt at date"
)
_LINES = (
    "lines orderLineId orderLineIds quantity offer offer.id sellerProductId productId productGtin productTitle "
    "condition supplyMode delivery mode delivery.code delivery.label shippedAt shippedAtMin shippedAtMax promisedAtMin "
    "promisedAtMax"
)
_MONEY = (
    "totalPrice sellingPrice offerPrice unitSalesPrice shippingCost commission amount amountWithVat "
    "amountWithoutVat amountWithTax amountWithoutTax taxes rate target taxes.code taxes.label taxes.type "
    "serviceFees serviceFees.code serviceFees.label"
)
_PARCELS = "shipments parcels parcelNumber carrierName trackingUrl carriers carriers.name carriers.code carriers.id"
_REFUSALS = "errors errors.* error error_description title detail message instance traceId type"
_QUERY = "pageIndex pageSize sort updatedAtMin updatedAtMax createdAtMin createdAtMax"

HARMLESS_FIELDS = frozenset(" ".join((_ADDRESSES, _ORDER, _LINES, _MONEY, _PARCELS, _REFUSALS, _QUERY)).split())
