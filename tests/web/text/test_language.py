"""Words in the reader's language."""

from __future__ import annotations

import pytest
from flask import Flask, render_template_string

from cdsync.web.text import language

ORDERS = "%(num)s order", "%(num)s orders"


@pytest.mark.parametrize(("number", "words"), [(1, "1 order"), (999, "999 orders"), (1234567, "1,234,567 orders")])
def test_a_number_in_words_has_its_thousands_marked_in_templates_and_elsewhere(
    app: Flask, number: int, words: str
) -> None:
    assert language.ngettext(*ORDERS, number) == words
    with app.test_request_context():
        assert render_template_string("{{ ngettext(one, many, n) }}", one=ORDERS[0], many=ORDERS[1], n=number) == words


def test_one_that_is_given_is_shown_as_it_is(app: Flask) -> None:
    assert language.ngettext(*ORDERS, 5000, num="5,000+") == "5,000+ orders"
    with app.test_request_context():
        shown = render_template_string("{{ ngettext('%(num)s order', '%(num)s orders', 2, num='<2>') }}")
    assert shown == "&lt;2&gt; orders"


def test_they_are_marked_as_the_reader_does(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "locale_name", lambda: "fr")
    assert language.counted(12345) == "12\u202f345"
