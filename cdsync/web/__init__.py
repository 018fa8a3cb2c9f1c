"""The pages: one blueprint a module, put together here. Pages read and start operations; they decide nothing.

To add a page: a module with a Blueprint called `pages`, its name in PAGES, its templates in templates/<area>/.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from flask import Flask

from . import form_size as form_size

PAGES = (
    "dashboard",
    "order_pages",
    "run_pages",
    "problem_pages",
    "settings_pages",
    "settings_moves",
    "connect_pages",
    "automation_pages",
    "product_pages",
    "reconcile_pages",
    "account_pages",
    "rehearsal_pages",
    "sign_in",
    "own_pages",
    "users_pages",
    "patterns",
)


BEFORE_THEM = ("order_ref", "typed_text")
AROUND_THEM = (
    "access",
    "customer_data",
    "outside",
    "errors",
    "acting",
    "shown",
    "explaining",
    "template_words",
    "frame",
    "rehearsal_banner",
)


def register(app: Flask, url_prefix: str = "") -> None:
    """Adds every page to the app, with sign-in required, error pages, the frame's data and the templates' filters."""
    for name in BEFORE_THEM:
        import_module(f"{__name__}.{name}").register(app)
    for name in PAGES:
        if find_spec(f"{__name__}.{name}") is None:
            continue
        pages = import_module(f"{__name__}.{name}").pages
        app.register_blueprint(pages, url_prefix=f"{url_prefix}{pages.url_prefix or ''}" or None)
    for name in AROUND_THEM:
        import_module(f"{__name__}.{name}").register(app)
