"""Shop connectors that each break one promise: check of the suite → what is wrong with the connector."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from cdsync.connectors.base import Check, Choice, Exchange, Imported, NotImported, Setting
from cdsync.errors import AccessRefusedError, ConfigError, RejectedError, TemporaryError, UnknownOutcomeError
from tests.fakes import FakeShop, change

CENT = Decimal("0.01")


class NoTitle(FakeShop):
    title = ""


class AsksAtOnce(FakeShop):
    def __init__(self, values: Any, recorder: Any) -> None:
        super().__init__(values, recorder)
        recorder.sending()


class MakesItBeforeItSaysSo(FakeShop):
    def import_orders(self, drafts: Any, policy: Any, journal: Any) -> Any:
        texts = [each.payment_text for each in self._world.shop_orders]
        for each in drafts:
            try:
                self._recorder.sending()
            except Exception:
                self.add(each.payment_text, each.total) if each.payment_text not in texts else None
                raise
        yield from super().import_orders(drafts, policy, journal)


class RecordsItsKey(FakeShop):
    settings = (Setting("world", "World"), Setting("key", "Key", kind="secret"))

    def import_orders(self, drafts: Any, policy: Any, journal: Any) -> Any:
        body = f"ws_key={self._key}"
        self._recorder.record(Exchange("shop", "POST", "https://shop.example", 200, 1, datetime.min, body))  # noqa: DTZ901
        yield from super().import_orders(drafts, policy, journal)


class ChecksByMaking(FakeShop):
    def check(self) -> list[Check]:
        if self._key != "a key that is refused":
            self.add("A try", CENT)
        return super().check()


class NamesAStatusTwice(FakeShop):
    def reference_data(self) -> Any:
        data = super().reference_data()
        return replace(data, statuses=(*data.statuses, data.statuses[0]))


class NamesACarrierWithoutARef(FakeShop):
    def reference_data(self) -> Any:
        return replace(super().reference_data(), carriers=(Choice("", "Colissimo"),))


class LeavesUnknownSkusOut(FakeShop):
    def products(self, skus: Any) -> Any:
        return {sku: found for sku, found in super().products(skus).items() if found}


class FindsAProblemInThePrice(FakeShop):
    """Only where it is asked without importing."""

    def examine(self, drafts: Any, policy: Any) -> Any:
        found = super().examine(drafts, policy)
        dear = RejectedError("product.price")
        return {
            ref: each if each.problems or len(drafts) > 1 else replace(each, problems=(dear,))
            for ref, each in found.items()
        }


class StopsAtTheFirstProblem(FakeShop):
    def examine(self, drafts: Any, policy: Any) -> Any:
        found = super().examine(drafts, policy)
        for each in found.values():
            if each.problems:
                raise each.problems[0]
        return found


class TriesItOut(FakeShop):
    def examine(self, drafts: Any, policy: Any) -> Any:
        for draft in drafts:
            self.add(f"Try of {draft.ref}", draft.total)
        return super().examine(drafts, policy)


class _Otherwise(FakeShop):
    """Imports, and changes what came of it."""

    def changed(self, result: Any) -> Any:
        raise NotImplementedError

    def import_orders(self, drafts: Any, policy: Any, journal: Any) -> Any:
        yield from map(self.changed, super().import_orders(drafts, policy, journal))


class MakesItACentDearer(_Otherwise):
    def changed(self, result: Any) -> Any:
        if isinstance(result, Imported):
            change(self._world, result.order.shop_ref, total_paid=result.order.total_paid + CENT)
        return result


class SaysWhatItSent(_Otherwise):
    """What is read back is the draft's: a float of it here."""

    def changed(self, result: Any) -> Any:
        if not isinstance(result, Imported):
            return result
        return replace(result, order=replace(result.order, total_shipping=5.9))  # type: ignore[arg-type]


class _WithoutJournal(FakeShop):
    """Makes the order itself, in the order of steps that `make` has."""

    def _import(self, draft: Any, journal: Any) -> Any:
        if self.find_orders(payment_texts=[draft.payment_text]) or self._examined(draft).problems:
            return super()._import(draft, journal)
        return self.make(draft, journal)

    def make(self, draft: Any, journal: Any) -> Any:
        raise NotImplementedError


