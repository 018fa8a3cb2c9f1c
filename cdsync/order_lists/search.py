"""Finding orders by what a person types: one number or several, a name, a SKU, an e-mail address. Reads only.

Whole numbers are found by the indexes of their columns, parts of words by the index of `order_texts`. A search is
asked once (`find_orders`) and answers ids: of very many matches the newest, and a condition for the others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, func, or_

from cdsync.db import db, one_of
from cdsync.models import Order, OrderLine, OrderText

from . import found_by_number, found_by_words

MOST_WORDS = 200  # numbers pasted at once; more are left out
MOST_FOUND = 2_000  # of more matches the newest are listed
A_NAME = 8  # words at most; more are a list of numbers


@dataclass(frozen=True)
class Found:
    """ids: the orders found, of more than `MOST_FOUND` the newest. others: what holds for each order that matches
    where that are more; None: `ids` are all."""

    ids: tuple[int, ...]
    others: ColumnElement[bool] | None = None

    @property
    def listed(self) -> ColumnElement[bool]:
        """That an order is one of `ids`."""
        return one_of(Order.id, self.ids)

    @property
    def every(self) -> ColumnElement[bool]:
        """That an order matches, however many do: asked of each order where that are very many."""
        return self.listed if self.others is None else self.others


def words_of(text: str) -> list[str]:
    """What was typed, cut at spaces, commas, semicolons and line ends."""
    return list(dict.fromkeys(word for word in re.split(r"[\s,;\0]+", text) if word))[:MOST_WORDS]


def find_orders(account_id: int, text: str, *, buyers: bool = True) -> Found | None:
    """Orders one of whose numbers or SKUs is one of the words, or which hold every word somewhere; None: no words.

    Words that all are whole numbers of orders are not looked for inside others. buyers: whether names, places and
    e-mail addresses are searched too; whoever may not see them could ask for them letter by letter.
    """
    words = words_of(text)
    if not words:
        return None
    session = db.session()
    exact = found_by_number.ids(session, account_id, words, MOST_FOUND + 1)
    ids, by_words = exact.ids, len(words) <= A_NAME and not exact.all_are_numbers
    if by_words:
        ids = ids | set(found_by_words.ids(session, account_id, words, MOST_FOUND + 1, buyers=buyers))
    newest = tuple(sorted(ids, reverse=True)[:MOST_FOUND])
    if len(ids) <= MOST_FOUND:
        return Found(newest)
    same = [
        one_of(Order.id, exact.of_orders),
        Order.lines.any(func.lower(OrderLine.sku).in_([word.lower() for word in words])),
    ]
    return Found(newest, or_(*same, _holds(words, buyers)) if by_words else or_(*same))


def _holds(words: list[str], buyers: bool) -> ColumnElement[bool]:
    texts = (found_by_words.holds(word, buyers=buyers) for word in words)
    return exists().where(OrderText.order_id == Order.id, and_(*texts))
