"""Invented French buyers and their addresses. Deterministic for a given random source; nobody real."""

from __future__ import annotations

import random
from dataclasses import dataclass

FIRST_NAMES = (
    "Camille", "Nadia", "Jean-Baptiste", "Élodie", "Thierry", "Inès", "Maël", "Françoise", "Karim", "Hélène",
    "Loïc", "Aïcha", "Gérard", "Océane", "Benoît", "Zoé", "Yannick", "Maria", "Théo", "Solène",
)  # fmt: skip
LAST_NAMES = (
    "Durand", "Benali", "Lefebvre-Delacroix", "Moreau", "Le Goff", "Nguyen", "Garnier", "Da Silva", "Petit",
    "Rousseau", "Fabre", "Marchand", "Traoré", "Lemaître", "Bourgeois", "Collet", "Perrot", "Schmitt", "Gaillard",
)  # fmt: skip
STREETS = (
    "rue des Lilas", "avenue Jean Jaurès", "boulevard de la République", "impasse du Moulin", "chemin des Vignes",
    "rue de l’Église", "place du Marché", "allée des Tilleuls", "quai de la Loire", "rue du 8 Mai 1945",
)  # fmt: skip
CITIES = (
    ("69003", "Lyon"), ("33000", "Bordeaux"), ("13006", "Marseille"), ("59800", "Lille"), ("44000", "Nantes"),
    ("67000", "Strasbourg"), ("31000", "Toulouse"), ("35000", "Rennes"), ("75011", "Paris"), ("06000", "Nice"),
    ("34000", "Montpellier"), ("29200", "Brest"), ("20000", "Ajaccio"), ("87000", "Limoges"), ("21000", "Dijon"),
)  # fmt: skip
EXTRAS = (None, None, None, "Bât. B", "2e étage gauche", "Résidence Les Peupliers", "Interphone 14", "Chez M. Roux")


@dataclass(frozen=True)
class Buyer:
    """One person with an address in France."""

    civility: str
    first_name: str
    last_name: str
    street: str
    extra: str | None
    postcode: str
    city: str
    phone: str

    def billing(self) -> dict[str, str | None]:
        """Changes for `order_json(billing=…)`."""
        return {
            "civility": self.civility,
            "firstName": self.first_name,
            "lastName": self.last_name,
            "addressLine1": self.street,
            "addressLine2": self.extra,
            "postalCode": self.postcode,
            "city": self.city,
        }


def buyer(source: random.Random) -> Buyer:
    """The next buyer of a random source."""
    postcode, city = source.choice(CITIES)
    return Buyer(
        source.choice(("M.", "Mme")),
        source.choice(FIRST_NAMES),
        source.choice(LAST_NAMES),
        f"{source.randint(1, 148)} {source.choice(STREETS)}",
        source.choice(EXTRAS),
        postcode,
        city,
        f"0{source.choice('67')}{source.randint(0, 99_999_999):08d}",
    )
