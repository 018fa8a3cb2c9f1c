"""One case: a situation, a fault, and the number of the request or commit at which it strikes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cdsync.sandbox.faults import Fault

from . import verdict
from .forking import Ended
from .situations import SITUATIONS, Situation
from .world import MARKETPLACE, SHOP, Moment, World, Worlds, until

CLIENT_LIMIT, LATE = 0.25, 0.4  # seconds: the other side finishes after the client has given up
WHILE_AT_WORK = 0.12  # seconds: the other side finishes after the process was killed
# Seconds after the break at which cdsync is started again; the first time by a person who cannot wait.
AGAIN = (2.0, 180.0, 600.0, 1800.0, 7200.0, 14400.0)

# By the name in the table: what the other side does.
ANSWERS = {
    "reset before": "reset_before",
    "answer lost": "answer_lost",
    "late": "late",
    "500 empty after": "status_500_after",
    "200 html after": "html_after",
    "500 code 2 after": "php_warning_after",
    "cut short": "cut_short",
    "503 before": "status_503_before",
    "403 before": "status_403_before",
    "403 after": "status_403_after",
    "429": "status_429",
}
# By the name in the table: what happens to the process when the shop stops before each row that it writes, answers
# nothing, and goes on some seconds later.
IN_THE_MIDDLE = {"in the middle": None, "in the middle, killed": "killed_after"}
STILL_AT_WORK = 30.0  # seconds
# By the name in the table: what happens to the process, by the number of a request.
BREAKS = {
    "killed before sending": "killed_before",
    "killed while it works": "killed_during",
    "killed after answer": "killed_after",
    "database locked 2×": "locked_moment",
    "database locked": "locked_to_the_end",
    "disk full before sending": "full_before",
    "disk full after answer": "full_after",
    "disk fails after answer": "failing_after",
}
# The same by the number of a commit.
COMMITS = {"killed before commit": "killed_commit_before", "killed after commit": "killed_commit_after"}
ASLEEP = "asleep past its lease"  # stopped before a request leaves, woken when somebody else has taken over
ELSEWHERE = "tied elsewhere"  # the account is tied to another seller and another shop before a request leaves
FAULTS = (*ANSWERS, *IN_THE_MIDDLE, *BREAKS, *COMMITS, ASLEEP, ELSEWHERE)


@dataclass(frozen=True)
class Course:
    """A situation and how its operation goes when nothing breaks."""

    situation: Situation
    moment: Moment
    requests: tuple[str, ...]  # the side asked, in their order
    asked: tuple[str, ...]  # the same as "POST /api/orders"
    middles: tuple[tuple[int, int], ...]  # number of a request to the shop, and of a row that it writes
    commits: int
    orders: list[verdict.Asked]
    stock: dict[str, int]

    def places(self, fault: str) -> range:
        """The numbers of all requests, rows, or commits, at which this fault can strike."""
        if fault in IN_THE_MIDDLE:
            return range(len(self.middles))
        return range(self.commits if fault in COMMITS else len(self.requests))

    def telling_places(self, fault: str) -> range:
        """From the last request before the first write on: before, nothing has been done yet whatever breaks."""
        places = self.places(fault)
        if fault in COMMITS | IN_THE_MIDDLE:
            return places
        writes = [number for number in places if self._writes(number)]
        return places[max(writes[0] - 1, 0) :] if writes else places[-5:]

    def _writes(self, number: int) -> bool:
        return not self.asked[number].startswith("GET") and not self.asked[number].endswith("/token")


class Courses:
    """The undisturbed course of each situation in each world, found once."""

    def __init__(self, worlds: Worlds) -> None:
        self._worlds = worlds
        self._known: dict[tuple[str, str], Course] = {}

    def of(self, version: str, name: str) -> tuple[World, Course]:
        world = self._worlds.of(version)
        if (version, name) not in self._known:
            self._known[version, name] = self._find(world, SITUATIONS[name])
        return world, self._known[version, name]

    def _find(self, world: World, situation: Situation) -> Course:
        world.back_to(world.beginning)
        stock = verdict.stocks(world)
        moment = self._worlds.moment(world, situation.name, situation.prepare)
        world.back_to(moment)
        orders = verdict.asked(world)
        world.back_to(moment)
        situation.weather(world)
        ended = world.operate(situation.operation)
        assert ended.result.get("state") == "finished", ended
        sides = tuple(side for side, _seen in world.requests())
        asked = tuple(f"{seen.method} {seen.path}" for _side, seen in world.requests())
        middles = tuple(
            (number, row)
            for number, (side, seen) in enumerate(world.requests())
            for row in range(len(seen.steps) if side == SHOP else 0)
        )
        course = Course(situation, moment, sides, asked, middles, int(ended.result["commits"]), orders, stock)
        wrongs = started_again(world, course)
        assert not wrongs, f"{situation.name} goes wrong undisturbed: {wrongs}"
        return course


def wrongs_of(world: World, course: Course) -> list[str]:
    """What is not as it must be once the operation is through."""
    judge: dict[str, Callable[[], list[str]]] = {
        "lookup": lambda: verdict.found_wrongs(world, course.orders),
        "import": lambda: verdict.imported_wrongs(world, course.orders, course.stock),
        "put away": lambda: verdict.put_away_wrongs(world, course.orders, course.stock),
        "accept": lambda: verdict.told_wrongs(
            world, course.orders, (ref for ref, _decision in world.market.approvals), ("accepted", "to_import")
        ),
        "ship": lambda: verdict.told_wrongs(
            world, course.orders, (ref for ref, _parcels in world.market.shipments), ("shipped",)
        ),
    }
    return judge[course.situation.judged or course.situation.operation]() + verdict.run_wrongs(world)


def wrongs_after(world: World, course: Course, fault: str, number: int) -> list[str]:
    """Breaks the operation once, starts it again as long as something is left to do, and judges the outcome."""
    world.back_to(course.moment)
    course.situation.weather(world)
    if fault == ASLEEP:
        return _wrongs_after_sleep(world, course, number)
    if fault == ELSEWHERE:
        return _wrongs_after_a_tie(world, course, number)
    first = _broken_run(world, course, fault, number)
    found = _impatient(world, course)
    wrongs = started_again(world, course)
    if fault in IN_THE_MIDDLE:  # what was whole at once is so still when the shop is through
        world.pass_time(STILL_AT_WORK)
        wrongs += wrongs_of(world, course)
    if "killed" in fault and not first.killed:
        found.append(f"the process was not killed: {first}")
    return found + wrongs


def started_again(world: World, course: Course) -> list[str]:
    """Lets time pass and starts the operation again as long as something is wrong; what is wrong in the end."""
    wrongs = wrongs_of(world, course)
    for seconds in AGAIN[1:]:
        if not wrongs:
            break
        world.pass_time(seconds)
        world.operate(course.situation.operation)
        wrongs = wrongs_of(world, course)
    return wrongs


def _broken_run(world: World, course: Course, fault: str, number: int) -> Ended:
    extra: dict[str, Any] = {}
    if fault in IN_THE_MIDDLE:
        return _stopped_run(world, course, IN_THE_MIDDLE[fault], *course.middles[number])
    if fault in BREAKS | COMMITS:
        extra["broken"] = {"kind": (BREAKS | COMMITS)[fault], "number": number}
    if fault == "late":
        extra["client_limit"] = CLIENT_LIMIT
    slow = {"late": LATE, "killed while it works": WHILE_AT_WORK}.get(fault)
    if slow or fault in ANSWERS:
        side, place = course.requests[number], course.requests[:number].count(course.requests[number])
        plan = Fault(ANSWERS.get(fault, "late"), skip=place, seconds=slow or 0.0, retry_after=1)
        _server(world, side).faults.add(plan)
    ended = world.operate(course.situation.operation, **extra)
    if slow:
        # A minute is about to pass: it passes for the other side as well, which is done by then.
        assert until(lambda: any(seen.fault == "late" for _side, seen in world.requests()))
    return ended


def _stopped_run(world: World, course: Course, broken: str | None, number: int, row: int) -> Ended:
    place = course.requests[:number].count(SHOP)
    world.shop.server.faults.add(Fault("at_work", skip=place, step=row, seconds=STILL_AT_WORK))
    extra = {"broken": {"kind": broken, "number": number}} if broken else {}
    ended = world.operate(course.situation.operation, **extra)
    assert any(work.stopped for work in world.shop.server.at_work), "the shop did not stop in its middle"
    return ended


def _impatient(world: World, course: Course) -> list[str]:
    """Somebody presses the button again at once; while a run may still be alive, that must do nothing."""
    world.pass_time(AGAIN[0])
    alive = bool(world.rows("SELECT id FROM runs WHERE open"))
    before = len(world.requests())
    wanted = None if course.situation.operation == "lookup" else world.order_ids()
    again = world.operate(course.situation.operation, wanted=wanted)
    if not alive:
        return []
    if again.result.get("refused") != "run.already_running":
        return [f"began beside a run that may be alive: {again}"]
    return [f"{len(world.requests()) - before} requests beside a run"] if len(world.requests()) > before else []


def _server(world: World, side: str) -> Any:
    return {MARKETPLACE: world.market.server, SHOP: world.shop.server}[side]


def _wrongs_after_a_tie(world: World, course: Course, number: int) -> list[str]:
    """The other marketplace shows orders of the same numbers, the other shop has the same products: worse cannot be.

    Every operation is started there, by schedule and by hand; then the account is tied back and goes on.
    """
    world.other_market.restore(world.market.snapshot())
    before = str(world.rows("SELECT settings FROM accounts")[0]["settings"])
    broken = {"kind": "tied_elsewhere", "number": number, "settings_text": world.tied_elsewhere}
    world.operate(course.situation.operation, broken=broken)
    world.tie(world.tied_elsewhere)
    for operation in ("lookup", "accept", "import", "ship", "reconcile"):
        world.pass_time(180.0)
        world.operate(operation)
        if operation in ("accept", "import", "ship"):
            world.operate(operation, wanted=world.order_ids())
    found = [f"{each} to the other side" for each in world.writes_elsewhere()]
    world.tie(before)
    return found + started_again(world, course)


def _wrongs_after_sleep(world: World, course: Course, number: int) -> list[str]:
    """Its lease runs out, another process does the work, then it wakes up and goes on where it stood.

    What it sends then may leave an empty cart or a second address behind, which cost nothing: those are not judged.
    """
    operation = course.situation.operation
    sleeper = world.begin(operation, broken={"kind": "asleep_before", "number": number})
    assert until(lambda: world.forks.asleep(sleeper))
    world.pass_time(300.0)
    world.operate(operation)
    world.forks.wake(sleeper)
    world.forks.end(sleeper)
    return [wrong for wrong in started_again(world, course) if not wrong.endswith(verdict.HARMLESS)]
