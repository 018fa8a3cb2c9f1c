"""Who may see and do what: sign-in for every page, two roles. Knows no order.

merchant: everything. support: reads everything but who the buyers are (a right of its own, which a support person has
or not), looks orders up again and retries what has a problem.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, abort, make_response, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from cdsync.models import Run
from cdsync.orders import By
from cdsync.users import MERCHANT

from ..text.language import once
from .parts import wants_part

P = ParamSpec("P")
R = TypeVar("R")

OPEN_TO_ALL = frozenset({"sign_in.page", "sign_in.enter", "static"})


def register(app: Flask) -> None:
    """Every page but the sign-in asks who is there."""
    app.before_request(_ask_who)
    app.after_request(_keep_private)
    app.jinja_env.filters["may_stop"] = may_stop
    app.context_processor(lambda: {"is_merchant": is_merchant(), "sees_customers": sees_customers()})


def is_merchant() -> bool:
    """Whether the person signed in may do everything."""
    return once("merchant", lambda: bool(current_user.is_authenticated and current_user.role == MERCHANT))


def sees_customers() -> bool:
    """Whether the person signed in may see who the buyers are (`web.customer_data` hides it from others)."""
    return once("sees customers", lambda: bool(current_user.is_authenticated and current_user.sees_customers))


def merchant_only(view: Callable[P, R]) -> Callable[P, R]:
    """For views of the merchant only; others get 403, and no button for it in the first place."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if not is_merchant():
            abort(403)
        return view(*args, **kwargs)

    return guarded


def may_stop(run: Run) -> bool:
    """Whether the person signed in may end a run early: the merchant any, others their own."""
    return is_merchant() or run.actor == actor()


def actor() -> str:
    """The name that runs and events are recorded under."""
    return str(current_user.name)


def by_me() -> By:
    """Who changes an order on a page: the person who is signed in, outside any run."""
    return By(person=actor())


def own_path(target: str | None) -> str | None:
    """`target` when it is a path of this application, else None: nobody is sent to another site."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if any(ord(character) < 32 or character == "\\" for character in target):
        return None  # browsers drop tabs and line ends, and read a backslash as a slash
    parts = urlsplit(target)
    inside = parts.path == request.script_root or parts.path.startswith(f"{request.script_root}/")
    return target if inside and not parts.scheme and not parts.netloc else None


def came_from() -> str | None:
    """The own page this request was made from, by HTMX's header or the referrer."""
    for header in (request.headers.get("HX-Current-URL"), request.referrer):
        try:
            parts = urlsplit(header or "")
        except ValueError:  # no browser sends such an address
            continue
        if header and parts.netloc == request.host:
            return own_path(parts.path + (f"?{parts.query}" if parts.query else ""))
    return None


def _ask_who() -> BaseResponse | None:
    return to_sign_in() if must_sign_in() else None


def must_sign_in() -> bool:
    """Whether what is asked for needs somebody signed in, and nobody is."""
    return request.endpoint not in OPEN_TO_ALL and not current_user.is_authenticated


def to_sign_in() -> BaseResponse:
    """To the sign-in, and from there back to the page this was asked from."""
    here = request.script_root + request.full_path.rstrip("?") if request.method == "GET" else came_from()
    if wants_part():
        door = url_for("sign_in.page", next=came_from())
        response = make_response("", 401)
        response.headers["HX-Redirect"] = door
        return response
    at_home = here is None or request.endpoint == "dashboard.page"
    return redirect(url_for("sign_in.page", next=None if at_home else here))


def _keep_private(response: Response) -> Response:
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")  # pages hold buyers' names and addresses
    return response
