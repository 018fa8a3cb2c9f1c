"""The name PrestaShop suggests for a misspelt one: PHP's levenshtein, the last of the nearest. Pure."""

from __future__ import annotations

from collections.abc import Sequence


def closest(name: str, known: Sequence[str]) -> str:
    """The known name with the fewest changes from `name`; of several the last."""
    best, fewest = "", -1
    for one in known:
        changes = _levenshtein(name, one)
        if changes == 0:
            return one
        if changes <= fewest or fewest < 0:
            best, fewest = one, changes
    return best


def _levenshtein(left: str, right: str) -> int:
    row = list(range(len(right) + 1))
    for i, one in enumerate(left, start=1):
        before, row[0] = row[0], i
        for j, other in enumerate(right, start=1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (one != other))
    return row[-1]
