"""The desk's Flask app: pages for a person, the same as JSON for scripts. Serves loopback only.

Every write goes through `acting`, which refuses requests that another site's page could have sent.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, jsonify, render_template, request

from ..scenarios import KINDS
from . import behaviour_form, fault_choices, view
from . import form_actions as acting
from .world import Rehearsal

SHOWN = 150  # rows on a page; /state has all
NAMES = {"octopia": "Marketplace", "prestashop": "Shop"}


def create_desk(world: Rehearsal) -> Flask:
    """The app for one rehearsal; `world` must have been started."""
    app = Flask(__name__)
    app.config["WORLD"] = world
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.before_request(_refuse_strangers)
    app.after_request(_harden)
    app.register_blueprint(acting.acts)
    app.add_url_rule("/", "overview", _overview)
    app.add_url_rule("/market", "market", _market)
    app.add_url_rule("/shop", "shop", _shop)
    app.add_url_rule("/faults", "faults", _faults)
    app.add_url_rule("/behaviour", "behaviour", _behaviour)
    app.add_url_rule("/requests", "requests", _requests)
    app.add_url_rule("/state", "state", lambda: jsonify(view.whole_state(world)))
    app.context_processor(lambda: {"note": acting.take_note(), "world": world, "figures": view.figures(world)})
    app.template_filter("clock")(lambda text: (text or "")[5:16].replace("T", " "))
    app.template_filter("money")(lambda text: f"{float(text):.2f}" if text else "")
    return app


def _world() -> Rehearsal:
    return acting.world()


def _overview() -> str:
    groups: dict[str, list[Any]] = {}
    for kind in KINDS.values():
        groups.setdefault(kind.group, []).append(kind)
    return render_template("overview.html", groups=groups)


def _market() -> str:
    status = request.args.get("status", "")
    return render_template(
        "market.html", rows=view.market_rows(_world(), status), status=status, actions=acting.ACTIONS
    )


def _shop() -> str:
    rows = view.shop_rows(_world(), SHOWN)
    return render_template("shop.html", rows=rows, states=view.shop_states(_world()), most=SHOWN)


def _faults() -> Response | str:
    waiting = view.faults(_world())
    if acting.wants_json():
        return jsonify(waiting)
    return render_template("faults.html", waiting=waiting, choices=fault_choices)


def _behaviour() -> Response | str:
    shown = view.behaviour(_world())
    if acting.wants_json():
        return jsonify(shown)
    return render_template("behaviour.html", shown=shown, fields=behaviour_form.variant_fields(), form=behaviour_form)


def _requests() -> Response | str:
    limit = request.args.get("limit", 50, type=int)
    shown = {name: view.last_requests(server, limit) for name, server in _world().servers().items()}
    if acting.wants_json():
        return jsonify(shown)
    return render_template("requests.html", shown=shown, names=NAMES)


def _refuse_strangers() -> None:
    """Only this machine, under the desk's own name; a write only from the desk's own pages or from a script."""
    host = urlsplit(f"//{request.host}").hostname
    if host not in ("127.0.0.1", "localhost", "::1"):
        abort(403, "The rehearsal desk answers only under 127.0.0.1 or localhost.")
    if request.method in ("GET", "HEAD"):
        return
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"http://{request.host}":
        abort(403, "A page of another site may not play the rehearsal.")
    if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        abort(403, "A page of another site may not play the rehearsal.")


def _harden(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'self'; form-action 'self'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response
