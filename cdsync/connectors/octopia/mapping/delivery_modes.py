"""The delivery modes Octopia names, each under its three spellings. Data only, no carrier choice.

Source: the "delivery modes" page of the seller documentation, which could be read up to RIM. The page warns that
different APIs give different spellings for the same thing, so label, code and legacy code all count.
"""

from __future__ import annotations

_TABLE = (
    ("NotTrackedHomeDelivery", "NTHD", "STD"),
    ("TrackedHomeDelivery", "THD", "TRK"),
    ("SignedHomeDelivery", "SHD", "REG"),
    ("ExpressHomeDelivery", "EHD", "EXP"),
    ("FixedDateHomeDelivery", "FDHD", "LV1"),
    ("SpecificRoomHomeDelivery", "SRHD", "LV2"),
    ("WithSetupHomeDelivery", "WSHD", "LV3"),
    ("ImmediateVendorPickup", "", "RIM"),
)
_BY_NAME = {name.casefold(): names for names in _TABLE for name in names if name}

LABELS: tuple[str, ...] = tuple(names[0] for names in _TABLE)


def spellings(mode: str) -> tuple[str, ...]:
    """Every name of the mode that is written `mode`: label first. An unknown mode has only itself."""
    names = _BY_NAME.get(mode.strip().casefold())
    return tuple(name for name in names if name) if names else (mode.strip(),)
