"""Marketplace connectors that each break one promise: check of the suite → what is wrong with the connector."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from cdsync import states
from cdsync.connectors.base import Carrier, Check, Exchange, OrderPage, Setting, listed
from cdsync.errors import AccessRefusedError, ConfigError, RejectedError, TemporaryError, UnknownOutcomeError
from tests.fakes import FakeMarketplace

GONE = RejectedError("order.gone")


class NoTitle(FakeMarketplace):
    title = " "


class TwoSettingsOfOneName(FakeMarketplace):
    settings = (Setting("key", "Key"), Setting("key", "Key again"))


class AsksAtOnce(FakeMarketplace):
    def __init__(self, values: Any, recorder: Any) -> None:
        super().__init__(values, recorder)
        recorder.sending()


class SaysItLater(FakeMarketplace):
    def accept(self, ref: str) -> None:
        recorder, self._recorder = self._recorder, Silent()
        super().accept(ref)
        recorder.sending()


class Silent:
    def sending(self) -> None: ...

    def record(self, exchange: Exchange) -> None: ...


class RecordsItsKey(FakeMarketplace):
    settings = (Setting("world", "World"), Setting("key", "Key", kind="secret"))

    def order(self, ref: str) -> Any:
        found = super().order(ref)
        url = f"https://market.example/{ref}?key={self._key}"
        self._recorder.record(Exchange("marketplace", "GET", url, 200, 1, found.updated_at))
        return found


class RecordsItsKeyWhenItTells(FakeMarketplace):
    settings = (Setting("world", "World"), Setting("key", "Key", kind="secret"))

    def ship(self, ref: str, parcel: Any) -> None:
        body = f'{{"key": "{self._key}"}}'
        self._recorder.record(Exchange("marketplace", "POST", "https://market.example", 200, 1, datetime.min, body))  # noqa: DTZ901
        super().ship(ref, parcel)


class TellsTwice(FakeMarketplace):
    def orders(self, updated_since: Any) -> Any:
        found = list(super().orders(updated_since))
        yield from found + found[:1] if len(found) > 1 else found


class LeavesOneOut(FakeMarketplace):
    def orders(self, updated_since: Any) -> Any:
        found = list(super().orders(updated_since))
        yield from found[:-1] if len(found) > 1 else found


class GoesOnOneTooFar(FakeMarketplace):
    """A page an order; the place after each is that of the next but one."""

    def pages(self, updated_since: Any, place: str) -> Any:
        found = list(super().orders(updated_since))
        for index in range(int(place or 0), len(found)):
            yield OrderPage((listed(found[index]),), str(index + 2))


class CountsWhatItTold(FakeMarketplace):
    """Its count begins with the list, not behind it."""

    def pages(self, updated_since: Any, place: str) -> Any:
        yield OrderPage(tuple(map(listed, super().orders(updated_since))), "", "all of them")

    def waiting_since(self, mark: str, states: Any) -> int | None:
        found = [order for order in super().orders(datetime.now(UTC)) if order.state in states]
        return len(found) if mark == "all of them" else None


class MarksForNobody(FakeMarketplace):
    """Gives marks and cannot be asked with one."""

    def pages(self, updated_since: Any, place: str) -> Any:
        yield OrderPage(tuple(map(listed, super().orders(updated_since))), "", "a mark")


class _Otherwise(FakeMarketplace):
    """Reads orders, and changes what it read."""

    @staticmethod
    def changed(order: Any) -> Any:
        raise NotImplementedError

    def orders(self, updated_since: Any) -> Any:
        yield from map(self.changed, super().orders(updated_since))

    def order(self, ref: str) -> Any:
        return self.changed(super().order(ref))


class ReadsFloats(_Otherwise):
    @staticmethod
    def changed(order: Any) -> Any:
        lines = tuple(replace(line, commission=float(line.total)) for line in order.lines)
        return replace(order, lines=lines)


class ReadsLocalTimes(_Otherwise):
    @staticmethod
    def changed(order: Any) -> Any:
        return replace(order, updated_at=order.updated_at.astimezone(timezone(timedelta(hours=1))))


class LosesCents(_Otherwise):
    @staticmethod
    def changed(order: Any) -> Any:
        cent = Decimal("0.01")
        return replace(order, lines=tuple(replace(line, shipping=line.shipping + cent) for line in order.lines))


class KnowsNoRefusals(_Otherwise):
    @staticmethod
    def changed(order: Any) -> Any:
        return replace(order, state=None if order.state == states.REFUSED else order.state)


class ListsOldNews(FakeMarketplace):
    def orders(self, updated_since: Any) -> Any:
        yield from (replace(order, total=None) for order in super().orders(updated_since))


class ReadsOnce(FakeMarketplace):
    def orders(self, updated_since: Any) -> Any:
        if not vars(self).setdefault("read", False):
            self.read = True
            yield from super().orders(updated_since)


class StumblesOverUnknown(FakeMarketplace):
    def order(self, ref: str) -> Any:
        if ref not in self._world.orders:
            raise ConfigError("marketplace.not_the_api")
        return super().order(ref)


class AcceptsInWords(FakeMarketplace):
    """The first time it only says so: told twice, it is told."""

    def accept(self, ref: str) -> None:
        if ref not in _asked(self) and ref in self._world.orders and not _in_trouble(self):
            _asked(self).add(ref)
            self._recorder.sending()
            if self._world.orders[ref].state == states.TO_ACCEPT:  # type: ignore[union-attr]
                return
        super().accept(ref)


def _in_trouble(connector: FakeMarketplace) -> bool:
    world = connector._world
    return world.loses_answer or world.moved or world.slow


def _asked(connector: FakeMarketplace) -> set[str]:
    found: set[str] = vars(connector._world).setdefault("asked", set())
    return found


class AcceptsOnce(FakeMarketplace):
    def accept(self, ref: str) -> None:
        if ref in _asked(self):
            raise RejectedError("accept.refused", status="accepted", detail="")
        lost = self._world.loses_answer
        super_of_it = super().accept
        super_of_it(ref)
        if not lost:
            _asked(self).add(ref)


class AcceptsTheDead(FakeMarketplace):
    def accept(self, ref: str) -> None:
        if ref in self._world.orders and self._world.orders[ref].state == states.REFUSED:  # type: ignore[union-attr]
            return
        super().accept(ref)


class RefusesNothing(FakeMarketplace):
    def refuse(self, ref: str) -> None:
        if ref not in self._world.orders:
            raise GONE


class ShipsWithoutANumber(FakeMarketplace):
    def ship(self, ref: str, parcel: Any) -> None:
        super().ship(ref, replace(parcel, number=parcel.number[:-1]))


class ShipsAgain(FakeMarketplace):
    def ship(self, ref: str, parcel: Any) -> None:
        lost = self._world.loses_answer
        order: Any = self._world.orders.get(ref)
        again = order is not None and order.state == states.SHIPPED and ref in _asked(self)
        super().ship(ref, parcel)
        if not lost:
            _asked(self).add(ref)
        if again:
            self._world.orders[ref] = replace(order, parcels=(*order.parcels, parcel))


class ShipsAgainWhenInDoubt(FakeMarketplace):
    def ship(self, ref: str, parcel: Any) -> None:
        try:
            super().ship(ref, parcel)
        except UnknownOutcomeError:
            order: Any = self._world.orders[ref]
            self._world.orders[ref] = replace(order, parcels=(*order.parcels, parcel))


class ShipsTheDead(FakeMarketplace):
    def ship(self, ref: str, parcel: Any) -> None:
        if ref in self._world.orders and self._world.orders[ref].state == states.REFUSED:  # type: ignore[union-attr]
            return
        super().ship(ref, parcel)


class AcceptsWhatIsNotThere(FakeMarketplace):
    def accept(self, ref: str) -> None:
        if ref in self._world.orders:
            super().accept(ref)


class NamesACarrierTwice(FakeMarketplace):
    def carriers(self) -> list[Carrier]:
        return [Carrier("Colissimo", "Colissimo"), Carrier("Colissimo", "Colissimo")]


class AsksForTheAddress(FakeMarketplace):
    def order_url(self, ref: str) -> str:
        self._call("order_url")
        return ""


class NeverWell(FakeMarketplace):
    def check(self) -> list[Check]:
        return [*super().check(), Check("weather", False, code="marketplace.unreachable")]


class NeverIll(FakeMarketplace):
    def check(self) -> list[Check]:
        return [Check("memory", True)]


class BlamesTheOrder(FakeMarketplace):
    def orders(self, updated_since: Any) -> Any:
        try:
            yield from super().orders(updated_since)
        except AccessRefusedError as error:
            raise RejectedError("marketplace.refused") from error


class BlamesTheSettings(FakeMarketplace):
    def orders(self, updated_since: Any) -> Any:
        try:
            yield from super().orders(updated_since)
        except TemporaryError as error:
            raise ConfigError("marketplace.address_wrong") if self._world.away else error from error


class FollowsWhereItIsSent(FakeMarketplace):
    """What it comes to answers everything with 200."""

    def accept(self, ref: str) -> None:
        if not self._world.moved:
            super().accept(ref)


class BlamesTheOrderForItsHaste(FakeMarketplace):
    def accept(self, ref: str) -> None:
        if self._world.slow:
            raise RejectedError("accept.refused", status="429", detail="")
        super().accept(ref)


class SwearsItWasNotTold(FakeMarketplace):
    def accept(self, ref: str) -> None:
        try:
            super().accept(ref)
        except UnknownOutcomeError as error:
            raise TemporaryError("marketplace.server_error") from error


BROKEN: dict[str, tuple[Callable[..., Any], ...]] = {
    "it_declares_its_title_and_settings": (NoTitle, TwoSettingsOfOneName),
    "making_one_sends_nothing": (AsksAtOnce,),
    "nothing_leaves_before_the_recorder_was_told": (SaysItLater,),
    "no_secret_is_recorded": (RecordsItsKey, RecordsItsKeyWhenItTells),
    "the_list_has_each_order_once": (TellsTwice, LeavesOneOut),
    "pages_tell_what_the_list_does_wherever_they_go_on": (GoesOnOneTooFar,),
    "what_came_since_the_list_is_counted_by_where_it_stands": (CountsWhatItTold, MarksForNobody),
    "an_order_has_the_promised_shape": (ReadsFloats, ReadsLocalTimes),
    "money_is_exact_to_the_cent": (LosesCents,),
    "how_far_an_order_got_is_read": (KnowsNoRefusals,),
    "the_list_and_the_look_say_the_same": (ListsOldNews,),
    "reading_may_be_repeated": (ReadsOnce,),
    "an_unknown_order_is_gone": (StumblesOverUnknown,),
    "accepting_is_told": (AcceptsInWords,),
    "accepting_may_be_repeated": (AcceptsOnce,),
    "what_cannot_be_accepted_is_said": (AcceptsTheDead,),
    "refusing_is_told_and_may_be_repeated": (RefusesNothing,),
    "a_parcel_is_told": (ShipsWithoutANumber,),
    "a_parcel_may_be_told_again_and_stays_one": (ShipsAgain,),
    "what_cannot_be_shipped_is_said": (ShipsTheDead,),
    "what_it_does_not_know_is_left_alone": (AcceptsWhatIsNotThere,),
    "carriers_and_delivery_modes_are_named": (NamesACarrierTwice,),
    "the_address_of_an_orders_page_asks_nobody": (AsksForTheAddress,),
    "a_side_that_is_well_passes_its_checks": (NeverWell,),
    "a_refused_key_is_a_line_of_the_checks": (NeverIll,),
    "a_refused_key_stops_the_run": (BlamesTheOrder,),
    "a_side_that_is_away_is_worth_waiting_for": (BlamesTheSettings,),
    "a_side_that_moved_is_not_followed": (FollowsWhereItIsSent,),
    "a_side_that_asks_for_fewer_requests_has_done_nothing": (BlamesTheOrderForItsHaste,),
    "an_acceptance_whose_answer_is_lost_is_settled_by_the_next": (SwearsItWasNotTold,),
    "a_parcel_whose_answer_is_lost_stays_one": (ShipsAgainWhenInDoubt,),
}
