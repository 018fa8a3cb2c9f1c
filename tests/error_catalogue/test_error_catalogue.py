"""Every code has its article, every article its data, and the page of all of them is up to date."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

import cdsync
from cdsync.error_catalogue import CATALOGUE, TARGETS, Entry, explain
from cdsync.error_catalogue.document import document, placeholders

from .raised_codes import raised_errors

PAGE = Path(cdsync.__file__).parent.parent / "docs" / "errors.md"


def texts(entry: Entry) -> list[str]:
    return [entry.title, entry.why, *(step.text for step in entry.steps)]


def test_every_code_raised_anywhere_is_in_the_catalogue() -> None:
    raised = raised_errors()
    assert len(raised) > 50
    assert [f"{each.where} {each.code}" for each in raised if each.code not in CATALOGUE] == []


def test_every_error_raised_carries_the_data_its_sentences_ask_for() -> None:
    lacking = [
        f"{each.where} {each.code} lacks {sorted(missing)}"
        for each in raised_errors()
        if not each.open_ended
        and each.code in CATALOGUE
        and (missing := placeholders(texts(CATALOGUE[each.code])) - each.keys)
    ]
    assert lacking == []


def test_the_page_of_all_errors_is_up_to_date() -> None:
    fresh = document()
    assert PAGE.read_text("utf-8") == fresh, "run: python -m cdsync.error_catalogue.document > docs/errors.md"


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_an_article_says_what_happened_why_and_what_to_do(code: str) -> None:
    told = explain(code, dict.fromkeys(placeholders(texts(CATALOGUE[code])), "X"))
    assert told.title
    assert not told.title.endswith(".")
    assert told.why.endswith(".")
    assert told.steps
    assert all(step.text.endswith((".", "?")) and step.target in ("", *TARGETS) for step in told.steps)
    assert not re.search(r"%\(|…", told.title + told.why)


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_missing_data_never_raises(code: str) -> None:
    assert explain(code, {}).title
    assert explain(code).code == code


def test_data_is_filled_in_as_words() -> None:
    assert explain("carrier.unmapped", {"mode": "Relais Colis"}).title == (
        "The delivery mode “Relais Colis” has no carrier in your shop"
    )
    assert explain("order.cancel_requested", {"lines": ["A", "B"]}).title.startswith("Somebody asked to cancel A, B,")
    assert "20 %, your shop says 5.5 %" in explain("tax.rate_differs", {"marketplace": 20, "shop": "5.5"}).title
    assert "“…”" in explain("ship.refused", {"detail": ""}).why


def test_an_unknown_code_is_named_and_sent_to_us() -> None:
    told = explain("plugin.odd", {"x": 1})
    assert ("plugin.odd" in told.title, told.who, told.severity) == (True, "us", "red")


def test_data_with_percent_signs_and_braces_is_harmless() -> None:
    assert "50%(x)s {y}" in explain("ship.refused", {"detail": "50%(x)s {y}"}).why


def test_it_speaks_english_in_an_app_without_translations() -> None:
    english = explain("order.no_lines").title
    app = Flask("foreign")
    with app.app_context():
        assert explain("order.no_lines").title == english
    with app.test_request_context():
        assert explain("order.no_lines").title == english


def test_a_translation_that_does_not_fit_its_data_falls_back_to_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cdsync.error_catalogue.gettext", lambda text: "100 % %(")
    assert explain("order.no_lines").title == "Nothing is left to deliver in this order"


def test_a_translation_is_used_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cdsync.error_catalogue.gettext", lambda text: "Arrêt %(run)s")
    assert explain("run.already_running", {"run": 7}).title == "Arrêt 7"


def test_waiting_orders_are_amber_and_wrong_settings_are_red() -> None:
    assert {explain(code).severity for code in ("shop.timeout", "marketplace.outcome_unknown")} == {"amber"}
    assert {explain(code).severity for code in ("shop.key_refused", "carrier.unmapped", "internal")} == {"red"}


def test_every_text_can_be_found_by_the_translators_tool() -> None:
    from babel.messages.extract import extract_from_dir

    folder = str(Path(cdsync.__file__).parent / "error_catalogue")
    found = {message[2] for message in extract_from_dir(folder)}
    assert {text for entry in CATALOGUE.values() for text in texts(entry)} <= found


@pytest.mark.parametrize("code", sorted(code for code, entry in CATALOGUE.items() if any(s.waits for s in entry.steps)))
def test_what_did_not_pass_by_itself_is_red_and_says_what_to_do_instead_of_waiting(code: str) -> None:
    told, late = explain(code), explain(code, {"attempts": 5})

    assert late == explain(code, overdue=True)
    assert (late.severity, late.waiting_helps) == ("red", False)
    assert told.steps[0].text.startswith("Do nothing")
    assert not any(step.text.startswith("Do nothing") for step in late.steps)
    assert len(late.steps) > 1


def test_only_steps_that_are_to_wait_while_it_lasts_say_to_do_nothing_whatever_happens() -> None:
    """The others name a condition: "Do nothing if …"."""
    texts = [step.text for entry in CATALOGUE.values() for step in entry.steps if not step.waits]

    assert [text for text in texts if text.startswith("Do nothing") and " if " not in text] == []


OCTOPIAS_OWN = re.compile(r"\(at Octopia[^)]*\)")  # said to be so there, whatever the account's marketplace is


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_an_article_calls_the_marketplace_by_the_name_it_has_for_the_account(code: str) -> None:
    told = explain(code, dict.fromkeys(placeholders(texts(CATALOGUE[code])), "X"), marketplace="Le Bazar")
    words = " ".join([told.title, told.why, *(step.text for step in told.steps)])
    assert not re.search("cdiscount|octopia", OCTOPIAS_OWN.sub("", words), re.I)
    assert words.count("Le Bazar") == " ".join(texts(CATALOGUE[code])).count("%(market)s")


def test_where_no_account_is_known_a_sentence_begins_with_the_marketplace_all_the_same() -> None:
    assert explain("marketplace.rate_limited").title == "The marketplace asks cdsync to slow down"
    refused = explain("ship.shop_order_cancelled", {"shop_order": "7"})
    assert refused.title.endswith("and the marketplace still waits for the parcel")
    assert "the shop. The marketplace is not told" in refused.why
