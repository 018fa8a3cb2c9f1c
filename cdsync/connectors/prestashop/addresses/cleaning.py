"""Names, addresses and phones made to PrestaShop's rules, each change told as a Correction. Pure: no requests.

The rules are `classes/Validate.php` and the core's CustomerNameValidator, the same from 1.7.6 to 9.1; lengths are
those of 9.x, which refuses what 8.x silently cuts.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from ...base import Address, Correction
from ..webservice.decoding import decoded
from . import phones
from .civilities import gender_of

FILLER = "Client"
CHARACTERS, TOO_LONG, MISSING, MOVED = "characters", "too long", "missing", "moved"
ENCODED, NO_PLACE, REPAIRED = "encoded", "no place in the shop", "repaired"

# Customer names forbid more than address names; both are made to the stricter rule so that they read the same.
_NAME = re.compile(r"[0-9!<>,;?=+()/\\@#\"°*`{}_^$%:¤\[\]|]")
_DOT = re.compile(r"([.。])(?=\S)")
_ADDRESS = re.compile(r"[!<>?=+@{}_$%]")
_CITY = re.compile(r"[!<>;?=+@#\"°{}_$%]")
_GENERIC = re.compile(r"[<>={}]")
_MESSAGE = re.compile(r"[<>{}]")
_POSTCODE = re.compile(r"[^a-zA-Z0-9 -]")
_JOINERS = "\u200b\u200c\u200d\u2060\ufe0e\ufe0f\ufeff\u00ad"  # invisible, and in no name on purpose
_LEFT_OUT = re.compile(f"[{_JOINERS}\U00010000-\U0010ffff]")
_LONGEST = {"name": 255, "company": 255, "line": 128, "city": 64, "postcode": 12, "vat": 32, "other": 300}


@dataclass
class CleanAddress:
    """An address as the shop will take it; country, state and postcode are the caller's to look up (`places`).

    phone_mobile: the second number, or the only one once more. copied: the delivery's, for want of one of its own.
    """

    where: str  # "delivery" or "invoice"
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
    phone_mobile: str
    region: str = ""
    state: str = "0"  # the shop's id of it
    dni: str = ""  # only where the shop's country demands one
    gender: str = "0"  # PrestaShop's own two: 1 Mr, 2 Mrs
    copied: bool = False
    corrections: list[Correction] = field(default_factory=list)

    def correct(self, name: str, before: str, after: str, why: str) -> None:
        """Records a change of one of its fields; `where` is that of its other corrections."""
        if not self.copied:
            self.corrections.append(Correction(f"{self.where}.{name}", before, after, why))

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
            region=self.region if self.state != "0" else "",
            phone=" / ".join(dict.fromkeys(filter(None, (self.phone, self.phone_mobile)))),
        )


def clean(address: Address, where: str) -> CleanAddress:
    """`where` ("delivery", "invoice") starts the corrections' field names, e.g. `delivery.last_name`."""
    log: list[Correction] = []

    def tidy(name: str, before: str, pattern: re.Pattern[str], longest: int) -> str:
        return _tidy(log, f"{where}.{name}", before, pattern, longest)

    first, last = (
        _name(f"{where}.{n}", v, log) for n, v in (("first_name", address.first_name), ("last_name", address.last_name))
    )
    address1, address2, other = _lines(address, where, log)
    phone, mobile = _phones(f"{where}.phone", address.phone, log)
    return CleanAddress(
        where=where,
        first_name=first,
        last_name=last,
        company=tidy("company", address.company, _GENERIC, _LONGEST["company"]),
        vat_number=tidy("vat_number", address.vat_number, _GENERIC, _LONGEST["vat"]),
        address1=address1,
        address2=address2,
        other=other,
        postcode=tidy("postcode", address.postcode, _POSTCODE, _LONGEST["postcode"]),
        city=tidy("city", address.city, _CITY, _LONGEST["city"]),
        country_code=plain(_decoded(f"{where}.country_code", address.country_code, log)).upper(),
        phone=phone,
        phone_mobile=mobile,
        region=_tidy(log, f"{where}.region", address.region, _GENERIC, _LONGEST["name"]),
        gender=_gender(f"{where}.civility", address.civility, log),
        corrections=log,
    )


def plain(text: str) -> str:
    """Composed form (NFC), no control or invisible characters, no four-byte ones, single spaces."""
    composed = unicodedata.normalize("NFC", text)
    if composed.isprintable() and not _LEFT_OUT.search(composed):  # nearly always, and no sign by itself is asked for
        return " ".join(composed.split())
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
    before = _decoded(field_name, before, log)
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


def _tidy(log: list[Correction], name: str, before: str, pattern: re.Pattern[str], longest: int) -> str:
    read = _decoded(name, before, log)
    after = _without(pattern, plain(read))
    cut = cut_at_word(after, longest)
    if after != read.strip():
        log.append(Correction(name, read, after, CHARACTERS))
    if cut != after:
        log.append(Correction(name, after, cut, TOO_LONG))
    return cut


def _decoded(name: str, before: str, log: list[Correction]) -> str:
    """Decoding comes first: cleaning would take what "&#233;" is made of for signs to leave out."""
    after = decoded(before)
    if after != before:
        log.append(Correction(name, before, after, ENCODED))
    return after


def _phones(name: str, before: str, log: list[Correction]) -> tuple[str, str]:
    """The first number and the second, or the first once more: many carriers look at one of the two fields only."""
    found = phones.numbers(decoded(before))
    after = " / ".join(found[:2])
    if after != before.strip():
        log.append(Correction(name, before, after, CHARACTERS))
    return (found[0], found[1] if len(found) > 1 else found[0]) if found else ("", "")


def _gender(name: str, civility: str, log: list[Correction]) -> str:
    """Of the customer's record; a civility that the shop has no gender for has no place."""
    gender = gender_of(plain(civility))
    if civility.strip() and gender == "0":
        log.append(Correction(name, civility, "", NO_PLACE))
    return gender


def _lines(address: Address, where: str, log: list[Correction]) -> tuple[str, str, str]:
    """address1, address2 and `other`: two lines of 128 for the label, the rest beside.

    A relay point comes in address2, before anything else: carriers and labels read it there.
    """
    cleaned = []
    for number, given in enumerate(address.lines, 1):
        before = _decoded(f"{where}.address{number}", given, log)
        after = _without(_ADDRESS, plain(before))
        if after != before.strip():
            log.append(Correction(f"{where}.address{number}", before, after, CHARACTERS))
        if after:
            cleaned.append(after)
    relay = _relay(address, where, log)
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
    if rest or (len(cleaned) > 2 and not relay):
        log.append(Correction(f"{where}.address2", second, address2, TOO_LONG if rest else MOVED))
    return address1, address2, other


def _relay(address: Address, where: str, log: list[Correction]) -> str:
    """ "Point relais 058231 TABAC DES HALLES", or "" for a home delivery."""
    parts = []
    for name, given in (("pickup_id", address.pickup_id), ("pickup_name", address.pickup_name)):
        before = _decoded(f"{where}.{name}", given, log)
        after = _without(_ADDRESS, plain(before))
        if after != before.strip():
            log.append(Correction(f"{where}.{name}", before, after, CHARACTERS))
        parts.append(after)
    return " ".join(filter(None, ("Point relais", *parts))) if any(parts) else ""
