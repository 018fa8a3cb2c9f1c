"""Orders whose texts hold every word somewhere, also inside another word: by the index of words. Reads only.

Case does not matter (of letters with accents neither, but where SQLite reads through texts).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, literal, or_, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from cdsync.db import db
from cdsync.models import Order, OrderText

from . import trigrams
from .found_order import COLUMNS, FoundOrder

NO_INDEX = "no such table"
# The matches from the newest on; a plain JOIN might begin with the texts of the account, all of them.
_BY_INDEX = """SELECT orders.id, orders.state, orders.problem_code, orders.problem_operation
FROM order_words CROSS JOIN order_texts ON order_texts.order_id = order_words.rowid
CROSS JOIN orders ON orders.id = order_texts.order_id
WHERE order_words MATCH :matching AND order_texts.account_id = :account_id"""


def orders(session: Session, account_id: int, words: Sequence[str], most: int, *, buyers: bool) -> Iterable[FoundOrder]:
    """The account's orders that hold all the words, the newest `most` of them. buyers: also in who the buyer is."""
    if db.engine.dialect.name == "sqlite" and any(len(word) >= trigrams.LENGTH for word in words):
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
    pattern = literal(trigrams.like(word)) if sqlite else func.lower(trigrams.like(word))
    return or_(*(each.like(pattern, escape="\\") for each in columns))


def _by_index(session: Session, account_id: int, words: Sequence[str], most: int, buyers: bool) -> Iterable[FoundOrder]:
    """Those whose texts hold the words' trigrams and pass what the index leaves open."""
    if any(len(word) > trigrams.LONGEST for word in words):
        return ()
    values: dict[str, Any] = {"matching": trigrams.matching(words), "account_id": account_id, "most": most}
    columns = ("order_texts.numbers", "order_texts.buyer") if buyers else ("order_texts.numbers",)
    conditions = ""
    for number, word in enumerate(words):
        if len(word) == trigrams.LENGTH and buyers:
            continue  # the index has said it
        holds_it, more = trigrams.condition(word, columns, f"word{number}")
        conditions, values = f"{conditions} AND ({holds_it})", values | more
    rows = session.execute(text(f"{_BY_INDEX}{conditions} ORDER BY order_words.rowid DESC LIMIT :most"), values)
    return map(FoundOrder._make, rows)
