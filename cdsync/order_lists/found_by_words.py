"""Orders whose texts hold every word somewhere, also inside another word: by the index of words. Reads only.

Case does not matter (of letters with accents neither, but where SQLite reads through texts).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, func, literal, or_, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from cdsync.db import db
from cdsync.models import Order, OrderText

from .found_order import COLUMNS, FoundOrder

TRIGRAM = 3  # signs that the index knows words by; a shorter one is looked for in the texts themselves
NO_INDEX = "no such table"
# The matches from the newest on; a plain JOIN might begin with the texts of the account, all of them.
_BY_INDEX = """SELECT orders.id, orders.state, orders.problem_code, orders.problem_operation
FROM order_words CROSS JOIN order_texts ON order_texts.order_id = order_words.rowid
CROSS JOIN orders ON orders.id = order_texts.order_id
WHERE order_words MATCH :matching AND order_texts.account_id = :account_id"""


def orders(session: Session, account_id: int, words: Sequence[str], most: int, *, buyers: bool) -> Iterable[FoundOrder]:
    """The account's orders that hold all the words, the newest `most` of them. buyers: also in who the buyer is."""
    if db.engine.dialect.name == "sqlite" and any(len(word) >= TRIGRAM for word in words):
        try:
            return _by_index(session, account_id, words, most, buyers)
        except OperationalError as error:  # a SQLite that knows no trigrams has no index
            if NO_INDEX not in str(error.orig):
                raise
    query = select(OrderText.order_id).where(OrderText.account_id == account_id)
    holding = query.where(*(holds(word, buyers=buyers) for word in words))
    newest = holding.order_by(OrderText.order_id.desc()).limit(most).subquery()
    rows = session.execute(select(*COLUMNS).join(newest, newest.c.order_id == Order.id))
    return map(FoundOrder._make, rows)


def holds(word: str, *, buyers: bool) -> ColumnElement[bool]:
    """That a text holds the word. PostgreSQL's are in small letters; SQLite's LIKE knows no case of plain ones."""
    columns = (OrderText.numbers, OrderText.buyer) if buyers else (OrderText.numbers,)
    sqlite = db.engine.dialect.name == "sqlite"
    pattern = literal(_pattern(word)) if sqlite else func.lower(_pattern(word))
    return or_(*(each.like(pattern, escape="\\") for each in columns))


def _pattern(word: str) -> str:
    return "%" + re.sub(r"([\\%_])", r"\\\1", word) + "%"


def _by_index(session: Session, account_id: int, words: Sequence[str], most: int, buyers: bool) -> Iterable[FoundOrder]:
    quoted = " AND ".join('"' + word.replace('"', '""') + '"' for word in words if len(word) >= TRIGRAM)
    values = {
        "matching": f"{{numbers buyer}} : ({quoted})" if buyers else f"numbers : ({quoted})",
        "account_id": account_id,
        "most": most,
    }
    short = {f"word{number}": _pattern(word) for number, word in enumerate(words) if len(word) < TRIGRAM}
    columns = ("numbers", "buyer") if buyers else ("numbers",)
    also = "".join(
        f" AND ({' OR '.join(f'order_texts.{column} LIKE :{name} ESCAPE :escape' for column in columns)})"
        for name in short
    )
    statement = f"{_BY_INDEX}{also} ORDER BY order_words.rowid DESC LIMIT :most"
    rows = session.execute(text(statement), values | short | ({"escape": "\\"} if short else {}))
    return map(FoundOrder._make, rows)
