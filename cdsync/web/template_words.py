"""Puts the words of orders and runs into the templates as filters. Says nothing itself."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from flask import Flask

from .one_order import event_words
from .one_order import words as order_words
from .products import words as product_words
from .runs import words as run_words
from .text import formats, words


def register(app: Flask) -> None:
    """Adds the filters: why, due, buyer_note, doing_badge, run_doing, run_result and more."""
    app.jinja_env.filters.update(
        why=order_words.why,
        due=order_words.due,
        due_name=order_words.due_name,
        buyer_note=order_words.buyer_note,
        doing_badge=lambda doing: formats.badge(order_words.doing_badge(doing)),
        home_tab=order_words.home_tab,
        matched_by=words.matched_by,
        address_lines=order_words.address_lines,
        state_word=lambda state: words.state_badge(state)[1],
        event_sentence=event_words.sentence,
        event_tone=event_words.tone,
        plain_amount=lambda amount: f"{amount:.2f}",
        path_of=_path_of,
        run_doing=run_words.doing,
        stops_words=run_words.stops_words,
        run_result=run_words.result,
        result_look=run_words.result_look,
        product_number=product_words.product_number,
        combination=product_words.combination,
    )


def _path_of(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{unquote(parts.query)}" if parts.query else "")
