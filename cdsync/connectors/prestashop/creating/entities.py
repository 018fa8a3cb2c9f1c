"""Many entities in one body, without a transaction: what was made is found again, the rest goes on. Makes no order.

PrestaShop stops at the first refused entity and keeps those before it (read in WebserviceRequest::saveEntityFromXml);
a PHP warning stops it after the entity that raised it. So after anything but a clean answer: look, keep what is
there, send the rest; one by one when a firewall dislikes something in the body. Where no answer came the shop may still
be at work: nothing is sent then, by this attempt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cdsync.errors import (
    CdsyncError,
    ConfigError,
    RejectedError,
    TemporaryError,
    UnknownOutcomeError,
    WrongStateError,
)

from ...base import Journal
from ..webservice.answers import EMAIL_TAKEN
from ..webservice.client import Webservice
from ..webservice.errors import ContentBlockedError
from ..webservice.xml import Body
from .deaths import MOST_FRUITLESS, Deaths, died
from .doubt import may_be_at_work
from .portions import Sent, in_portions

Key = tuple[str, ...]
Find = Callable[[Sequence["Item"]], Mapping[Key, str]]


@dataclass(frozen=True)
class Item:
    """One entity to make, for one order or several (a customer of two orders); `key` finds it again in the shop.

    `name` is what its id is called in the journal; `data` is kept beside it. `grows`: it is not whole as soon as it
    can be found.
    """

    refs: tuple[str, ...]
    key: Key
    body: Body
    name: str
    data: Mapping[str, str] = field(default_factory=dict)
    grows: bool = False


@dataclass
class Made:
    """`fruitless`: how often in a row the shop died and got nowhere."""

    ids: dict[Key, str] = field(default_factory=dict)
    errors: dict[Key, CdsyncError] = field(default_factory=dict)
    fruitless: int = 0


class Maker:
    """Makes entities under the journal's eye. Only ConfigError is raised; any other failure is its item's."""

    def __init__(self, webservice: Webservice, journal: Journal) -> None:
        self._ws = webservice
        self._journal = journal
        self._deaths = Deaths(journal)

    def make(self, step: str, resource: str, items: Sequence[Item], find: Find, look_first: Iterable[Key] = ()) -> Made:
        """An id or an error for each item. `look_first`: keys that may exist already, from an earlier attempt."""
        made = Made()
        looked = set(look_first)
        if doubtful := [i for i in items if i.key in looked]:
            try:
                made.ids.update(find(doubtful))
            except TemporaryError as error:
                made.errors.update({i.key: error for i in items})
                return made
        self._note(step, items, made)
        keys = [i.key for i in items if i.key not in made.ids]
        by_key = {i.key: i for i in items}

        def send(some: list[Key]) -> Sent[Key]:
            sent = self._send(step, resource, [by_key[key] for key in some], find, made)
            self._note(step, items, made)
            return sent

        def at_once(left: list[Key]) -> int:
            return self._ws.body_size.entities("POST", resource, [by_key[key].body for key in left])

        made.errors.update(in_portions(keys, at_once, send))
        return made

    def _send(self, step: str, resource: str, wanted: list[Item], find: Find, made: Made) -> Sent[Key]:
        some = self._granted(step, wanted, made)
        if not some:
            return Sent()
        try:
            rows = self._ws.create(resource, [i.body for i in some])
        except ConfigError:
            self._journal.answered(step, _refs(some))
            raise
        except TemporaryError as error:
            made.errors.update({i.key: error for i in some})
            self._journal.answered(step, _refs(some))
            return Sent(stopped_by=error)
        except UnknownOutcomeError as error:
            again = self._after_failure(step, resource, some, error, find, made)
            alone = died(error) and made.fruitless < MOST_FRUITLESS  # the others have nothing to do with it
            failed = not again and any(i.key in made.errors for i in some)
            return Sent([i.key for i in again], stopped_by=error if failed and not alone else None)
        except RejectedError as error:
            again = self._after_failure(step, resource, some, error, find, made)
            return Sent([i.key for i in again], one_by_one=isinstance(error, ContentBlockedError))
        made.ids.update({i.key: row.id for i, row in zip(some, rows, strict=True)})
        return Sent()

    def _granted(self, step: str, left: list[Item], made: Made) -> list[Item]:
        """Items that may go on: an order whose claim was lost is dropped before the write."""
        refs = {ref for i in left for ref in i.refs}
        granted = self._journal.begin(step, {ref: {} for ref in sorted(refs)})
        kept = [i for i in left if granted.intersection(i.refs)]
        made.errors.update({i.key: claimed() for i in left if i not in kept})
        return kept

    def _after_failure(
        self, step: str, resource: str, left: list[Item], error: CdsyncError, find: Find, made: Made
    ) -> list[Item]:
        """Keeps what is in the shop after all; returns what is worth sending again."""
        tell = self._journal.unanswered if may_be_at_work(error) else self._journal.answered
        tell(step, _refs(left))
        try:
            found = find(left)
        except TemporaryError as unread:
            made.errors.update({i.key: unread if isinstance(error, RejectedError) else error for i in left})
            return []
        if may_be_at_work(error):
            found = {i.key: found[i.key] for i in left if i.key in found and not i.grows}
        made.ids.update(found)
        missing = [i for i in left if i.key not in found]
        progress = len(missing) < len(left)
        if isinstance(error, RejectedError):
            if progress and error.data.get("shop_code") == str(EMAIL_TAKEN):
                return missing  # the refused one existed: it is among the found
            if isinstance(error, ContentBlockedError) and len(left) > 1:
                return missing  # whose content it is shows one by one
            if missing:
                made.errors[missing[0].key] = error
            return missing[1:]
        if progress and not may_be_at_work(error):
            made.fruitless = 0
        elif not (died(error) and missing and self._without_first(step, resource, missing, error, made)):
            made.errors.update({i.key: error for i in missing})
            missing = []
        return missing

    def _without_first(self, step: str, resource: str, missing: list[Item], error: CdsyncError, made: Made) -> bool:
        """After the shop died and got nowhere: takes what it died over out; whether the others may go on."""
        made.fruitless += 1
        first = missing.pop(0)
        made.errors[first.key] = self._deaths.over(step, first.refs, resource, error)
        return made.fruitless < MOST_FRUITLESS

    def _note(self, step: str, items: Sequence[Item], made: Made) -> None:
        """Commits the ids of the orders that have all of their entities."""
        incomplete = {ref for i in items if i.key not in made.ids for ref in i.refs}
        results: dict[str, dict[str, str]] = {}
        for item in items:
            for ref in set(item.refs) - incomplete:
                results.setdefault(ref, {}).update({item.name: made.ids[item.key], **item.data})
        if results:
            self._journal.done(step, results)


def _refs(items: Iterable[Item]) -> set[str]:
    return {ref for item in items for ref in item.refs}


def claimed() -> WrongStateError:
    """The order's claim was lost to another worker."""
    return WrongStateError("order.claimed", owner="")
