"""What a person sees when a request fails: a sentence where they are looking, never a stack trace. Decides nothing.

A page may let any CdsyncError rise: its sentence becomes a message on the page the person came from.
"""

from __future__ import annotations

import logging

from flask import Flask, Response, g, make_response, render_template, request
from flask_login import AnonymousUserMixin
from flask_wtf.csrf import CSRFError
from markupsafe import Markup, escape
from sqlalchemy.exc import DatabaseError
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response as BaseResponse

from cdsync import database_errors
from cdsync.error_catalogue import entry_of
from cdsync.errors import CdsyncError

from ..text.language import _
from .access import came_from, must_sign_in, to_sign_in
from .explaining import explain
from .messages import flash
from .parts import go_to, wants_part

log = logging.getLogger(__name__)


def register(app: Flask) -> None:
    """Takes over the error answers of the whole application."""
    app.register_error_handler(CdsyncError, _expected)
    app.register_error_handler(DatabaseError, _database_trouble)
    app.register_error_handler(HTTPException, _refused)


def say(error: CdsyncError) -> Markup:
    """The error as one message: its sentence and the first thing to do."""
    told = explain(error.code, error.data)
    hint = told.steps[0].text if told.steps else told.why
    return Markup('{}<span class="hint">{}</span>').format(told.title, hint)


def _expected(error: CdsyncError) -> BaseResponse:
    return _message(say(error), 409)


def _database_trouble(error: DatabaseError) -> BaseResponse:
    """Its reason is for the log: it may name a host, and nobody may be signed in here."""
    known = database_errors.meaning(error)
    if known is None:
        raise error  # our own fault: the stack trace is logged, the person sees `_words`
    log.error("%s", known)
    g.pop("cdsync_account", None)  # nor is the database asked whether the message has to name it
    g._login_user = AnonymousUserMixin()  # Flask-Login would ask the database again, for the frame and the language
    if entry_of(known.code).steps[0].waits:  # doing nothing is a remedy for runs: here a person asks again
        return _message(escape(explain(known.code, {}).title), 503)
    return _message(say(known), 503)


def _message(text: Markup, status: int) -> BaseResponse:
    """In place for HTMX; after a plain form back on the page it came from; else a page of its own."""
    if wants_part():
        flash(text, "bad")
        return _into_flash(status)
    back = came_from()
    if request.method == "POST" and back:
        flash(text, "bad")
        return go_to(back)
    return make_response(render_template("error.html", title=_("That did not work"), text=text), status)


def _refused(error: HTTPException) -> BaseResponse:
    if error.response is not None:
        return make_response(error.get_response())  # a redirect raised by routing
    if isinstance(error, CSRFError) and must_sign_in():
        flash(_("You were signed out. Nothing was changed."), "wait")
        return to_sign_in()
    title, text = _words(error)
    status = error.code or 500
    if wants_part():
        flash(Markup('{}<span class="hint">{}</span>').format(title, text), "bad")
        return _into_flash(status)
    return make_response(render_template("error.html", title=title, text=text), status)


def _into_flash(status: int) -> Response:
    """The message alone, into the frame's region, leaving the part that asked as it was."""
    response = make_response(render_template("_flash.html"), status)
    response.headers["HX-Retarget"] = "#flash"
    response.headers["HX-Reswap"] = "outerHTML"
    response.headers["HX-Push-Url"] = "false"  # the address stays that of the page
    return response


def _words(error: HTTPException) -> tuple[str, str]:
    if isinstance(error, CSRFError):
        return _("This page had been open for too long"), _("Nothing was changed. Reload the page and try again.")
    if isinstance(error, InternalServerError):
        return _("Something went wrong in cdsync"), _(
            "It is not your fault. Nothing else was done; the details are in the web server’s log."
        )
    known = {
        403: (_("Only a merchant may do that"), _("You are signed in as support: you can read and retry.")),
        404: (_("Page not found"), _("The address is wrong, or what it pointed to is gone.")),
        413: (_("That is too much for one form"), _("None of it was read, and nothing was changed.")),
        405: (_("That did not work"), _("This address does not accept that kind of request.")),
    }
    return known.get(error.code or 500, (_("That did not work"), error.description or ""))
