"""The comparison behind the contract sees what matters and forgives only what is random or the clock's."""

from __future__ import annotations

import pytest
from compare_answers import differences

ORDER = (
    "<prestashop><order><id>6</id><total_paid>84.35</total_paid><date_add>2026-11-23 13:20:02</date_add>"
    "<reference>TCEJVGWIQ</reference><rows><row>1</row><row>2</row></rows></order></prestashop>"
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("84.35", "84.36"),
        ("<id>6</id>", ""),
        ("<id>6</id>", "<id>6</id><note>x</note>"),
        ("<row>1</row><row>2</row>", "<row>2</row><row>1</row>"),
        ("2026-11-23 13:20:02", "0000-00-00 00:00:00"),
        ("TCEJVGWIQ", "TCEJ"),
        ("<order>", '<order id="6">'),
    ],
)
def test_a_changed_answer_is_a_difference(old: str, new: str) -> None:
    assert differences(ORDER, ORDER.replace(old, new), "text/xml", {})


def test_another_time_another_reference_and_another_order_of_fields_are_none() -> None:
    other = ORDER.replace("TCEJVGWIQ", "AAAAAAAAA").replace("2026-11-23", "2027-01-01")
    moved = other.replace("<id>6</id>", "").replace("</order>", "<id>6</id></order>")
    known: dict[str, str] = {}
    assert differences(ORDER, moved, "text/xml", known) == []
    assert known == {"TCEJVGWIQ": "AAAAAAAAA"}
    assert differences(ORDER, ORDER.replace("TCEJVGWIQ", "BBBBBBBBB"), "text/xml", known) != []


def test_php_warnings_count_as_one_but_the_real_error_must_be_the_same() -> None:
    def errors(*pairs: tuple[int, str]) -> str:
        inside = "".join(f"<error><code>{code}</code><message>{text}</message></error>" for code, text in pairs)
        return f"<prestashop><errors>{inside}</errors></prestashop>"

    recorded = errors((32, "no such filter"), (3, "[PHP Warning #2] a"), (3, "[PHP Warning #2] b"))
    assert differences(recorded, errors((32, "no such filter"), (3, "[PHP Warning #2] c")), "text/xml", {}) == []
    assert differences(recorded, errors((3, "[PHP Warning #2] c"), (32, "no such filter")), "text/xml", {})
    assert differences(recorded, errors((32, "another"), (3, "[PHP Warning #2] c")), "text/xml", {})


def test_json_numbers_and_texts_are_not_the_same() -> None:
    assert differences('{"id":1,"valid":"0"}', '{"id":1,"valid":"0"}', "application/json", {}) == []
    assert differences('{"id":1}', '{"id":"1"}', "application/json", {})
