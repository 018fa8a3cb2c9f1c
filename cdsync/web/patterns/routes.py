"""The live page of every part pages are made of, with hostile and long values. Reads nothing of anybody's orders."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from flask import Blueprint, Response

from cdsync.db import now

from ..shell.parts import page_or_part

pages = Blueprint("patterns", __name__, url_prefix="/patterns")


@pages.get("")
def page() -> Response:
    at = now()
    return page_or_part(
        "patterns/page.html",
        "patterns/_counter.html",
        at=at,
        soon=at + timedelta(hours=5),
        later=at + timedelta(days=1, hours=3),
        past=at - timedelta(hours=2),
        amount=Decimal("1204.35"),
    )
