"""Messages for the next page: with the account they are about, since another tab may look at another one."""

from __future__ import annotations

import flask
from flask import g
from markupsafe import Markup

from cdsync import accounts

from ..text.account_words import full_name


def flash(text: str | Markup, kind: str) -> None:
    """As Flask's own; kind: good, bad or wait. Names the account of this request where accounts are named at all."""
    of = g.get("cdsync_account")
    if of is not None and accounts.are_named(of):
        text = Markup('<span class="of">{}:</span> {}').format(full_name(of), text)
    flask.flash(text, kind)
