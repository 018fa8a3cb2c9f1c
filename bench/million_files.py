"""What a file of all orders costs: until its first line is there, for each 10,000 orders, and in memory."""

from __future__ import annotations

import resource
from collections.abc import Callable

from flask.testing import FlaskClient

ROWS = 10_000
FIRST_LINE, A_PORTION = 500.0, 500.0  # milliseconds: 20,000 rows a second
MEMORY = 30.0  # MB that may come on top while it is sent
Measured = tuple[str, float, str, float]  # what it is called, its figure, the unit, its goal


def files(client: FlaskClient, clock: Callable[[], float]) -> list[Measured]:
    """Asks for every order of the account as CSV and reads it to its end, as it comes."""
    client.get("/orders/export.csv?tab=to_accept", buffered=True)  # what is read for the first time is no figure
    before, begun = _memory(), clock()
    answer = client.get("/orders/export.csv?tab=all", buffered=False)
    parts = iter(answer.response)
    next(parts)
    first, rows = clock() - begun, 0
    for part in parts:
        rows += part.count(b"\n") if isinstance(part, bytes) else part.count("\n")
    spent = clock() - begun
    answer.close()
    return [
        ("CSV of all orders: the first line", first * 1000, "ms", FIRST_LINE),
        (f"CSV of all orders: {ROWS:,} rows", spent * 1000 * ROWS / max(1, rows), "ms", A_PORTION),
        ("CSV of all orders: more memory", _memory() - before, "MB", MEMORY),
    ]


def _memory() -> float:
    """The most this process had so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
