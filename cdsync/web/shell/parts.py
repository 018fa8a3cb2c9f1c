"""Page or part: one URL answers a browser with the page and HTMX with the part of it. Holds no page of its own.

A part is a template whose name starts with `_`, with exactly one root element that has a stable id; the page includes
the same file the HTMX answer renders.
"""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, redirect, render_template, request, session
from flask_login import current_user
from htmx_flask.requests import HtmxHeaders
from markupsafe import Markup, escape
from werkzeug.wrappers import Response as BaseResponse

FLASHED = "_flashes"


def wants_part() -> bool:
    """Whether HTMX asks for a part. Not for going back in history, nor for a swap of the whole body.

    HTMX 4 says so itself: HX-Request-Type is "partial", or "full" when the target is the body.
    """
    htmx = HtmxHeaders(request.headers)
    whole = htmx.boosted or htmx.history_restore_request or request.headers.get("HX-Request-Type") == "full"
    return bool(htmx) and not whole


def page_or_part(page: str, part: str, /, status: int = 200, **context: Any) -> Response:
    """The page, or only its part (a template name) when HTMX asks.

    With a part also go the messages that wait to be shown and the number of problems, into the frame's places for
    them. A form that does not hold answers with status 422 and itself.
    """
    if wants_part():
        response = part_only(part, status, **context)
        if current_user.is_authenticated:
            response.data += render_template("_problem_count.html", out_of_band=True).encode()
        return response
    response = make_response(render_template(page, **context), status)
    response.vary.add("HX-Request")
    return response


def part_only(part: str, /, status: int = 200, **context: Any) -> Response:
    """The part whoever asks: for what only HTMX asks for (a confirmation, a choice shown on demand)."""
    html = render_template(part, **context)
    if session.get(FLASHED):
        html += render_template("_flash.html", out_of_band=True)
    response = make_response(html, status)
    response.vary.add("HX-Request")
    return response


def go_to(url: str) -> BaseResponse:
    """After a POST: see there (303). HTMX follows by itself and gets the part of that URL."""
    return redirect(url, 303)


def leave_for(url: str) -> BaseResponse:
    """The whole page goes elsewhere, also when HTMX asked for a part."""
    if wants_part():
        response = make_response("", 200)
        response.headers["HX-Redirect"] = url
        return response
    return redirect(url, 303)


def with_link(sentence: str, url: str, label: str) -> Markup:
    """A sentence for `flash` that ends with a link."""
    return Markup('{} <a href="{}">{}</a>').format(sentence, escape(url), label)
