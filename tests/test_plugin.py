"""cdsync as a plug-in: mounted in a foreign app, which keeps its own pages, sign-in, session, database and errors."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from flask import Flask, abort, render_template, session
from flask.testing import FlaskClient
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect

from cdsync import CdSync
from cdsync.config import VARIABLES
from cdsync.db import db

from .plugin_browser import post, signed_in

PREFIX = "/orders-sync"
PAGES = ("/", "/orders", "/runs", "/problems", "/settings", "/automation", "/products", "/reconcile")


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A foreign app that uses the same extensions, endpoint names and template names as cdsync, all its own."""
    with pytest.MonkeyPatch.context() as environment:
        for name in VARIABLES:
            environment.delenv(name, raising=False)
        yield from _host(tmp_path_factory.mktemp("host"))


def _host(tmp_path: Path) -> Iterator[Flask]:
    templates = tmp_path / "templates"
    templates.mkdir()
    (templates / "base.html").write_text("the host's frame: {% block content %}{% endblock %}")
    (templates / "error.html").write_text("{% extends 'base.html' %}{% block content %}host: {{ code }}{% endblock %}")
    host = Flask("host", instance_path=str(tmp_path / "instance"), template_folder=str(templates))
    host.config.update(SECRET_KEY="the host's", SQLALCHEMY_DATABASE_URI="sqlite://", TESTING=True)
    SQLAlchemy(host)
    CSRFProtect(host)
    LoginManager(host).user_loader(lambda _id: None)
    host.register_error_handler(404, lambda error: (render_template("error.html", code=error.code), 404))

    @host.get("/")
    def orders() -> str:
        session["basket"] = "full"
        return render_template("base.html")

    @host.get("/broken")
    def broken() -> str:
        abort(404)

    sync = CdSync(host, url_prefix=PREFIX)
    yield host
    with sync.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def password(host: Flask) -> str:
    """Jo's, after tables and user were made by the host's own command line."""
    commands = host.test_cli_runner()
    assert commands.invoke(args=["cdsync", "db", "upgrade"]).exit_code == 0
    return str(commands.invoke(args=["cdsync", "user", "add", "Jo", "--role", "merchant"]).stdout).strip()


@pytest.fixture
def inside(host: Flask, password: str) -> FlaskClient:
    """Somebody signed in to the mounted pages."""
    return signed_in(host.test_client(), PREFIX, "Jo", password)


@pytest.mark.usefixtures("password")
def test_every_page_asks_who_is_there_under_its_prefix(host: Flask) -> None:
    for page in PAGES:
        answer = host.test_client().get(PREFIX + page)
        assert answer.status_code == 302
        assert answer.location.startswith(f"{PREFIX}/sign-in")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_works_there_and_leads_nowhere_else(inside: FlaskClient, page: str) -> None:
    answer = inside.get(PREFIX + page)
    assert answer.status_code == 200
    assert "the host's frame" not in answer.text
    links = re.findall(r'(?:href|src|action|hx-get|hx-post)="(/[^"]*)"', answer.text)
    assert len(links) > 10
    assert [link for link in links if not link.startswith(PREFIX + "/")] == []


def test_its_files_are_served_under_the_prefix(inside: FlaskClient) -> None:
    styles = re.findall(r'<link rel="stylesheet" href="([^"]+)"', inside.get(f"{PREFIX}/").text)
    assert styles
    for address in styles:
        with inside.get(unescape(address)) as answer:
            assert (answer.status_code, answer.mimetype) == (200, "text/css")


def test_a_form_is_saved_through_the_mounted_pages(host: Flask, inside: FlaskClient) -> None:
    answer = post(inside, f"{PREFIX}/settings", {"orders.lookback_days": "12"})
    assert answer.status_code == 303
    shown = host.test_cli_runner().invoke(args=["cdsync", "settings", "show"])
    assert json.loads(shown.stdout)["orders"]["lookback_days"] == 12


def test_a_form_without_its_token_is_refused(inside: FlaskClient) -> None:
    assert inside.post(f"{PREFIX}/settings", data={"orders.lookback_days": "12"}).status_code == 400


def test_the_host_keeps_its_pages_errors_session_and_headers(host: Flask) -> None:
    client = host.test_client()
    answer = client.get("/")
    assert answer.text == "the host's frame: "
    assert "session=" in answer.headers["Set-Cookie"]
    assert "Content-Security-Policy" not in answer.headers
    for missing in ("/broken", "/nowhere", "/sign-in", f"{PREFIX}x"):
        answer = client.get(missing)
        assert (answer.status_code, answer.text) == (404, "the host's frame: host: 404")


def test_both_stay_signed_in_side_by_side(host: Flask, inside: FlaskClient) -> None:
    inside.get("/")
    with inside.session_transaction() as kept:
        assert kept["basket"] == "full"
        assert "_user_id" not in kept  # who is signed in to cdsync is not the host's business
    assert inside.get(f"{PREFIX}/").status_code == 200


def test_its_pages_are_protected_and_their_cookie_stays_with_them(inside: FlaskClient) -> None:
    answer = inside.get(f"{PREFIX}/orders")
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    cookie = inside.get_cookie("cdsync_session", path=PREFIX)
    assert cookie is not None
    assert (cookie.http_only, cookie.same_site, cookie.secure) == (True, "Lax", False)
    assert inside.get_cookie("cdsync_session", path="/") is None


@pytest.mark.usefixtures("password")
def test_over_https_the_cookie_is_secure(host: Flask) -> None:
    client = host.test_client()
    client.get(f"{PREFIX}/sign-in", base_url="https://localhost")
    cookie = client.get_cookie("cdsync_session", path=PREFIX)
    assert cookie is not None
    assert cookie.secure


def test_an_app_with_extensions_of_its_own_is_not_taken_over(tmp_path: Path) -> None:
    busy = Flask("busy", instance_path=str(tmp_path))
    busy.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    SQLAlchemy(busy)
    with pytest.raises(ValueError, match="url_prefix"):
        CdSync(busy)


def test_a_prefix_begins_with_a_slash_and_one_mount_is_enough(host: Flask, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="begins with a slash"):
        CdSync(Flask("other", instance_path=str(tmp_path)), url_prefix="orders-sync")
    with pytest.raises(ValueError, match="already"):
        CdSync(host, url_prefix="/again")
