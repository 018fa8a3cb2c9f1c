"""Names, addresses and phones made to PrestaShop's rules, each change told as a Correction. Pure: no requests.

The rules are `classes/Validate.php` and the core's CustomerNameValidator, the same from 1.7.6 to 9.1; lengths are
those of 9.x, which refuses what 8.x silently cuts.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from ..base import Address, Correction

FILLER = "Client"
CHARACTERS, TOO_LONG, MISSING, MOVED = "characters", "too long", "missing", "moved"

# Customer names forbid more than address names; both are made to the stricter rule so that they read the same.
_NAME = re.compile(r"[0-9!<>,;?=+()/\\@#\"°*`{}_^$%:¤\[\]|]")
_DOT = re.compile(r"([.。])(?=\S)")
_ADDRESS = re.compile(r"[!<>?=+@{}_$%]")
_CITY = re.compile(r"[!<>;?=+@#\"°{}_$%]")
_GENERIC = re.compile(r"[<>={}]")
_MESSAGE = re.compile(r"[<>{}]")
_POSTCODE = re.compile(r"[^a-zA-Z0-9 -]")
_PHONE = re.compile(r"[^+0-9. ()/-]")
_JOINERS = "\u200b\u200c\u200d\u2060\ufe0e\ufe0f\ufeff\u00ad"  # invisible, and in no name on purpose
_LONGEST = {"name": 255, "company": 255, "line": 128, "city": 64, "postcode": 12, "phone": 32, "vat": 32, "other": 300}


@dataclass
class CleanAddress:
    """An address as the shop will take it; `country_code` is left to the caller to look up."""

    first_name: str
    last_name: str
    company: str
    vat_number: str
    address1: str
    address2: str
    other: str
    postcode: str
    city: str
    country_code: str
    phone: str
    corrections: list[Correction] = field(default_factory=list)

    @property
    def missing(self) -> str:
        """The first thing without which nobody can deliver, or ""."""
        return "address1" if not self.address1 else "city" if not self.city else ""

    def as_address(self) -> Address:
        """The same as everybody's record; a relay point is among the lines, as the shop gets it."""
        return Address(
            first_name=self.first_name,
            last_name=self.last_name,
            company=self.company,
            vat_number=self.vat_number,
            lines=tuple(filter(None, (self.address1, self.address2, self.other))),
            postcode=self.postcode,
            city=self.city,
            country_code=self.country_code,
            phone=self.phone,
        )


def clean(address: Address, where: str) -> CleanAddress:
    """`where` ("delivery", "invoice") starts the corrections' field names, e.g. `delivery.last_name`."""
    log: list[Correction] = []

    def tidy(name: str, before: str, pattern: re.Pattern[str], longest: int) -> str:
        after = _without(pattern, plain(_without_extension(before) if pattern is _PHONE else before))
        cut = cut_at_word(after, longest)
        if after != before.strip():
            log.append(Correction(f"{where}.{name}", before, after, CHARACTERS))
        if cut != after:
            log.append(Correction(f"{where}.{name}", after, cut, TOO_LONG))
        return cut

    first, last = (
        _name(f"{where}.{n}", v, log) for n, v in (("first_name", address.first_name), ("last_name", address.last_name))
    )
    address1, address2, other = _lines(address, where, log)
    return CleanAddress(
        first_name=first,
        last_name=last,
        company=tidy("company", address.company, _GENERIC, _LONGEST["company"]),
        vat_number=tidy("vat_number", address.vat_number, _GENERIC, _LONGEST["vat"]),
        address1=address1,
        address2=address2,
        other=other,
        postcode=tidy("postcode", address.postcode, _POSTCODE, _LONGEST["postcode"]),
        city=tidy("city", address.city, _CITY, _LONGEST["city"]),
        country_code=address.country_code.strip().upper(),
        phone=tidy("phone", address.phone, _PHONE, _LONGEST["phone"]),
        corrections=log,
    )


def plain(text: str) -> str:
    """Composed form (NFC), no control or invisible characters, no four-byte ones, single spaces."""
    composed = unicodedata.normalize("NFC", text)
    shown = (
        " " if unicodedata.category(c)[0] in "CZ" else c for c in composed if ord(c) <= 0xFFFF and c not in _JOINERS
    )
    return " ".join("".join(shown).split())


def cut_at_word(text: str, longest: int) -> str:
    """At most `longest` characters, cut between words when there is a gap in the last third."""
    if len(text) <= longest:
        return text
    gap = text.rfind(" ", longest * 2 // 3, longest + 1)
    return text[: gap if gap > 0 else longest].rstrip(" ,")


def payment_text(text: str) -> str:
    """The order's payment text as the shop keeps it (isGenericName, 255) and as a filter can ask for it."""
    return re.sub(r"[<>={}|\[\]]", "", plain(text))[:255].strip()


def _without(pattern: re.Pattern[str], text: str) -> str:
    return " ".join(pattern.sub(" ", text).split()) if pattern.search(text) else text


def _name(field_name: str, before: str, log: list[Correction]) -> str:
    text = _DOT.sub(r"\1 ", _without(_NAME, plain(before)))
    text = " ".join(text.split()).strip(" -'&")
    if not any(c.isalpha() for c in text):
        log.append(Correction(field_name, before, FILLER, CHARACTERS if before.strip() else MISSING))
        return FILLER
    if text != before.strip():
        log.append(Correction(field_name, before, text, CHARACTERS))
    cut = cut_at_word(text, _LONGEST["name"])
    if cut != text:
        log.append(Correction(field_name, text, cut, TOO_LONG))
    return cut


def _without_extension(phone: str) -> str:
    """What stands before the first letter: "0199 ext. 12" is no number that a shop or a carrier takes."""
    return re.split(r"[^\W\d_]", phone, maxsplit=1)[0].rstrip(" .(-") if phone else ""


def _lines(address: Address, where: str, log: list[Correction]) -> tuple[str, str, str]:
    """address1, address2 and `other`: two lines of 128 for the label, the rest beside.

    A relay point comes in address2, before anything else: carriers and labels read it there.
    """
    cleaned = []
    for number, before in enumerate(address.lines, 1):
        after = _without(_ADDRESS, plain(before))
        if after != before.strip():
            log.append(Correction(f"{where}.address{number}", before, after, CHARACTERS))
        if after:
            cleaned.append(after)
    relay = _relay(address)
    first = cleaned[0] if cleaned else ""
    address1 = cut_at_word(first, _LONGEST["line"])
    overflow = first[len(address1) :].strip(" ,")
    second = ", ".join(part for part in (relay, overflow, *cleaned[1:]) if part)
    address2 = cut_at_word(second, _LONGEST["line"])
    rest = second[len(address2) :].strip(" ,")
    other = cut_at_word(_without(_MESSAGE, rest), _LONGEST["other"])
    if overflow:
        log.append(Correction(f"{where}.address1", first, address1, TOO_LONG))
    if relay:
        log.append(Correction(f"{where}.address2", "", address2, MOVED))
    elif len(cleaned) > 2 or rest:
        log.append(Correction(f"{where}.address2", second, address2, TOO_LONG if rest else MOVED))
    return address1, address2, other


def _relay(address: Address) -> str:
    """ "Point relais 058231 TABAC DES HALLES", or "" for a home delivery."""
    parts = (address.pickup_id.strip(), address.pickup_name.strip())
    if not any(parts):
        return ""
    return _without(_ADDRESS, plain("Point relais " + " ".join(p for p in parts if p)))
