"""The words of a comparison: what each kind of row means and what to do about it. No database."""

from __future__ import annotations

from flask_babel import gettext as _

from .words import Badge


def kind_word(kind: str) -> str:
    """The name of a kind, for tabs and filters."""
    known: dict[str, str] = {
        "missing": _("Missing in the shop"),
        "twice": _("Twice in the shop"),
        "total_differs": _("Total differs"),
        "stock_differs": _("Stock differs"),
        "unknown_to_marketplace": _("Unknown to the marketplace"),
        "problem": _("Problem"),
        "waiting": _("Waiting"),
        "imported_equal": _("Imported and equal"),
        "dead": _("Refused, cancelled or elsewhere"),
    }
    return known.get(kind, kind)


def kind_badge(kind: str, *, dismissed: bool) -> Badge:
    """(kind, word) of a row's badge."""
    if dismissed:
        return "dead", _("dismissed")
    known: dict[str, Badge] = {
        "missing": ("bad", _("missing")),
        "twice": ("bad", _("twice")),
        "total_differs": ("bad", _("differs")),
        "stock_differs": ("bad", _("stock")),
        "unknown_to_marketplace": ("bad", _("unknown")),
        "problem": ("wait", _("problem")),
        "waiting": ("wait", _("waiting")),
        "imported_equal": ("good", _("equal")),
        "dead": ("dead", _("closed")),
    }
    return known.get(kind, ("dead", kind))


def advice(kind: str, why: str) -> str:
    """What a person does about a row; "" when nothing."""
    if kind == "missing" and why == "shop_order_gone":
        return str(_("It was imported, and the shop does not have it any more. Make it anew, or dismiss it."))
    known: dict[str, str] = {
        "missing": _("No lookup had seen it; now it is known. Repair imports it, and looks in the shop first."),
        "twice": _("Keep one, cancel the other: here, or in the shop’s back office before comparing again."),
        "total_differs": _("Look at both in the shop’s back office; correct the order there, or dismiss it."),
        "stock_differs": _("Put the stock right in the shop, by the difference; then say so here."),
        "unknown_to_marketplace": _("Somebody made or renamed this order in the shop. Check its payment text."),
        "problem": _("Its page says what stops it."),
    }
    return known.get(kind, "")


def why_word(why: str) -> str:
    """The state behind a row in words; problem codes are explained by the catalogue instead."""
    known: dict[str, str] = {
        "announced": _("the marketplace is still checking it"),
        "to_accept": _("to be accepted"),
        "accepted": _("accepted; the marketplace checks the payment"),
        "to_import": _("to be imported"),
        "imported": _("imported"),
        "shipped": _("shipped"),
        "refused": _("refused"),
        "cancelled": _("cancelled"),
        "elsewhere": _("handled elsewhere"),
    }
    return known.get(why, "")
