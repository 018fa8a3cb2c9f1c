"""The order statuses of the seller API and what each one means for an answer. Knows no HTTP.

Names: Enums.Orders.Status of the official reference. Line statuses repeat the order's, plus CancelRequest.
"""

from __future__ import annotations

STATUSES = (
    "Processing",
    "WaitingAcceptance",
    "Refused",
    "Accepted",
    "InPreparation",
    "Shipped",
    "Delivered",
    "Cancelled",
    "Rejected",
)
DEAD = frozenset({"Refused", "Cancelled", "Rejected"})
#: Before these are left the marketplace keeps buyer and address to itself.
UNADDRESSED = frozenset({"Processing", "WaitingAcceptance", "Refused", "Accepted", "Rejected"})
SUPPLY_MODES = ("Seller", "Fulfillment", "Xdock")

#: label -> (code, legacy SOAP code), from the page "delivery modes" (which ends after RIM).
DELIVERY_MODES = {
    "NotTrackedHomeDelivery": ("NTHD", "STD"),
    "TrackedHomeDelivery": ("THD", "TRK"),
    "SignedHomeDelivery": ("SHD", "REG"),
    "ExpressHomeDelivery": ("EHD", "EXP"),
    "FixedDateHomeDelivery": ("FDHD", "LV1"),
    "SpecificRoomHomeDelivery": ("SRHD", "LV2"),
    "WithSetupHomeDelivery": ("WSHD", "LV3"),
    "ImmediateVendorPickup": ("RIM", "RIM"),
}
