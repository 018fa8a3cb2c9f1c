"""What imports know of the shop's carriers, countries, statuses and groups. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Country:
    id: str
    code: str
    name: str
    active: bool
    needs_postcode: bool
    postcode_form: str = ""  # "NNNNN": N a digit, L a letter, C the country's code
    has_states: bool = False
    needs_dni: bool = False  # an identification number: Spain as PrestaShop is installed
    zone: str = ""


@dataclass(frozen=True)
class State:
    """A state or province; `code` as the shop has it: "MI", "ES-GC". Its zone counts before the country's."""

    id: str
    code: str
    name: str
    zone: str = ""


@dataclass(frozen=True)
class Currency:
    """`rate`: what one unit of the shop's default currency is worth in this one; 1 for the default itself."""

    id: str
    code: str
    rate: Decimal
    decimals: int


@dataclass(frozen=True)
class ShopCarrier:
    """`reference` stays when the merchant edits the carrier; `id` is the one of its current version."""

    id: str
    reference: str
    name: str
    active: bool
    tax_group: str


@dataclass(frozen=True)
class Status:
    id: str
    name: str
    paid: bool
    shipped: bool
    invoice: bool
    counts_as_sale: bool  # PrestaShop's `logable`: stock is lowered
    deleted: bool
    mails: bool = False  # the buyer gets a mail


@dataclass(frozen=True)
class Group:
    id: str
    name: str
    reduction: Decimal  # percent, taken off every price, the imposed ones too
