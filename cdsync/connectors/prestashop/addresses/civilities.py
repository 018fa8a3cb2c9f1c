"""How a buyer is addressed → PrestaShop's gender. Pure.

A shop as installed has two, which the webservice does not show: 1 for Mr, 2 for Mrs (install-dev/data/xml/gender.xml).
"""

from __future__ import annotations

MR, MRS, NONE = "1", "2", "0"
_WORDS = {
    MR: ("m", "mr", "mister", "monsieur", "herr", "sr", "señor", "sig", "signor", "signore", "dhr", "de heer", "pan"),
    MRS: ("mme", "mrs", "ms", "miss", "mlle", "madame", "mademoiselle", "frau", "sra", "srta", "señora", "sig.ra",
          "signora", "mevr", "mevrouw", "pani"),
}  # fmt: skip
_GENDERS = {word: gender for gender, words in _WORDS.items() for word in words}


def gender_of(civility: str) -> str:
    """ "1", "2", or "0" for a word that is neither (Dr, Maître) and for none."""
    return _GENDERS.get(civility.strip().casefold().rstrip("."), NONE)
