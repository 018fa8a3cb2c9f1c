"""What the index of trigrams finds, looked through, is what an index that knows the places finds: no more, no less."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from cdsync.db import db
from cdsync.models import Account
from cdsync.order_lists import found_by_words, trigrams
from tests.web import seed

pytestmark = pytest.mark.only_on("sqlite", "PostgreSQL's index is another one")

# Letters with one, two and three others; such as look like one and are none; signs of LIKE, GLOB and FTS5; no letters.
SIGNS = "aAkKsSiIzZ0011K\u017féÉÀàßẞİıΣσςθϑϴΘιͅίдДԨ"
SIGNS += "\"'%_*?[]^-\\(){}:+,.日🎁\ufffd\ufffe"
PLACES = """SELECT places.rowid FROM places CROSS JOIN order_texts ON order_id = places.rowid
    WHERE places MATCH :matching AND account_id = :account ORDER BY places.rowid DESC LIMIT :most"""


@pytest.fixture
def texts(seller: Account) -> list[str]:
    """Orders of random texts, of the seller and another, with an index of the places beside the index of words."""
    chosen = random.Random(7)
    other = seed.account("other")
    made = []
    for number in range(60):
        order = seed.order(seller if number % 6 else other, lines=[])
        parts = ["".join(chosen.choices(SIGNS, k=chosen.randint(0, 9))) for _ in range(8)]
        made += parts
        values = {"order": order.id, "numbers": "\n".join(parts[:5]), "buyer": "\n".join(parts[5:])}
        if number == 9:
            values["numbers"] += "\0aaak"
        db.session.execute(
            text("UPDATE order_texts SET numbers = :numbers, buyer = :buyer WHERE order_id = :order"), values
        )
    db.session.execute(
        text(
            "CREATE VIRTUAL TABLE places USING fts5 "
            "(numbers, buyer, content='order_texts', content_rowid='order_id', tokenize='trigram')"
        )
    )
    db.session.execute(text("INSERT INTO places (places) VALUES ('rebuild')"))
    db.session.commit()
    return made


def searches(texts: list[str]) -> Iterator[list[str]]:
    """One to three words: pieces of texts, of which some are turned round, in another case or with a sign changed."""
    chosen = random.Random(11)
    pieces = [each for each in texts if len(each) >= 3]
    for _ in range(3_000):
        words = []
        for _ in range(chosen.choice((1, 1, 1, 2, 3))):
            whole = chosen.choice(pieces)
            start = chosen.randrange(len(whole) - 2)
            word = whole[start : start + chosen.choice((3, 3, 4, 5, 9))]
            change = chosen.randrange(6)
            word = {0: word.upper(), 1: word.lower(), 2: word.swapcase(), 3: word + chosen.choice(SIGNS)}.get(
                change, word
            )
            words.append(word)
        yield words


def by_places(account: Account, words: list[str], most: int, *, buyers: bool) -> list[int]:
    """As orders were found while the index knew where a word stands."""
    quoted = " AND ".join('"' + word.replace('"', '""') + '"' for word in words)
    matching = f"{{numbers buyer}} : ({quoted})" if buyers else f"numbers : ({quoted})"
    values = {"matching": matching, "account": account.id, "most": most}
    return list(db.session.scalars(text(PLACES), values))


def test_every_search_finds_the_same_in_the_same_order(seller: Account, texts: list[str]) -> None:
    found_any = compared = 0
    for words in searches(texts):
        for buyers in (True, False):
            found = found_by_words.orders(db.session(), seller.id, words, 4, buyers=buyers)
            expected = by_places(seller, words, 4, buyers=buyers)
            assert [each.id for each in found] == expected, (words, buyers)
            found_any, compared = found_any + bool(expected), compared + 1
    assert compared / 4 < found_any < compared, "there is something to be found, and something not to be"


def test_trigrams_of_a_word_in_other_places_are_not_the_word(seller: Account) -> None:
    seed.order(seller, reference="abcd bcde cdef", marketplace_ref="M1")
    wanted = seed.order(seller, reference="XabcdefX", marketplace_ref="M2")
    found = found_by_words.orders(db.session(), seller.id, ["ABCDEF"], 9, buyers=True)
    assert [each.id for each in found] == [wanted.id]


def test_a_word_longer_than_any_text_finds_nothing(seller: Account) -> None:
    seed.order(seller)
    assert list(found_by_words.orders(db.session(), seller.id, ["é" * 60_000], 9, buyers=True)) == []


def test_the_same_signs_are_the_same_to_sqlite() -> None:
    """Not only letters that Python knows a case of are asked for."""
    asked = sqlite3.connect(":memory:")
    asked.execute("CREATE VIRTUAL TABLE tripled USING fts5 (sign, content='', tokenize='trigram')")
    asked.execute("CREATE VIRTUAL TABLE known USING fts5vocab (tripled, instance)")
    signs = ((number, chr(number) * 3) for number in range(1, 0x30000) if not 0xD800 <= number < 0xE000)
    asked.executemany("INSERT INTO tripled (rowid, sign) VALUES (?, ?)", signs)
    same: dict[str, str] = {}
    for term, number in asked.execute("SELECT term, doc FROM known ORDER BY doc"):
        same[term] = same.get(term, "") + chr(number)
    asked.close()
    no_letters = "\ufffd\ufffe\uffff"  # read as one by LIKE and GLOB, too
    for signs_of_one in same.values():
        if len(signs_of_one) > 1 and signs_of_one != no_letters:
            patterns = {trigrams.condition(sign * 3, ["text"], "word")[1].get("word_glob", "") for sign in signs_of_one}
            assert patterns == {"" if signs_of_one.isascii() else f"*{f'[{signs_of_one}]' * 3}*"}