class WritesTheJournalAfterwards(_WithoutJournal):
    def make(self, draft: Any, journal: Any) -> Any:
        if draft.ref in journal.lost:
            return None
        self._recorder.sending()
        order = self.add(draft.payment_text, draft.total)
        journal.begin("order", {draft.ref: {}})
        journal.done("order", {draft.ref: {"order": order.shop_ref}})
        try:
            self._world.answer("shop")
        except UnknownOutcomeError as error:
            return NotImported(draft.ref, error)
        return Imported(draft.ref, order)


class MakesWhatItDoesNotHold(_WithoutJournal):
    def make(self, draft: Any, journal: Any) -> Any:
        journal.begin("order", {draft.ref: {}})
        order = self.add(draft.payment_text, draft.total)
        try:
            self._world.answer("shop")
        except UnknownOutcomeError as error:
            return NotImported(draft.ref, error)
        journal.done("order", {draft.ref: {"order": order.shop_ref}})
        return Imported(draft.ref, order)


class DoesNotSayThatItWasThere(_Otherwise):
    def changed(self, result: Any) -> Any:
        return replace(result, adopted=False) if isinstance(result, Imported) else result


class StopsAtABadOrder(FakeShop):
    def import_orders(self, drafts: Any, policy: Any, journal: Any) -> Any:
        for result in super().import_orders(drafts, policy, journal):
            yield result
            if isinstance(result, NotImported) and not isinstance(result.error, UnknownOutcomeError):
                return


class MakesItAgainWhenInDoubt(FakeShop):
    def _import(self, draft: Any, journal: Any) -> Any:
        result = super()._import(draft, journal)
        if isinstance(result, NotImported) and isinstance(result.error, UnknownOutcomeError):
            return Imported(draft.ref, self.add(draft.payment_text, draft.total))
        return result


class TrustsTheJournalAlone(FakeShop):
    """A step that was begun and never ended, it thinks, made nothing. Where no answer came, it does look."""

    def _import(self, draft: Any, journal: Any) -> Any:
        step = journal.steps(draft.ref).get("order")
        if step is not None and not step.done:
            journal.begin("order", {draft.ref: {}})
            return Imported(draft.ref, self.add(draft.payment_text, draft.total))
        result = super()._import(draft, journal)
        if isinstance(result, NotImported) and isinstance(result.error, UnknownOutcomeError):
            journal.done("order", {draft.ref: {}})
        return result


class FindsByNumberOnly(FakeShop):
    """What it finds by text it finds only as it is written."""

    def find_orders(self, payment_texts: Any = (), shop_refs: Any = ()) -> Any:
        found = super().find_orders(payment_texts, shop_refs)
        return [each for each in found if each.payment_text in payment_texts or each.shop_ref in shop_refs]


class OverlooksCancelled(FakeShop):
    def _read(self) -> Any:
        chosen = self._cancelled_status
        return [replace(each, cancelled=each.status_ref == chosen) for each in super()._read()]


class OverlooksTheMerchantsChoice(FakeShop):
    def __init__(self, values: Any, recorder: Any) -> None:
        super().__init__({**values, "cancelled_status": None}, recorder)


class MovesAgain(FakeShop):
    def set_status(self, shop_ref: str, status_ref: str) -> None:
        there = any((o.shop_ref, o.status_ref) == (shop_ref, status_ref) for o in self._world.shop_orders)
        super().set_status(shop_ref, status_ref)
        self._world.moves[shop_ref] += there


class MovesToAnywhere(FakeShop):
    def set_status(self, shop_ref: str, status_ref: str) -> None:
        try:
            super().set_status(shop_ref, status_ref)
        except ConfigError:
            change(self._world, shop_ref, status_ref=status_ref)


class ListsEverything(FakeShop):
    def marketplace_orders(self, since: Any, title: str) -> Any:
        return super().marketplace_orders(since, "")


class ListsThePast(FakeShop):
    def marketplace_orders(self, since: datetime, title: str) -> Any:
        return super().marketplace_orders(datetime.min.replace(tzinfo=since.tzinfo), title)


class ReadsNoParcels(FakeShop):
    def _read(self) -> Any:
        return [replace(each, tracking_number="") for each in super()._read()]


class NeverIll(FakeShop):
    def check(self) -> list[Check]:
        return [Check("memory", True)]


class BlamesTheOrder(FakeShop):
    def import_orders(self, drafts: Any, policy: Any, journal: Any) -> Any:
        try:
            yield from super().import_orders(drafts, policy, journal)
        except AccessRefusedError as error:
            raise RejectedError("shop.refused") from error


