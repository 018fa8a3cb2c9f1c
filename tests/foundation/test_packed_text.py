"""Text that is kept packed comes back as it was, for ever, and never as more than a text may be."""

from __future__ import annotations

import hashlib
import json
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdsync import packed_text
from cdsync.packed_text import DICTIONARIES, packed, unpacked
from cdsync.sandbox.octopia import order_json

DIGESTS = {
    1: "61433403759fdeeb2ab312eab58806e40899bb84cef55ae56d352509dad4df0a",
    2: "83ee4cca815e40ae17dec6f342987818c47e0699955a2afa03f9229831c5ae3c",
}


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_text_comes_back_as_it_was(text: str) -> None:
    assert unpacked(packed(text)) == text
    assert len(packed(text)) <= len(text.encode()) + 1


def test_a_dictionary_never_changes() -> None:
    """What is in databases was packed with it. A better one gets a number of its own."""
    assert {number: hashlib.sha256(text).hexdigest() for number, text in DICTIONARIES.items()} == DIGESTS


def test_what_was_packed_by_the_first_release_that_did_is_read() -> None:
    kept = json.loads((Path(__file__).parent / "packed_by_0_5.json").read_text("utf-8"))
    assert {each["way"] for each in kept} == {0, 1, 2}
    for each in kept:
        assert bytes.fromhex(each["packed"])[0] == each["way"]
        assert unpacked(bytes.fromhex(each["packed"])) == each["text"]


def test_an_order_takes_a_fifth_of_its_text() -> None:
    text = json.dumps(order_json(), default=str, ensure_ascii=False, separators=(",", ":"))
    assert len(packed(text)) < len(text.encode()) / 5


@pytest.mark.parametrize(
    "kept",
    [
        b"\x09anything",
        packed("x" * 100)[:-1],
        packed("x" * 100)[:-1] + b"!",
        b"\x01" + packed("<" * 100)[1:],  # with another dictionary than the one it was packed with
        b"\x01" + zlib.compress(b"")[:1],
    ],
)
def test_what_was_never_packed_is_refused(kept: bytes) -> None:
    with pytest.raises(ValueError, match="pack"):
        unpacked(kept)


def test_a_text_that_is_too_long_is_neither_kept_nor_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = packed("0" * 100_000)
    assert len(bomb) < 200
    monkeypatch.setattr(packed_text, "LONGEST", 99_999)
    with pytest.raises(ValueError, match="at most 99999"):
        packed("0" * 100_000)
    with pytest.raises(ValueError, match="longer than any"):
        unpacked(bomb)
    assert unpacked(packed("0" * 99_999)) == "0" * 99_999
