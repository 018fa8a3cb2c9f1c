"""Drafts that a remote shop can take, and imports carried through to their end."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from ...errors import CdsyncError, TemporaryError, UnknownOutcomeError
from ..recording.exchange import Recorder
from ..shop_records import DraftLine, Imported, NotImported, OrderDraft
from .journal import MemoryJournal
from .remotes import RemoteShop
from .wire import Kept

UNKNOWN_SKU = "NO-SUCH-SKU"
ATTEMPTS = 5  # of an import whose outcome is unknown at first
_numbers = itertools.count(1)


def draft(remote: RemoteShop) -> OrderDraft:
    """Two products, 3 × 9.99 + 19.49 + 5.90 of shipping = 55.36."""
    lines = (
        DraftLine("1", remote.skus[0], "The first", 3, Decimal("9.99")),
        DraftLine("2", remote.skus[1], "The second", 1, Decimal("19.49")),
    )
    return _draft(remote, lines)


def another(remote: RemoteShop, sku: str) -> OrderDraft:
    """One piece at 9.99 and 5.90 of shipping."""
    return _draft(remote, (DraftLine("1", sku, "The only one", 1, Decimal("9.99")),))


def import_all(
    remote: RemoteShop,
    drafts: Sequence[OrderDraft],
    journal: MemoryJournal | None = None,
    recorder: Recorder | None = None,
    **changes: Any,
) -> list[Imported | NotImported]:
    """What a new connector makes of them, one result for each."""
    shop = remote.open(recorder or Kept(), **changes)
    results = list(shop.import_orders(drafts, remote.policy, journal or MemoryJournal(remote.clock)))
    refs = [each.ref for each in results]
    assert len(refs) == len(set(refs)), f"two results for one order: {refs}"
    assert set(refs) <= {each.ref for each in drafts}
    return results


def imported(results: Sequence[Imported | NotImported]) -> Imported:
    """The one result, which has to be an order."""
    (result,) = results
    assert isinstance(result, Imported), f"not imported: {result.error}"
    return result


def not_imported(results: Sequence[Imported | NotImported], kind: type[CdsyncError]) -> None:
    """The one result, which has to be an error of this class."""
    (result,) = results
    assert isinstance(result, NotImported), "it was imported"
    assert isinstance(result.error, kind), f"{result.error!r} where {kind.__name__} is due"


def in_the_end(remote: RemoteShop, order: OrderDraft, journal: MemoryJournal) -> Imported:
    """Imports until it is there, as run after run would with the same journal, each as late as it was told to be."""
    after = MemoryJournal(remote.clock)
    after.kept = journal.kept
    for _ in range(ATTEMPTS):
        (result,) = import_all(remote, [order], after)
        if isinstance(result, Imported):
            return result
        error = result.error
        assert isinstance(error, UnknownOutcomeError | TemporaryError), f"{error!r} for an order that may be there"
        remote.pass_time(error.retry_after or after.limit)
    raise AssertionError(f"{order.ref} is not imported after {ATTEMPTS} attempts")


def _draft(remote: RemoteShop, lines: tuple[DraftLine, ...]) -> OrderDraft:
    ref = f"C{next(_numbers):08}"
    shipping = Decimal("5.90")
    return OrderDraft(
        ref=ref,
        reference=ref,
        payment_text=f"Contract {ref}",
        currency="EUR",
        total=sum((line.total for line in lines), shipping),
        shipping=shipping,
        lines=lines,
        fees=(),
        delivery=remote.address,
        invoice=remote.address,
        customer_ref=f"buyer of {ref}",
        delivery_modes=(remote.delivery_mode,),
    )