class BlamesTheSettings(FakeShop):
    def find_orders(self, payment_texts: Any = (), shop_refs: Any = ()) -> Any:
        try:
            return super().find_orders(payment_texts, shop_refs)
        except TemporaryError as error:
            raise ConfigError("shop.address_wrong") if self._world.away else error from error


class FollowsWhereItIsSent(FakeShop):
    """What it comes to answers everything with 200 and nothing."""

    def find_orders(self, payment_texts: Any = (), shop_refs: Any = ()) -> Any:
        return [] if self._world.moved else super().find_orders(payment_texts, shop_refs)


class BlamesTheOrderForItsHaste(FakeShop):
    def find_orders(self, payment_texts: Any = (), shop_refs: Any = ()) -> Any:
        if self._world.slow:
            raise RejectedError("shop.refused")
        return super().find_orders(payment_texts, shop_refs)


class RecordsItsKeyWhenItMoves(FakeShop):
    settings = (Setting("world", "World"), Setting("key", "Key", kind="secret"))

    def set_status(self, shop_ref: str, status_ref: str) -> None:
        url = f"https://shop.example/{shop_ref}?ws_key={self._key}"
        self._recorder.record(Exchange("shop", "PUT", url, 200, 1, datetime.min))  # noqa: DTZ901
        super().set_status(shop_ref, status_ref)


class StumblesOverNothing(FakeShop):
    def examine(self, drafts: Any, policy: Any) -> Any:
        assert max(len(draft.lines) for draft in drafts) > 0
        return super().examine(drafts, policy)


BROKEN: dict[str, tuple[Callable[..., Any], ...]] = {
    "it_declares_its_title_and_settings": (NoTitle,),
    "making_one_sends_nothing": (AsksAtOnce,),
    "nothing_leaves_before_the_recorder_was_told": (MakesItBeforeItSaysSo,),
    "no_secret_is_recorded": (RecordsItsKey, RecordsItsKeyWhenItMoves),
    "a_side_that_is_well_passes_its_checks_and_stays_as_it_is": (ChecksByMaking,),
    "what_can_be_chosen_is_named": (NamesAStatusTwice, NamesACarrierWithoutARef),
    "products_are_found_by_sku": (LeavesUnknownSkusOut,),
    "an_order_that_could_be_imported_has_no_problem": (FindsAProblemInThePrice,),
    "what_stands_against_an_order_is_its_problem": (StopsAtTheFirstProblem,),
    "looking_at_orders_makes_none": (TriesItOut,),
    "an_import_makes_one_order_exact_to_the_cent": (MakesItACentDearer,),
    "what_was_made_is_read_back": (SaysWhatItSent,),
    "nothing_is_written_before_it_is_in_the_journal": (WritesTheJournalAfterwards,),
    "an_order_whose_claim_was_lost_is_dropped": (MakesWhatItDoesNotHold,),
    "an_order_that_is_there_is_adopted": (DoesNotSayThatItWasThere,),
    "one_bad_order_stops_no_other": (StopsAtABadOrder,),
    "an_order_whose_answer_is_lost_is_made_once": (MakesItAgainWhenInDoubt,),
    "an_import_that_is_killed_anywhere_makes_one_order": (TrustsTheJournalAlone,),
    "orders_are_found_by_payment_text_and_number": (FindsByNumberOnly,),
    "a_cancelled_order_says_so": (OverlooksCancelled,),
    "the_merchants_own_status_for_cancelled_orders_counts": (OverlooksTheMerchantsChoice,),
    "an_order_is_moved_once": (MovesAgain,),
    "what_cannot_be_moved_is_said": (MovesToAnywhere,),
    "the_orders_of_a_marketplace_are_listed": (ListsEverything, ListsThePast),
    "a_parcels_number_is_read": (ReadsNoParcels,),
    "a_refused_key_is_a_line_of_the_checks": (NeverIll,),
    "a_refused_key_stops_the_run": (BlamesTheOrder,),
    "a_side_that_is_away_is_worth_waiting_for": (BlamesTheSettings,),
    "a_side_that_moved_is_not_followed": (FollowsWhereItIsSent,),
    "a_side_that_asks_for_fewer_requests_has_done_nothing": (BlamesTheOrderForItsHaste,),
    "an_empty_batch_is_nothing": (StumblesOverNothing,),
}
