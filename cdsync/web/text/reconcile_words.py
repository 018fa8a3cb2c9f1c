"""The words of a comparison: what each kind of row means and what to do about it. No database."""

from __future__ import annotations

from flask_babel import gettext as _

from cdsync.reconciliations import (
    DEAD,
    DIFFERS,
    EQUAL,
    MISSING,
    PROBLEM,
    SHOP_ORDER_GONE,
    STOCK,
    TWICE,
    UNKNOWN,
    WAITING,
)

from .words import Badge


def kind_word(kind: str) -> str:
    """The name of a kind, for tabs and filters."""
    known: dict[str, str] = {
        MISSING: _("Missing in the shop"),
        TWICE: _("Twice in the shop"),
        DIFFERS: _("Total differs"),
        STOCK: _("Stock differs"),
        UNKNOWN: _("Unknown to the marketplace"),
        PROBLEM: _("Problem"),
        WAITING: _("Waiting"),
        EQUAL: _("Imported and equal"),
        DEAD: _("Refused, cancelled or elsewhere"),
    }
    return known.get(kind, kind)


def kind_badge(kind: str, *, dismissed: bool) -> Badge:
    """(kind, word) of a row's badge."""
    if dismissed:
        return "dead", _("dismissed")
    known: dict[str, Badge] = {
        MISSING: ("bad", _("missing")),
        TWICE: ("bad", _("twice")),
        DIFFERS: ("bad", _("differs")),
        STOCK: ("bad", _("stock")),
        UNKNOWN: ("bad", _("unknown")),
        PROBLEM: ("wait", _("problem")),
        WAITING: ("wait", _("waiting")),
        EQUAL: ("good", _("equal")),
        DEAD: ("dead", _("closed")),
    }
    return known.get(kind, ("dead", kind))


def advice(kind: str, why: str) -> str:
    """What a person does about a row; "" when nothing."""
    if (kind, why) == (MISSING, SHOP_ORDER_GONE):
        return str(_("It was imported, but the shop no longer has it. Create it again, or dismiss it."))
    known: dict[str, str] = {
        MISSING: _("No lookup had found it; now it is known. “Repair” looks in the shop first, then imports it."),
        TWICE: _("Keep one and cancel the other: here, or in the shop’s back office before you compare again."),
        DIFFERS: _("Look at it in the shop’s back office; correct it there, or dismiss it."),
        STOCK: _("Correct the stock in the shop by the difference; then confirm it here."),
        UNKNOWN: _("Somebody created or renamed this order in the shop. Check its payment text."),
        PROBLEM: _("Its page says what stops it."),
    }
    return known.get(kind, "")


def why_word(why: str) -> str:
    """The state behind a row in words; problem codes are explained by the catalogue instead."""
    known: dict[str, str] = {
        "announced": _("the marketplace is still checking it"),
        "to_accept": _("to be accepted"),
        "accepted": _("accepted; the marketplace is checking the payment"),
        "to_import": _("to be imported"),
        "imported": _("imported"),
        "shipped": _("shipped"),
        "refused": _("refused"),
        "cancelled": _("cancelled"),
        "elsewhere": _("handled elsewhere"),
    }
    return known.get(why, "")
