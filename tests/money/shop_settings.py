"""The shops that the random orders are imported into: version, what is rounded and how, and the tax on ecotax."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

from cdsync.sandbox.prestashop import PrestaShopSandbox

from .catalogue import put_into

VERSIONS = ("9.1.4", "8.2.1", "1.7.8.11")
EACH_PIECE, EACH_LINE, THE_TOTAL = "1", "2", "3"  # PS_ROUND_TYPE
UP, DOWN, HALF_UP, HALF_DOWN, HALF_EVEN, HALF_ODD = "0", "1", "2", "3", "4", "5"  # PS_PRICE_ROUND_MODE
TYPES = {EACH_PIECE: "each piece", EACH_LINE: "each line", THE_TOTAL: "the total"}
MODES = {
    UP: "up",
    DOWN: "down",
    HALF_UP: "half up",
    HALF_DOWN: "half down",
    HALF_EVEN: "half even",
    HALF_ODD: "half odd",
}


@dataclass(frozen=True)
class ShopSettings:
    """ecotax_group: the tax rules group of ecotax ("0": untaxed), or None when the shop uses no ecotax."""

    version: str = VERSIONS[0]
    round_type: str = EACH_LINE
    round_mode: str = HALF_UP
    ecotax_group: str | None = None

    @property
    def ecotax_rate(self) -> Decimal:
        """Percent."""
        return {"1": Decimal(20), "3": Decimal("5.5")}.get(self.ecotax_group or "", Decimal(0))

    def __str__(self) -> str:
        ecotax = f", ecotax at {self.ecotax_rate} %" if self.ecotax_group is not None else ""
        return f"{self.version}, {TYPES[self.round_type]}, {MODES[self.round_mode]}{ecotax}"


USUAL = tuple(
    ShopSettings(version, round_type, ecotax_group=ecotax)
    for version, ecotaxes in zip(VERSIONS, ((None, "1", "0"), ("3", None, "1"), ("0", "3", None)), strict=True)
    for round_type, ecotax in zip(TYPES, ecotaxes, strict=True)
)
#: Every other mode with every type, on the newest version.
UNUSUAL = tuple(
    ShopSettings(round_type=t, round_mode=m, ecotax_group="1") for m in MODES if m != HALF_UP for t in TYPES
)


@contextmanager
def rehearsal_shop(settings: ShopSettings) -> Iterator[PrestaShopSandbox]:
    """A running shop so set up, with everything the random orders buy, without orders."""
    shop = PrestaShopSandbox(settings.version, demo=False)
    put_into(shop)
    configuration = shop.configuration
    configuration["PS_ROUND_TYPE"] = settings.round_type
    configuration["PS_PRICE_ROUND_MODE"] = settings.round_mode
    configuration["PS_USE_ECOTAX"] = "0" if settings.ecotax_group is None else "1"
    configuration["PS_ECOTAX_TAX_RULES_GROUP_ID"] = settings.ecotax_group or "0"
    shop.start()
    try:
        yield shop
    finally:
        shop.stop()
