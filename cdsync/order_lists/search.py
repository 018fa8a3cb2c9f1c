"""Finding orders by what a person types: one number or several, a name, a SKU, an e-mail address. Reads only.

Whole numbers are found by the indexes of their columns, parts of words by the index of `order_texts`. A search is
asked once (`find_orders`) and answers the orders with what tells their list, so that no count asks again: of very many
matches the newest and those that are still to do, and a condition for the others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select

from cdsync.db import db, one_of
from cdsync.models import Order, OrderLine, OrderText

from . import found_by_number, found_by_words
from .found_order import FoundOrder, of_work

MOST_WORDS = 200  # numbers pasted at once; more are left out
MOST_FOUND = 1_000  # of more matches the newest are listed
A_NAME = 8  # words at most; more are a list of numbers


@dataclass(frozen=True)
class Found:
    """newest: the orders found, of more than `MOST_FOUND` the newest. Where more match: `others`, what holds for each
    order that does, and `to_do`, all of them that stand in a list of work. None: `newest` are all."""

    newest: tuple[FoundOrder, ...]
    others: ColumnElement[bool] | None = None
    to_do: tuple[FoundOrder, ...] | None = None

    @property
    def of_work(self) -> tuple[FoundOrder, ...]:
        """Those among which all are that stand in a list of work."""
        return self.newest if self.to_do is None else self.to_do

    @property
    def every(self) -> ColumnElement[bool]:
        """That an order matches, however many do: asked of each order where that are very many."""
        return one_of(Order.id, (each.id for each in self.newest)) if self.others is None else self.others


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
    found, by_words = exact.orders, len(words) <= A_NAME and not exact.all_are_numbers
    if by_words:
        holding = found_by_words.orders(session, account_id, words, MOST_FOUND + 1, buyers=buyers)
        found = {each.id: each for each in holding} | found
    newest = tuple(found[each] for each in sorted(found, reverse=True)[:MOST_FOUND])
    if len(found) <= MOST_FOUND:
        return Found(newest)
    others = _matches(words, exact, by_words=by_words, buyers=buyers)
    return Found(newest, others, tuple(of_work(session, account_id, others)))


def _matches(words: list[str], exact: found_by_number.ByNumber, *, by_words: bool, buyers: bool) -> ColumnElement[bool]:
    """That an order is one of those by its own number, or a SKU of it is one of the words, or it holds them all."""
    ways: list[ColumnElement[bool]] = []
    if exact.of_orders:
        ways.append(one_of(Order.id, exact.of_orders))
    if len(words) > 1 or not by_words:  # a text that holds the one word is found by its SKU, too
        ways.append(Order.lines.any(func.lower(OrderLine.sku).in_([word.lower() for word in words])))
    if by_words:
        texts = (found_by_words.holds(word, buyers=buyers) for word in words)
        # With an OFFSET PostgreSQL asks each order by itself; without it reads all texts that hold the words instead.
        same = select(OrderText.order_id).where(OrderText.order_id == Order.id, and_(*texts))
        ways.append(same.offset(0).exists())
    return or_(*ways)
