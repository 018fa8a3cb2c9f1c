"""Which account a request is about: the one its page names. Judges no row; that is `elsewhere`.

Every form (the macro `csrf`) and every request of HTMX (the body's hx-headers) names the account that its page shows,
so a page left open goes on acting on its own account whatever another tab looks at. The session chooses only what a
newly opened page shows.
"""

from __future__ import annotations

from flask import Flask, g, request, session
from flask_login import current_user

from cdsync import accounts, settings
from cdsync.db import db
from cdsync.errors import ConfigError
from cdsync.models import Account

FIELD, HEADER = "acting_on", "X-Acting-On"
CHOSEN = "account"  # key in the session: the name of the account that new pages show
READS = frozenset({"GET", "HEAD", "OPTIONS"})
ABOUT_NO_ACCOUNT = frozenset({"sign_in", "profile", "users"})  # blueprints whose forms are about people


def register(app: Flask) -> None:
    """Before each request: whether the account it names is there. For templates: what names the page's account."""
    app.before_request(_take)
    app.jinja_env.globals.update(acting_on=acting_on)


def every_account() -> list[Account]:
    """All accounts, as `accounts.every`: read once in a transaction."""
    present = db.session().get_transaction()
    known: tuple[object, list[Account]] | None = g.get("cdsync_accounts")
    if known is None or present is None or known[0] is not present:
        found = accounts.every()
        known = g.cdsync_accounts = (db.session().get_transaction(), found)
    return list(known[1])


def account() -> Account:
    """The account of this request: the one named, else the one looked at; made when there is none at all yet."""
    if "cdsync_account" not in g:
        _now_about(_looked_at() or _first())
    found: Account = g.cdsync_account
    return found


def marketplace_name() -> str:
    """What the marketplace of this request's account is called; "" while the request is about none. Asks nothing:
    errors are explained with it, also that the database is away."""
    return str(g.get("cdsync_marketplace", ""))


def look_at(chosen: Account) -> None:
    """The rest of this request, and new pages from here on, are about this account."""
    session[CHOSEN] = chosen.name
    _now_about(chosen)


def look_away() -> None:
    """The account looked at is removed: the rest of this request, and new pages, are about the first one there is."""
    session.pop(CHOSEN, None)
    g.pop("cdsync_account", None)


def mark(of: Account) -> str:
    """What names an account in a page. With the moment it was made: a database may give a removed one's id anew."""
    return f"{of.id}-{of.created_at.timestamp():.6f}"


def acting_on() -> str:
    """The mark of the account that the page being drawn shows; "" while nobody is signed in."""
    return mark(account()) if current_user.is_authenticated else ""


def _take() -> None:
    """Raises ConfigError("account.gone") for an account that is not there, ("account.unnamed") where none is named
    although there are several: nothing is done then."""
    named = {each for each in (request.form.get(FIELD), request.headers.get(HEADER)) if each}
    acts = request.method not in READS
    if request.blueprint in ABOUT_NO_ACCOUNT or not (acts or named) or not current_user.is_authenticated:
        return
    known = {mark(each): each for each in every_account()}
    if not named <= known.keys():
        raise ConfigError("account.gone")
    if len(named) > 1 or (not named and len(known) > 1):
        raise ConfigError("account.unnamed", known=[each.name for each in known.values()])
    if named:
        _now_about(chosen := known[named.pop()])
        if acts:
            session[CHOSEN] = chosen.name  # the page that follows is about the same account


def _now_about(chosen: Account) -> None:
    g.cdsync_account = chosen
    g.cdsync_marketplace = settings.marketplace_name(chosen)


def _looked_at() -> Account | None:
    name = session.get(CHOSEN)
    return next((each for each in every_account() if each.name == name), None)


def _first() -> Account:
    known = every_account()
    return known[0] if known else accounts.ensure(accounts.DEFAULT)
