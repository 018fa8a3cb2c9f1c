"""`python -m tests.money N [SEED]`: N random orders for each kind of shop, imported and judged, as a table."""

from __future__ import annotations

import sys
import time

from .importing import Outcome, import_random
from .shop_settings import UNUSUAL, USUAL


def main(number: int, seed: str) -> int:
    whole = Outcome()
    print(f"{'shop':<52} {'orders':>7} {'exact':>7} {'refused':>8} {'wrong':>6} {'req./order':>10} {'seconds':>8}"
          f" {'VAT off: corrected':>19} {'otherwise':>10}")  # fmt: skip
    for settings in (*USUAL, *UNUSUAL):
        began = time.monotonic()
        outcome = import_random(settings, seed, number)
        whole.add(outcome)
        _row(str(settings), number, outcome, time.monotonic() - began)
    _row("in all", number * len((*USUAL, *UNUSUAL)), whole, 0)
    print("refused before any write:", dict(whole.refused))
    for wrong in whole.wrongs[:20]:
        print(wrong)
    return 1 if whole.wrongs else 0


def _row(name: str, number: int, outcome: Outcome, seconds: float) -> None:
    each = outcome.requests / max(outcome.imported, 1)
    off = outcome.deviation
    print(f"{name:<52} {number:>7} {outcome.imported:>7} {sum(outcome.refused.values()):>8} {len(outcome.wrongs):>6}"
          f" {each:>10.2f} {seconds:>8.1f} {float(off.most_corrected):>19.6f} {float(off.most_uncorrected):>10.6f}",
          flush=True)  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100, sys.argv[2] if len(sys.argv) > 2 else "money"))
