"""How SQLite's index of words is asked. It knows which texts hold three signs in a row, not where they do.

What it finds is therefore looked through, until enough texts hold the words: an index of the places as well takes four
times the room. Reads nothing of the installation's database.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from functools import cache

LENGTH = 3  # signs of a trigram; of a shorter word the index knows nothing
LONGEST = 1_000  # signs of a word that is looked for: SQLite compares with 50,000 bytes at most
_MOST = 30  # trigrams asked for of a word: hardly a text holds them all and not the word
_WITH_CASE = range(0x20000)  # signs beyond know no small and capital letters


def matching(words: Iterable[str]) -> str:
    """FTS5's question for the texts that hold all trigrams of the words, in whichever column."""
    asked = dict.fromkeys(trigram for word in words for trigram in _trigrams(word))
    return " AND ".join('"' + trigram.replace('"', '""') + '"' for trigram in asked)


def _trigrams(word: str) -> list[str]:
    """The different ones, as many as it takes."""
    return list(dict.fromkeys(word[at : at + LENGTH] for at in range(len(word) - LENGTH + 1)))[:_MOST]


def condition(word: str, columns: Iterable[str], name: str) -> tuple[str, dict[str, str]]:
    """That a column holds the word, as the index would have it: in any case, letters with accents too.

    In SQL, with its values; name: what theirs begin with. LIKE knows the case of the 26 letters alone, and is quick.
    Where a sign is the same as others (é and É), it takes any sign for it, and GLOB decides. Words too short for the
    index are looked for by LIKE as they are.
    """
    same = [_alike().get(sign, sign) for sign in word] if len(word) >= LENGTH else list(word)
    odd = {sign for each in same if len(each) > 1 for sign in each if not sign.isascii()}
    likes = f"{{column}} LIKE :{name}_like ESCAPE '\\'"
    globs = f"{{column}} GLOB :{name}_glob"
    values = {f"{name}_like": like(word)}
    if not odd:
        return _of_any(columns, likes), values
    values[f"{name}_glob"] = f"*{''.join(map(_one_of, same))}*"
    if word.isascii():  # s and k are the long s and the sign of kelvins, too, which hardly a text has
        has_odd = " OR ".join(f"instr({{column}}, '{sign}')" for sign in sorted(odd))
        return _of_any(columns, f"({likes} OR ({has_odd}) AND {globs})"), values
    escaped = (_escaped(sign) if odd.isdisjoint(each) else "_" for sign, each in zip(word, same, strict=True))
    values[f"{name}_like"] = f"%{''.join(escaped)}%"
    return _of_any(columns, f"{likes} AND {globs}"), values


def _of_any(columns: Iterable[str], condition: str) -> str:
    return " OR ".join(condition.format(column=column) for column in columns)


def _one_of(signs: str) -> str:
    """GLOB's pattern of one of these signs."""
    return signs if len(signs) == 1 and signs not in "*?[" else f"[{signs}]"


def like(word: str) -> str:
    """The pattern of a text that holds the word, for LIKE with a backslash as its ESCAPE."""
    return f"%{_escaped(word)}%"


def _escaped(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)


@cache
def _alike() -> dict[str, str]:
    """By each letter that has a case: all signs that the index takes for the same, itself among them.

    Asked of the SQLite that made the index: its letters are not quite Python's. Some 20 ms, once a process.
    """
    signs = [sign for sign in map(chr, _WITH_CASE) if not sign == sign.lower() == sign.upper() == sign.casefold()]
    asked = sqlite3.connect(":memory:")
    try:
        asked.execute("CREATE VIRTUAL TABLE tripled USING fts5 (sign, content='', tokenize='trigram')")
        asked.execute("CREATE VIRTUAL TABLE known USING fts5vocab (tripled, instance)")
        asked.executemany("INSERT INTO tripled (rowid, sign) VALUES (?, ?)", ((ord(each), each * 3) for each in signs))
        found: dict[str, str] = {}
        for term, number in asked.execute("SELECT term, doc FROM known ORDER BY doc"):
            found[term] = found.get(term, "") + chr(number)
    except sqlite3.OperationalError:  # no trigrams: then there is no index to ask either
        return {}
    finally:
        asked.close()
    return {sign: same for same in found.values() for sign in same}
