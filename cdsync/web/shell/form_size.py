"""How large a form may be: little from somebody not signed in, more from others, and never without measure.

A form that is larger is not read: the answer is 413, with a page that says so (`errors`).
"""

from __future__ import annotations

from flask import Flask, request
from flask_login import current_user

MOST = 512 * 1024  # bytes; all settings of a shop with hundreds of mappings are a tenth of it
MOST_OF_STRANGERS = 16 * 1024  # a name, a password, and where they wanted to go
MOST_PARTS = 1000


def register(app: Flask) -> None:
    """To be called before anything else that looks into a form. What the application says itself counts."""
    app.config.update(
        MAX_CONTENT_LENGTH=app.config["MAX_CONTENT_LENGTH"] or MOST,
        MAX_FORM_MEMORY_SIZE=MOST,
        MAX_FORM_PARTS=MOST_PARTS,
    )
    app.before_request(_little_from_strangers)


def _little_from_strangers() -> None:
    if request.method not in ("GET", "HEAD") and not current_user.is_authenticated:
        request.max_content_length = MOST_OF_STRANGERS
