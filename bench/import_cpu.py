"""`python -m bench.import_cpu [ORDERS] [--profile]`: what one imported order costs cdsync itself.

CPU of the importing thread alone (the rehearsal's servers have threads of their own), statements and commits, beside an
import of one order, so that a run's beginning and end do not count. --profile: where the time goes, for the larger one.
"""

from __future__ import annotations

import cProfile
import pstats
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from cdsync.db import db

from .rehearsed import Rehearsed, rehearsed
from .two_line_orders import add_orders


def main() -> None:
    words = [each for each in sys.argv[1:] if not each.startswith("-")]
    size = int(words[0]) if words else 20
    with rehearsed() as system:
        few, _ = import_orders(system, 1)
        many, profile = import_orders(system, size, profiled="--profile" in sys.argv)
    print(f"{size} orders; for each one more:")
    for name in ("milliseconds", "statements", "commits", "requests"):
        print(f"  {name:<13} {(many[name] - few[name]) / (size - 1):8.2f}   (the first {few[name]:.0f})")
    for text, number in many.most_common():
        if text.isupper() or " " in text:
            print(f"  {(number - few[text]) / (size - 1):6.2f}  {text}")
    if profile is not None:
        pstats.Stats(profile).sort_stats("cumulative").print_stats(70)
        pstats.Stats(profile).sort_stats("tottime").print_stats(45)


def import_orders(
    system: Rehearsed, size: int, *, profiled: bool = False
) -> tuple[Counter[str], cProfile.Profile | None]:
    """Adds so many orders, looks them up and imports them; what the import alone cost, by name."""
    add_orders(system.market, system.shop, size)
    system.run("lookup")
    system.shop.server.log.clear()
    profile = cProfile.Profile(time.thread_time) if profiled else None
    with _counted(system) as seen:
        began = time.thread_time()
        if profile is not None:
            profile.enable()
        run = system.run("import")
        if profile is not None:
            profile.disable()
        seen["milliseconds"] = round((time.thread_time() - began) * 1000)
    assert run.counts.get("done") == size, run.counts
    seen["requests"] = len(system.shop.server.log)
    return seen, profile


@contextmanager
def _counted(system: Rehearsed) -> Iterator[Counter[str]]:
    seen: Counter[str] = Counter()

    def statement(_connection: object, _cursor: object, text: str, *_rest: object) -> None:
        seen["statements"] += not text.startswith("BEGIN")
        seen[" ".join(text.split())[:110]] += 1

    def commit(_connection: object) -> None:
        seen["commits"] += 1

    with system.app.app_context():
        engine = db.engine
    listeners = (("before_cursor_execute", statement), ("commit", commit))
    for name, listener in listeners:
        event.listen(engine, name, listener)
    try:
        yield seen
    finally:
        for name, listener in listeners:
            event.remove(engine, name, listener)


if __name__ == "__main__":
    main()
