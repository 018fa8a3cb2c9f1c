"""The rows of the two carrier mappings: what was met, what is known, what is stored. Reads orders, stores nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from cdsync import kept_figures
from cdsync.connectors.base import Choice
from cdsync.db import db
from cdsync.models import Order, OrderLine
from cdsync.models.kept_figure import ORDERS
from cdsync.states import TO_ACCEPT, TO_IMPORT

from ..text.language import _, ngettext
from .choices import Offered
from .fields import with_stored


@dataclass(frozen=True)
class Row:
    """One row: `key` is the other side's thing, `value` what was chosen for it."""

    key: str
    label: str
    value: str
    choices: tuple[Choice, ...]
    note: str = ""
    waiting: int = 0  # live orders of this kind that are not in the shop yet

    @property
    def is_awaited(self) -> bool:
        """Whether orders wait for somebody to choose."""
        return bool(self.waiting) and not self.value


def met_modes(account_id: int) -> dict[str, tuple[int, int]]:
    """Every delivery mode orders came with: how many in all, and how many of them are still to import.

    An order is kept under the mode of its first line; one still to import counts under those of all its lines.
    """
    waiting = dict(
        db.session.execute(
            select(OrderLine.delivery_mode, func.count(func.distinct(Order.id)))
            .join(Order, Order.id == OrderLine.order_id)
            .where(Order.account_id == account_id, Order.state.in_((TO_ACCEPT, TO_IMPORT)))
            .where(OrderLine.delivery_mode != "", OrderLine.live.is_(True))
            .group_by(OrderLine.delivery_mode)
        ).all()
    )
    met: Counter[str] = Counter()
    for key, count in kept_figures.counts(account_id, ORDERS).items():
        met[key.partition("/")[2]] += count
    return {mode: (max(met[mode], waiting.get(mode, 0)), waiting.get(mode, 0)) for mode in {*met, *waiting} - {""}}


def carrier_rows(met: Mapping[str, tuple[int, int]], stored: Mapping[str, str], offered: Offered) -> list[Row]:
    """A row for every delivery mode met, stored or known: those that orders wait for first."""
    spellings = offered.spellings or {}
    counts: dict[str, tuple[int, int]] = {}
    for mode, (total, waiting) in met.items():
        name = _shown_name(mode, stored, spellings)
        before = counts.get(name, (0, 0))
        counts[name] = (before[0] + total, before[1] + waiting)
    names = dict.fromkeys([*counts, *stored, *(_shown_name(mode, stored, spellings) for mode in spellings.values())])
    rows = [_carrier_row(name, counts.get(name, (0, 0)), stored, offered) for name in names]
    return sorted(rows, key=lambda row: (-row.waiting, -counts.get(row.key, (0, 0))[0], row.key))


def marketplace_rows(carriers: Mapping[str, str], stored: Mapping[str, str], offered: Offered) -> list[Row]:
    """A row for each shop carrier that parcels can go by: the mapped ones first, then the shop's other active ones."""
    used = {ref for ref in carriers.values() if ref}
    names = {each.ref: each.name for each in offered.choices.carriers if each.active}
    refs = dict.fromkeys([*sorted(used), *stored, *names])
    choices = offered.choices.marketplace_carriers
    rows = [
        Row(
            ref,
            names.get(ref, _("Carrier %(ref)s", ref=ref)),
            stored.get(ref, ""),
            with_stored(choices, stored.get(ref)),
        )
        for ref in refs
    ]
    return sorted(rows, key=lambda row: (row.key not in used, not row.value, row.label))


def _shown_name(mode: str, stored: Mapping[str, str], spellings: Mapping[str, str]) -> str:
    """One row per mode, whatever its spelling; the spelling that is stored is kept."""
    label = spellings.get(mode, mode)
    return next((key for key in stored if spellings.get(key, key) == label), label)


def _carrier_row(name: str, counts: tuple[int, int], stored: Mapping[str, str], offered: Offered) -> Row:
    total, waiting = counts
    value = stored.get(name, "")
    label = (offered.spellings or {}).get(name, name)
    note = _("not seen yet")
    if waiting:
        note = ngettext("%(num)s order waits to be imported", "%(num)s orders wait to be imported", waiting)
    elif total:
        note = ngettext("%(num)s order so far", "%(num)s orders so far", total)
    return Row(name, label, value, with_stored(offered.choices.carriers, value), note, waiting)
