"""The five steps of “Connect your own shop”, in the words the page and the README use alike. Does nothing."""

from __future__ import annotations

from dataclasses import dataclass

from ..text.language import _


@dataclass(frozen=True)
class Step:
    """One step: its heading, and what it is about in a sentence."""

    number: int
    title: str
    about: str


def steps() -> tuple[Step, ...]:
    """All five, in their order, in the reader's language."""
    words = (
        (
            _("Your shop"),
            _("Its address, and a webservice key with the rights the page lists. Every right the key lacks is named."),
        ),
        (
            _("Your marketplace"),
            _("What it gave you to sign in with; for Cdiscount, client id and secret from the Octopia seller portal."),
        ),
        (
            _("Statuses and carriers"),
            _("Proposed by their names, for you to check. What nothing resembles is left for you to choose."),
        ),
        (
            _("The last days, without writing"),
            _("Reads orders, lists what you may have entered by hand already, and shows what an import would send."),
        ),
        (
            _("What runs by itself"),
            _("Lookups, shipments and the nightly comparison; the import too, once you trust what you saw."),
        ),
    )
    return tuple(Step(number, title, about) for number, (title, about) in enumerate(words, 1))


def step(number: int) -> Step:
    """The step of that number, 1 to 5."""
    return steps()[number - 1]
