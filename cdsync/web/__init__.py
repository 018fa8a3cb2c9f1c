"""The pages: one blueprint a module, put together here. Pages read and start operations; they decide nothing.

To add a page: a folder whose `routes` has a Blueprint called `pages`, its name in PAGES.
"""

from __future__ import annotations

from importlib import import_module

from flask import Flask

from .shell import form_size as form_size

PAGES = (
    "dashboard.routes",
    "orders.routes",
    "runs.routes",
    "problems.routes",
    "settings.routes",
    "settings.relocation",
    "connect.routes",
    "automation.routes",
    "products.routes",
    "reconcile.routes",
    "accounts.routes",
    "rehearsal.routes",
    "sign_in.routes",
    "profile.routes",
    "users.routes",
    "patterns.routes",
)


BEFORE_PAGES = ("shell.order_address", "shell.typed_text")
AROUND_PAGES = (
    "shell.access",
    "shell.customer_data",
    "shell.outside",
    "shell.errors",
    "shell.current_account",
    "text.language",
    "text.formats",
    "shell.explaining",
    "template_words",
    "shell.frame",
    "assets.static_files",
    "rehearsal.banner",
)


def register(app: Flask, url_prefix: str = "") -> None:
    """Adds every page to the app, with sign-in required, error pages, the frame's data and the templates' filters."""
    for name in BEFORE_PAGES:
        import_module(f"{__name__}.{name}").register(app)
    for name in PAGES:
        pages = import_module(f"{__name__}.{name}").pages
        app.register_blueprint(pages, url_prefix=f"{url_prefix}{pages.url_prefix or ''}" or None)
    for name in AROUND_PAGES:
        import_module(f"{__name__}.{name}").register(app)
