"""PrestaShop's `Validate` class: which texts a field takes, and the sentence for those it does not. Pure.

Source: classes/Validate.php as summed up in the webservice reference 6.1, and the recorded refusals.
"""

from __future__ import annotations

import re

from ..core.schema import Field, Resource
from ..core.store import Row

_PATTERNS = {
    "isname": r"[^0-9!<>,;?=+()@#\"°{}_$%:¤|]*",
    "isgenericname": r"[^<>={}]*",
    "iscatalogname": r"[^<>;=#{}]*",
    "iscarriername": r"[^<>;=#{}]*",
    "isaddress": r"[^!<>?=+@{}_$%]*",
    "iscityname": r"[^!<>;?=+@#\"°{}_$%]*",
    "ispostcode": r"[a-zA-Z 0-9-]+",
    "isphonenumber": r"[+0-9. ()/-]*",
    "ismessage": r"[^<>{}]*",
    "isdnilite": r"[0-9A-Za-z.-]{1,16}",
    "isape": r"[0-9]{1,2}?\.?[0-9]{1,2}[a-zA-Z]",
    "isprice": r"[0-9]{1,10}(\.[0-9]{1,9})?",
    "isnegativeprice": r"-?[0-9]{1,10}(\.[0-9]{1,9})?",
    "isfloat": r"[+-]?[0-9]*\.?[0-9]+([eE][+-]?[0-9]+)?",
    "isunsignedfloat": r"[0-9]*\.?[0-9]+",
    "istrackingnumber": r"[~:#,%&_=()\[\]\.\? \+\-@\/a-zA-Z0-9]+",
    "isreference": r"[^<>;={}]*",
    "isbool": r"0|1",
    "isunsignedid": r"[0-9]{1,10}",
    "isunsignedint": r"[0-9]{1,10}",
    "isnullorunsignedid": r"[0-9]{1,10}",
    "ispositiveint": r"[0-9]{1,10}",
    "isint": r"-?[0-9]{1,10}",
    "isean13": r"[0-9]{0,13}",
    "isgtin": r"[0-9]{0,14}",
    "isupc": r"[0-9]{0,12}",
    "ismd5": r"[a-f0-9A-F]{32}",
    "ismodulename": r"[a-zA-Z0-9_-]+",
    "isreductiontype": r"amount|percentage",
    "isdate": r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?",
    "isdateformat": r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?",
    "isbirthdate": r"\d{4}-\d\d-\d\d",
    "islanguageisocode": r"[a-zA-Z]{2,3}",
    "isemail": r"[^@\s<>,;:\"()\[\]\\]+@[^@\s<>,;:\"()\[\]\\_]+\.[^@\s<>,;:\"()\[\]\\_.]+",
}
_CUSTOMER_NAME = re.compile(
    r"[^0-9!<>,;?=+()/\\@#\"°*`{}_^$%:¤\[\]|.。]*([.。]( |$)[^0-9!<>,;?=+()/\\@#\"°*`{}_^$%:¤\[\]|.。]*)*"
)
_HTML = re.compile(r"<[\s]*script|<.*(onload|onclick|onerror)\s*=|<\s*(iframe|object|embed)", re.I)
_COMPILED = {name: re.compile(pattern) for name, pattern in _PATTERNS.items()}


def fits(rule: str, value: str) -> bool:
    """Whether PrestaShop's rule takes the text; rules not modelled take anything. Empty texts are not asked."""
    name = rule.lower()
    if name == "iscustomername":
        return bool(_CUSTOMER_NAME.fullmatch(value)) and bool(value.strip())
    if name == "iscleanhtml":
        return not _HTML.search(value)
    pattern = _COMPILED.get(name)
    return pattern is None or bool(pattern.fullmatch(value))


def fault_of(resource: Resource, entity: Row, french: bool) -> str | None:
    """The sentence of the first field PrestaShop would refuse, or None. `french`: the shop's language (8.x)."""
    for field in resource.fields.values():
        if field.computed:
            continue
        value = entity.get(field.name)
        texts = list(value.values()) if isinstance(value, dict) else [value or ""]
        for text in texts:
            sentence = _fault(field, text, f"{resource.php_class}->{field.name}", french)
            if sentence:
                return sentence
    return None


def _fault(field: Field, text: str, name: str, french: bool) -> str | None:
    if french:
        name = name.replace("->", "-&gt;")
    if field.required and text == "":
        return f"La propriété {name} est vide." if french else f"Property {name} is empty."
    if field.size and len(text) > field.size:
        if french:
            return (
                f"La longueur du champ {name} est actuellement {len(text)} caractères. "
                f"Il doit être entre 0 et {field.size} caractères."
            )
        length = f"The length of property {name} is currently {len(text)} chars."
        return f"{length} It must be between 0 and {field.size} chars."
    if field.rule and text not in ("", "0") and not fits(field.rule, text):
        return f"La propriété {name} n'est pas valide." if french else f"Property {name} is not valid"
    return None
